import { Controller, Module, type INestMicroservice, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import {
  AlertApi,
  AuthApi,
  consumerName,
  NotifyApi,
  ServiceError,
  StepTasks,
  streams,
  subscription,
  subscriptions,
  SystemApi,
  rpc,
  MetricsEvents,
  Nothing,
  type Actor,
  type AlertTransition,
  type Contract,
  type StepTask,
  type Subscription,
} from '@scm/contracts';
import { startNats, waitFor, type TestNats } from '@scm/testing';
import {
  connectNats,
  currentActor,
  currentCall,
  ensureStreams,
  MessagingClient,
  NatsTransport,
  On,
  RethrowFilter,
  Rpc,
  Task,
  type DeadLetter,
  type DeliveryInfo,
} from './index.js';

const ann: Actor = {
  kind: 'user',
  id: 'u1',
  name: 'ann',
  workspaceId: '00000000-0000-7000-8000-000000000001',
  role: 'viewer',
};
const signer = { sign: async (actor: Actor) => JSON.stringify(actor) };

let nats: TestNats;
let nc: NatsConnection;
let client: MessagingClient;
const letters: DeadLetter[] = [];
let keepLetter = async () => undefined as unknown;
const running: INestMicroservice[] = [];

async function serve(
  controller: Type,
  claims: (Contract | Subscription)[],
  drainMs = 5_000,
): Promise<INestMicroservice> {
  class TestModule {}
  Module({ controllers: [controller] })(TestModule);
  const strategy = new NatsTransport({
    nc,
    service: 'auth',
    claims,
    slots: 2,
    drainMs,
    authorize: async (contract, token) => {
      const actor = token ? (JSON.parse(token) as Actor) : undefined;
      if (contract.access !== 'public' && !actor) throw new ServiceError('UNAUTHENTICATED', 'who calls?');
      return actor;
    },
    deadLetter: async (letter) => {
      letters.push(letter);
      await keepLetter();
    },
  });
  const app = await NestFactory.createMicroservice(TestModule, { strategy, logger: false });
  app.useGlobalFilters(new RethrowFilter());
  await app.listen();
  running.push(app);
  return app;
}

beforeAll(async () => {
  nats = await startNats();
  nc = await connectNats(nats.url, 'spec');
  client = new MessagingClient(nc, signer);
  await ensureStreams(nc, 'workflow-orchestrator');
  await ensureStreams(nc, 'metrics-ingest');
});

afterEach(async () => {
  await Promise.all(running.splice(0).map((app) => app.close()));
  letters.length = 0;
});

afterAll(async () => {
  await nc?.close();
  await nats?.stop();
});

describe('requests', () => {
  it('reach the handler with their caller, and pass the caller on', async () => {
    @Controller()
    class Handler {
      @Rpc(AuthApi.whoAmI)
      async whoAmI() {
        const { name } = currentActor();
        expect(currentCall()?.token).toBeDefined();
        await client.request(NotifyApi.list, {});
        return { id: 'x', kind: 'user' as const, name, workspaceId: 'x', permissions: [] };
      }

      @Rpc(NotifyApi.list)
      async list() {
        return { items: [], nextCursor: currentActor().name };
      }
    }
    await serve(Handler, [AuthApi.whoAmI, NotifyApi.list]);
    expect(await client.request(AuthApi.whoAmI, {}, { as: ann })).toMatchObject({ name: 'ann' });
    await expect(client.request(AuthApi.whoAmI, {})).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it('fail with the error of the service, in the headers that NATS tools show', async () => {
    @Controller()
    class Handler {
      @Rpc(AuthApi.login)
      async login(): Promise<never> {
        throw new ServiceError('NOT_FOUND', 'no such thing', [{ path: 'username', message: 'is unknown' }]);
      }

      @Rpc(AuthApi.refresh)
      async refresh(): Promise<never> {
        throw new Error('a bug with a password in it');
      }
    }
    await serve(Handler, [AuthApi.login, AuthApi.refresh]);
    const call = client.request(AuthApi.login, { username: 'a', password: 'b' });
    await expect(call).rejects.toMatchObject({ code: 'NOT_FOUND', details: [{ path: 'username' }] });
    const plain = await nc.request(AuthApi.login.subject, '{"username":"a","password":"b"}');
    expect([plain.headers?.get('Nats-Service-Error-Code'), plain.headers?.get('Nats-Service-Error')]).toEqual([
      '404',
      'no such thing',
    ]);
    await expect(client.request(AuthApi.refresh, { refreshToken: 'x' })).rejects.toMatchObject({
      code: 'INTERNAL',
      message: 'internal error',
    });
    const notJson = await nc.request(AuthApi.login.subject, Buffer.from([0xff, 0xfe, 0x00]));
    expect(notJson.headers?.get('Nats-Service-Error-Code')).toBe('400');
  });

  it('that nobody answers are UNAVAILABLE at once, and late ones DEADLINE_EXCEEDED', async () => {
    @Controller()
    class Handler {
      @Rpc(AuthApi.login)
      login(): Promise<never> {
        return new Promise(() => {});
      }
    }
    await expect(client.request(AlertApi.list, {})).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await serve(Handler, [AuthApi.login], 100);
    const late = client.request(AuthApi.login, { username: 'a', password: 'b' }, { timeoutMs: 100 });
    await expect(late).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' });
  });

  it('to a contract that is not declared are refused', async () => {
    const foreign = rpc('auth.v1.open-sesame', Nothing, Nothing, { service: 'auth', access: 'public', changes: false });
    await expect(client.request(foreign, {})).rejects.toThrow(/not declared/);
    await expect(
      client.publish({ contract: { ...MetricsEvents.alertFired }, keys: ['w'], payload: {}, id: 'x' }),
    ).rejects.toThrow(/not declared/);
  });

  it('larger than the server takes are refused before they are sent', async () => {
    const password = 'x'.repeat(nc.info?.max_payload ?? 0);
    await expect(client.request(AuthApi.login, { username: 'a', password })).rejects.toMatchObject({
      code: 'PAYLOAD_TOO_LARGE',
    });
  });
});

describe('boot', () => {
  @Controller()
  class Login {
    @Rpc(AuthApi.login)
    login(): Promise<never> {
      throw new Error('not called');
    }
  }

  @Controller()
  class Twice extends Login {
    @Rpc(AuthApi.login)
    again(): Promise<never> {
      throw new Error('not called');
    }
  }

  it('is refused for a claimed contract without a handler, naming the decorator', async () => {
    await expect(serve(Login, [AuthApi.login, SystemApi.status])).rejects.toThrow(/add @Rpc\(SystemApi\.status\)/);
  });

  it('is refused for a handler of what is not claimed', async () => {
    await expect(serve(Login, [])).rejects.toThrow(/does not claim/);
  });

  it('is refused for two handlers of one subject', async () => {
    await expect(serve(Twice, [AuthApi.login])).rejects.toThrow(/two handlers/);
  });
});

describe('durable messages', () => {
  const task: StepTask = {
    executionId: '00000000-0000-7000-8000-00000000000a',
    workspaceId: ann.workspaceId,
    workflow: 'w',
    step: 1,
    call: 'action',
    reference: '/do/0/x',
    name: 'x',
    capability: 'action',
    attempt: 1,
    key: 'k',
    with: {},
    timeoutMs: 1_000,
    startedBy: 'spec',
  };
  const alert = {
    alertId: task.executionId,
    ruleId: task.executionId,
    workspaceId: ann.workspaceId,
    fingerprint: 'f',
    alertName: 'a',
    labels: {},
    annotations: {},
    value: 1,
    startsAt: '2026-01-01T00:00:00Z',
  };

  it('come again until they are handled', async () => {
    const seen: number[] = [];
    @Controller()
    class Handler {
      @Task(StepTasks.action)
      async act(_: StepTask, info: DeliveryInfo) {
        seen.push(info.delivery);
        if (info.delivery < 2) throw new ServiceError('UNAVAILABLE', 'not yet');
      }
    }
    await serve(Handler, [StepTasks.action]);
    await client.enqueue(StepTasks.action, [task.executionId, '1'], task, { id: 'a1' });
    await waitFor(() => seen.length === 2);
    expect(seen).toEqual([1, 2]);
  });

  it('that cannot be read are dead-lettered with the reason', async () => {
    @Controller()
    class Handler {
      @On(subscriptions.notifierAlertFired)
      async fired() {}
    }
    await serve(Handler, [subscriptions.notifierAlertFired]);
    nc.publish('scm.evt.metrics.v1.alert-fired.w', 'not JSON');
    nc.publish('scm.evt.metrics.v1.alert-fired.w', JSON.stringify({ ...alert, value: 'much' }));
    await waitFor(() => letters.length === 2);
    expect(letters.map((letter) => letter.reason)).toEqual([
      expect.stringContaining('not JSON'),
      expect.stringContaining('value'),
    ]);
  });

  it('wait as long as what they need is away, and are given up when they themselves are at fault', async () => {
    const hasty = subscription(MetricsEvents.alertFired, { service: 'notifier', backoffMs: [1, 1] });
    const seen: string[] = [];
    @Controller()
    class Handler {
      @On(hasty)
      async fired({ alertName }: AlertTransition) {
        seen.push(alertName);
        if (alertName === 'bad') throw new ServiceError('FAILED_PRECONDITION', 'cannot be');
        if (seen.length < 6) throw new ServiceError('UNAVAILABLE', 'the database does not answer');
      }
    }
    await serve(Handler, [hasty]);
    nc.publish('scm.evt.metrics.v1.alert-fired.w', JSON.stringify({ ...alert, alertName: 'patient' }));
    await waitFor(() => seen.length === 6);
    nc.publish('scm.evt.metrics.v1.alert-fired.w', JSON.stringify({ ...alert, alertName: 'bad' }));
    await waitFor(() => letters.length > 0);
    expect(seen.filter((name) => name === 'bad')).toHaveLength(3);
    expect(letters.map((letter) => letter.reason)).toEqual(['FAILED_PRECONDITION: cannot be']);
  });

  it('whose acknowledgement is lost come again, and are not at fault', async () => {
    const once = subscription(MetricsEvents.alertResolved, { service: 'notifier', backoffMs: [] });
    const seen: string[] = [];
    @Controller()
    class Handler {
      @On(once)
      async resolved() {
        seen.push('handled');
        if (seen.length === 1) await jsm.consumers.delete(streams.metrics.name, consumerName(once));
      }
    }
    const jsm = await jetstreamManager(nc);
    await serve(Handler, [once]);
    nc.publish('scm.evt.metrics.v1.alert-resolved.w', JSON.stringify(alert));
    await waitFor(() => seen.length === 1);
    await waitFor(async () => {
      await ensureStreams(nc, 'metrics-ingest');
      return seen.length === 2;
    });
    expect(letters).toEqual([]);
  });

  it('wait while their dead letters cannot be kept', async () => {
    keepLetter = () => Promise.reject(new ServiceError('UNAVAILABLE', 'the database does not answer'));
    @Controller()
    class Handler {
      @On(subscriptions.notifierAlertFired)
      async fired() {}
    }
    await serve(Handler, [subscriptions.notifierAlertFired]);
    nc.publish('scm.evt.metrics.v1.alert-fired.w', '{');
    await waitFor(() => letters.length === 1);
    keepLetter = async () => undefined;
    await waitFor(() => letters.length === 2);
    expect(letters[1]?.deliveries).toBeGreaterThan(letters[0]?.deliveries ?? 0);
  });

  it('under way are finished before the service stops', async () => {
    const ended: string[] = [];
    let release = () => {};
    @Controller()
    class Handler {
      @Task(StepTasks.processing)
      async process() {
        ended.push('begun');
        await new Promise<void>((resolve) => (release = resolve));
        ended.push('done');
      }
    }
    const app = await serve(Handler, [StepTasks.processing]);
    await client.enqueue(
      StepTasks.processing,
      [task.executionId, '1'],
      { ...task, capability: 'processing' },
      { id: 'p1' },
    );
    await waitFor(() => ended.length === 1);
    const closing = app.close();
    release();
    await closing;
    expect(ended).toEqual(['begun', 'done']);
  });
});
