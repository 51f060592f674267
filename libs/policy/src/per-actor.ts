import type { Actor } from '@scm/contracts';

/** Remembers what `make` gives for a frozen actor; another one may change, so its value is made anew each time. */
export function perActor<T>(make: (actor: Actor) => T): (actor: Actor) => T {
  const known = new WeakMap<Actor, T>();
  return (actor) => {
    if (!Object.isFrozen(actor)) return make(actor);
    let value = known.get(actor);
    if (value === undefined) known.set(actor, (value = make(actor)));
    return value;
  };
}
