import { Text, Whole } from './fields.js';

/** A list request: at most `limit` items (default 50) after `cursor`, which is a former reply's `nextCursor`. */
export class PageRequest {
  @Whole({ min: 1, max: 200, optional: true }) limit?: number;
  @Text({ max: 1_024, optional: true }) cursor?: string;
}

/** An empty request or reply. */
export class Nothing {}
