import variant from '@jitl/quickjs-wasmfile-release-sync';
import {
  newQuickJSWASMModuleFromVariant,
  newVariant,
  Scope,
  type QuickJSContext,
  type QuickJSHandle,
  type QuickJSSyncVariant,
  type QuickJSWASMModule,
} from 'quickjs-emscripten-core';
import { SandboxFault, faultOf } from './sandbox-fault.js';
import { Pending } from './sandbox-pending.js';

// Its types stand for its CommonJS form. What it says when an engine breaks off is no news: the engine is given up.
const quiet: object = { printErr: () => {} };
const engines = newVariant(variant as unknown as QuickJSSyncVariant, { emscriptenModule: quiet });

const MAX_STACK_BYTES = 262_144;
const MAX_OUTPUT = 1_048_576;

export interface SandboxLimits {
  timeMs: number;
  memoryMib: number;
}

/** What the code may ask of its host: JSON in, JSON out. Rejects with an Error whose message the code sees. */
export type Host = (name: string, args: string) => Promise<string>;

/**
 * Everything that code in it can reach: the language, and `scm` with one function for each permission. Each run has a heap of its own, so
 * that nothing of one caller is left for the next.
 */
export class Sandbox {
  private readonly idle: QuickJSWASMModule[] = [];

  constructor(
    private readonly code: string,
    private readonly permissions: readonly string[],
    private readonly limits: SandboxLimits,
  ) {}

  /** What `exports[group][name]` of the module returns for the input, both as JSON. Throws SandboxFault. */
  async run(group: string, name: string, input: string, host: Host): Promise<string> {
    const engine = this.idle.pop() ?? (await newQuickJSWASMModuleFromVariant(engines));
    const scope = new Scope();
    try {
      return await this.runIn(engine, scope, [group, name, input], host);
    } finally {
      // One that cannot be cleared, as after memory ran out, is not used again.
      if (isCleared(scope)) this.idle.push(engine);
    }
  }

  private async runIn(engine: QuickJSWASMModule, scope: Scope, args: string[], host: Host): Promise<string> {
    const runtime = scope.manage(engine.newRuntime());
    const endsAt = Date.now() + this.limits.timeMs;
    runtime.setMemoryLimit(this.limits.memoryMib * 1_048_576);
    runtime.setMaxStackSize(MAX_STACK_BYTES);
    runtime.setInterruptHandler(() => Date.now() > endsAt);
    const context = scope.manage(runtime.newContext());
    const pending = new Pending(context, scope, endsAt);
    const call = scope.manage(
      context.newFunction('host', (fn, json) => pending.begin(host(context.getString(fn), context.getString(json)))),
    );
    const allowed = scope.manage(context.newString(JSON.stringify(this.permissions)));
    const invoke = this.called(context, scope, unwrapped(context, scope, context.evalCode(PRELUDE, 'host.js')), [
      call,
      allowed,
    ]);
    const module = unwrapped(context, scope, context.evalCode(this.code, 'plugin.js', { type: 'module' }));
    const handles = args.map((arg) => scope.manage(context.newString(arg)));
    const output = await pending.settled(this.called(context, scope, invoke, [module, ...handles]));
    if (output.length > MAX_OUTPUT) throw new SandboxFault('size', `it gave more than ${MAX_OUTPUT} characters`);
    return output;
  }

  private called(context: QuickJSContext, scope: Scope, fn: QuickJSHandle, args: QuickJSHandle[]): QuickJSHandle {
    return unwrapped(context, scope, context.callFunction(fn, context.undefined, ...args));
  }
}

function unwrapped(
  context: QuickJSContext,
  scope: Scope,
  result: ReturnType<QuickJSContext['evalCode']>,
): QuickJSHandle {
  if (result.error) throw faultOf(context.dump(scope.manage(result.error)));
  return scope.manage(result.value);
}

function isCleared(scope: Scope): boolean {
  try {
    scope.dispose();
    return true;
  } catch {
    return false;
  }
}

/** Gives the module's code `scm`, and what calls a function of it. It is read before that code, which cannot change what it holds. */
const PRELUDE = `(host, allowed) => {
  const { parse, stringify } = JSON;
  const { freeze } = Object;
  const ask = (name) => async (...args) => parse(await host(name, stringify(args)));
  const has = (name) => parse(allowed).some((each) => each === name || each.startsWith(name + ':'));
  const scm = {
    ...(has('log') && { log: ask('log') }),
    ...((has('tools:list') || has('tools:call')) && {
      tools: freeze({ ...(has('tools:list') && { list: ask('tools:list') }), ...(has('tools:call') && { call: ask('tools:call') }) }),
    }),
    ...(has('metrics:read') && { metrics: freeze({ query: ask('metrics:read') }) }),
    ...(has('fetch') && { fetch: ask('fetch') }),
  };
  globalThis.scm = freeze(scm);
  return async (module, group, name, input) => {
    const fn = module[group]?.[name];
    if (typeof fn !== 'function') throw new TypeError(group + '.' + name + ' is no function of the module');
    return stringify((await fn(...parse(input))) ?? null);
  };
}`;
