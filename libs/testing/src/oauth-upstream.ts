import { createHash, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An MCP server of 2026-07-28 that wants OAuth tokens, with the authorization server that gives them. */
export interface OAuthUpstream {
  url: string;
  issuer: string;
  /** What came in the `Authorization` headers of the MCP server. */
  readonly seen: Set<string>;
  /** How often tokens were given, by grant type; a refresh token that comes twice counts as `replayed`. */
  readonly given: Record<string, number>;
  /** How many refresh tokens were refused. */
  readonly refused: number;
  /** Refuses every access token that was given until now; with their refresh tokens, when they are said too. */
  revoke(what?: 'access' | 'all'): void;
  /** From now on the tool wants this scope besides. */
  want(scope: string): void;
  /** The authorization server gives everything but this scope. */
  withhold(scope: string): void;
  /** Goes to the authorization URL as a browser, and says where it is sent. */
  consent(authorizationUrl: string): Promise<URL>;
  stop(): Promise<void>;
}

type Answer = (status: number, body: object, headers?: Record<string, string>) => void;

/** `tokenSeconds`: how long an access token says that it is good. */
export async function startOAuthUpstream({ tokenSeconds = 3_600 } = {}): Promise<OAuthUpstream> {
  const seen = new Set<string>();
  const given: Record<string, number> = {};
  const codes = new Map<string, { challenge: string; scope: string }>();
  const access = new Map<string, string>();
  const refresh = new Map<string, string>();
  const used = new Set<string>();
  let extra = '';
  let withheld = '';
  let refused = 0;
  let base = '';

  const tokensFor = (grant: string, scope: string) => {
    given[grant] = (given[grant] ?? 0) + 1;
    const [token, next] = [`access-${randomUUID()}`, `refresh-${randomUUID()}`];
    access.set(token, scope);
    refresh.set(next, scope);
    return { access_token: token, token_type: 'Bearer', expires_in: tokenSeconds, refresh_token: next, scope };
  };

  const granted = (scope: string) =>
    scope
      .split(' ')
      .filter((one) => one !== withheld)
      .join(' ');

  const authorize = (query: URLSearchParams, response: ServerResponse) => {
    const code = randomUUID();
    codes.set(code, { challenge: query.get('code_challenge') ?? '', scope: granted(query.get('scope') ?? '') });
    const back = new URL(query.get('redirect_uri') ?? base);
    for (const [name, value] of Object.entries({ code, state: query.get('state') ?? '', iss: base }))
      back.searchParams.set(name, value);
    response.writeHead(302, { location: back.href }).end();
  };

  const token = (form: URLSearchParams, answer: Answer) => {
    const grant = form.get('grant_type') ?? '';
    if (grant === 'client_credentials') return answer(200, tokensFor(grant, form.get('scope') ?? ''));
    if (grant === 'refresh_token') {
      const sent = form.get('refresh_token') ?? '';
      const scope = refresh.get(sent);
      if (used.has(sent)) given['replayed'] = (given['replayed'] ?? 0) + 1;
      if (scope === undefined) {
        refused++;
        return answer(400, { error: 'invalid_grant' });
      }
      refresh.delete(sent);
      used.add(sent);
      return answer(200, tokensFor(grant, scope));
    }
    const code = codes.get(form.get('code') ?? '');
    const proof = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    if (!code || code.challenge !== proof) return answer(400, { error: 'invalid_grant' });
    codes.delete(form.get('code') ?? '');
    return answer(200, tokensFor(grant, code.scope));
  };

  const mcp = (request: IncomingMessage, body: string, answer: Answer) => {
    const header = request.headers.authorization ?? '';
    if (header) seen.add(header);
    const scope = access.get(header.replace(/^Bearer /, ''));
    const metadata = `resource_metadata="${base}/.well-known/oauth-protected-resource/mcp"`;
    if (scope === undefined) return answer(401, {}, { 'www-authenticate': `Bearer ${metadata}, scope="tools"` });
    const { id, method } = JSON.parse(body) as { id?: number; method: string };
    if (method === 'tools/call' && extra.split(' ').some((one) => one && !scope.split(' ').includes(one))) {
      const challenge = `Bearer error="insufficient_scope", ${metadata}, scope="${extra}"`;
      return answer(403, {}, { 'www-authenticate': challenge });
    }
    answer(200, { jsonrpc: '2.0', id, result: resultOf(method) });
  };

  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', base);
    const answer: Answer = (status, body, headers = {}) =>
      void response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      if (pathname === '/mcp') return mcp(request, body, answer);
      if (pathname === '/authorize') return authorize(searchParams, response);
      if (pathname === '/token') return token(new URLSearchParams(body), answer);
      if (pathname === '/register') return answer(201, { ...(JSON.parse(body) as object), client_id: 'registered' });
      const found = documentAt(pathname, base);
      answer(found ? 200 : 404, found ?? {});
    });
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    url: `${base}/mcp`,
    issuer: base,
    seen,
    given,
    get refused() {
      return refused;
    },
    revoke: (what = 'access') => {
      access.clear();
      if (what === 'all') refresh.clear();
    },
    want: (scope) => (extra = scope),
    withhold: (scope) => (withheld = scope),
    consent: async (url) => new URL((await fetch(url, { redirect: 'manual' })).headers.get('location') ?? ''),
    stop: () =>
      new Promise((stopped) => {
        server.close(() => stopped());
        server.closeAllConnections();
      }),
  };
}

function documentAt(pathname: string, base: string): object | undefined {
  if (pathname === '/.well-known/oauth-protected-resource/mcp')
    return { resource: `${base}/mcp`, authorization_servers: [base] };
  if (pathname !== '/.well-known/oauth-authorization-server') return undefined;
  return {
    issuer: base,
    authorization_endpoint: `${base}/authorize`,
    token_endpoint: `${base}/token`,
    registration_endpoint: `${base}/register`,
    response_types_supported: ['code'],
    grant_types_supported: ['authorization_code', 'refresh_token', 'client_credentials'],
    code_challenge_methods_supported: ['S256'],
    token_endpoint_auth_methods_supported: ['none', 'client_secret_basic'],
    authorization_response_iss_parameter_supported: true,
  };
}

function resultOf(method: string): object {
  const complete = { resultType: 'complete', ttlMs: 0, cacheScope: 'private' };
  if (method === 'server/discover')
    return { ...complete, supportedVersions: ['2026-07-28'], capabilities: { tools: {} } };
  if (method === 'tools/list')
    return { ...complete, tools: [{ name: 'told', inputSchema: { type: 'object', properties: {} } }] };
  return { resultType: 'complete', content: [{ type: 'text', text: 'told' }] };
}
