import type { Request } from 'express';

/** The media type of a request in lower case, and its parameters as they are. */
export function contentType(request: Request): { type: string; parameters: Map<string, string> } {
  const [type = '', ...rest] = (request.header('content-type') ?? '').split(';').map((part) => part.trim());
  const parameters = rest.map((part): [string, string] => {
    const at = part.indexOf('=');
    return [
      part.slice(0, at).trim().toLowerCase(),
      part
        .slice(at + 1)
        .trim()
        .replace(/^"(.*)"$/, '$1'),
    ];
  });
  return { type: type.toLowerCase(), parameters: new Map(parameters) };
}
