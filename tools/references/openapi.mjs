import 'reflect-metadata';
import { Global, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { MessagingClient } from '@scm/messaging';
import { CoreConfig, Health, IDENTITY, NATS } from '@scm/service';

const gateway = (file) => import(new URL(`../../apps/gateway/dist/${file}`, import.meta.url));

/** The gateway's OpenAPI document, from its routes alone: nothing is connected, made or started. */
export async function openApi() {
  const [{ AppModule }, { GatewayConfig }, { openApiDocument }] = await Promise.all([
    gateway('app.module.js'),
    gateway('config.js'),
    gateway('openapi/openapi.js'),
  ]);
  // What a service's boot provides; a preview only has to know that it is there.
  const provided = [MessagingClient, CoreConfig, Health, IDENTITY, NATS, GatewayConfig];
  class BootModule {}
  Global()(BootModule);
  Module({ providers: provided.map((provide) => ({ provide, useValue: {} })), exports: provided })(BootModule);
  const module = { module: class {}, imports: [BootModule, AppModule] };
  const app = await NestFactory.create(module, new ExpressAdapter(), {
    preview: true,
    logger: false,
    abortOnError: false,
  });
  return openApiDocument(app);
}
