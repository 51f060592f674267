import type { JsonObject } from '@scm/mcp-messages';

export const restMethods = ['get', 'head', 'post', 'put', 'patch', 'delete'] as const;
export type RestMethod = (typeof restMethods)[number];

/** Where an argument of a call stands in the request, and in which of OpenAPI's styles. */
export interface RestParameter {
  /** The name it has among the arguments of the tool. */
  argument: string;
  name: string;
  in: 'path' | 'query' | 'header';
  required: boolean;
  style: string;
  explode: boolean;
  /** Its value is JSON text, whatever the style. */
  isJson: boolean;
}

/** An operation of an HTTP API and the tool that stands for it. */
export interface RestOperation {
  /** As `tools/list` shows it. */
  tool: JsonObject;
  method: RestMethod;
  /** The template, such as `/pets/{id}`. */
  path: string;
  parameters: RestParameter[];
  body?: { argument: string; required: boolean; mediaType: string };
}

/** One operation of a document, where it stands. */
export interface FoundOperation {
  /** `operationId`, or `GET /pets/{id}`. */
  id: string;
  name: string;
  method: RestMethod;
  path: string;
  item: JsonObject;
  operation: JsonObject;
}

/** What was read of a document. */
export interface ImportedApi {
  title: string;
  version: string;
  description?: string;
  /** Of the document's first server, as it stands there. */
  server?: string;
  operations: RestOperation[];
  /** Operations that cannot be tools, each with why. */
  leftOut: string[];
}
