import { Injectable } from '@nestjs/common';
import {
  errorCodes,
  isProtocolRevision,
  isStateless,
  protocolRevisions,
  ProtocolError,
  type ProtocolRevision,
  type RequestId,
} from '@scm/mcp-messages';
import { McpConfig } from '../config.js';

/** The revisions that are served: those from the lowest on that the configuration allows. */
@Injectable()
export class Served {
  readonly all: readonly ProtocolRevision[];
  readonly stateless: readonly ProtocolRevision[];

  constructor({ mcpLowestRevision }: McpConfig) {
    this.all = protocolRevisions.filter((revision) => revision >= mcpLowestRevision);
    this.stateless = this.all.filter(isStateless);
  }

  /** Throws ProtocolError -32022 naming what is served. */
  assertServed(version: string, id?: RequestId): asserts version is ProtocolRevision {
    if (isProtocolRevision(version) && this.all.includes(version)) return;
    const data = { supported: this.all, requested: version };
    throw new ProtocolError(errorCodes.unsupportedProtocolVersion, 'The protocol version is not supported', data, id);
  }
}
