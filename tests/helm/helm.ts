import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { parseAllDocuments } from 'yaml';

const helm = process.env.SCM_HELM ?? 'helm';

export const chart = path.join(import.meta.dirname, '../../helm/system-context-monitor');

/** Whether there is a Helm to test with: the program SCM_HELM names, or the one on the PATH. */
export const hasHelm = spawnSync(helm, ['version', '--short']).status === 0;

export interface HelmRun {
  ok: boolean;
  output: string;
  errors: string;
}

/** Runs a Helm command on the chart, with values from an object. */
export function run(command: readonly string[], values: object = {}): HelmRun {
  const { status, stdout, stderr } = spawnSync(helm, [...command, chart, '--values', '-'], {
    input: JSON.stringify(values),
    encoding: 'utf8',
  });
  return { ok: status === 0, output: stdout, errors: stderr };
}

/** A Kubernetes object, as far as the tests look into it. */
export interface Manifest {
  kind: string;
  metadata: { name: string; namespace?: string; annotations?: Record<string, string> };
  spec: {
    replicas?: number;
    selector?: { matchLabels: Record<string, string> };
    template?: { metadata: { labels: Record<string, string> }; spec: PodSpec };
  };
}

export interface PodSpec {
  automountServiceAccountToken?: boolean;
  serviceAccountName?: string;
  terminationGracePeriodSeconds?: number;
  securityContext: Record<string, unknown>;
  containers: Container[];
  volumes: { name: string; emptyDir?: object; projected?: { sources: SecretSource[] } }[];
  topologySpreadConstraints?: object[];
}

export interface Container {
  name: string;
  image: string;
  args: string[];
  env: { name: string; value?: string; valueFrom?: { secretKeyRef?: { name: string } } }[];
  resources: object;
  securityContext: Record<string, unknown>;
  volumeMounts: { name: string; mountPath: string; readOnly?: boolean }[];
  startupProbe?: object;
  readinessProbe?: { exec?: { command: string[] }; httpGet?: { path: string } };
  livenessProbe?: { exec?: { command: string[] }; httpGet?: { path: string } };
}

export interface SecretSource {
  secret: { name: string; items: { key: string; path: string }[] };
}

/** Every object of a release called `scm` in the namespace `mesh`. Throws what Helm says when it refuses. */
export function render(values: object = {}): Manifest[] {
  const { ok, output, errors } = run(['template', 'scm', '--namespace', 'mesh'], values);
  if (!ok) throw new Error(errors);
  return parseAllDocuments(output).map((document) => document.toJS() as Manifest);
}
