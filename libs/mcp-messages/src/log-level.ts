import { words } from './leaves.js';

/** From the least to the most severe, as in RFC 5424. */
export const logLevels = ['debug', 'info', 'notice', 'warning', 'error', 'critical', 'alert', 'emergency'] as const;

export type LogLevel = (typeof logLevels)[number];

export const logLevel = words(...logLevels);
