import { setTimeout as sleep } from 'node:timers/promises';

const mix = ['chain', 'ledger', 'gate', 'chain', 'saga', 'ledger', 'parent'];
const lookEveryMs = 150;

/** Starts executions, does what they wait for, and forks some; every request is repeated, under its key, until it is answered. */
export class WorkflowLoad {
  /** Accepted executions: id to the name of the workflow. */
  accepted = new Map();
  /** Accepted forks: id to the execution it was forked of. */
  forks = new Map();
  made = 0;

  constructor(client, workflows, name) {
    Object.assign(this, { client, workflows, name });
  }

  async prepare() {
    for (const { document } of Object.values(this.workflows))
      await this.client.insist('POST', '/api/v1/workflows', { body: { document } });
  }

  /** Until `signal` aborts; then what was started is brought to where it needs nobody any more. */
  async run({ signal, perSecond, width = 6 }) {
    const attended = [];
    const offer = async () => {
      while (!signal.aborted) {
        const startedMs = performance.now();
        const workflow = mix[this.made % mix.length];
        const id = await this.start(workflow);
        if (this.workflows[workflow].approval) attended.push(this.attend(id, this.workflows[workflow]));
        await sleep(Math.max(0, (1_000 * width) / perSecond - (performance.now() - startedMs)));
      }
    };
    await Promise.all([...Array.from({ length: width }, offer), this.forkNowAndThen(signal)]);
    await Promise.all(attended);
  }

  async start(workflow) {
    const request = { body: { input: { n: ++this.made } }, key: `${this.name}-${this.made}` };
    const { executionId } = await this.client.insist('POST', `/api/v1/workflows/${workflow}/executions`, request);
    this.accepted.set(executionId, workflow);
    return executionId;
  }

  /** The signal comes before anything listens for it, the approval as soon as it is asked for. */
  async attend(id, { approval, signal }) {
    const at = `/api/v1/executions/${id}`;
    await this.client.insist('POST', `${at}/signals/${signal}`, { body: {}, key: `signal-${id}` });
    const { step } = await this.stepOf(id, ({ name, waits }) => name === approval && waits === 'approval');
    await this.client.insist('POST', `${at}/steps/${step}/approve`, {
      body: { approved: true },
      key: `approve-${id}`,
    });
  }

  async forkNowAndThen(signal) {
    const forked = new Set();
    while (!signal.aborted) {
      await sleep(lookEveryMs);
      const [id] = [...this.accepted].find(([known, workflow]) => workflow === 'chain' && !forked.has(known)) ?? [];
      if (id === undefined) continue;
      forked.add(id);
      const { step } = await this.stepOf(id, ({ name, status }) => name === 'e' && status === 'completed');
      const request = { body: {}, key: `fork-${id}` };
      const path = `/api/v1/executions/${id}/steps/${step}/fork`;
      const { executionId } = await this.client.insist('POST', path, request);
      this.forks.set(executionId, id);
    }
  }

  /** Says of each that nobody knows the outcome of that it was done. */
  async decideAll(ids) {
    for (const id of ids) {
      const { step } = await this.stepOf(id, ({ waits }) => waits === 'decision');
      const path = `/api/v1/executions/${id}/steps/${step}/decide`;
      await this.client.insist('POST', path, { body: { decision: 'completed', output: {} }, key: `decide-${id}` });
    }
  }

  async stepOf(id, is) {
    for (;;) {
      const { steps } = await this.client.insist('GET', `/api/v1/executions/${id}`);
      const found = steps?.find(is);
      if (found) return found;
      await sleep(lookEveryMs, undefined, { signal: this.client.signal });
    }
  }
}
