import { describe, expect, it } from '@jest/globals';
import { services } from '@scm/contracts';
import { skipUnless } from '@scm/testing';
import { hasHelm, render, run, type Container, type Manifest, type PodSpec } from './helm.js';

// Without Helm there is nothing to render: the one test below then counts as skipped.
const chart = hasHelm ? describe : (): void => undefined;
skipUnless(hasHelm, 'there is no helm on the PATH, and SCM_HELM names none')('helm renders the chart', () => {
  expect(render().length).toBeGreaterThan(services.length);
});

const pools = {
  workerPools: {
    default: null,
    general: { capabilities: ['processing', 'decision', 'notification'], concurrency: 20, replicas: 2 },
    analysis: {
      capabilities: ['analysis'],
      drainSeconds: 110,
      nodeSelector: { pool: 'large' },
      resources: { requests: { cpu: 1 } },
    },
    idle: { capabilities: ['action'], replicas: 0 },
  },
};
const everything = {
  ...pools,
  image: { repository: 'registry.test/scm', digest: `sha256:${'a'.repeat(64)}`, pullSecrets: ['pull'] },
  otel: { endpoint: 'http://collector:4318', headersSecret: { name: 'otel' }, resourceAttributes: { env: 'prod' } },
  gateway: {
    publicUrl: 'https://scm.test',
    corsOrigins: ['https://a.test', 'https://b.test'],
    ingress: { enabled: true, className: 'nginx', host: 'scm.test', tlsSecret: 'tls', annotations: { a: 'b' } },
  },
  egressAllow: ['hooks.internal', '10.0.0.0/8'],
  bootstrapAdmin: { existingSecret: 'admin' },
  smtp: { existingSecret: 'smtp', caKey: 'ca.crt', from: 'SCM <scm@scm.test>', tls: 'opportunistic' },
  defaults: { priorityClassName: 'high', tolerations: [{ operator: 'Exists' }], extraEnv: [{ name: 'A', value: 'b' }] },
};
const profiles: [string, object][] = [
  ['defaults', {}],
  ['several pools', pools],
  ['everything', everything],
  ['no migrations', { migrations: { enabled: false } }],
];

const byName = (manifests: Manifest[], kind: string, name: string): Manifest => {
  const found = manifests.find((manifest) => manifest.kind === kind && manifest.metadata.name === name);
  if (found === undefined) throw new Error(`${kind} ${name} is not rendered`);
  return found;
};
const deployments = (manifests: Manifest[]): Manifest[] => manifests.filter(({ kind }) => kind === 'Deployment');
const podOf = ({ spec }: Manifest): PodSpec => spec.template?.spec as PodSpec;
const containerOf = (manifest: Manifest): Container => podOf(manifest).containers[0] as Container;
const envOf = ({ env }: Container): Record<string, string | undefined> =>
  Object.fromEntries(env.map(({ name, value }) => [name, value]));
const secretKeys = (pod: PodSpec): string[] =>
  pod.volumes
    .flatMap(({ projected }) => projected?.sources ?? [])
    .flatMap(({ secret }) => secret.items.map(({ key }) => `${secret.name}/${key}`));

chart('every profile', () => {
  for (const [name, values] of profiles) {
    it(`${name}: lints without a warning`, () => {
      expect(run(['lint', '--strict'], values)).toMatchObject({ ok: true });
    });

    it(`${name}: runs restricted pods only`, () => {
      for (const manifest of render(values).filter(({ spec }) => spec.template)) {
        const pod = podOf(manifest);
        expect(pod).toMatchObject({
          automountServiceAccountToken: false,
          securityContext: { runAsNonRoot: true, runAsUser: 10001, seccompProfile: { type: 'RuntimeDefault' } },
        });
        for (const container of pod.containers) {
          expect(container.securityContext).toEqual({
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ['ALL'] },
          });
          expect(container.resources).toHaveProperty('limits.memory');
        }
      }
    });

    it(`${name}: brings no secret, and its migrations need nothing of the release`, () => {
      const manifests = render(values);
      expect(new Set(manifests.map(({ kind }) => kind))).not.toContain('Secret');
      for (const job of manifests.filter(({ kind }) => kind === 'Job')) {
        expect(job.metadata.annotations?.['helm.sh/hook']).toBe('pre-install,pre-upgrade');
        expect(podOf(job).serviceAccountName).toBeUndefined();
        expect(JSON.stringify(job)).not.toMatch(/configMap/);
      }
    });

    it(`${name}: selects each pod by one Deployment`, () => {
      const selectors = deployments(render(values)).map(({ spec }) => JSON.stringify(spec.selector));
      expect(new Set(selectors).size).toBe(selectors.length);
    });
  }
});

