// Preloaded into the services of a run. V8 collects when it likes; what they hold is known only after it did.
process.on('SIGUSR2', () => globalThis.gc());
