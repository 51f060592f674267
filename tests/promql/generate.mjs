// Queries at random: of every kind of expression, nested a few levels deep. The same seed makes the same queries.
const GAUGES = [
  'demo_memory_usage_bytes',
  'demo_disk_usage_bytes',
  'demo_num_cpus',
  'demo_intermittent_metric',
  'odd_gauge',
];
const COUNTERS = ['demo_cpu_usage_seconds_total', 'demo_api_request_duration_seconds_count'];
const BUCKETS = 'demo_api_request_duration_seconds_bucket';
const LABELS = ['instance', 'job', 'type', 'mode', 'method', 'path'];
const MATCHERS = [
  'job="demo"',
  'instance=~".*:1000[01]"',
  'instance!="demo.promlabs.com:10001"',
  'type!~"free|used"',
  'type="cached"',
  'mode=~"user|idle"',
  'method="GET"',
  'missing=""',
];
const RANGES = ['30s', '1m', '90s', '5m', '17m', '1h'];
const OVER_TIME = 'sum avg min max count last stddev stdvar present absent'
  .split(' ')
  .map((name) => `${name}_over_time`);
const OF_COUNTER = ['rate', 'increase', 'irate'];
const OF_GAUGE = ['delta', 'idelta', 'deriv'];
const MATH = ['abs', 'sqrt', 'ln', 'log2', 'log10', 'deg', 'rad'];
// Functions that jump: where rounding differs in the last bit, they would make it a difference that is not small.
const STEPPED = ['ceil', 'floor', 'sgn', 'round'];
const DATES = ['day_of_month', 'day_of_week', 'day_of_year', 'days_in_month', 'hour', 'minute', 'month', 'year'];
const TRIGONOMETRY = ['sin', 'cos', 'atan', 'sinh', 'cosh', 'tanh', 'asinh'];
const AGGREGATIONS = ['sum', 'avg', 'min', 'max', 'count', 'group', 'stddev', 'stdvar'];
// Powers are apart: their results must not be so large that sums of them overflow, which both sides show in other ways.
const ARITHMETIC = ['+', '-', '*', '/'];
const ORDER = ['<', '>', '<=', '>='];
const COMPARISON = [...ORDER, '==', '!='];
const SETS = ['and', 'or', 'unless'];