chart('the services', () => {
  it('are seven, one Deployment each, by the same image', () => {
    const rendered = deployments(render());
    expect(rendered.map((d) => containerOf(d).args.join(' ')).sort()).toEqual([...services].sort());
    expect(new Set(rendered.map((d) => containerOf(d).image)).size).toBe(1);
  });

  it('get the secrets they use and no others', () => {
    const smtp = { existingSecret: 'smtp', caKey: 'ca.crt', from: 'scm@scm.test' };
    const manifests = render({ bootstrapAdmin: { existingSecret: 'admin' }, smtp });
    const mesh = (service: string): string[] => [
      'scm-context-keys/public.json',
      `scm-context-keys/${service}.json`,
      'scm-nats/url',
    ];
    const schema = (service: string): string[] => [`scm-postgres/${service}-url`, `scm-postgres/${service}-system-url`];
    const expected: Record<string, string[]> = {
      gateway: [...mesh('gateway'), 'scm-redis/url'],
      auth: [...mesh('auth'), ...schema('auth'), 'scm-encryption/key', 'admin/username', 'admin/password'],
      'metrics-ingest': [...mesh('metrics-ingest'), ...schema('metrics-ingest')],
      'workflow-orchestrator': [
        ...mesh('workflow-orchestrator'),
        ...schema('workflow-orchestrator'),
        'scm-encryption/key',
      ],
      'mcp-protocol': [...mesh('mcp-protocol'), ...schema('mcp-protocol'), 'scm-encryption/key'],
      notifier: [...mesh('notifier'), ...schema('notifier'), 'scm-encryption/key', 'smtp/url', 'smtp/ca.crt'],
      'worker-default': mesh('step-workers'),
    };
    for (const [component, keys] of Object.entries(expected)) {
      expect(secretKeys(podOf(byName(manifests, 'Deployment', `scm-${component}`))).sort()).toEqual(keys.sort());
    }
  });

  it('read each secret from the file it is mounted as', () => {
    for (const deployment of deployments(render(everything))) {
      const container = containerOf(deployment);
      const files = container.env.filter(({ name }) => name.endsWith('_FILE') && name !== 'SCM_HEARTBEAT_FILE');
      const mounted = podOf(deployment).volumes.flatMap(({ projected }) =>
        (projected?.sources ?? []).flatMap(({ secret }) => secret.items.map((item) => `/run/secrets/scm/${item.path}`)),
      );
      expect(files.map(({ value }) => String(value)).sort()).toEqual(mounted.sort());
    }
  });

  it('are probed over HTTP at the gateway and by the heartbeat elsewhere', () => {
    for (const deployment of deployments(render())) {
      const container = containerOf(deployment);
      if (container.name === 'gateway') {
        expect(container).toMatchObject({
          livenessProbe: { httpGet: { path: '/livez' } },
          readinessProbe: { httpGet: { path: '/readyz' } },
        });
        continue;
      }
      expect(container.readinessProbe?.exec?.command).toEqual(['node', 'deploy/probe.mjs', '10']);
      expect(container.livenessProbe?.exec?.command).toEqual(['node', 'deploy/probe.mjs', '300']);
      expect(envOf(container)['SCM_HEARTBEAT_FILE']).toBe('/tmp/heartbeat');
      expect(container.volumeMounts).toContainEqual({ name: 'tmp', mountPath: '/tmp' });
    }
  });

  it('have time to drain and are spread over zones and nodes', () => {
    for (const deployment of deployments(render(pools))) {
      const drainSeconds = Number(envOf(containerOf(deployment))['SCM_DRAIN_SECONDS']);
      expect(podOf(deployment).terminationGracePeriodSeconds).toBeGreaterThanOrEqual(drainSeconds + 10);
      expect(podOf(deployment).topologySpreadConstraints).toHaveLength(2);
    }
  });

  it('take what an operator sets', () => {
    const manifests = render(everything);
    const gateway = containerOf(byName(manifests, 'Deployment', 'scm-gateway'));
    expect(gateway.image).toBe(`registry.test/scm@sha256:${'a'.repeat(64)}`);
    expect(envOf(gateway)).toMatchObject({
      SCM_PUBLIC_URL: 'https://scm.test',
      SCM_CORS_ORIGINS: 'https://a.test,https://b.test',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318',
      OTEL_RESOURCE_ATTRIBUTES: 'service.namespace=scm,k8s.deployment.name=scm-gateway,env=prod',
      A: 'b',
    });
    expect(envOf(gateway)).not.toHaveProperty('SCM_EGRESS_ALLOW');
    const notifier = containerOf(byName(manifests, 'Deployment', 'scm-notifier'));
    expect(envOf(notifier)['SCM_EGRESS_ALLOW']).toBe('hooks.internal,10.0.0.0/8');
    expect(envOf(notifier)).not.toHaveProperty('SCM_PUBLIC_URL');
    const protocol = containerOf(byName(manifests, 'Deployment', 'scm-mcp-protocol'));
    expect(envOf(protocol)).toMatchObject({
      SCM_PUBLIC_URL: 'https://scm.test',
      SCM_EGRESS_ALLOW: 'hooks.internal,10.0.0.0/8',
    });
    expect(byName(manifests, 'Ingress', 'scm-gateway').metadata.annotations).toEqual({ a: 'b' });
  });

  it('keep the gateway reachable while nodes are drained', () => {
    const manifests = render();
    const budget = byName(manifests, 'PodDisruptionBudget', 'scm-gateway');
    const gateway = byName(manifests, 'Deployment', 'scm-gateway');
    expect(budget.spec.selector).toEqual(gateway.spec.selector);
    expect(gateway.spec.replicas).toBe(2);
  });
});

