import { allContracts, consumerName, type Contract, type Subscription } from '@scm/contracts';

type Claimed = Contract | Subscription;

/** The key under which a handler is registered. */
export function patternOf(contract: Claimed): string {
  return contract.kind === 'subscription' ? consumerName(contract) : contract.subject;
}

/**
 * Exactly one handler for each contract the service claims, and none for others, or no boot.
 * @returns one line per fault, with the decorator that is missing.
 */
export function handlerFaults(claims: readonly Claimed[], handled: readonly string[]): string[] {
  const claimed = new Map(claims.map((contract) => [patternOf(contract), contract]));
  const missing = [...claimed.values()]
    .filter((contract) => !handled.includes(patternOf(contract)))
    .map((contract) => `no handler for ${patternOf(contract)}: add ${decoratorFor(contract)}`);
  const foreign = handled
    .filter((pattern) => !claimed.has(pattern))
    .map((pattern) => `a handler for ${pattern}, which this service does not claim`);
  return [...missing, ...foreign];
}

function decoratorFor(contract: Claimed): string {
  if (contract.kind === 'subscription') return `@On(…) for ${contract.event.subject}`;
  const name = allContracts.find((entry) => entry.contract === contract)?.name ?? contract.subject;
  const decorators = { rpc: 'Rpc', streamed: 'Streamed', task: 'Task', event: 'On' } as const;
  return `@${decorators[contract.kind]}(${name})`;
}
