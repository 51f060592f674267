import { Injectable } from '@nestjs/common';
import type { McpHead, McpRequest } from '@scm/contracts';
import type { StreamedAnswer } from '@scm/messaging';
import {
  checkMirroredHeaders,
  checkParameterHeaders,
  errorCodes,
  isJsonObject,
  judgeNotification,
  latestRevision,
  parameterHeadersOf,
  ProtocolError,
  readRequestMeta,
  type JsonObject,
  type JsonRpcNotification,
  type JsonRpcRequest,
} from '@scm/mcp-messages';
import { AnswerWriter } from './answer.writer.js';
import { accepted, statusOf } from './heads.js';
import { RunningCalls } from './running-calls.js';
import { Served } from './served.js';
import { StatelessExchange, type StatelessCaller } from './stateless.exchange.js';

/** Lets clients of revision 2026-07-28 in: each request says by itself who sends it and what its sender can do. */
@Injectable()
export class StatelessDoor {
  constructor(
    private readonly exchange: StatelessExchange,
    private readonly served: Served,
    private readonly running: RunningCalls,
  ) {}

  async answer(
    asked: McpRequest,
    request: JsonRpcRequest,
    answer: StreamedAnswer<McpHead>,
  ): Promise<McpHead | undefined> {
    if (asked.transport === 'http') checkMirroredHeaders(asked.headers, request);
    readRequestMeta(request, this.served.stateless);
    const writer = new AnswerWriter(answer, asked);
    const isListening = request.method === 'subscriptions/listen';
    const end = isListening ? AbortSignal.any([answer.signal, answer.draining]) : answer.signal;
    const call = this.running.open(asked.headers['scm-connection'], request.id, end);
    try {
      const response = await this.exchange.answer(request, callerOf(asked, request, call.signal, writer));
      return call.isCancelled ? writer.end(undefined) : writer.end(response, statusFor(response));
    } finally {
      call.close();
    }
  }

  /** On HTTP a client cancels by going away; on a socket it has to say so. */
  async notice(asked: McpRequest, notification: JsonRpcNotification): Promise<McpHead> {
    const refusal = judgeNotification(latestRevision, 'client', notification);
    if (refusal) throw new ProtocolError(refusal.code, `${refusal.pointer} ${refusal.message}`);
    const connection = asked.headers['scm-connection'];
    if (connection) await this.running.cancel(connection, notification.params?.['requestId']);
    return accepted;
  }
}

function callerOf(
  { transport, server, headers }: McpRequest,
  request: JsonRpcRequest,
  signal: AbortSignal,
  writer: AnswerWriter,
): StatelessCaller {
  const checkTool = (tool: JsonObject) =>
    checkParameterHeaders(headers, request, parameterHeadersOf(tool['inputSchema']));
  return {
    transport,
    signal,
    ...(server !== undefined && { server }),
    send: (notification) => {
      if (writer.canStream || request.method === 'subscriptions/listen') writer.send(notification);
    },
    ...(transport === 'http' && { checkTool }),
  };
}

function statusFor({ error }: JsonObject): number {
  const code = isJsonObject(error) ? Number(error['code']) : 0;
  return statusOf(code, code === errorCodes.internalError ? 500 : 200);
}
