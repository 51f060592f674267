import { createRequire } from 'node:module';

const { endpoint, service } = createRequire(process.env.BENCH_PEERS)('@restatedev/restate-sdk');

const three = service({
  name: 'three',
  handlers: {
    run: async (ctx, input) => {
      for (const step of ['one', 'two', 'three']) await ctx.run(step, () => null);
      return input;
    },
  },
});
const port = await endpoint().bind(three).listen(Number(process.env.BENCH_PORT));
process.send({ port: port ?? Number(process.env.BENCH_PORT) });
process.once('disconnect', () => process.exit());
