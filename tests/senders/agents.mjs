import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';

/** A Prometheus agent or a vmagent that scrapes the target each second and writes to the URL. */
export async function startAgent({ name, program, folder, target, url }) {
  const config = path.join(folder, 'config.yml');
  fs.writeFileSync(config, configs[name]({ target: new URL(target).host, url }));
  const address = `127.0.0.1:${await freePort()}`;
  const child = spawn(program, arguments_[name]({ config, folder, address, url }), {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let log = '';
  child.stderr.on('data', (chunk) => (log = (log + chunk).slice(-20_000)));
  const ended = once(child, 'exit');
  return {
    log: () => log,
    stop: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

const scraping = (name, target) =>
  `global: { scrape_interval: 1s, scrape_timeout: 1s }
scrape_configs:
  - job_name: ${name}
    static_configs: [{ targets: ['${target}'] }]
`;

const configs = {
  prometheus: ({ target, url }) => `${scraping('prometheus', target)}remote_write: [{ url: '${url}/api/v1/write' }]\n`,
  vmagent: ({ target }) => scraping('vmagent', target),
};

const arguments_ = {
  prometheus: ({ config, folder, address }) => [
    '--enable-feature=agent',
    `--config.file=${config}`,
    `--storage.agent.path=${path.join(folder, 'data')}`,
    `--web.listen-address=${address}`,
  ],
  vmagent: ({ config, folder, address, url }) => [
    `-promscrape.config=${config}`,
    `-remoteWrite.url=${url}/prometheus/api/v1/write`,
    `-remoteWrite.tmpDataPath=${path.join(folder, 'data')}`,
    `-httpListenAddr=${address}`,
  ],
};

export async function freePort() {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  return port;
}