chart('worker pools', () => {
  const settingsOf = (manifests: Manifest[], pool: string): unknown[] => {
    const deployment = byName(manifests, 'Deployment', `scm-worker-${pool}`);
    const env = envOf(containerOf(deployment));
    return [deployment.spec.replicas, env['SCM_CAPABILITIES'], env['SCM_CONCURRENCY'], env['SCM_DRAIN_SECONDS']];
  };

  it('are Deployments of their own', () => {
    const manifests = render(pools);
    expect(settingsOf(manifests, 'general')).toEqual([2, 'processing,decision,notification', '20', '25']);
    expect(settingsOf(manifests, 'analysis')).toEqual([1, 'analysis', '10', '110']);
    expect(settingsOf(manifests, 'idle')).toEqual([0, 'action', '10', '25']);
    expect(deployments(manifests).map(({ metadata }) => metadata.name)).not.toContain('scm-worker-default');
  });

  it('say what a step that computes may use, and else leave it to the worker', () => {
    const analysis = { ...pools.workerPools.analysis, stepCpuMs: 60_000, stepMemoryMib: 256 };
    const manifests = render({ workerPools: { ...pools.workerPools, analysis } });
    const limitsOf = (pool: string) => {
      const env = envOf(containerOf(byName(manifests, 'Deployment', `scm-worker-${pool}`)));
      return [env['SCM_STEP_CPU_MS'], env['SCM_STEP_MEMORY_MIB']];
    };
    expect([limitsOf('analysis'), limitsOf('general')]).toEqual([
      ['60000', '256'],
      [undefined, undefined],
    ]);
  });

  it('keep their settings to themselves', () => {
    const manifests = render(pools);
    const pods = ['general', 'analysis'].map((pool) => podOf(byName(manifests, 'Deployment', `scm-worker-${pool}`)));
    expect(pods.map((pod) => 'nodeSelector' in pod)).toEqual([false, true]);
    expect(pods.map((pod) => pod.containers[0]?.resources)).toEqual([
      { requests: { cpu: '100m', memory: '192Mi' }, limits: { memory: '512Mi' } },
      { requests: { cpu: 1, memory: '192Mi' }, limits: { memory: '512Mi' } },
    ]);
  });
});

