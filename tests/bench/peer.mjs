import { fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

/** Starts `peers/<name>.mjs` as a process that does bare what the product does; it ends with this process. */
export async function startPeer(name, env = {}) {
  const file = path.join(import.meta.dirname, 'peers', `${name}.mjs`);
  const child = fork(file, { env: { ...process.env, NODE_ENV: 'production', ...env } });
  const { port } = await new Promise((resolve, reject) => {
    child.once('message', resolve);
    child.once('exit', (code) => reject(new Error(`the peer ${name} ended with ${code}`)));
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  return {
    pid: child.pid,
    url: `http://127.0.0.1:${port}`,
    send: (message) => child.send(message),
    /** Sends what the peer answers with one message. */
    ask: async (message) => {
      const answered = once(child, 'message');
      const gone = ended.then((code) => Promise.reject(new Error(`the peer ${name} ended with ${code}`)));
      child.send(message);
      const [answer] = await Promise.race([answered, gone]);
      return answer;
    },
    stop: () => {
      child.kill();
      return ended;
    },
  };
}
