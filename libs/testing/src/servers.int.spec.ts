import { afterEach, describe, expect, it } from '@jest/globals';
import { connect } from '@nats-io/transport-node';
import { Client } from 'pg';
import { createDatabase, startNats, startPostgres, startRedis, waitFor } from './index.js';
import { connect as connectTcp } from 'node:net';

const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

describe('servers of a suite', () => {
  it('starts a NATS that asks for its token, and brings it back on the same port after a kill', async () => {
    const nats = await startNats();
    stops.push(() => nats.stop());
    const servers = `127.0.0.1:${nats.port}`;
    await expect(connect({ servers, reconnect: false })).rejects.toThrow();
    await nats.kill();
    await expect(connect({ servers, token: 'test', reconnect: false })).rejects.toThrow();
    await nats.restart();
    const connection = await connect({ servers, token: 'test' });
    expect(connection.info?.jetstream).toBe(true);
    await connection.close();
  });

  it('starts a Redis that asks for its password', async () => {
    const redis = await startRedis();
    stops.push(() => redis.stop());
    expect(await talk(redis.port, 'PING\r\n')).toMatch(/^-NOAUTH/);
    expect(await talk(redis.port, 'AUTH test\r\nPING\r\n')).toBe('+OK\r\n+PONG\r\n');
  });

  it('gives each suite a database of its own and drops it', async () => {
    const one = await createDatabase();
    const two = await createDatabase();
    stops.push(() => two.stop());
    await one.query('CREATE TABLE thing (id int)');
    expect(await two.query(`SELECT to_regclass('thing') AS found`)).toEqual([{ found: null }]);
    await one.stop();
    const names = await two.query<{ datname: string }>('SELECT datname FROM pg_database');
    expect(names.map(({ datname }) => `/${datname}`)).not.toContain(new URL(one.url).pathname);
  });

  it('keeps what was committed when Postgres is killed', async () => {
    const postgres = await startPostgres();
    stops.push(() => postgres.stop());
    await query(postgres.url, 'CREATE TABLE thing AS SELECT 42 AS answer');
    await postgres.kill();
    await waitFor(() => postgres.restart().then(() => true));
    expect(await query(postgres.url, 'SELECT answer FROM thing')).toEqual([{ answer: 42 }]);
  });
});

async function query(connectionString: string, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

function talk(port: number, text: string): Promise<string> {
  const wanted = text.split('\r\n').length - 1;
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connectTcp(port, '127.0.0.1', () => socket.write(text));
    socket.once('error', reject);
    socket.on('data', (chunk) => {
      answer += chunk.toString();
      if (answer.split('\r\n').length - 1 >= wanted) socket.destroy();
    });
    socket.once('close', () => resolve(answer));
  });
}
