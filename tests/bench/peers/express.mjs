import express from 'express';

const reply = JSON.parse(process.env.BENCH_REPLY);

const app = express();
app.get('/echo', (_request, response) => response.json(reply));
app.post('/echo', express.json({ limit: '2mb' }), (request, response) =>
  response.json({ written: request.body.series.length }),
);
const server = app.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));
process.once('disconnect', () => process.exit());
