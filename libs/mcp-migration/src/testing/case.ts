import type { Peer } from '@scm/mcp-messages';
import type { AppliedRule, CallBody, Direction, ErrorBody, Reverse, ResultBody, TranslationContext } from '../index.js';

/** What one rule makes of one message, on the step between its two revisions. */
export interface Case {
  rule: string;
  direction: Direction;
  given: CallBody | ResultBody | ErrorBody;
  sender: Peer;
  method?: string;
  context?: TranslationContext;
  becomes?: CallBody | ResultBody | ErrorBody;
  /** What came of it: nothing where the rule leaves the message alone. */
  class?: AppliedRule['class'];
  reverse?: Reverse;
  /** The code it is refused with. */
  refusedWith?: number;
}

type Rest = Omit<Case, 'rule' | 'direction' | 'given' | 'sender'>;
type Make = (given: Case['given'], becomes: Case['given'] | number, rest?: Partial<Case>) => Case;

/** Cases of a rule in one direction; a number stands for the code of a refusal. */
export const of =
  (
    rule: string,
    direction: Direction,
    outcome: Case['class'] | undefined,
    common: Partial<Rest> & { sender?: Peer } = {},
  ): Make =>
  (given, becomes, rest) => ({
    rule,
    direction,
    given,
    sender: 'server',
    ...(typeof becomes === 'number' ? { refusedWith: becomes } : { becomes, ...(outcome && { class: outcome }) }),
    ...common,
    ...rest,
  });
