import { hash } from 'node:crypto';
import type { LabelPair } from '../ingest/identity.js';
import { labelPairs, withoutDoubles } from './label.pairs.js';
import type { Attributes } from './otlp.model.js';

/** What a resource says of all its series. */
export interface ResourceLabels {
  /** Tells it apart from other resources. */
  readonly key: string;
  /** `job`, `instance` and what is promoted. */
  readonly pairs: LabelPair[];
  /** All of it, for `target_info`; none when there is nothing to join it by. */
  readonly info: LabelPair[];
}

const identifying = ['service.name', 'service.namespace', 'service.instance.id'];

/** By Prometheus's rules: the service is the job, its instance the instance. */
export function resourceLabels({ key, pairs }: Attributes, promoted: readonly string[]): ResourceLabels {
  const all = new Map(pairs());
  const name = all.get('service.name') ?? '';
  const namespace = all.get('service.namespace') ?? '';
  const job = namespace === '' ? name : `${namespace}/${name}`;
  const own: LabelPair[] = [
    ['job', job],
    ['instance', all.get('service.instance.id') ?? ''],
  ];
  const given = own.filter(([, value]) => value !== '');
  const rest = [...all].filter(([attribute]) => !identifying.includes(attribute));
  const lifted = [...all].filter(([attribute]) => promoted.includes(attribute));
  const hasInfo = given.length > 0 && rest.length > 0;
  return {
    key: hash('sha1', key, 'base64url'),
    pairs: [...labelPairs(lifted), ...given],
    info: hasInfo ? [['__name__', 'target_info'], ...withoutDoubles([...labelPairs(rest), ...given])] : [],
  };
}
