import express, { type NextFunction, type RequestHandler, type Response } from 'express';
import { parseJson, ServiceError } from '@scm/contracts';
import type { GatewayConfig } from '../config.js';
import { readBytes } from './bytes.reader.js';
import type { GatewayRequest } from './request.js';

const JSON_TYPES = ['application/json', 'application/*+json'];
const YAML_TYPES = ['application/yaml', 'application/x-yaml', 'text/yaml'];
const FORM_TYPE = 'application/x-www-form-urlencoded';
/** No charset, or the one JSON has: the readers would take any that they know, UTF-7 too. */
export const UTF8 = /^(?!.*charset=)|charset="?utf-8"?\s*(;|$)/i;

const MCP_PATH = /^\/mcp(\/|$)/;

/** Bodies that are passed on as they come; their controller judges the types. */
const BYTES_PATH = /^(\/prometheus)?\/api\/v1\/(write|otlp\/v1\/metrics)\/?$|^\/otlp\/v1\/metrics\/?$/i;

/** Reads a body as what its content type says; other types are refused, whatever the route. */
export function bodyReaders({ maxBodyBytes, maxWriteBytes }: GatewayConfig): RequestHandler[] {
  const text = express.text({ type: [...JSON_TYPES, ...YAML_TYPES], limit: maxBodyBytes, inflate: false });
  const form = express.urlencoded({
    type: FORM_TYPE,
    limit: maxBodyBytes,
    extended: false,
    parameterLimit: 1_000,
    inflate: false,
  });
  const readers = [refuseOtherTypes as RequestHandler, text, form, parseText as RequestHandler];
  return [bytesReader(maxWriteBytes), ...readers.map(unlessBytes)];
}

function bytesReader(maxBytes: number): RequestHandler {
  return (request, _, next) => {
    if (!BYTES_PATH.test(request.path)) return next();
    readBytes(request, maxBytes).then((body) => {
      request.body = body;
      next();
    }, next);
  };
}

function unlessBytes(read: RequestHandler): RequestHandler {
  return (request, response, next) => (BYTES_PATH.test(request.path) ? next() : read(request, response, next));
}

function refuseOtherTypes(request: GatewayRequest, _: Response, next: NextFunction): void {
  const length = Number(request.headers['content-length'] ?? 0);
  const hasBody = length > 0 || request.headers['transfer-encoding'] !== undefined;
  if (hasBody && !request.is([...JSON_TYPES, ...YAML_TYPES, FORM_TYPE])) {
    next(new ServiceError('UNSUPPORTED_MEDIA_TYPE', 'send application/json'));
    return;
  }
  if (hasBody && !UTF8.test(request.headers['content-type'] ?? '')) {
    next(new ServiceError('UNSUPPORTED_MEDIA_TYPE', 'send UTF-8'));
    return;
  }
  next();
}

/**
 * The MCP door forwards its text as it came; a YAML body is the document of a workflow. An empty text is no body: clients of
 * Prometheus's interface name a type also where they send nothing.
 */
function parseText(request: GatewayRequest, _: Response, next: NextFunction): void {
  try {
    if (typeof request.body === 'string' && !MCP_PATH.test(request.path)) {
      if (request.body === '') request.body = undefined;
      else request.body = request.is(YAML_TYPES) ? { document: request.body } : parseJson(request.body);
    }
    next();
  } catch (error) {
    next(error);
  }
}