export function generator(random, endSeconds) {
  const pick = (list) => list[Math.floor(random.next() * list.length)];
  const maybe = (probability, text) => (random.chance(probability) ? text() : '');
  const number = () => pick(['0', '1', '2', '-1', '0.5', '3.75', '60', '1e6', '100000000', 'Inf', 'NaN', '-Inf']);
  const offset = () => maybe(0.2, () => ` offset ${pick(['30s', '5m', '-2m', '11m'])}`);
  const at = () => maybe(0.1, () => ` @ ${pick([endSeconds - 600, endSeconds - 3_000, 'start()', 'end()'])}`);
  const modifiers = () => at() + offset();
  const matchers = () =>
    maybe(0.4, () => `{${[pick(MATCHERS), ...(random.chance(0.3) ? [pick(MATCHERS)] : [])].join()}}`);
  const metric = () => pick(random.chance(0.6) ? GAUGES : COUNTERS);
  const selector = (name = metric()) => name + matchers();
  const labels = () => `(${LABELS.filter(() => random.chance(0.3)).join(', ')})`;
  const grouping = () => pick(['', ` by ${labels()} `, ` without ${labels()} `]);

  const range = (depth, names, inner = vector) =>
    depth > 0 && random.chance(0.25)
      ? `${wrapped(inner(depth - 1))}[${pick(['2m', '5m', '10m'])}:${pick(['', '13s', '30s', '1m'])}]${modifiers()}`
      : `${selector(pick(names))}[${pick(RANGES)}]${modifiers()}`;
  const wrapped = (text) => `(${text})`;

  const kinds = [
    [3, () => selector() + modifiers()],
    [4, (depth) => `${pick(OVER_TIME)}(${range(depth, [...GAUGES, ...COUNTERS])})`],
    [4, (depth) => `${pick(OF_COUNTER)}(${range(depth, COUNTERS, exact)})`],
    [2, (depth) => `${pick(OF_GAUGE)}(${range(depth, GAUGES)})`],
    [1, (depth) => `quantile_over_time(${pick(['0', '0.5', '0.9', '1', '-1', '2'])}, ${range(depth, GAUGES)})`],
    [1, () => `predict_linear(demo_disk_usage_bytes[${pick(RANGES)}]${modifiers()}, ${pick(['60', '-600', '3600'])})`],
    [3, (depth) => `${pick(MATH)}(${vector(depth - 1)})`],
    [1, (depth) => `exp(-abs(${vector(depth - 1)}))`],
    [1, (depth) => `${wrapped(vector(depth - 1))} ^ ${pick(['0', '0.5', '1', '2', '3', '-1'])}`],
    [1, () => `${selector()} ^ on (instance) group_left demo_num_cpus`],
    [2, (depth) => `${pick(STEPPED)}(${exact(depth - 1)})`],
    [1, () => `${pick(['changes', 'resets'])}(${range(0, [...GAUGES, ...COUNTERS])})`],
    [1, (depth) => `${wrapped(exact(depth - 1))} ${pick(['%', ...COMPARISON])} ${number()}`],
    [1, (depth) => `round(${exact(depth - 1)}, ${pick(['0.5', '10', '1000', '-3'])})`],
    [1, () => `${pick(TRIGONOMETRY)}(${pick(['demo_num_cpus', 'demo_intermittent_metric % 7'])})`],
    [1, () => `${pick(DATES)}(${pick(['', 'timestamp(demo_num_cpus)', 'demo_batch_last_success_timestamp_seconds'])})`],
    [6, (depth) => `${pick(AGGREGATIONS)}${grouping()}(${vector(depth - 1)})`],
    [1, (depth) => `quantile${grouping()}(${pick(['0', '0.25', '0.5', '0.99', '2'])}, ${vector(depth - 1)})`],
    // Other metrics have equal values, of which either side may keep others.
    [
      1,
      () =>
        `${pick(['topk', 'bottomk'])}${grouping()}(${pick(['1', '2', '5'])}, ${selector('demo_memory_usage_bytes')})`,
    ],
    [
      1,
      () => `count_values${grouping()}("value", ${pick(['demo_num_cpus', 'demo_intermittent_metric', 'odd_gauge'])})`,
    ],
    [3, (depth) => `${wrapped(vector(depth - 1))} ${pick([...ARITHMETIC, ...ORDER])} ${number()}`],
    [1, (depth) => `${number()} ${pick(ARITHMETIC)} ${wrapped(vector(depth - 1))}`],
    [2, (depth) => `${wrapped(vector(depth - 1))} ${pick(ORDER)} bool ${wrapped(scalar(depth - 1))}`],
    [3, (depth) => joined(depth)],
    [2, (depth) => `${wrapped(vector(depth - 1))} ${pick(SETS)}${matching()} ${wrapped(vector(depth - 1))}`],
    [1, () => histogramQuantile()],
    [1, (depth) => `label_replace(${vector(depth - 1)}, "made", "$1-x", "instance", ".*:(.*)")`],
    [1, (depth) => `label_join(${vector(depth - 1)}, "made", "/", "job", "type", "mode")`],
    [1, (depth) => `${pick(['absent', 'sort', 'sort_desc'])}(${vector(depth - 1)})`],
    // Deviations of large numbers that are almost the same depend on the order of the series.
    [1, (depth) => `(timestamp(${vector(depth - 1)}) - ${endSeconds})`],
    [1, (depth) => `clamp(${vector(depth - 1)}, ${pick(['-1', '0', '5'])}, ${pick(['1', '100', '1e9'])})`],
    [1, (depth) => `${pick(['clamp_min', 'clamp_max'])}(${vector(depth - 1)}, ${pick(['-1', '0', '1e8'])})`],
    [1, (depth) => `-${wrapped(vector(depth - 1))}`],
    // The minus takes the metric's name away, which atan2 did not do in 2.x.
    [1, (depth) => `-${wrapped(`${wrapped(vector(depth - 1))} atan2 ${wrapped(vector(depth - 1))}`)}`],
    [1, (depth) => `-${wrapped(`${wrapped(vector(depth - 1))} atan2 ${number()}`)}`],
    [1, (depth) => `vector(${scalar(depth - 1)})`],
  ];
  const weight = kinds.reduce((sum, [share]) => sum + share, 0);

  function vector(depth) {
    if (depth <= 0) return selector() + modifiers();
    let place = random.next() * weight;
    const [, make] = kinds.find(([share]) => (place -= share) < 0);
    return make(depth);
  }

  /** One whose values are the same to the last bit in whatever order they are made. */
  function exact(depth) {
    if (depth <= 0) return selector() + modifiers();
    return pick([
      () => `${pick(['sum', 'min', 'max', 'count'])}${grouping()}(${exact(depth - 1)})`,
      () => `${pick(['sum', 'min', 'max', 'last', 'count'])}_over_time(${range(0, [...GAUGES, ...COUNTERS])})`,
      () => `clamp_min(${exact(depth - 1)}, 5)`,
      () => `abs(${exact(depth - 1)})`,
    ])();
  }

  function scalar(depth) {
    if (depth <= 0) return pick([number(), 'time()', 'pi()']);
    return pick([
      () => number(),
      () => 'time()',
      () => `scalar(${pick(['sum', 'max', 'avg'])}(${vector(depth - 1)}))`,
      () => `(${scalar(depth - 1)} ${pick(ARITHMETIC)} ${scalar(depth - 1)})`,
    ])();
  }

  function matching() {
    return pick(['', ` on${labels()}`, ` ignoring${labels()}`]);
  }

  /** Mostly pairs that match; some do not, and both sides have to refuse those. */
  function joined(depth) {
    const operator = pick([...ARITHMETIC, ...ORDER]);
    const isBool = ORDER.includes(operator) && random.chance(0.4) ? ' bool' : '';
    const one = selector();
    return pick([
      () => `${one} ${operator}${isBool} ${one}${offset()}`,
      () => `${one} ${pick(['%', '==', '!='])} ${one}${offset()}`,
      () =>
        `sum by (instance) (${vector(depth - 1)}) ${operator}${isBool} on (instance) sum by (instance) (${vector(depth - 1)})`,
      () => `${selector()} ${operator}${isBool} on (instance) group_left max by (instance) (${vector(depth - 1)})`,
      () => `max by (instance) (${vector(depth - 1)}) ${operator}${isBool} on (instance) group_right ${selector()}`,
      () =>
        `${selector()} ${operator}${isBool} ignoring (type, mode) group_left (extra) label_replace(demo_num_cpus, "extra", "e", "", "")`,
      () => `${wrapped(vector(depth - 1))} ${operator}${isBool}${matching()} ${wrapped(vector(depth - 1))}`,
    ])();
  }

  function histogramQuantile() {
    const rates = `rate(${selector(BUCKETS)}[${pick(['1m', '5m'])}]${modifiers()})`;
    const input = pick([
      rates,
      `sum by (le) (${rates})`,
      `sum by (le, instance) (${rates})`,
      `sum without (method, path) (${rates})`,
    ]);
    return `histogram_quantile(${pick(['0', '0.5', '0.9', '0.99', '1', '-1', '2', 'NaN'])}, ${input})`;
  }

  return () => vector(1 + Math.floor(random.next() * 4));
}
