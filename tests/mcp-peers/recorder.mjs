import http from 'node:http';

/**
 * A way to the gateway for clients that know of no credentials: it adds them, hands everything on as it comes, and keeps every
 * message of both sides.
 */
export async function startRecorder(target, authorization) {
  const exchanged = [];
  const server = http.createServer(forward);
  // A client that asks on a connection just as it is closed sees a failure that is not the product's.
  server.keepAliveTimeout = 0;
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    exchanged,
    stop: () =>
      new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      }),
  };

  function forward(request, response) {
    const to = new URL(request.url, target);
    const headers = { ...request.headers, host: to.host, ...(authorization && { authorization }) };
    const onward = http.request(to, { method: request.method, headers }, (answer) => {
      response.writeHead(answer.statusCode, answer.headers);
      response.flushHeaders();
      read(answer, answer.headers['content-type'], 'server');
      answer.pipe(response);
    });
    read(request, request.headers['content-type'], 'client');
    onward.on('error', () => response.destroy());
    response.on('close', () => onward.destroy());
    request.pipe(onward);
  }

  function read(stream, type = '', sender) {
    let text = '';
    const isStream = type.includes('text/event-stream');
    stream.setEncoding('utf8');
    stream.on('data', (chunk) => {
      text += chunk;
      if (isStream) text = events(text);
    });
    stream.on('end', () => !isStream && type.includes('json') && keep(text, sender));
  }

  /** Keeps the messages of whole events, and gives what is left. */
  function events(text) {
    const parts = text.replaceAll('\r\n', '\n').split('\n\n');
    for (const event of parts.slice(0, -1)) {
      const fields = event.split('\n');
      if (fields.some((field) => /^event: ?(?!message)/.test(field))) continue;
      const data = fields.flatMap((field) => /^data: ?(.*)$/.exec(field)?.[1] ?? []).join('\n');
      if (data) keep(data, 'server');
    }
    return parts.at(-1);
  }

  function keep(text, sender) {
    if (text === '') return;
    for (const message of [JSON.parse(text)].flat()) exchanged.push({ sender, message });
  }
}
