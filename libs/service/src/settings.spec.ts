import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { IsArray, IsBoolean, IsInt, IsOptional, IsString, Max, Min } from 'class-validator';
import { ConfigError, loadConfig, Setting } from './settings.js';

class Sample {
  @Setting({ description: 'a port' }) @IsInt() @Min(1) @Max(65_535) port: number = 80;
  @Setting({ description: 'a secret', secret: true }) @IsString() apiToken: string;
  @Setting({ description: 'hosts' }) @IsArray() hosts: string[] = [];
  @Setting({ description: 'a switch' }) @IsBoolean() isOn: boolean = false;
  @Setting({ description: 'may be absent' }) @IsOptional() @IsString() note?: string;
}

const folder = mkdtempSync(join(tmpdir(), 'scm-settings-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('settings', () => {
  it('come from the environment, in the types of the class', () => {
    const env = { SCM_PORT: '8080', SCM_API_TOKEN: 't', SCM_HOSTS: 'a, b,,', SCM_IS_ON: 'true' };
    expect({ ...loadConfig([Sample], env)[0] }).toEqual({ port: 8080, apiToken: 't', hosts: ['a', 'b'], isOn: true });
  });

  it('come from files, whose last line break does not count', () => {
    const file = join(folder, 'token');
    writeFileSync(file, 'from file\n');
    const [config] = loadConfig([Sample], { SCM_API_TOKEN_FILE: file, SCM_API_TOKEN: 'not this' });
    expect(config.apiToken).toBe('from file');
  });

  it('name every fault at once', () => {
    const env = { SCM_PORT: 'eighty', SCM_IS_ON: 'maybe', SCM_API_TOKEN_FILE: join(folder, 'absent') };
    const refused = () => loadConfig([Sample], env);
    expect(refused).toThrow(ConfigError);
    expect(refused).toThrow(/SCM_API_TOKEN_FILE.*ENOENT/);
    expect(refused).toThrow(/SCM_PORT: it must/);
    expect(refused).toThrow(/SCM_IS_ON/);
    expect(refused).toThrow(/SCM_API_TOKEN: is missing/);
  });

  it('take an empty variable as absent', () => {
    expect(() => loadConfig([Sample], { SCM_API_TOKEN: '' })).toThrow(/SCM_API_TOKEN: is missing/);
  });
});
