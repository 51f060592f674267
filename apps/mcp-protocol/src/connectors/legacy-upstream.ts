import type { FetchLike } from '@modelcontextprotocol/client';
import { errorCodes, isJsonObject, methodIn, ProtocolError, type JsonObject } from '@scm/mcp-messages';
import { unrecorded } from '../captures/recording.leg.js';
import type { MessageHooks } from '../extensions/message-hooks.js';
import type { Exchange, Provider } from '../protocol/exchange.js';
import { nextRequestId } from './connection.js';
import { listenLegacy } from './legacy-listen.js';
import type { LegacySession } from './legacy-session.js';
import { LegacySessions } from './legacy-sessions.js';
import { resultOfTask, runsTasks } from './legacy-task.js';
import { hookedFromUpstream, hookedToUpstream } from './legacy-hooks.js';
import {
  asMeta,
  discoverFrom,
  errorFromUpstream,
  fromUpstream,
  initializeFor,
  toUpstream,
} from './legacy-translation.js';
import { NotificationFilter } from './notification-filter.js';
import { ParkedCall } from './parked-call.js';
import { PARKED_MS, type ParkedCalls } from './parked-calls.js';
import { refused, type RequestStates } from './request-state.js';
import { SessionLost } from './upstream-fault.js';
import type { UpstreamTarget } from './upstream-target.js';

/** What parks calls: one of a replica, whatever the upstream. */
export interface Parking {
  /** This replica. */
  owner: string;
  calls: ParkedCalls;
  states: RequestStates;
  /** Continues a call at the replica that has it. */
  relay(owner: string, exchange: Exchange): Promise<JsonObject>;
}

const askable: readonly string[] = ['tools/call', 'prompts/get', 'resources/read'];

/** An upstream of a revision up to 2025-11-25, as a provider of the canonical revision. */
export class LegacyUpstream implements Provider {
  private readonly sessions: LegacySessions;

  constructor(
    target: UpstreamTarget,
    fetch: FetchLike,
    private readonly parking: Parking,
    private readonly hooks: MessageHooks,
  ) {
    this.sessions = new LegacySessions(target, fetch);
  }

  async answer(exchange: Exchange): Promise<JsonObject> {
    if (exchange.params['requestState'] !== undefined) return this.resume(exchange);
    const { actor, params } = exchange;
    const principal = `${actor.workspaceId}/${actor.kind}/${actor.id}`;
    const client = { principal, initialize: initializeFor(params) };
    const session = await unrecorded(() => this.sessions.get(client));
    return this.answerIn(session, exchange).catch(async (error: unknown) => {
      // A session that the upstream does not know did not see the request.
      if (!(error instanceof SessionLost)) throw error;
      this.sessions.forget(client, session);
      return this.answerIn(await unrecorded(() => this.sessions.get(client)), exchange);
    });
  }

  async close(): Promise<void> {
    await this.sessions.close();
  }

  private async answerIn(session: LegacySession, exchange: Exchange): Promise<JsonObject> {
    const { method } = exchange;
    if (method === 'server/discover') return discoverFrom(session.welcome);
    if (method === 'subscriptions/listen') return listenLegacy(session, exchange);
    if (!methodIn(session.welcome.revision, method))
      throw new ProtocolError(errorCodes.methodNotFound, `the upstream's revision has no ${method}`);
    await this.setLogLevel(session, exchange);
    return this.start(session, exchange);
  }

  /** The call outlives its exchange while the client is asked; only who goes away for good ends it. */
  private start(session: LegacySession, exchange: Exchange): Promise<JsonObject> {
    const stop = new AbortController();
    const asked = Promise.withResolvers<JsonObject>();
    const call = new ParkedCall(session, asked.promise);
    const giveUp = () => stop.abort(new ProtocolError(errorCodes.internalError, 'the client did not come back'));
    asked.resolve(this.ask(session, exchange, call, stop.signal));
    return this.turn(exchange, call, giveUp);
  }

  private async ask(
    session: LegacySession,
    exchange: Exchange,
    call: ParkedCall,
    signal: AbortSignal,
  ): Promise<JsonObject> {
    const { method, params, runsAsTask } = exchange;
    const progressToken = nextRequestId();
    const filter = new NotificationFilter(asMeta(params), session.welcome, (n) => call.notify(n));
    const listener = {
      progressToken,
      canBeAsked: askable.includes(method),
      onRequest: (request: Parameters<ParkedCall['ask']>[0]) =>
        request.method === 'ping' ? void session.respond(request.id, {}).catch(() => {}) : call.ask(request),
      onNotification: filter.take,
    };
    try {
      const isTask = runsAsTask === true && runsTasks(session.welcome);
      const asked = { method, params, progressToken, ...(isTask && { task: {} }) };
      const by = { ...exchange, signal };
      const request = this.hooks.areNone
        ? toUpstream(session.welcome, asked)
        : await hookedToUpstream(this.hooks, session.welcome, asked, by);
      const answer = await session.request({ ...request, signal }, listener);
      const result = isTask ? await resultOfTask(session, answer, signal, listener) : answer;
      if (this.hooks.areNone) return call.inTurn(() => fromUpstream(session.welcome, method, result));
      const translated = (said: JsonObject) => call.inTurn(() => fromUpstream(session.welcome, method, said));
      return await hookedFromUpstream(this.hooks, session.welcome, { method, result, translated }, by);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      const { code, message, data } = error;
      const told = call.inTurn(() => errorFromUpstream(session.welcome, method, { code, message, data }, params));
      if ('result' in told) return told.result;
      throw new ProtocolError(told.error.code, told.error.message, told.error.data);
    }
  }

  private async resume(exchange: Exchange): Promise<JsonObject> {
    const { owner, calls, states } = this.parking;
    const at = states.open(exchange, exchange.params['requestState']);
    if (at.owner !== owner) return this.parking.relay(at.owner, exchange);
    const parked = calls.take(at.call, at.round);
    if (!parked) throw refused();
    const { call, giveUp } = parked;
    const { inputResponses } = exchange.params;
    const isComplete = await call.take(isJsonObject(inputResponses) ? inputResponses : {});
    return isComplete ? this.turn(exchange, call, giveUp) : this.park(exchange, call, giveUp);
  }

  private async turn(exchange: Exchange, call: ParkedCall, giveUp: () => void): Promise<JsonObject> {
    exchange.signal.addEventListener('abort', giveUp, { once: true });
    try {
      return (await call.turn(exchange)) ?? this.park(exchange, call, giveUp);
    } finally {
      exchange.signal.removeEventListener('abort', giveUp);
    }
  }

  private park(exchange: Exchange, call: ParkedCall, giveUp: () => void): JsonObject {
    const { owner, calls, states } = this.parking;
    const inputRequests = call.inputRequests();
    calls.add(call, giveUp);
    const at = { owner, call: call.id, round: call.round, expiresAt: Date.now() + PARKED_MS };
    return { resultType: 'input_required', inputRequests, requestState: states.seal(exchange, at) };
  }

  /** A session has one level: the least severe that anyone asked for; each exchange hears what it asked for. */
  private async setLogLevel(session: LegacySession, { params }: Exchange): Promise<void> {
    const wanted = NotificationFilter.levelIn(asMeta(params));
    if (!wanted || !isJsonObject(session.welcome.capabilities['logging'])) return;
    if (session.logLevel !== undefined && !NotificationFilter.isBelow(wanted, session.logLevel)) return;
    await session.ask('logging/setLevel', { level: wanted });
    session.logLevel = wanted;
  }
}
