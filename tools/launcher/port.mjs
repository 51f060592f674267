import net from 'node:net';

/** Throws, saying what to do, when the gateway's port is taken. */
export async function checkPort({ host, port }) {
  const code = await bindError(host, port);
  if (!code) return;
  const why = code === 'EADDRINUSE' ? 'is taken by another program' : `cannot be used (${code})`;
  throw new Error(`port ${port} on ${host} ${why}: end that program, or choose another port with SCM_PORT=<port>`);
}

function bindError(host, port) {
  return new Promise((resolve) => {
    const server = net.createServer().once('error', ({ code }) => resolve(code));
    server.listen(port, host, () => server.close(() => resolve(undefined)));
  });
}
