import { connect } from '@nats-io/transport-node';

const { hostname, port, username } = new URL(process.env.BENCH_NATS_URL);
const nc = await connect({ servers: `${hostname}:${port}`, token: username });
nc.subscribe('bench.echo', { callback: (_error, message) => message.respond(process.env.BENCH_REPLY) });
await nc.flush();
process.send({});
process.once('disconnect', () => process.exit());
