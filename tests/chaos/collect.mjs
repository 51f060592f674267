// Preloaded into the services of a run. V8 collects when it likes, and keeps what it then does not need; what a service
// really holds shows after a collection that gives everything else back.
process.on('SIGUSR2', () => globalThis.gc({ type: 'major', execution: 'sync', flavor: 'last-resort' }));
