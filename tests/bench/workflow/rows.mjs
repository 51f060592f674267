import { row } from '../report.mjs';
import { widths } from './measure.mjs';

const figures = [
  ...widths.map((width) => ({
    name: `executions of three no-op steps, ${width} in flight`,
    unit: '/s',
    read: (one) => one[width].perSecond,
    better: Math.max,
  })),
  ...[
    ['p50', 0.5],
    ['p95', 0.95],
    ['p99', 0.99],
  ].map(([name, share]) => ({ name: `idle, start to end, ${name}`, unit: 'ms', read: (one) => one.idle[share] })),
  ...widths.map((width) => ({
    name: `CPU of all processes, ${width} in flight`,
    unit: 'ms/execution',
    read: (one) => one[width].cpuMs,
  })),
  ...widths.map((width) => ({
    name: `Postgres commits, ${width} in flight`,
    unit: '/execution',
    read: (one) => one[width].commits,
  })),
  ...widths.map((width) => ({
    name: `Postgres log, ${width} in flight`,
    unit: 'B/execution',
    read: (one) => one[width].walBytes,
  })),
];

/** Each figure of the product beside the best peer's, then the peers' own, then where the product's CPU goes. */
export function rowsOf(product, peers) {
  return [...product.flatMap((one) => compared(one, peers)), ...peers.flatMap(plain), ...stages(product[0])];
}

function compared({ name, of }, peers) {
  return figures.map(({ name: figure, unit, read, better = Math.min }) => {
    const known = peers.filter((peer) => read(peer.of) !== undefined);
    const best = better(...known.map((peer) => read(peer.of)));
    const peer = known.find((one) => read(one.of) === best);
    return row(`${name}: ${figure}`, read(of), unit, peer?.name, peer && best);
  });
}

const plain = ({ name, of }) =>
  figures
    .filter(({ read }) => read(of) !== undefined)
    .map(({ name: figure, unit, read }) => row(`${name}: ${figure}`, read(of), unit));

function stages({ name, of }) {
  const [, width] = widths;
  return Object.entries(of[width].stages).map(([process, value]) =>
    row(`${name}: CPU of ${process}, ${width} in flight`, value, 'ms/execution', 'all processes', of[width].cpuMs),
  );
}
