export { EgressClient, type EgressOptions, type EgressRequest, type EgressResponse } from './egress-client.js';
export type { Resolve } from './address-guard.js';
