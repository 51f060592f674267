const waitMs = 15_000;

/** Opens the stream as any client would, subscribes one channel and gives the newest item of its first event frame. */
export function firstEvent({ streamUrl, apiKey }, channel, { signal }) {
  const socket = new WebSocket(streamUrl, ['scm.stream.v1+json']);
  const send = (frame) => socket.send(JSON.stringify(frame));
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`no event on ${channel} within ${waitMs} ms`)), waitMs);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    socket.onopen = () => send({ t: 'hello', v: 1, token: apiKey, client: { name: 'self-check', version: '1' } });
    socket.onerror = ({ message }) => reject(new Error(`the stream failed: ${message}`));
    socket.onclose = ({ code, reason }) => reject(new Error(`the stream was closed: ${code} ${reason}`));
    socket.onmessage = ({ data }) => {
      const frame = JSON.parse(data);
      if (frame.t === 'welcome') send({ t: 'sub', id: 1, ch: channel, mode: 'latest' });
      if (frame.t === 'err') reject(new Error(`the stream refused: ${frame.code} ${frame.msg}`));
      if (frame.t === 'ev') resolve({ ...frame.d.at(-1), channel });
    };
    socket.addEventListener('close', () => clearTimeout(late));
  }).finally(() => socket.close());
}
