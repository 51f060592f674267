import { once } from 'node:events';
import type { Server } from 'node:http';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { CorsOptions } from '@nestjs/common/interfaces/external/cors-options.interface.js';
import helmet from 'helmet';
import type { HttpDoor } from '@scm/service';
import { GatewayConfig } from './config.js';
import { bodyReaders } from './http/body.middleware.js';
import { answerClientErrors } from './http/client-error.js';
import { JsonAdapter } from './http/json.adapter.js';
import { ProblemFilter } from './http/problem.filter.js';
import { tracing } from './http/tracing.middleware.js';
import { LoadShedder } from './limits/load-shedder.js';
import { serveOpenApi } from './openapi/openapi.js';
import { McpSocketServer } from './mcp/mcp.socket.server.js';
import { StreamServer } from './stream/stream.server.js';
import { Telemetry } from './system/telemetry.js';

const EXPOSED = ['X-Request-Id', 'Scm-Trace-Id', 'Retry-After', 'Mcp-Session-Id', 'WWW-Authenticate'];

/** The one HTTP and WebSocket door of the product. */
export const httpDoor: HttpDoor = {
  create: async (module, logger) => {
    const app = await NestFactory.create<NestExpressApplication>(module, new JsonAdapter(), {
      logger,
      bodyParser: false,
      abortOnError: false,
    });
    const config = app.get(GatewayConfig);
    app.set('trust proxy', config.trustedProxies);
    app.disable('x-powered-by');
    // Answers change with every request: a hash of each would never spare a transfer.
    app.disable('etag');
    app.set('query parser', 'simple');
    app.use(app.get(LoadShedder).gate, tracing, app.get(Telemetry).timing);
    app.use(helmet({ contentSecurityPolicy: { directives: csp } }));
    app.enableCors(corsOptions(config));
    app.use(...bodyReaders(config));
    app.useGlobalFilters(new ProblemFilter());
    serveOpenApi(app);
    return app;
  },
  listen: async (application) => {
    const app = application as unknown as NestExpressApplication;
    const { port, host, maxConnections } = app.get(GatewayConfig);
    const server = app.getHttpServer() as Server;
    Object.assign(server, { ...timeouts, maxConnections });
    answerClientErrors(server);
    const [streams, mcp] = [app.get(StreamServer), app.get(McpSocketServer)];
    server.on('upgrade', (request, socket, head) => {
      const doors = McpSocketServer.isFor(request) ? mcp : streams;
      doors.upgrade(request, socket, head);
    });
    await app.init();
    server.listen({ port, host, backlog: BACKLOG });
    await once(server, 'listening');
    const address = server.address();
    return typeof address === 'object' && address ? address.port : port;
  },
};

/** Connections that wait in the kernel while the process is busy: those beyond are not refused but dropped, and try again late. */
const BACKLOG = 4_096;

const timeouts = {
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  // By default a slow request had half a minute more.
  connectionsCheckingInterval: 1_000,
  // Longer than proxies keep theirs, so that none of them sends into a connection that is just being ended.
  keepAliveTimeout: 75_000,
};

// The API page of Swagger UI brings its own scripts and inline styles.
const csp = {
  defaultSrc: ["'none'"],
  scriptSrc: ["'self'"],
  styleSrc: ["'self'", "'unsafe-inline'"],
  imgSrc: ["'self'", 'data:'],
  connectSrc: ["'self'"],
  frameAncestors: ["'none'"],
  baseUri: ["'none'"],
  formAction: ["'self'"],
  upgradeInsecureRequests: null,
};

function corsOptions({ corsOrigins }: GatewayConfig): CorsOptions {
  return { origin: corsOrigins, credentials: false, exposedHeaders: EXPOSED, maxAge: 600 };
}
