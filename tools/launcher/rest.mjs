/** What the gateway answered instead of what was asked for. */
export class RestError extends Error {
  constructor(method, path, status, problem) {
    super(`${method} ${path}: ${status} ${problem?.detail ?? problem?.title ?? ''}`.trim());
    this.status = status;
    this.problem = problem;
  }
}

/**
 * A JSON client of the gateway.
 * @param {string} gatewayUrl
 * @param {string} [credential] an access token or an API key
 * @returns {(method: string, path: string, body?: object) => Promise<any>} throws RestError unless the status is 2xx
 */
export const restClient = (gatewayUrl, credential) => async (method, path, body) => {
  const request = {
    method,
    headers: {
      ...(credential && { authorization: `Bearer ${credential}` }),
      ...(body && { 'content-type': 'application/json' }),
    },
    body: body && JSON.stringify(body),
    signal: AbortSignal.timeout(20_000),
  };
  const response = await fetch(new URL(path, gatewayUrl), request);
  const text = await response.text();
  const answer = isJson(response) && text ? JSON.parse(text) : text;
  if (!response.ok) throw new RestError(method, path, response.status, answer);
  return answer;
};

const isJson = (response) => /[/+]json/.test(response.headers.get('content-type') ?? '');

/** Signs in and gives a client that acts as that user. */
export async function signIn(gatewayUrl, { username, password }) {
  const { accessToken } = await restClient(gatewayUrl)('POST', '/api/v1/auth/login', { username, password });
  return restClient(gatewayUrl, accessToken);
}
