import type { Labels } from '../series/labels.js';

/** One value of one metric of the machine, without the label `instance`. */
export interface Measure {
  name: string;
  value: number;
  labels?: Labels;
}

export function measure(name: string, value: number, labels?: Labels): Measure {
  return { name: `scm_host_${name}`, value, ...(labels && { labels }) };
}
