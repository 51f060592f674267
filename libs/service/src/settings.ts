import { readFileSync } from 'node:fs';
import { validateSync } from 'class-validator';
import 'reflect-metadata';

export type ConfigClass<T extends object = object> = new () => T;

/** One setting of a config class: a property that an environment variable fills. */
export interface SettingDeclaration {
  property: string;
  env: string;
  type: 'text' | 'number' | 'flag' | 'list';
  secret: boolean;
  description: string;
}

const SETTINGS = Symbol('scm.settings');

/** Fills a property from `SCM_<UPPER_SNAKE>`, or from the file that `SCM_<UPPER_SNAKE>_FILE` names. */
export function Setting(options: { description: string; secret?: boolean }): PropertyDecorator {
  return (target, key) => {
    const known = (Reflect.getOwnMetadata(SETTINGS, target) ?? []) as SettingDeclaration[];
    const property = String(key);
    const entry: SettingDeclaration = {
      property,
      env: `SCM_${property.replace(/[A-Z]/g, (c) => `_${c}`).toUpperCase()}`,
      type: typeOf(Reflect.getMetadata('design:type', target, key)),
      secret: options.secret ?? false,
      description: options.description,
    };
    Reflect.defineMetadata(SETTINGS, [...known, entry], target);
  };
}

export function settingsOf(type: ConfigClass): readonly SettingDeclaration[] {
  return (Reflect.getMetadata(SETTINGS, type.prototype as object) as SettingDeclaration[] | undefined) ?? [];
}

/** Every fault of the environment at once, one line each. */
export class ConfigError extends Error {
  override name = 'ConfigError';

  constructor(readonly faults: readonly string[]) {
    super(`the configuration is not valid:\n${faults.map((fault) => `  ${fault}`).join('\n')}`);
  }
}

/** Reads config classes from the environment; throws one ConfigError that names every fault. */
export function loadConfig<T extends ConfigClass[]>(
  types: readonly [...T],
  env: NodeJS.ProcessEnv = process.env,
): { [K in keyof T]: InstanceType<T[K]> } {
  const faults: string[] = [];
  const configs = types.map((type) => fill(type, env, faults));
  if (faults.length > 0) throw new ConfigError(faults);
  return configs as { [K in keyof T]: InstanceType<T[K]> };
}

function fill(type: ConfigClass, env: NodeJS.ProcessEnv, faults: string[]): object {
  const config = new type() as Record<string, unknown>;
  for (const setting of settingsOf(type)) {
    const text = read(setting, env, faults);
    if (text !== undefined) config[setting.property] = parse(setting, text);
  }
  for (const error of validateSync(config, { forbidUnknownValues: false })) {
    const setting = settingsOf(type).find((s) => s.property === error.property);
    const reason = Object.values(error.constraints ?? {}).join(', ');
    const missing = config[error.property] === undefined;
    faults.push(
      `${setting?.env ?? error.property}: ${missing ? 'is missing' : reason.replaceAll(error.property, 'it')}`,
    );
  }
  return config;
}

function read({ env: name }: SettingDeclaration, env: NodeJS.ProcessEnv, faults: string[]): string | undefined {
  const file = env[`${name}_FILE`];
  if (file === undefined || file === '') return env[name] === '' ? undefined : env[name];
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    faults.push(`${name}_FILE: ${file} cannot be read (${(error as NodeJS.ErrnoException).code})`);
    return undefined;
  }
}

function parse({ type }: SettingDeclaration, text: string): unknown {
  switch (type) {
    case 'number':
      return Number(text);
    case 'flag':
      return text === 'true' ? true : text === 'false' ? false : text;
    case 'list':
      return text
        .split(',')
        .map((part) => part.trim())
        .filter((part) => part !== '');
    case 'text':
      return text;
    default: {
      const exhausted: never = type;
      return exhausted;
    }
  }
}

function typeOf(designType: unknown): SettingDeclaration['type'] {
  if (designType === Number) return 'number';
  if (designType === Boolean) return 'flag';
  return designType === Array ? 'list' : 'text';
}
