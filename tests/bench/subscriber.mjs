import WebSocket from 'ws';

/** A client of the stream that hands each frame of its one channel, unread, to `onFrame`; `?z=1` has them deflated. */
export async function subscribe({ streamUrl, apiKey }, channel, onFrame, query = '') {
  const socket = new WebSocket(streamUrl + query, 'scm.stream.v1+json', { perMessageDeflate: query !== '' });
  const bytes = countBytes(socket);
  const send = (frame) => socket.send(JSON.stringify(frame));
  await new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.once('close', (code, reason) => reject(new Error(`the stream was closed: ${code} ${reason.toString()}`)));
    socket.once('open', () => send({ t: 'hello', v: 1, token: apiKey }));
    socket.on('message', function greeted(data) {
      const frame = JSON.parse(data);
      if (frame.t === 'welcome') send({ t: 'sub', id: 1, ch: channel });
      else if (frame.t === 'subd') resolve(socket.off('message', greeted));
      else reject(new Error(`the stream answered ${JSON.stringify(frame)}`));
    });
  });
  socket.on('message', (data) => onFrame(data));
  return { bytes, close: () => socket.terminate() };
}

/** Gives what tells how many bytes came from the server so far. */
export function countBytes(socket) {
  let raw;
  socket.once('upgrade', (response) => (raw = response.socket));
  return () => raw.bytesRead;
}
