import { setTimeout as sleep } from 'node:timers/promises';

const answerWaitMs = 8_000;
const pauseMs = 200;
/** A limit, something that is away, something that was late: the same request may succeed later. */
const again = [429, 503, 504];

/** A client that is given up only by `signal`: it repeats a request, with its key, until the gateway says yes. */
export class Client {
  /** How often each status came, and `lost` for connections that broke or gave no answer. */
  answers = {};
  /** Answers that no outage explains. */
  unexpected = [];

  constructor(gatewayUrl, credential, signal) {
    Object.assign(this, { gatewayUrl, credential, signal });
  }

  /** The answer's JSON once there is a 2xx; throws what is neither that nor a passing failure. */
  async insist(method, path, { body, key } = {}) {
    for (;;) {
      this.signal.throwIfAborted();
      const answer = await this.try(method, path, { body, key });
      if (answer?.status < 300) return answer.body;
      if (answer && !again.includes(answer.status)) {
        const text = `${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`;
        this.unexpected.push(text);
        throw new Error(text);
      }
      await sleep(pauseMs, undefined, { signal: this.signal });
    }
  }

  /** One try: status and JSON, or undefined when no answer came. */
  async try(method, path, { body, key, waitMs = answerWaitMs } = {}) {
    const headers = {
      ...(this.credential && { authorization: `Bearer ${this.credential}` }),
      ...(body && { 'content-type': 'application/json' }),
      ...(key && { 'idempotency-key': key }),
    };
    const text = typeof body === 'string' ? body : body && JSON.stringify(body);
    try {
      const signal = AbortSignal.any([this.signal, AbortSignal.timeout(waitMs)]);
      const request = { method, headers, body: text, signal };
      const response = await fetch(this.gatewayUrl + path, request);
      const answer = await response.text();
      this.count(response.status);
      return { status: response.status, body: parsed(answer) };
    } catch {
      this.count('lost');
      return undefined;
    }
  }

  count(what) {
    this.answers[what] = (this.answers[what] ?? 0) + 1;
  }
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** All items of a list endpoint, page by page. */
export async function listAll(client, path) {
  const items = [];
  for (let cursor; ;) {
    const query = new URLSearchParams({ limit: '200', ...(cursor && { cursor }) });
    const page = await client.insist('GET', `${path}?${query}`);
    items.push(...page.items);
    cursor = page.nextCursor;
    if (!cursor) return items;
  }
}
