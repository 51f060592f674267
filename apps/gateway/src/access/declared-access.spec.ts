import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { describe, expect, it } from '@jest/globals';
import { allContracts, isPermission } from '@scm/contracts';
import { channelKinds } from '../stream/channels.js';
import { OwnRoute } from './route.decorator.js';
import { RouteRegistry } from './route.registry.js';

@Controller()
class Declared {
  @OwnRoute('GET', 'open', 'public', 'declared')
  open() {
    return {};
  }
}

@Controller()
class Forgotten {
  @Get('forgotten')
  forgotten() {
    return {};
  }
}

async function boot(...controllers: (new () => object)[]): Promise<string> {
  class Root {}
  Module({ controllers, providers: [RouteRegistry] })(Root);
  const app = await NestFactory.create(Root, new ExpressAdapter(), { logger: false, abortOnError: false });
  try {
    await app.init();
    return 'booted';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    await app.close();
  }
}

describe('a declared access', () => {
  it('is needed for every route, or the gateway does not boot', async () => {
    expect(await boot(Declared)).toBe('booted');
    expect(await boot(Declared, Forgotten)).toBe('routes without a declared access: Forgotten.forgotten');
  });

  it.each(Object.entries(channelKinds))('stands on the channel kind %s', (_, { access }) => {
    expect(isPermission(access)).toBe(true);
  });

  it('stands on every request', () => {
    expect(allContracts.filter(({ contract }) => 'access' in contract && !contract.access)).toEqual([]);
  });
});
