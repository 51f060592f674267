import { Inject, Injectable } from '@nestjs/common';
import { currentActor } from '@scm/messaging';
import {
  errorCodes,
  isJsonObject,
  judgeRequest,
  metaKeys,
  ProtocolError,
  type JsonObject,
  type JsonRpcRequest,
} from '@scm/mcp-messages';
import { Recording } from '../captures/recording.js';
import { ExtensionRegistry } from '../extensions/extension.registry.js';
import { HookedSending } from '../extensions/hooked-sending.js';
import { MessageHooks } from '../extensions/message-hooks.js';
import { answerOf, toProtocolError } from '../protocol/answering.js';
import { PROVIDER, type Exchange, type Provider } from '../protocol/exchange.js';
import { needsTasks, withTasks } from '../tasks/task-support.js';
import { ClientInput } from './client-input.js';
import { exchangeOf, type LegacyCaller, type LegacyStream } from './legacy-caller.js';
import { LegacyTasks } from './legacy.tasks.js';
import { SessionMethods } from './session.methods.js';
import { callUp, errorDown, resultDown } from './translation.js';

/** So often a call may ask for input before it has to give its result. */
const MAX_ROUNDS = 8;

/** Answers one request of an older revision from the canonical provider; what that asks for is asked of the client itself. */
@Injectable()
export class LegacyExchange {
  constructor(
    @Inject(PROVIDER) private readonly provider: Provider,
    private readonly input: ClientInput,
    private readonly methods: SessionMethods,
    private readonly tasks: LegacyTasks,
    private readonly recording: Recording,
    private readonly extensions: ExtensionRegistry,
    private readonly hooks: MessageHooks,
  ) {}

  /** The response, in the client's revision. */
  async answer(request: JsonRpcRequest, caller: LegacyCaller, stream: LegacyStream): Promise<JsonObject> {
    const { revision, transport, server } = caller;
    const facts = { request, revision, transport, ...(server !== undefined && { server }) };
    return this.recording.around(facts, () => this.resolve(request, caller, stream));
  }

  /** The same for somebody who records it. */
  async resolve(request: JsonRpcRequest, caller: LegacyCaller, stream: LegacyStream): Promise<JsonObject> {
    const { id, method } = request;
    try {
      const refusal = judgeRequest(caller.revision, 'client', request, this.extensions.modelsFor(caller.revision));
      if (refusal) throw new ProtocolError(refusal.code, `${refusal.pointer} ${refusal.message}`);
      if (this.hooks.areNone) return { jsonrpc: '2.0', id, result: await this.resultOf(request, caller, stream) };
      return { jsonrpc: '2.0', id, result: await this.hookedResultOf(request, caller, stream) };
    } catch (error) {
      return { jsonrpc: '2.0', id, ...errorDown(toProtocolError(error), method, caller.revision) };
    }
  }

  /** What plugins see of the messages as they are in the client's revision. */
  private async hookedResultOf(
    request: JsonRpcRequest,
    caller: LegacyCaller,
    stream: LegacyStream,
  ): Promise<JsonObject> {
    const { params = {} } = request;
    const at = { method: request.method, revision: caller.revision };
    const by = { actor: currentActor(), signal: stream.signal, ...(caller.server && { server: caller.server }) };
    const before = this.hooks.find({ ...at, stage: 'beforeTranslation', direction: 'fromClient' });
    const heard = before ? { ...request, params: await before(params, by) } : request;
    const sending = new HookedSending(this.hooks, caller.revision, by, (message) => stream.send(message));
    const result = await this.resultOf(heard, caller, {
      canSend: stream.canSend,
      signal: stream.signal,
      send: (message) => sending.send({ ...message }),
    });
    await sending.settled();
    const after = this.hooks.find({ ...at, stage: 'afterTranslation', direction: 'toClient' });
    return after ? after(result, by) : result;
  }

  private async resultOf(request: JsonRpcRequest, caller: LegacyCaller, stream: LegacyStream): Promise<JsonObject> {
    const own = await this.methods.answer(request, caller.session);
    return own ?? (await this.tasks.answer(request, caller, stream)) ?? this.translatedResult(request, caller, stream);
  }

  private async translatedResult(
    request: JsonRpcRequest,
    caller: LegacyCaller,
    stream: LegacyStream,
  ): Promise<JsonObject> {
    const { logLevel } = caller.session ?? {};
    const requestMeta = { ...caller.requestMeta, ...(logLevel && { [metaKeys.logLevel]: logLevel }) };
    const { method, params = {} } = callUp(request, caller.revision, requestMeta);
    const heard = exchangeOf({ method, params }, caller, stream);
    const at = { method, revision: caller.revision };
    const after = this.hooks.find({ ...at, stage: 'afterTranslation', direction: 'fromClient' });
    const exchange = after ? { ...heard, params: await after(params, heard) } : heard;
    const result = await this.run(exchange, caller, stream);
    const wantsTask = caller.revision === '2025-11-25' && isJsonObject(request.params?.['task']);
    if (wantsTask) return this.tasks.created(exchange, result, caller);
    const whole = result['resultType'] === 'task' ? await this.tasks.wait(exchange, result, caller, stream) : result;
    const before = this.hooks.find({ ...at, stage: 'beforeTranslation', direction: 'toClient' });
    return resultDown(before ? await before(whole, exchange) : whole, method, caller.revision);
  }

  /** With what the client says to what is asked meanwhile. */
  private async run(exchange: Exchange, caller: LegacyCaller, stream: LegacyStream): Promise<JsonObject> {
    let params = exchange.params;
    for (let round = 0; round <= MAX_ROUNDS; round++) {
      const result = await this.attempt({ ...exchange, params });
      if (result['resultType'] !== 'input_required') return result;
      const inputResponses = await this.input.ask(result, caller, stream);
      const { requestState } = result;
      params = { ...exchange.params, inputResponses, ...(requestState !== undefined && { requestState }) };
    }
    throw new ProtocolError(errorCodes.internalError, `The call asked for input more than ${MAX_ROUNDS} times`);
  }

  /** What only runs as a task runs as one, also for who knows nothing of that. */
  private async attempt(exchange: Exchange): Promise<JsonObject> {
    return answerOf(this.provider, exchange).catch((error: unknown) => {
      if (!needsTasks(error)) throw error;
      return answerOf(this.provider, { ...exchange, params: withTasks(exchange.params) });
    });
  }
}
