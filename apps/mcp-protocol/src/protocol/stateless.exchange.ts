import { Inject, Injectable } from '@nestjs/common';
import type { McpRequest } from '@scm/contracts';
import { currentActor } from '@scm/messaging';
import {
  judgeRequest,
  latestRevision,
  metaKeys,
  ProtocolError,
  type JsonObject,
  type JsonRpcNotification,
  type JsonRpcRequest,
} from '@scm/mcp-messages';
import type { ExchangeFacts } from '../captures/recorder.js';
import { recordFrame } from '../captures/recording.leg.js';
import { Recording } from '../captures/recording.js';
import { ExtensionRegistry } from '../extensions/extension.registry.js';
import { HookedSending } from '../extensions/hooked-sending.js';
import type { PluginCaller } from '../extensions/host-functions.js';
import { MessageHooks } from '../extensions/message-hooks.js';
import { answerOf, toProtocolError } from './answering.js';
import { restrained } from './client-wishes.js';
import { PROVIDER, type Exchange, type Provider } from './exchange.js';
import { resultMessage } from './heads.js';
import { assertMayBeAsked } from './input-requests.js';
import { RequestStateSeal } from './request-state.js';

/** Where a request of 2026-07-28 came from, and where the messages go that precede its answer. */
export interface StatelessCaller {
  readonly transport: McpRequest['transport'];
  readonly server?: string;
  readonly signal: AbortSignal;
  send(notification: JsonRpcNotification): void;
  /** Judges a call by its tool, where there is one of that name. Throws ProtocolError. */
  checkTool?(tool: JsonObject): void;
}

/** Answers one request of revision 2026-07-28 from the canonical provider. */
@Injectable()
export class StatelessExchange {
  constructor(
    @Inject(PROVIDER) private readonly provider: Provider,
    private readonly seal: RequestStateSeal,
    private readonly recording: Recording,
    private readonly extensions: ExtensionRegistry,
    private readonly hooks: MessageHooks,
  ) {}

  /** The response. Throws ProtocolError for a request that is not valid. */
  async answer(request: JsonRpcRequest, caller: StatelessCaller): Promise<JsonObject> {
    const { transport, server } = caller;
    const facts: ExchangeFacts = {
      request,
      revision: latestRevision,
      transport,
      ...(server !== undefined && { server }),
    };
    return this.recording.around(facts, () => this.resolve(request, caller));
  }

  /** The same for somebody who records it. */
  async resolve(request: JsonRpcRequest, caller: StatelessCaller): Promise<JsonObject> {
    const { id } = request;
    const refusal = judgeRequest(latestRevision, 'client', request, this.extensions.modelsFor(latestRevision));
    if (refusal) throw new ProtocolError(refusal.code, `${refusal.pointer} ${refusal.message}`, undefined, id);
    try {
      return { ...resultMessage(id, await this.resultOf(request, caller)) };
    } catch (error) {
      return { ...toProtocolError(error).toResponse(id) };
    }
  }

  private async resultOf(request: JsonRpcRequest, caller: StatelessCaller): Promise<JsonObject> {
    if (this.hooks.areNone) {
      const exchange = exchangeOf(request, caller);
      await this.checkTool(exchange, caller);
      return shownTo(request, await this.run(exchange));
    }
    return shownTo(request, await this.hookedResultOf(request, caller));
  }

  /** What plugins see of the messages; nothing is translated here. */
  private async hookedResultOf(request: JsonRpcRequest, caller: StatelessCaller): Promise<JsonObject> {
    const by: PluginCaller = {
      actor: currentActor(),
      signal: caller.signal,
      ...(caller.server && { server: caller.server }),
    };
    const deliver = (message: JsonObject) => caller.send(message as unknown as JsonRpcNotification);
    const sending = new HookedSending(this.hooks, latestRevision, by, deliver);
    const said = exchangeOf(request, { ...caller, send: (told) => sending.send({ ...told }) });
    await this.checkTool(said, caller);
    const at = { method: request.method, revision: latestRevision } as const;
    const heard = this.hooks.findBoth({ ...at, direction: 'fromClient' });
    const exchange = heard ? { ...said, params: await heard(said.params, said) } : said;
    const answered = await this.run(exchange);
    const shown = this.hooks.findBoth({ ...at, direction: 'toClient' });
    const result = shown ? await shown(answered, exchange) : answered;
    await sending.settled();
    return result;
  }

  private async checkTool(exchange: Exchange, caller: StatelessCaller): Promise<void> {
    if (exchange.method !== 'tools/call' || !caller.checkTool) return;
    const tool = await this.provider.findTool?.(String(exchange.params['name']), exchange);
    if (tool) caller.checkTool(tool);
  }

  private async run(exchange: Exchange): Promise<JsonObject> {
    const result = await answerOf(this.provider, { ...exchange, params: await this.seal.open(exchange) });
    if (result['resultType'] !== 'input_required') return result;
    assertMayBeAsked(exchange, result);
    return this.seal.close(exchange, result);
  }
}

function shownTo({ method, id }: JsonRpcRequest, result: JsonObject): JsonObject {
  return method === 'subscriptions/listen' ? ofSubscription(result, id) : result;
}

function exchangeOf({ method, params = {}, id }: JsonRpcRequest, caller: StatelessCaller): Exchange {
  const isListening = method === 'subscriptions/listen';
  const send = (notification: JsonRpcNotification) => {
    const told = { peer: 'client', direction: 'sent', revision: latestRevision, method: notification.method } as const;
    recordFrame(told, notification);
    caller.send(notification);
  };
  const notify = isListening
    ? ({ params: told = {}, ...message }: JsonRpcNotification) => send({ ...message, params: ofSubscription(told, id) })
    : restrained(params, send);
  const { server, signal } = caller;
  return { method, params, actor: currentActor(), ...(server !== undefined && { server }), signal, notify };
}

/** What comes by a subscription, its end too, names the request that opened it. */
function ofSubscription(told: JsonObject, id: string | number): JsonObject {
  return { ...told, _meta: { ...(told['_meta'] as JsonObject | undefined), [metaKeys.subscriptionId]: id } };
}
