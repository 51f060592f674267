import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

const pet = (id: number) => ({ id, name: `pet ${id}`, status: 'available', photoUrls: [] });

const swagger = {
  swagger: '2.0',
  host: 'petstore.swagger.io',
  basePath: '/v2',
  schemes: ['https'],
  paths: {
    '/pet/findByStatus': {
      get: { operationId: 'findPetsByStatus', parameters: [{ name: 'status', in: 'query', required: true }] },
    },
    '/pet/{petId}': { get: { operationId: 'getPetById', parameters: [{ name: 'petId', in: 'path', required: true }] } },
  },
};

/** What the conformance kit calls in the Internet, here: a pet store, and a door that asks for a password. */
export async function startStandIns(): Promise<{ url: string; stop: () => Promise<void> }> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

function answer(request: IncomingMessage, response: ServerResponse): void {
  const { pathname } = new URL(request.url ?? '/', 'http://stand-in');
  const [, name, password] = /^\/basic-auth\/([^/]+)\/([^/]+)$/.exec(pathname) ?? [];
  const expected = `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`;
  const id = /^\/v2\/pet\/(\d+)$/.exec(pathname)?.[1];
  if (pathname === '/v2/swagger.json') send(response, 200, swagger);
  else if (pathname === '/v2/pet/findByStatus') send(response, 200, [pet(1), pet(2)]);
  else if (id !== undefined) send(response, 200, pet(Number(id)));
  else if (name !== undefined) send(response, request.headers.authorization === expected ? 200 : 401, { user: name });
  else send(response, 404, { message: 'not found' });
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
