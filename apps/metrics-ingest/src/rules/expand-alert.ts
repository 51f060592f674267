import { labelOf, withoutName, type Labels } from '../series/labels.js';
import { Template, type QueryForTemplate } from '../templates/render.js';
import type { Match } from './judge.js';

/** One element of what a rule's expression comes to. */
export interface Result {
  labels: Labels;
  value: number;
}

export interface AlertTexts {
  alert: string;
  labels: Labels;
  annotations: Labels;
}

const MAX_KNOWN = 20_000;
const known = new Map<string, Template>();

/** Fills in the templates of a rule's labels and annotations; one that cannot be filled in says why in its place. */
export async function expandAlert(
  rule: AlertTexts,
  results: readonly Result[],
  query: QueryForTemplate,
): Promise<Match[]> {
  const matches: Match[] = [];
  for (const { labels, value } of results) {
    const fill = (texts: Labels) => fillAll(texts, labels, value, query);
    const own = await fill(rule.labels);
    const all = { ...withoutName(labels), ...own, alertname: rule.alert };
    // An empty label is none.
    const kept = Object.fromEntries(Object.entries(all).filter(([, text]) => text !== ''));
    matches.push({ labels: kept, annotations: await fill(rule.annotations), value });
  }
  return matches;
}

async function fillAll(texts: Labels, labels: Labels, value: number, query: QueryForTemplate): Promise<Labels> {
  const filled: [string, string][] = [];
  for (const name of Object.keys(texts)) {
    const text = labelOf(texts, name);
    // Most texts are no templates.
    filled.push([name, text.includes('{{') ? await fillIn(text, labels, value, query) : text]);
  }
  return Object.fromEntries(filled);
}

async function fillIn(text: string, labels: Labels, value: number, query: QueryForTemplate): Promise<string> {
  try {
    return await templateOf(text).render(labels, value, query);
  } catch (error) {
    return `<error expanding template: it ${error instanceof Error ? error.message : String(error)}>`;
  }
}

function templateOf(text: string): Template {
  const before = known.get(text);
  if (before) return before;
  if (known.size >= MAX_KNOWN) known.clear();
  const template = new Template(text);
  known.set(text, template);
  return template;
}
