import { Controller, Module, type INestMicroservice, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { NatsConnection } from '@nats-io/transport-node';
import { McpApi, ServiceError, type Actor, type McpHead, type McpRequest } from '@scm/contracts';
import { startNats, waitFor, type TestNats } from '@scm/testing';
import {
  connectNats,
  currentActor,
  currentCall,
  MessagingClient,
  NatsTransport,
  RethrowFilter,
  Streamed,
  type StreamedAnswer,
} from './index.js';

const MIB = 1_048_576;
const request: McpRequest = { method: 'POST', transport: 'http', headers: {}, body: '' };
const head: McpHead = { status: 200, headers: {} };
const workspaceId = '00000000-0000-7000-8000-000000000001';
const ann: Actor = { kind: 'user', id: 'u1', name: 'ann', workspaceId, role: 'viewer' };

let nats: TestNats;
let nc: NatsConnection;
let caller: NatsConnection;
let client: MessagingClient;
let signed = 0;
let isRevoked = false;
const running: INestMicroservice[] = [];

type Handle = (request: McpRequest, answer: StreamedAnswer<McpHead>) => Promise<McpHead | void>;

async function serve(handle: Handle): Promise<INestMicroservice> {
  @Controller()
  class Handler {
    @Streamed(McpApi.exchange)
    exchange(asked: McpRequest, answer: StreamedAnswer<McpHead>) {
      return handle(asked, answer);
    }
  }
  class TestModule {}
  Module({ controllers: [Handler as Type] })(TestModule);
  const strategy = new NatsTransport({
    nc,
    service: 'mcp-protocol',
    claims: [McpApi.exchange],
    drainMs: 5_000,
    authorize: async (_, token) => {
      if (!token || isRevoked) throw new ServiceError('UNAUTHENTICATED', 'who calls?');
      return (JSON.parse(token) as { actor: Actor }).actor;
    },
    deadLetter: async () => {},
  });
  const app = await NestFactory.createMicroservice(TestModule, { strategy, logger: false });
  app.useGlobalFilters(new RethrowFilter());
  await app.listen();
  await nc.flush();
  running.push(app);
  return app;
}

/** Calls, and keeps what comes. */
function call(as: Actor | undefined = ann) {
  const gone = new AbortController();
  const seen: { heads: McpHead[]; texts: string[]; marks: (string | undefined)[] } = {
    heads: [],
    texts: [],
    marks: [],
  };
  const receiver = {
    signal: gone.signal,
    onHead: (begun: McpHead) => void seen.heads.push(begun),
    onText: (text: string, mark: string | undefined) => {
      seen.texts.push(text);
      seen.marks.push(mark);
    },
  };
  return { ...seen, gone, ended: client.stream(McpApi.exchange, request, receiver, { as }) };
}

beforeAll(async () => {
  nats = await startNats();
  [nc, caller] = await Promise.all([connectNats(nats.url, 'server'), connectNats(nats.url, 'caller')]);
  const signer = { sign: async (actor: Actor) => JSON.stringify({ actor, count: ++signed }) };
  client = new MessagingClient(caller, signer);
});

afterEach(async () => {
  await Promise.all(running.splice(0).map((app) => app.close()));
  isRevoked = false;
});

afterAll(async () => {
  await Promise.all([nc.close(), caller.isClosed() ? undefined : caller.close()]);
  await nats.stop();
});

describe('a streamed request', () => {
  it('is answered with a head alone, to a plain NATS request too', async () => {
    await serve(async () => ({ ...head, body: currentActor().name }));
    const { ended, heads, texts } = call();
    await ended;
    expect([heads, texts]).toEqual([[{ ...head, body: 'ann' }], []]);
  });

  it('is answered with a head and texts in order, each with its mark', async () => {
    await serve(async (_, answer) => {
      answer.begin(head);
      for (let i = 0; i < 1_000; i++) answer.send(String(i), i % 2 ? String(i) : undefined);
    });
    const { ended, heads, texts, marks } = call();
    await ended;
    expect(heads).toEqual([head]);
    expect(texts).toEqual(Array.from({ length: 1_000 }, (_, i) => String(i)));
    expect(marks.slice(0, 2)).toEqual([undefined, '1']);
  });

  it('may have texts and a head that are larger than a message', async () => {
    const large = 'ö€😀'.repeat(MIB / 3);
    await serve(async (_, answer) => {
      answer.begin({ ...head, body: large });
      answer.send(large, 'm');
      answer.send('small');
    });
    const { ended, heads, texts, marks } = call();
    await ended;
    expect([heads[0]?.body === large, texts[0] === large, texts[1], marks[0]]).toEqual([true, true, 'small', 'm']);
  });

  it.each([false, true])('fails with the error of its handler, begun: %s', async (isBegun) => {
    await serve(async (_, answer) => {
      if (isBegun) answer.begin(head);
      throw new ServiceError('NOT_FOUND', 'there is none');
    });
    const { ended, heads } = call();
    await expect(ended).rejects.toMatchObject({ code: 'NOT_FOUND', message: 'there is none' });
    expect(heads).toHaveLength(isBegun ? 1 : 0);
  });

  it('is refused to strangers, and fails when nobody answers', async () => {
    await expect(call().ended).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await serve(async () => head);
    isRevoked = true;
    await expect(call().ended).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it('ends at the server when the caller wants no more', async () => {
    const { promise: aborted, resolve } = Promise.withResolvers<void>();
    await serve(async (_, answer) => {
      answer.begin(head);
      await new Promise<void>((done) => answer.signal.addEventListener('abort', () => done(), { once: true }));
      resolve();
    });
    const { ended, heads, gone } = call();
    await waitFor(() => heads.length === 1);
    gone.abort();
    await Promise.all([ended, aborted]);
  });

  it('ends at the server when the caller’s process is gone', async () => {
    let aborted = 0;
    await serve(async (_, answer) => {
      answer.begin(head);
      await new Promise<void>((done) => answer.signal.addEventListener('abort', () => done(), { once: true }));
      aborted++;
    });
    const lost = await connectNats(nats.url, 'lost');
    const signer = { sign: async (actor: Actor) => JSON.stringify({ actor }) };
    const begun = Promise.withResolvers<void>();
    const receiver = { signal: new AbortController().signal, onHead: () => begun.resolve(), onText: () => {} };
    const failed = new MessagingClient(lost, signer).stream(McpApi.exchange, request, receiver, { as: ann });
    failed.catch(() => undefined);
    await begun.promise;
    await lost.close();
    await waitFor(() => aborted === 1, { timeoutMs: 15_000, what: 'the server to notice' });
  }, 30_000);

  it('proves anew who asks for as long as it lasts, and ends when that fails', async () => {
    const tokens = new Set<string | undefined>();
    await serve(async (_, answer) => {
      answer.begin(head);
      await waitFor(() => tokens.add(currentCall()?.token).size > 1, { timeoutMs: 15_000, what: 'a new proof' });
      isRevoked = true;
      await new Promise<void>((done) => answer.signal.addEventListener('abort', () => done(), { once: true }));
    });
    const { ended } = call();
    await ended;
    expect(tokens.size).toBeGreaterThan(1);
  }, 30_000);

  it('is ended by its handler when the service is about to stop', async () => {
    await serve(async (_, answer) => {
      answer.begin(head);
      await new Promise<void>((done) => answer.draining.addEventListener('abort', () => done(), { once: true }));
      answer.send('bye');
    });
    const { ended, heads, texts } = call();
    await waitFor(() => heads.length === 1);
    await running.splice(0)[0]?.close();
    await ended;
    expect(texts).toEqual(['bye']);
  });
});
