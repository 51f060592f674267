import { SSEClientTransport, type FetchLike, type Transport } from '@modelcontextprotocol/client';
import { ServiceError } from '@scm/contracts';

/** The official client's HTTP+SSE transport. Its event source keeps but the text of what failed, and goes on trying: this one does not. */
export function sseTransport(url: URL, send: FetchLike, headers: Readonly<Record<string, string>>): Transport {
  let refusal: ServiceError | undefined;
  const telling: FetchLike = async (input, init) =>
    send(input, init).catch((error: unknown) => {
      if (error instanceof ServiceError) refusal = error;
      throw error;
    });
  const transport = new SSEClientTransport(url, { fetch: telling, requestInit: { headers } });
  const start = transport.start.bind(transport);
  transport.start = () =>
    start().catch(async (error: unknown) => {
      await transport.close();
      throw refusal ?? error;
    });
  return transport;
}