chart('the notes', () => {
  const notes = (values: object): string =>
    run(['install', 'scm', '--dry-run=client'], values).output.split('NOTES:')[1] ?? '';

  it('warn of a capability that no pool has', () => {
    expect(
      notes({ workerPools: { default: { capabilities: ['action', 'decision', 'processing', 'analysis'] } } }),
    ).toContain('no pool of this release does notification steps');
    expect(notes({})).not.toContain('WARNING');
  });

  it('warn of an installation that nobody can log in to', () => {
    expect(
      [notes({}), notes({ bootstrapAdmin: { existingSecret: 'admin' } })].map((text) =>
        /nobody who can log in/.test(text),
      ),
    ).toEqual([true, false]);
  });
});

chart('the migrations', () => {
  it('bring each schema up to date, and alone get the owner', () => {
    const manifests = render();
    const job = podOf(byName(manifests, 'Job', 'scm-migrations'));
    expect(job.containers.map(({ args }) => args)).toEqual(
      ['auth', 'metrics-ingest', 'workflow-orchestrator', 'mcp-protocol', 'notifier'].map((s) => [s, 'migrate']),
    );
    expect(secretKeys(job)).toContain('scm-postgres-owner/url');
    for (const deployment of deployments(manifests)) {
      expect(JSON.stringify(deployment)).not.toMatch(/owner/i);
    }
  });
});

chart('a mistake in the values', () => {
  const mistakes: [string, object, RegExp][] = [
    ['a misspelt key', { imagee: {} }, /imagee/],
    ['a misspelt key of a service', { services: { auth: { replica: 2 } } }, /replica/],
    ['an unknown service', { services: { web: {} } }, /web/],
    ['an unknown capability', { workerPools: { x: { capabilities: ['cooking'] } } }, /capabilities/],
    ['a pool without capabilities', { workerPools: { x: { capabilities: [] } } }, /capabilities/],
    ['a pool that says nothing', { workerPools: { x: {} } }, /capabilities/],
    [
      'a pool whose name is no label',
      { workerPools: { Big_Pool: { capabilities: ['action'] } } },
      /Big_Pool|workerPools/,
    ],
    ['no concurrency', { workerPools: { x: { capabilities: ['action'], concurrency: 0 } } }, /concurrency/],
    ['negative replicas', { services: { auth: { replicas: -1 } } }, /replicas/],
    ['replicas as text', { services: { auth: { replicas: '2' } } }, /replicas/],
    ['a secret without name', { nats: { existingSecret: '' } }, /nats/],
    ['a tag as digest', { image: { digest: 'latest' } }, /digest/],
    ['an ingress without host', { gateway: { ingress: { enabled: true } } }, /ingress/],
    ['e-mail without a sender', { smtp: { existingSecret: 'smtp' } }, /smtp/],
    ['a CORS origin with a path', { gateway: { corsOrigins: ['https://a.test/x'] } }, /corsOrigins/],
  ];
  for (const [name, values, naming] of mistakes) {
    it(`${name} is refused`, () => {
      const { ok, errors } = run(['template', 'scm'], values);
      expect([ok, errors]).toEqual([false, expect.stringMatching(naming)]);
    });
  }
});
