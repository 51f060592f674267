import type { FieldError } from '@scm/contracts';
import { parseDuration } from '@scm/promql';
import { LABEL_NAME, METRIC_NAME, type Labels } from '../series/labels.js';
import { Template } from '../templates/render.js';
import { invalid, isObject, readRuleDocument } from './rule-document.js';

/** One rule of a file: `record` or `alert` is its name. Durations are milliseconds. */
export interface FileRule {
  kind: 'recording' | 'alerting';
  name: string;
  expr: string;
  for?: string;
  keepFiringFor?: string;
  labels: Labels;
  annotations: Labels;
}

export interface FileGroup {
  name: string;
  intervalMs: number;
  offsetMs: number;
  /** Results one rule may have; 0 is no limit of its own. */
  maxResults: number;
  rules: FileRule[];
}

export interface ReadRuleFile {
  groups: FileGroup[];
  /** The document as plain JSON, as it was written. */
  document: Record<string, unknown>;
}

const MAX_GROUPS = 500;
const MAX_RULES = 5_000;
const MAX_TEXT = 8_192;
const DEFAULT_INTERVAL = '1m';
const MIN_INTERVAL_MS = 1_000;
const ALERT_NAME = /^[\p{L}\p{N}_][\p{L}\p{N}_ :.-]{0,127}$/u;

/**
 * Reads a Prometheus rule file from YAML text, JSON text or an object. `exprFault` says what is wrong with an expression.
 * @throws INVALID_ARGUMENT whose details name each fault by its path; PAYLOAD_TOO_LARGE over 512 KiB
 */
export function readRuleFile(source: unknown, exprFault: (expr: string) => string | undefined): ReadRuleFile {
  const document = readRuleDocument(source);
  const reader = new RuleFileReader(exprFault);
  const groups = reader.groups(document);
  if (reader.faults.length > 0) throw invalid(reader.faults);
  return { groups, document };
}

class RuleFileReader {
  readonly faults: FieldError[] = [];
  private rulesSeen = 0;

  constructor(private readonly exprFault: (expr: string) => string | undefined) {}

  groups(document: Record<string, unknown>): FileGroup[] {
    this.refuseOthers('document', document, ['groups']);
    const { groups } = document;
    if (!Array.isArray(groups)) return this.fault('document.groups', 'must be a list', []);
    if (groups.length > MAX_GROUPS) return this.fault('document.groups', `has more than ${MAX_GROUPS} groups`, []);
    const read = groups.map((group: unknown, i) => this.group(`document.groups.${i}`, group));
    const names = new Set<string>();
    read.forEach(({ name }, i) => {
      if (names.has(name)) this.fault(`document.groups.${i}.name`, 'is the name of another group of the file');
      names.add(name);
    });
    return read;
  }

  private group(path: string, group: unknown): FileGroup {
    const empty = { name: path, intervalMs: 0, offsetMs: 0, maxResults: 0, rules: [] };
    if (!isObject(group)) return this.fault(path, 'must be an object', empty);
    const fields = ['name', 'interval', 'query_offset', 'limit', 'labels', 'rules', 'partial_response_strategy'];
    this.refuseOthers(path, group, fields);
    const intervalMs = this.duration(`${path}.interval`, group['interval'] ?? DEFAULT_INTERVAL);
    if (intervalMs < MIN_INTERVAL_MS) this.fault(`${path}.interval`, 'must be at least 1s');
    const labels = this.labels(`${path}.labels`, group['labels'], false);
    const rules = group['rules'] ?? [];
    return {
      name: this.text(`${path}.name`, group['name'], 256),
      intervalMs,
      offsetMs: this.duration(`${path}.query_offset`, group['query_offset'] ?? '0s'),
      maxResults: this.whole(`${path}.limit`, group['limit'] ?? 0),
      rules: Array.isArray(rules)
        ? rules.map((rule: unknown, i) => this.rule(`${path}.rules.${i}`, rule, labels))
        : this.fault(`${path}.rules`, 'must be a list', []),
    };
  }

