import type { ServiceName } from '@scm/contracts';

/** One way in which the mesh works with less than everything. */
export interface DegradedMode {
  name: 'limits-per-replica' | 'no-storage' | 'no-messages' | 'service-away';
  /** The store or the service that is missed. */
  of: string;
  /** What that means for whoever uses the mesh. */
  effect: string;
}

const byStore: Record<string, Pick<DegradedMode, 'name' | 'effect'>> = {
  redis: { name: 'limits-per-replica', effect: 'each gateway counts requests and keeps replies for itself' },
  postgres: { name: 'no-storage', effect: 'what reads or stores answers 503; nothing is accepted that is not stored' },
  jetstream: {
    name: 'no-messages',
    effect: 'what needs another service answers 503; events and steps wait in Postgres',
  },
};

const byService: Record<ServiceName, string> = {
  gateway: 'nobody reaches the mesh through that replica',
  auth: 'no login and no API key is accepted; access tokens go on until they end',
  'metrics-ingest': 'no samples are taken in, no query is answered, no rule is judged',
  'workflow-orchestrator': 'no execution starts or goes on',
  'step-workers': 'steps wait in their queues',
  'mcp-protocol': 'agents get no answer',
  notifier: 'alerts and notifications wait where they arise',
};

/** The modes that stores (each `ok` or why not; unknown ones are not listed) and absent services put the mesh into. */
export function degradedModes(
  stores: Readonly<Record<string, string>>,
  services: readonly { name: ServiceName; state: string }[],
): DegradedMode[] {
  const away = Object.keys(byStore).filter((store) => (stores[store] ?? 'ok') !== 'ok');
  const ofStores = away.flatMap((of) => (byStore[of] ? [{ ...byStore[of], of }] : []));
  const ofServices = services.flatMap(({ name, state }) =>
    state === 'down' ? [{ name: 'service-away' as const, of: name, effect: byService[name] }] : [],
  );
  return [...ofStores, ...ofServices];
}
