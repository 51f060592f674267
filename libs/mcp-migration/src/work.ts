import { errorCodes } from '@scm/mcp-messages';
import type { Reverse, TranslationContext } from './context.js';
import type { Place } from './place.js';
import type { Direction, Rule, RuleClass } from './rule.js';
import { refusal, type Untranslatable } from './untranslatable.js';

/** A rule that changed something, and the worst that came of it here. */
export interface AppliedRule {
  rule: string;
  direction: Direction;
  class: Exclude<RuleClass, 'none' | 'refused'>;
}

/** Something that a rule dropped, or that another form stands for. */
export interface Note {
  kind: 'dropped' | 'emulated';
  rule: Rule;
  direction: Direction;
  place: Place;
  /** Below the place. */
  member: string;
  count: number;
}

/** What a translation knows, and what it tells, while its rules are at work. */
export class Work {
  readonly notes: Note[] = [];
  reverse: Reverse | undefined;
  private readonly rules: { rule: Rule; direction: Direction }[] = [];
  private rule!: Rule;
  private direction!: Direction;
  private place!: Place;

  constructor(readonly context: TranslationContext) {}

  enter(rule: Rule, direction: Direction, place: Place): void {
    this.rule = rule;
    this.direction = direction;
    this.place = place;
  }

  /** `member` is a JSON pointer below the value at hand, without its first slash; empty for all of it. */
  dropped(member = ''): void {
    this.note('dropped', member);
  }

  emulated(member = ''): void {
    this.note('emulated', member);
  }

  refuse(code: number = errorCodes.invalidParams, reason?: string): Untranslatable {
    return refusal(this.rule, this.direction, code, reason);
  }

  /** Adds to how the answer is to be read. */
  answerBy(more: Reverse): void {
    this.reverse = { ...this.reverse, ...more };
  }

  /** The rule at hand changed the message. */
  changed(): void {
    const { rule, direction } = this;
    if (!this.rules.some((known) => known.rule === rule)) this.rules.push({ rule, direction });
  }

  applied(): AppliedRule[] {
    return this.rules.map(({ rule, direction }) => ({ rule: rule.id, direction, class: this.classOf(rule) }));
  }

  private classOf(rule: Rule): AppliedRule['class'] {
    const notes = this.notes.filter((note) => note.rule === rule);
    if (notes.some(({ kind }) => kind === 'dropped')) return 'lossy';
    return notes.length > 0 ? 'emulated' : 'lossless';
  }

  private note(kind: Note['kind'], member: string): void {
    const { rule, direction, place, notes } = this;
    for (const note of notes) {
      if (note.rule === rule && note.place === place && note.member === member && note.kind === kind) {
        note.count += 1;
        return;
      }
    }
    notes.push({ kind, rule, direction, place, member, count: 1 });
  }
}
