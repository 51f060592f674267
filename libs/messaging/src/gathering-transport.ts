import { setTransportFactory, type Transport } from '@nats-io/transport-node';
import { NodeTransport, nodeResolveHost } from '@nats-io/transport-node/lib/node_transport.js';

/**
 * The client writes to its socket once in every turn of the microtask queue, and so once for every message: half of what a
 * message costs its process, and much of what it costs the server. What one turn of the event loop sends goes as one write.
 */
export function gatherWrites(): void {
  setTransportFactory({ factory: () => gathering(new NodeTransport()), dnsResolveFn: nodeResolveHost });
}

/** The transport itself, with another `send`: the client keeps hold of its other members. */
export function gathering(transport: Transport): Transport {
  let waiting: Uint8Array[] = [];
  const send = transport.send.bind(transport);
  const close = transport.close.bind(transport);
  const flush = () => {
    if (waiting.length === 0) return;
    const [first = new Uint8Array(), ...more] = waiting;
    waiting = [];
    send(more.length === 0 ? first : Buffer.concat([first, ...more]));
  };
  transport.send = (frame) => {
    if (waiting.push(frame) === 1) setImmediate(flush);
  };
  transport.close = async (error) => {
    flush();
    await close(error);
  };
  return transport;
}