  private rule(path: string, rule: unknown, groupLabels: Labels): FileRule {
    const empty: FileRule = { kind: 'recording', name: '', expr: '', labels: {}, annotations: {} };
    if (++this.rulesSeen > MAX_RULES) {
      return this.rulesSeen === MAX_RULES + 1 ? this.fault(path, `is one more than ${MAX_RULES} rules`, empty) : empty;
    }
    if (!isObject(rule)) return this.fault(path, 'must be an object', empty);
    const isAlert = rule['alert'] !== undefined;
    if (isAlert === (rule['record'] !== undefined)) return this.fault(path, 'must have one of record and alert', empty);
    const own = isAlert ? ['alert', 'for', 'keep_firing_for', 'annotations'] : ['record'];
    this.refuseOthers(path, rule, [...own, 'expr', 'labels']);
    const labels = { ...groupLabels, ...this.labels(`${path}.labels`, rule['labels'], isAlert) };
    const read = { expr: this.expr(`${path}.expr`, rule['expr']), labels };
    return isAlert ? this.alert(path, rule, read) : this.record(path, rule, read);
  }

  private alert(path: string, rule: Record<string, unknown>, read: Pick<FileRule, 'expr' | 'labels'>): FileRule {
    const name = this.text(`${path}.alert`, rule['alert'], 128);
    if (!ALERT_NAME.test(name)) this.fault(`${path}.alert`, 'is no name of an alert');
    const durations = { for: rule['for'], keepFiringFor: rule['keep_firing_for'] };
    this.duration(`${path}.for`, durations.for ?? '0s');
    this.duration(`${path}.keep_firing_for`, durations.keepFiringFor ?? '0s');
    const annotations = this.labels(`${path}.annotations`, rule['annotations'], true);
    const given = Object.entries(durations).filter(([, value]) => value !== undefined);
    return {
      kind: 'alerting',
      name,
      ...read,
      annotations,
      ...Object.fromEntries(given.map(([k, v]) => [k, String(v)])),
    };
  }

  private record(path: string, rule: Record<string, unknown>, read: Pick<FileRule, 'expr' | 'labels'>): FileRule {
    const name = this.text(`${path}.record`, rule['record'], 1_024);
    if (!METRIC_NAME.test(name)) this.fault(`${path}.record`, 'is no metric name');
    return { kind: 'recording', name, ...read, annotations: {} };
  }

  private labels(path: string, labels: unknown, areTemplates: boolean): Labels {
    if (labels === undefined || labels === null) return {};
    if (!isObject(labels)) return this.fault(path, 'must be an object of texts', {});
    const kept: Record<string, string> = {};
    for (const [name, value] of Object.entries(labels)) {
      const at = `${path}.${name}`;
      if (!LABEL_NAME.test(name)) this.fault(path, `${JSON.stringify(name.slice(0, 64))} is not a label name`);
      else if (name === '__name__') this.fault(at, 'is set by the system');
      else if (typeof value !== 'string') this.fault(at, 'must be a text');
      else {
        kept[name] = value;
        const fault = areTemplates ? templateFault(value) : undefined;
        if (fault) this.fault(at, fault);
      }
    }
    return kept;
  }

  private expr(path: string, expr: unknown): string {
    const text = this.text(path, typeof expr === 'number' ? String(expr) : expr, MAX_TEXT);
    const fault = text === '' ? undefined : this.exprFault(text);
    if (fault !== undefined) this.fault(path, fault);
    return text;
  }

  private text(path: string, value: unknown, max: number): string {
    if (typeof value !== 'string' || value.trim() === '') return this.fault(path, 'must be a text', '');
    return value.length <= max ? value : this.fault(path, `is longer than ${max} characters`, '');
  }

  private duration(path: string, value: unknown): number {
    const text = value === 0 ? '0s' : value;
    const ms = typeof text === 'string' ? parseDuration(text) : undefined;
    return ms ?? this.fault(path, 'must be a duration such as 30s', 0);
  }

  private whole(path: string, value: unknown): number {
    const isWhole = Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 1_000_000;
    return isWhole ? (value as number) : this.fault(path, 'must be a whole number', 0);
  }

  private refuseOthers(path: string, value: Record<string, unknown>, fields: readonly string[]): void {
    for (const name of Object.keys(value)) {
      if (!fields.includes(name)) this.fault(`${path}.${name.slice(0, 64)}`, 'is not a field of it');
    }
  }

  private fault(path: string, message: string): void;
  private fault<T>(path: string, message: string, instead: T): T;
  private fault<T>(path: string, message: string, instead?: T): T | undefined {
    this.faults.push({ path: path.slice(0, 256), message: message.slice(0, 1_024) });
    return instead;
  }
}

/** What is wrong with a label or an annotation as a template. */
export function templateFault(text: string): string | undefined {
  try {
    void new Template(text);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
