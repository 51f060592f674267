import http from 'node:http';

const series = 50;

/** Something to scrape: counters that have grown each time they are looked at, a gauge that moves, and a NaN. */
export async function startTarget() {
  let looks = 0;
  const server = http.createServer((_, response) => {
    looks++;
    const counters = Array.from({ length: series }, (_, i) => `sent_total{i="${i}"} ${looks * (i + 1)}`);
    const lines = [
      '# TYPE sent_total counter',
      ...counters,
      '# TYPE moved gauge',
      `moved ${Math.sin(looks)}`,
      'nothing NaN',
    ];
    response.setHeader('content-type', 'text/plain; version=0.0.4');
    response.end(`${lines.join('\n')}\n`);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      }),
  };
}
