import { Injectable, type OnModuleInit } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { ModulesContainer } from '@nestjs/core';
import type { Access } from '@scm/contracts';
import { ACCESS } from './route.decorator.js';

export interface DeclaredRoute {
  controller: string;
  handler: string;
  path: string;
  access: Access;
}

/** Knows every route; one without a declared access prevents boot. */
@Injectable()
export class RouteRegistry implements OnModuleInit {
  constructor(private readonly modules: ModulesContainer) {}

  onModuleInit(): void {
    const open = this.routes().filter((route) => route.access === undefined);
    if (open.length > 0) {
      throw new TypeError(
        `routes without a declared access: ${open.map((r) => `${r.controller}.${r.handler}`).join(', ')}`,
      );
    }
  }

  routes(): DeclaredRoute[] {
    const controllers = [...this.modules.values()].flatMap((module) => [...module.controllers.values()]);
    return controllers.flatMap(({ metatype }) => (typeof metatype === 'function' ? routesOf(metatype) : []));
  }
}

function routesOf(controller: Function): DeclaredRoute[] {
  const prototype = controller.prototype as Record<string, unknown>;
  return Object.getOwnPropertyNames(prototype).flatMap((handler) => {
    const method = prototype[handler];
    if (typeof method !== 'function' || Reflect.getMetadata(METHOD_METADATA, method) === undefined) return [];
    const path = String(Reflect.getMetadata(PATH_METADATA, method));
    return [{ controller: controller.name, handler, path, access: Reflect.getMetadata(ACCESS, method) as Access }];
  });
}
