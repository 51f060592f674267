import { hash, verify } from '@node-rs/argon2';

// OWASP's second argon2id profile; each hash holds 19 MiB, so only two run at once.
const options = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 };
const MAX_AT_ONCE = 2;

let running = 0;
const waiting: (() => void)[] = [];

export async function hashPassword(password: string): Promise<string> {
  return bounded(() => hash(password, options));
}

/** Takes the same time for an unknown user (no hash) as for a wrong password. */
export async function isPassword(password: string, passwordHash: string | undefined): Promise<boolean> {
  const known = passwordHash ?? (await unknownUserHash());
  return (await bounded(() => verify(known, password))) && passwordHash !== undefined;
}

let decoy: Promise<string> | undefined;
function unknownUserHash(): Promise<string> {
  decoy ??= hashPassword('a password nobody has');
  return decoy;
}

async function bounded<T>(work: () => Promise<T>): Promise<T> {
  if (running >= MAX_AT_ONCE) await new Promise<void>((resolve) => waiting.push(resolve));
  running++;
  try {
    return await work();
  } finally {
    running--;
    waiting.shift()?.();
  }
}
