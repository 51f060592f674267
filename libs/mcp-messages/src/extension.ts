import type { Method } from './method.js';
import type { Part } from './model.js';

/** What an extension adds to the protocol, for peers that both declare it in `capabilities.extensions`. Since 2026-07-28. */
export interface Extension {
  id: string;
  methods: Readonly<Record<string, Method>>;
  /** Other results of the core's requests, by their `resultType`, and the methods they may answer. */
  results: Readonly<Record<string, { answers: readonly string[]; model: Part }>>;
}
