import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { invalidField, ServiceError, type RestApi } from '@scm/contracts';
import { EgressClient } from '@scm/egress';
import { currentCall } from '@scm/messaging';
import { McpConfig } from '../config.js';
import type { RestApiRow } from '../upstreams/upstreams.repository.js';
import { importOnThread } from './api-importer.js';
import type { ImportJob } from './import.thread.js';
import type { ImportedApi } from './rest-operation.js';

const MAX_DOCUMENT = 4_194_304;
const FETCH_MS = 10_000;

// Each may take the memory of a thread.
const MAX_READING = 4;
const MAX_LEFT_OUT = 100;
const MAX_REASON = 1_024;

/** What is kept of an API. */
export interface RegisteredApi {
  api: RestApiRow;
  /** As JSON text. */
  operations: string;
  /** The address of its first server. */
  server?: string;
}

/** Imports HTTP APIs as their registrations describe them. */
@Injectable()
export class RestApis implements OnModuleDestroy {
  private readonly egress: EgressClient;
  private reading = 0;

  constructor({ egressAllow }: McpConfig) {
    this.egress = new EgressClient({ allow: egressAllow });
  }

  /**
   * Of an API that is registered already, what is left out is as it was. Throws INVALID_ARGUMENT that names what is wrong with the document,
   * or with where it is.
   */
  async import(asked: RestApi, known?: RestApiRow): Promise<RegisteredApi> {
    const { document, documentUrl = document === undefined ? known?.documentUrl : undefined } = asked;
    const { operations = known?.operations } = asked;
    if ((document === undefined) === (documentUrl === undefined))
      throw invalidField('api', 'takes either document or documentUrl');
    const text = document ?? (await this.fetch(documentUrl as string));
    const { title, version, description, ...api } = await this.read({ text, ...(operations && { operations }) });
    // What a document says of its servers may be relative to where it is.
    const server = api.server === undefined ? null : URL.parse(api.server, documentUrl);
    const words = { title, version, ...(description && { description }) };
    const source = { ...(documentUrl && { documentUrl }), ...(operations && { operations }) };
    const leftOut = api.leftOut.slice(0, MAX_LEFT_OUT).map((each) => each.slice(0, MAX_REASON).toWellFormed());
    return {
      api: { ...words, ...source, tools: api.operations.length, leftOut },
      operations: JSON.stringify(api.operations),
      ...(server && { server: server.href }),
    };
  }

  async onModuleDestroy(): Promise<void> {
    await this.egress.close();
  }

  private async read(job: ImportJob): Promise<ImportedApi> {
    if (this.reading >= MAX_READING)
      throw new ServiceError('RESOURCE_EXHAUSTED', 'other documents are being read: try again in a moment');
    this.reading += 1;
    try {
      return await importOnThread(job);
    } finally {
      this.reading -= 1;
    }
  }

  private async fetch(url: string): Promise<string> {
    const signal = currentCall()?.signal;
    const request = { url, maxBytes: MAX_DOCUMENT, timeoutMs: FETCH_MS, ...(signal && { signal }) };
    const { status, body, truncated } = await this.egress.send(request).catch((error: unknown) => {
      if (error instanceof ServiceError) throw invalidField('api.documentUrl', error.message);
      throw error;
    });
    if (status !== 200) throw invalidField('api.documentUrl', `answered ${status}`);
    if (truncated) throw invalidField('api.documentUrl', `gives more than ${MAX_DOCUMENT} bytes`);
    return body.toString('utf8');
  }
}
