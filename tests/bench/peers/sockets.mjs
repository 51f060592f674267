import { WebSocketServer } from 'ws';

// Sends each text it is told to every client.
const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false }, () =>
  process.send({ port: server.address().port }),
);
process.on('message', ({ frames }) => {
  for (const frame of frames) for (const client of server.clients) client.send(frame);
});
process.once('disconnect', () => process.exit());
