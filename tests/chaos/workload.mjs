import { setTimeout as sleep } from 'node:timers/promises';

export const workflow = 'chaos-run';
const metric = 'chaos_value';
const writers = 4;
const seriesPerWriter = 50;
const samplesPerSeries = 10;
const samplesPerRequest = seriesPerWriter * samplesPerSeries;

/** More tries than any fault of a run takes: what fails then fails for a reason of its own. */
const persistent = { retry: { maxAttempts: 60, initialMs: 200, maxMs: 2_000, factor: 2 } };

const documentFor = (receiverUrl) => ({
  document: { dsl: '1.0.3', namespace: 'chaos', name: workflow, version: '1.0.0' },
  do: [
    { shape: { call: 'processing', with: { source: [1, 2, 3], operations: [{ limit: 2 }] } } },
    { charge: effectOf(receiverUrl, 'charge') },
    { judge: { call: 'decision', with: { rules: [], otherwise: 'go' }, metadata: { scm: persistent } } },
    { ship: effectOf(receiverUrl, 'ship') },
    {
      tell: {
        call: 'notification',
        with: { title: 'shipped', topic: 'chaos.shipped' },
        metadata: { scm: persistent },
      },
    },
  ],
});

const effectOf = (receiverUrl, step) => ({
  call: 'action',
  with: { http: { url: `${receiverUrl}/effect`, body: { execution: '${ $workflow.id }', step } } },
  metadata: { scm: persistent },
});

/** Stores the workflow and the webhooks that the load needs. */
export async function prepare(client, receiverUrl) {
  await client.insist('POST', '/api/v1/workflows', { body: { document: documentFor(receiverUrl) } });
  await client.insist('POST', '/api/v1/webhooks', { body: { url: `${receiverUrl}/hook`, topics: ['chaos.*'] } });
  await client.insist('POST', '/api/v1/webhooks', { body: { url: `${receiverUrl}/doomed`, topics: ['chaos.doomed'] } });
}

/**
 * Offers executions, samples and notifications and keeps a ledger of what was acknowledged. Every request is repeated
 * until it is, under the same key.
 */
export class Workload {
  /** Ids of accepted executions. */
  executions = new Set();
  /** Ids of accepted notifications. */
  notifications = new Set();
  /** Series key to its acknowledged samples, time to value. */
  samples = new Map();
  sampleCount = 0;
  made = 0;
  lastTimeMs = 0;

  constructor(client, name) {
    Object.assign(this, { client, name });
  }

  /** Until `signal` aborts or `goal` is reached; then what is under way is brought to its acknowledgement. */
  async run({ signal, perSecond, goal }) {
    const loop = async (rate, isEnough, offer) => {
      while (!signal.aborted && !(goal && isEnough())) {
        const startedMs = performance.now();
        await offer();
        await sleep(Math.max(0, 1_000 / rate - (performance.now() - startedMs)));
      }
    };
    // Several at once, so that a request that waits for a fault to end does not stop the others.
    const loops = (width, rate, isEnough, offer) =>
      Array.from({ length: width }, (_, index) => loop(rate / width, isEnough, () => offer(index)));
    await Promise.all([
      ...loops(
        8,
        perSecond.executions,
        () => this.executions.size >= goal.executions,
        () => this.startExecution(),
      ),
      ...loops(
        8,
        perSecond.notifications,
        () => this.notifications.size >= goal.notifications,
        () => this.notify(),
      ),
      ...loops(
        writers,
        perSecond.samples / samplesPerRequest,
        () => this.sampleCount >= goal.samples,
        (index) => this.writeSamples(index),
      ),
    ]);
  }

  /** Offers all the time while `work` runs; a failure of either ends both. */
  async during({ signal, perSecond }, work) {
    const [over, failed] = [new AbortController(), new AbortController()];
    const load = this.run({ signal: AbortSignal.any([signal, over.signal]), perSecond });
    load.catch((error) => failed.abort(error));
    try {
      return await work(AbortSignal.any([signal, failed.signal]));
    } catch (error) {
      throw failed.signal.aborted ? failed.signal.reason : error;
    } finally {
      over.abort();
      await load.catch(() => {});
      failed.signal.throwIfAborted();
    }
  }

  async startExecution() {
    const request = { body: { input: { n: ++this.made } }, key: `${this.name}-${this.made}` };
    const { executionId } = await this.client.insist('POST', `/api/v1/workflows/${workflow}/executions`, request);
    this.executions.add(executionId);
  }

  async notify() {
    const key = `${this.name}-${++this.made}`;
    const topic = this.made % 10 === 0 ? 'chaos.doomed' : 'chaos.message';
    const { id } = await this.client.insist('POST', '/api/v1/notifications', { body: { key, topic, title: key } });
    this.notifications.add(id);
  }

  /** No time is used twice, so that each sample can be told from each other. */
  async writeSamples(writer) {
    const startMs = Math.max(Date.now(), this.lastTimeMs) + 1;
    this.lastTimeMs = startMs + samplesPerSeries;
    const series = Array.from({ length: seriesPerWriter }, (_, index) => ({
      labels: { __name__: metric, load: this.name, writer: String(writer), series: String(index) },
      samples: Array.from({ length: samplesPerSeries }, (__, i) => [startMs + i, ++this.made]),
    }));
    const { written } = await this.client.insist('POST', '/api/v1/metrics', { body: { series } });
    if (written !== samplesPerRequest) throw new Error(`${written} of ${samplesPerRequest} samples were written`);
    for (const { labels, samples } of series) {
      const key = `${labels.writer}/${labels.series}`;
      const known = this.samples.get(key) ?? new Map();
      for (const [time, value] of samples) known.set(time, value);
      this.samples.set(key, known);
    }
    this.sampleCount += samplesPerRequest;
  }

  /** The selector of one series' raw samples of the last `minutes`. */
  selectorOf(key, minutes) {
    const [writer, series] = key.split('/');
    return `${metric}{load="${this.name}",writer="${writer}",series="${series}"}[${minutes}m]`;
  }
}
