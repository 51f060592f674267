import { setTimeout as sleep } from 'node:timers/promises';
import { row } from '../bench/report.mjs';
import { printStep, printTitle } from './print.mjs';

const stepSeconds = 4;
const pastSeconds = 8;
/** Beyond the wanted one only if the machine was too busy while it climbed, so that nothing is refused yet. */
const pastFactors = [2, 3, 6, 12, 24];
const wantedFactor = 3;
const calmPerSecond = 25;
const firstPerSecond = 50;
const growth = 1.5;
const mostSteps = 12;
/** A busy moment of the machine is not the end of the climb, two in a row are. */
const mostFailures = 2;
/** A rate is carried when so much of it is answered as asked, the slowest hundredth within a second. */
const carriedShare = 0.99;
const carriedP99Ms = 1_000;
/** It bends where the slowest hundredth takes so many times what it takes in calm. */
const bend = 5;
const recoveryLimitMs = 10_000;

/** Ramps to saturation, goes past it, and looks how soon all is as before. */
export async function ramp(generator, { gatewayUrl }) {
  await generator.offer(calmPerSecond, 4);
  const calm = await generator.offer(calmPerSecond, stepSeconds);
  printTitle();
  printStep('calm', calmPerSecond, calm);
  const steps = await climb(generator);
  const carried = steps.filter(isCarried).at(-1);
  if (!carried) throw new Error(`the product does not carry ${firstPerSecond} requests a second`);
  const past = [];
  for (const factor of pastFactors) {
    if (factor > wantedFactor && past.some(({ refused }) => refused > 0)) break;
    const perSecond = Math.round(carried.perSecond * factor);
    const result = await generator.offer(perSecond, pastSeconds);
    past.push({ factor, perSecond, ...result });
    printStep(`${factor} times`, perSecond, result);
  }
  const recovered = await recovery(generator, gatewayUrl, calm);
  const bent = steps.find(({ p99Ms }) => p99Ms > bend * calm.p99Ms);
  return { calm, steps, carried, bent, past, recovered };
}

async function climb(generator) {
  const steps = [];
  let failures = 0;
  for (let perSecond = firstPerSecond; steps.length < mostSteps; perSecond = Math.round(perSecond * growth)) {
    const step = { perSecond, ...(await generator.offer(perSecond, stepSeconds)) };
    steps.push(step);
    printStep('ramp', perSecond, step);
    failures = isCarried(step) ? 0 : failures + 1;
    if (failures === mostFailures) break;
  }
  return steps;
}

const isCarried = ({ perSecond, goodPerSecond, p99Ms }) =>
  goodPerSecond >= carriedShare * perSecond && p99Ms <= carriedP99Ms;

/** Until a second of calm is as fast as before, all of it is answered and the gateway says that it is ready. */
async function recovery(generator, gatewayUrl, calm) {
  const endedMs = performance.now();
  // As fast as before, as far as the slowest of so few requests can tell.
  const wantedMs = 2 * calm.p99Ms + 50;
  let last;
  while (performance.now() - endedMs < 3 * recoveryLimitMs) {
    last = await generator.offer(calmPerSecond, 1);
    const elapsedMs = performance.now() - endedMs;
    const { status } = await fetch(`${gatewayUrl}/readyz`);
    const isBack = status === 200 && last.p99Ms <= wantedMs && last.refused + last.badCount === 0;
    printStep(isBack ? 'back' : 'after', calmPerSecond, last);
    if (isBack) return elapsedMs;
    await sleep(100);
  }
  return Number.POSITIVE_INFINITY;
}

export function rampRows({ calm, carried, bent, past, recovered }) {
  const [worst] = past.toSorted((a, b) => b.factor - a.factor);
  const p99 = (name, of) => row(`${name}: p99`, of.p99Ms, 'ms', `calm, ${calmPerSecond}/s`, calm.p99Ms);
  return [
    row('saturation point, mixed requests', carried.goodPerSecond, '/s'),
    p99('at saturation', carried),
    ...(bent ? [row('bends at', bent.perSecond, '/s', 'saturation point', carried.perSecond)] : []),
    ...past.flatMap((step) => [
      row(
        `${step.factor} times past it: answered as asked`,
        step.goodPerSecond,
        '/s',
        'saturation',
        carried.goodPerSecond,
      ),
      p99(`${step.factor} times past it`, step),
      row(`${step.factor} times past it: refused`, step.refused / step.sent, 'of what was sent'),
    ]),
    row('events to 20 subscribers under the most load', worst.streams.events / pastSeconds, '/s'),
    row('recovered after', recovered / 1_000, 's', 'limit', recoveryLimitMs / 1_000),
  ];
}

/** What must not be. */
export function rampFaults({ calm, steps, past, recovered }) {
  const all = [calm, ...steps, ...past];
  const bad = all.flatMap((step) => step.bad.map((answer) => `answered ${JSON.stringify(answer)}`));
  const count = all.reduce((sum, { badCount }) => sum + badCount, 0);
  const faults =
    count > 0 ? [`${count} answers that are neither right nor 429 or 503 with Retry-After`, ...bad.slice(0, 5)] : [];
  if (all.some(({ streams }) => streams.closed + streams.gaps > 0))
    faults.push('a subscriber was closed or lost events');
  if (!past.some(({ refused }) => refused > 0)) faults.push('nothing was refused past saturation');
  if (recovered > recoveryLimitMs) faults.push(`not as before ${recoveryLimitMs / 1_000} s after the load`);
  return faults;
}
