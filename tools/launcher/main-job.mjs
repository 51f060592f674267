import os from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { callMcpTool } from './mcp.mjs';
import { restClient, signIn } from './rest.mjs';
import { demoAlert, demoWorkflow } from './seed.mjs';
import { firstEvent } from './stream.mjs';
import { waitUntil } from './wait.mjs';

const probeMetric = 'scm_selfcheck_cpu_usage_ratio';

/** The stages of the main job in order. Each gives a line on what it saw, leaves finds in `seen`, or throws. */
export const stages = {
  async 'sign in'(seen) {
    const admin = await signIn(seen.run.gatewayUrl, seen.run.admin);
    const { name, role } = await admin('GET', '/api/v1/auth/me');
    seen.api = restClient(seen.run.gatewayUrl, seen.run.apiKey);
    return `${name} is ${role}`;
  },

  async ingest({ run, api }) {
    const value = await cpuUsageRatio();
    const series = [{ labels: { __name__: probeMetric, host: os.hostname() }, samples: [[Date.now(), value]] }];
    const { written, errors } = await api('POST', '/api/v1/metrics', { series });
    if (written !== 1) throw new Error(`written ${written}: ${JSON.stringify(errors)}`);
    const [sample] = await query(api, probeMetric);
    if (Number(sample.value[1]) !== value) throw new Error(`sent ${value}, the query gives ${sample.value[1]}`);
    return `measured CPU usage ${percent(value)}, stored, and read back at ${run.prometheusUrl}`;
  },

  async collector({ api, signal }) {
    const found = await waitUntil('host metrics', () => hostMetrics(api), { signal });
    return Object.entries(found)
      .map(([name, value]) => `${name.replace('scm_host_', '')} ${Number(value).toPrecision(4)}`)
      .join(', ');
  },

  async stream({ run, signal }) {
    const { ids, v, channel } = await firstEvent(run, 'metrics:host', { signal });
    return `${channel} brought ${ids.length} series, such as ${ids[0]} = ${v[0]}`;
  },

  async alert(seen) {
    const { api, signal } = seen;
    const fired = async () => {
      const { items } = await api('GET', '/api/v1/alerts?state=firing');
      return items.find(({ name }) => name === demoAlert);
    };
    seen.alert = await waitUntil(`alert ${demoAlert}`, fired, { signal });
    return `${seen.alert.name} fires at ${seen.alert.value} since ${seen.alert.startsAt}`;
  },

  async workflow(seen) {
    const { api, signal } = seen;
    const execution = await waitUntil('a finished execution', () => finishedExecution(api), { signal });
    if (execution.status !== 'completed') throw new Error(`the execution ended as ${JSON.stringify(execution)}`);
    const steps = execution.steps.map(stepText).join(', ');
    const kinds = new Set(execution.steps.map(({ kind }) => kind));
    if (kinds.size !== 5) throw new Error(`only ${[...kinds].join(', ')} ran`);
    return [execution.startedBy, 'started', execution.workflow, '-', steps].join(' ');
  },

  async notification({ api, signal }) {
    const sent = async () => {
      const { items } = await api('GET', '/api/v1/notifications');
      return items.length >= 2 && items;
    };
    const items = await waitUntil('notifications of the alert and of the workflow', sent, { signal });
    return items.map(({ title, severity }) => `"${title}" (${severity})`).join(', ');
  },

  async MCP({ run }) {
    const text = await callMcpTool(run, 'system_overview', {});
    return `system_overview answers: ${text.replace(/\s+/g, ' ').slice(0, 160)}`;
  },
};

const percent = (ratio) => `${(ratio * 100).toFixed(1)} %`;

const stepText = ({ name, startedAt, endedAt }) => `${name} ${new Date(endedAt) - new Date(startedAt)} ms`;

/** The share of CPU time spent on work over a fifth of a second, measured here and now. */
async function cpuUsageRatio() {
  const before = cpuTimes();
  await sleep(200);
  const after = cpuTimes();
  const total = after.total - before.total;
  return total === 0 ? 0 : (total - (after.idle - before.idle)) / total;
}

function cpuTimes() {
  const all = os.cpus().flatMap(({ times }) => Object.values(times));
  const idle = os.cpus().map(({ times }) => times.idle);
  return { total: sum(all), idle: sum(idle) };
}

const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);

async function query(api, expression) {
  const { data } = await api('GET', `/prometheus/api/v1/query?${new URLSearchParams({ query: expression })}`);
  return data.result;
}

async function hostMetrics(api) {
  const names = ['scm_host_cpu_usage_ratio', 'scm_host_memory_used_bytes', 'scm_host_load1'];
  const results = await Promise.all(names.map((name) => query(api, name)));
  return (
    results.every(([sample]) => sample) && Object.fromEntries(names.map((name, i) => [name, results[i][0].value[1]]))
  );
}

async function finishedExecution(api) {
  const { items } = await api('GET', `/api/v1/executions?workflow=${demoWorkflow}`);
  const ended = items.find(({ status }) => ['completed', 'faulted', 'cancelled'].includes(status));
  return ended && api('GET', `/api/v1/executions/${ended.id}`);
}
