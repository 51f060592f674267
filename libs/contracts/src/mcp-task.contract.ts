import { streamed } from './define.js';
import { Flag, Id, Whole } from './fields.js';

/** A task of the Model Context Protocol, which has the id of its execution, and the step that calls its tool. */
export class RunToolRequest {
  @Id() task: string;
  @Whole({ min: 1 }) step: number;
}

export class RunToolReply {
  /** The tool wants input first: it is called again when its client has given that. */
  @Flag() asks: boolean;
}

export const McpTaskApi = {
  run: streamed('mcp-task.v1.run', RunToolRequest, RunToolReply, { service: 'mcp-protocol', access: 'internal' }),
};
