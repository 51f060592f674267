import { Injectable } from '@nestjs/common';
import { ServiceError, UpstreamApi, type Actor, type ContinueRequest, type Nothing } from '@scm/contracts';
import { ProtocolError, type JsonObject, type JsonRpcErrorBody, type JsonRpcNotification } from '@scm/mcp-messages';
import { currentActor, MessagingClient, type StreamedAnswer } from '@scm/messaging';
import { toProtocolError } from '../protocol/answering.js';
import type { Exchange, Provider } from '../protocol/exchange.js';

/** What one replica tells another one of an exchange. */
interface Told {
  notification?: JsonRpcNotification;
  result?: JsonObject;
  error?: JsonRpcErrorBody;
}

/** Hands an exchange to the replica that has the call it goes on with, or the child it is for. */
@Injectable()
export class ReplicaRelay {
  constructor(private readonly messaging: MessagingClient) {}

  /** Throws what the other replica's provider threw, and UNAVAILABLE when the replica is gone. */
  async send(to: string, upstream: string, exchange: Exchange): Promise<JsonObject> {
    const { method, params, signal, actor, runsAsTask } = exchange;
    let last: Told = {};
    const onText = (text: string) => {
      const told = JSON.parse(text) as Told;
      if (told.notification) exchange.notify(told.notification);
      else last = told;
    };
    const receiver = { onHead: () => {}, onText, signal };
    const of = currentActor().kind === 'service' ? { actor: { ...actor } } : {};
    const request = { upstream, method, params, ...of, ...(runsAsTask && { runsAsTask }) };
    await this.messaging.stream(UpstreamApi.continue, request, receiver, { to });
    signal.throwIfAborted();
    if (last.error) throw new ProtocolError(last.error.code, last.error.message, last.error.data);
    if (!last.result) throw new ServiceError('UNAVAILABLE', 'the replica that has the call ended without an answer');
    return last.result;
  }

  async serve(request: ContinueRequest, answer: StreamedAnswer<Nothing>, provider: Provider): Promise<void> {
    const tell = (told: Told) => answer.send(JSON.stringify(told));
    const notify = (notification: JsonRpcNotification) => tell({ notification });
    answer.begin({});
    const { method, params, runsAsTask } = request;
    const of = { method, params: params as JsonObject, actor: actorOf(request), ...(runsAsTask && { runsAsTask }) };
    const exchange = { ...of, signal: answer.signal, notify };
    try {
      tell({ result: await provider.answer(exchange) });
    } catch (error) {
      const { code, message, data } = toProtocolError(error);
      tell({ error: { code, message, ...(data !== undefined && { data }) } });
    }
  }
}

/** A service may go on with what somebody else asked for; nobody else speaks for another. */
function actorOf({ actor }: ContinueRequest): Actor {
  const caller = currentActor();
  return caller.kind === 'service' && actor ? ({ ...actor, workspaceId: caller.workspaceId } as Actor) : caller;
}
