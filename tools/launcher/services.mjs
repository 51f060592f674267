/** The services with a database: name to schema. */
export const schemas = {
  auth: 'auth',
  'metrics-ingest': 'metrics',
  'workflow-orchestrator': 'workflow',
  'mcp-protocol': 'mcp',
  notifier: 'notify',
};

/** All services in the order they stop: who takes work in goes first, who others rely on goes last. */
export const stopOrder = [
  ['gateway'],
  ['step-workers'],
  ['workflow-orchestrator'],
  ['mcp-protocol', 'metrics-ingest', 'notifier'],
  ['auth'],
];

export const serviceNames = stopOrder.flat();
