import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { ServiceError } from '@scm/contracts';
import { EgressClient, type EgressRequest } from '@scm/egress';
import { McpConfig } from '../config.js';

const TIMEOUT_MS = 8_000;
const BODILESS: readonly number[] = [204, 205, 304];

/** The way to authorization servers: guarded, with an end to each answer's time and length. */
@Injectable()
export class AuthorizationEgress implements OnModuleDestroy {
  private readonly egress: EgressClient;

  constructor({ egressAllow }: McpConfig) {
    this.egress = new EgressClient({ allow: egressAllow });
  }

  async onModuleDestroy(): Promise<void> {
    await this.egress.close();
  }

  /** As `fetch` for the official client. Rejects with ServiceError. */
  readonly fetch = async (input: string | URL, init: RequestInit = {}): Promise<Response> => {
    const url = String(input);
    const body = init.body === undefined || init.body === null ? undefined : await new Response(init.body).text();
    const request = { url, method: init.method as EgressRequest['method'], timeoutMs: TIMEOUT_MS };
    const headers = Object.fromEntries(new Headers(init.headers));
    const answer = await this.egress.send({ ...request, headers, ...(body !== undefined && { body }) });
    if (answer.truncated) throw new ServiceError('UNAVAILABLE', `${url} answers more than a document of OAuth has`);
    const { status } = answer;
    const answered = BODILESS.includes(status) ? null : new Uint8Array(answer.body);
    return new Response(answered, { status, headers: answer.headers });
  };
}
