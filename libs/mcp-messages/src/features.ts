import type { ProtocolRevision } from './revisions.js';

interface Span {
  since: ProtocolRevision;
  /** The revision that took it away. */
  end?: ProtocolRevision;
  title: string;
}

/** What revisions differ in, beyond their methods. */
export const features = {
  sessions: { since: '2024-11-05', end: '2026-07-28', title: 'Sessions that `initialize` opens' },
  statelessRequests: { since: '2026-07-28', title: 'Requests that carry their own context in `_meta`' },
  serverRequests: { since: '2024-11-05', end: '2026-07-28', title: 'Requests from server to client' },
  inputRequired: { since: '2026-07-28', title: 'Results that ask for input, and requests tried again with it' },
  httpWithSse: { since: '2024-11-05', end: '2025-03-26', title: 'The HTTP+SSE transport' },
  streamableHttp: { since: '2025-03-26', title: 'The Streamable HTTP transport' },
  resumableStreams: { since: '2025-03-26', end: '2026-07-28', title: 'Streams resumed by `Last-Event-ID`' },
  versionHeader: { since: '2025-06-18', title: 'The header `MCP-Protocol-Version`' },
  mirroredHeaders: { since: '2026-07-28', title: 'The headers `Mcp-Method` and `Mcp-Name`' },
  batches: { since: '2025-03-26', end: '2025-06-18', title: 'JSON-RPC batches' },
  audio: { since: '2025-03-26', title: 'Audio content' },
  toolAnnotations: { since: '2025-03-26', title: 'Hints about tools' },
  completionsCapability: { since: '2025-03-26', title: 'The capability `completions`' },
  progressMessages: { since: '2025-03-26', title: 'Messages with progress' },
  titles: { since: '2025-06-18', title: 'Titles beside names' },
  structuredContent: { since: '2025-06-18', title: 'Structured results of tools and their schema' },
  anyStructuredContent: { since: '2026-07-28', title: 'Structured results that are no objects' },
  resourceLinks: { since: '2025-06-18', title: 'Links to resources in content' },
  elicitation: { since: '2025-06-18', title: 'Forms that ask the user' },
  urlElicitation: { since: '2025-11-25', title: 'Addresses the user is asked to go to' },
  multiSelect: { since: '2025-11-25', title: 'Forms with several choices' },
  completionContext: { since: '2025-06-18', title: 'Known arguments with completions' },
  icons: { since: '2025-11-25', title: 'Icons' },
  samplingTools: { since: '2025-11-25', title: 'Tools in sampling' },
  coreTasks: { since: '2025-11-25', end: '2026-07-28', title: 'Tasks in the core' },
  extensions: { since: '2026-07-28', title: 'Declared extensions' },
  subscriptionStreams: { since: '2026-07-28', title: 'Notifications on the stream of `subscriptions/listen`' },
  cacheHints: { since: '2026-07-28', title: 'How long results may be kept, and by whom' },
} as const satisfies Record<string, Span>;

export type Feature = keyof typeof features;

export function hasFeature(revision: ProtocolRevision, feature: Feature): boolean {
  const { since, end }: Span = features[feature];
  return revision >= since && (end === undefined || revision < end);
}
