import type { Message, ToolEntry } from './message.js';

/**
 * The headers by which HTTP repeats arguments of a tool that its input schema marks with `x-mcp-header`. What was listed is
 * remembered, since a call says nothing of the schema.
 */
export class ParameterHeaders {
  private readonly byTool = new Map<string, [argument: string, header: string][]>();

  learn(tools: readonly ToolEntry[]): void {
    for (const { name, inputSchema } of tools) {
      const marked = Object.entries(inputSchema?.properties ?? {}).flatMap(
        ([argument, { 'x-mcp-header': header }]): [string, string][] =>
          typeof header === 'string' && header !== '' ? [[argument, `Mcp-Param-${header}`]] : [],
      );
      this.byTool.set(name, marked);
    }
  }

  of({ method, params }: Message): Record<string, string> {
    const name = params?.['name'];
    const marked = method === 'tools/call' && typeof name === 'string' ? (this.byTool.get(name) ?? []) : [];
    const given = (params?.['arguments'] ?? {}) as Record<string, unknown>;
    return Object.fromEntries(
      marked.flatMap(([argument, header]) => {
        const value = given[argument];
        return value === undefined || value === null ? [] : [[header, encoded(value)]];
      }),
    );
  }
}

const PLAIN = /^[\x20-\x7e]*$/;
const SENTINEL = /^=\?base64\?.*\?=$/s;

function encoded(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  if (PLAIN.test(text) && text.trim() === text && !SENTINEL.test(text)) return text;
  return `=?base64?${Buffer.from(text).toString('base64')}?=`;
}
