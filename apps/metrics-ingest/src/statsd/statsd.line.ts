/** One line of StatsD, with the tags of DogStatsD. */
export interface StatsdLine {
  name: string;
  type: 'counter' | 'gauge' | 'timer' | 'histogram' | 'set';
  /** Texts, since a set counts texts and a gauge may begin with its sign. */
  values: string[];
  /** The share of what happened that was sent. */
  rate: number;
  tags: [name: string, value: string][];
}

const types: Record<string, StatsdLine['type']> = {
  c: 'counter',
  g: 'gauge',
  ms: 'timer',
  h: 'histogram',
  d: 'histogram',
  s: 'set',
};

/** `name:value[:value…]|type[|@rate][|#tag:value,…]`; undefined for what is none. */
export function parseLine(line: string): StatsdLine | undefined {
  const [head = '', code = '', ...rest] = line.split('|');
  const [name = '', ...values] = head.split(':');
  const type = Object.hasOwn(types, code) ? types[code] : undefined;
  const rate = Number(rest.find((part) => part.startsWith('@'))?.slice(1) ?? 1);
  const isGood = name !== '' && values.length > 0 && rate > 0 && rate <= 1;
  if (!type || !isGood || (type !== 'set' && values.some((value) => !isNumber(value)))) return undefined;
  const tags = rest.find((part) => part.startsWith('#'))?.slice(1) ?? '';
  return { name, type, values, rate, tags: tags.split(',').filter(Boolean).map(tagOf) };
}

function isNumber(text: string): boolean {
  return text.trim() !== '' && Number.isFinite(Number(text));
}

/** A tag without a value says that it is there. */
function tagOf(text: string): [string, string] {
  const at = text.indexOf(':');
  return at === -1 ? [text, 'true'] : [text.slice(0, at), text.slice(at + 1)];
}
