import { emptyResult, noParams, request } from './message.js';
import type { Method } from './method.js';
import { optional, varying, type Part } from './model.js';

/** What an extension adds to the protocol, for peers that both declare it in `capabilities.extensions`. Since 2026-07-28. */
export interface Extension {
  id: string;
  methods: Readonly<Record<string, Method>>;
  /** Other results of the core's requests, by their `resultType`, and the methods they may answer. */
  results: Readonly<Record<string, { answers: readonly string[]; model: Part }>>;
}

/** A request that a client sends for an extension; what it holds besides is judged by whoever has the extension. */
export function ofExtension(name: string): Method {
  const params = varying({ '2024-11-05': optional(noParams), '2026-07-28': noParams });
  return {
    kind: 'request',
    since: '2024-11-05',
    senders: ['client'],
    message: request(name, params),
    result: emptyResult,
  };
}
