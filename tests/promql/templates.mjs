import fs from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';

const file = path.resolve(import.meta.dirname, '../../../shared/corpora/promql/compliance-queries.yml');

/** What the compliance test of the Prometheus project puts for its templates' arguments. */
const variants = {
  range: ['1s', '15s', '1m', '5m', '15m', '1h'],
  offset: ['1m', '5m', '10m'],
  simpleAggrOp: ['sum', 'avg', 'max', 'min', 'count', 'stddev', 'stdvar'],
  simpleTimeAggrOp: ['sum', 'avg', 'max', 'min', 'count', 'stddev', 'stdvar', 'absent', 'last', 'present'],
  topBottomOp: ['topk', 'bottomk'],
  quantile: ['-0.5', '0.1', '0.5', '0.75', '0.95', '0.90', '0.99', '1', '1.5'],
  arithBinOp: ['+', '-', '*', '/', '%', '^'],
  compBinOp: ['==', '!=', '<', '>', '<=', '>='],
  binOp: ['+', '-', '*', '/', '%', '^', '==', '!=', '<', '>', '<=', '>='],
  simpleMathFunc: ['abs', 'ceil', 'floor', 'exp', 'sqrt', 'ln', 'log2', 'log10', 'round'],
  extrapolatedRateFunc: ['delta', 'rate', 'increase'],
  clampFunc: ['clamp_min', 'clamp_max'],
  instantRateFunc: ['idelta', 'irate'],
  dateFunc: ['day_of_month', 'day_of_week', 'days_in_month', 'hour', 'minute', 'month', 'year'],
};

/** The compliance queries with every argument put in; nothing where they are not beside this clone. */
export function templateQueries() {
  if (!fs.existsSync(file)) return undefined;
  const { test_cases: cases } = parse(fs.readFileSync(file, 'utf8'));
  return {
    templates: cases.length,
    queries: cases.flatMap(({ query, variant_args: names = [] }) => expand(query, names)),
  };
}

function expand(query, [name, ...rest]) {
  if (name === undefined) return [query];
  return variants[name].flatMap((value) => expand(query.replaceAll(`{{.${name}}}`, value), rest));
}
