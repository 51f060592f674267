import WebSocket from 'ws';

const aliveEveryMs = 5_000;

/** A client of the stream that keeps the frames of its one channel. */
export async function openStream({ gatewayUrl, apiKey }, channel, since) {
  const url = `${gatewayUrl.replace(/^http/, 'ws')}/api/v1/stream`;
  const socket = new WebSocket(url, 'scm.stream.v1+json', { perMessageDeflate: false });
  const send = (frame) => socket.send(JSON.stringify(frame));
  const frames = [];
  const subscribed = await new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.once('close', (code) => reject(new Error(`the stream was closed with ${code}`)));
    socket.once('open', () => send({ t: 'hello', v: 1, token: apiKey }));
    socket.on('message', (data) => {
      const frame = JSON.parse(data);
      frames.push(frame);
      if (frame.t === 'welcome') send({ t: 'sub', id: 1, ch: channel, ...(since && { since }) });
      else if (frame.t === 'subd') resolve(frame);
      else if (frame.t === 'err') reject(new Error(JSON.stringify(frame)));
    });
  });
  const alive = setInterval(() => send({ t: 'hb' }), aliveEveryMs);
  return {
    subscribed,
    frames,
    gaps: () => frames.filter(({ t }) => t === 'gap'),
    events: () => frames.filter(({ t }) => t === 'ev').flatMap(({ d }) => d),
    lastSeq: () => frames.findLast(({ t }) => t === 'ev')?.s.at(-1) ?? subscribed.head,
    isOpen: () => socket.readyState === WebSocket.OPEN,
    close() {
      clearInterval(alive);
      socket.terminate();
    },
  };
}
