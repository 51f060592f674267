import express, { type NextFunction, type RequestHandler, type Response } from 'express';
import { parseJson, ServiceError } from '@scm/contracts';
import type { GatewayRequest } from './request.js';

const JSON_TYPES = ['application/json', 'application/*+json'];
const YAML_TYPES = ['application/yaml', 'application/x-yaml', 'text/yaml'];
const FORM_TYPE = 'application/x-www-form-urlencoded';
/** No charset, or the one JSON has: the readers would take any that they know, UTF-7 too. */
const UTF8 = /^(?!.*charset=)|charset="?utf-8"?\s*(;|$)/i;

const MCP_PATH = /^\/mcp(\/|$)/;

/** Reads a body as what its content type says; other types are refused, whatever the route. */
export function bodyReaders(maxBodyBytes: number): RequestHandler[] {
  const text = express.text({ type: [...JSON_TYPES, ...YAML_TYPES], limit: maxBodyBytes, inflate: false });
  const form = express.urlencoded({
    type: FORM_TYPE,
    limit: maxBodyBytes,
    extended: false,
    parameterLimit: 1_000,
    inflate: false,
  });
  return [refuseOtherTypes as RequestHandler, text, form, parseText as RequestHandler];
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
