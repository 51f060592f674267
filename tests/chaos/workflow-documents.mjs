/** More tries than any fault of a run takes: what fails then fails for a reason of its own. */
const retry = { maxAttempts: 100, initialMs: 100, maxMs: 1_000, factor: 2 };

/**
 * The workflows of a run, by name, with the effects that each completed execution has: `effects` happen, again under the same
 * key when nobody knows, `once` never twice, and `undone` are taken back, last first.
 */
export function workflowsFor(receiverUrl) {
  const call = (step, path) => ({
    call: 'action',
    with: { http: { url: receiverUrl + path, body: { execution: '${ $workflow.id }', step } } },
  });
  const effect = (step, scm = {}) => ({ [step]: { ...call(step, '/effect'), metadata: { scm: { retry, ...scm } } } });
  const undoable = (step) =>
    effect(step, { compensate: { ...call(`undo-${step}`, '/effect'), metadata: { scm: { retry } } } });
  const once = (step) => ({ [step]: { ...call(step, '/once'), metadata: { scm: { retry, effect: 'ledger' } } } });
  const plain = (step) => ({
    [step]: { call: 'processing', with: { source: [1, 2], operations: [] }, metadata: { scm: { retry } } },
  });
  const failing = { give: { raise: { error: { type: 'urn:chaos:up', status: 422 } } } };
  return {
    chain: of('chain', { effects: ['a', 'b', 'c', 'e'] }, [
      effect('a'),
      { pause: { wait: { milliseconds: 200 } } },
      { side: { fork: { branches: [effect('b'), effect('c'), plain('d')] } } },
      effect('e'),
    ]),
    ledger: of('ledger', { effects: ['before', 'after'], once: ['pay'] }, [
      effect('before'),
      once('pay'),
      effect('after'),
    ]),
    saga: of('saga', { status: 'faulted', effects: ['x', 'y', 'z'], undone: ['undo-z', 'undo-y', 'undo-x'] }, [
      ...['x', 'y', 'z'].map(undoable),
      failing,
    ]),
    parent: of('parent', { effects: ['told'], child: 'child' }, [
      { sub: { run: { workflow: { namespace: 'chaos', name: 'child', version: '1.0.0' } } } },
      effect('told'),
    ]),
    child: of('child', { effects: ['work'] }, [effect('work')]),
    gate: of('gate', { effects: ['ask', 'act'], approval: 'gate', signal: 'go' }, [
      effect('ask'),
      { gate: { metadata: { scm: { approval: {} } }, set: { by: '${ $approval.by }' } } },
      { heard: { listen: { to: { one: { with: { type: 'scm.signal.go' } } } } } },
      effect('act'),
    ]),
  };
}

const of = (name, about, tasks) => ({
  ...about,
  document: { document: { dsl: '1.0.3', namespace: 'chaos', name, version: '1.0.0' }, do: tasks },
});
