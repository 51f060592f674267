import { Controller, Header } from '@nestjs/common';
import { OwnRoute } from '../access/route.decorator.js';
import { MeshStatus, type MeshState } from '../system/mesh-status.js';

/** A plain page that says what runs here. */
@Controller()
export class HomeController {
  constructor(private readonly mesh: MeshStatus) {}

  @OwnRoute('GET', '/', 'public', 'A page that says what runs here')
  @Header('Content-Type', 'text/html; charset=utf-8')
  async home(): Promise<string> {
    return page(await this.mesh.read());
  }
}

const links = [
  ['/api/docs', 'API documentation'],
  ['/api/openapi.json', 'OpenAPI document'],
  ['/readyz', 'readiness of the mesh'],
  ['/metrics', 'metrics of this gateway'],
] as const;

function page({ services, state }: MeshState): string {
  const rows = services.map(
    ({ name, state: s, replicas }) => `<tr><td>${name}</td><td>${s}</td><td>${replicas.length}</td></tr>`,
  );
  const items = links.map(([href, text]) => `<li><a href="${href}">${text}</a> <code>${href}</code></li>`);
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>System Context Monitor</title></head>
<body>
<h1>System Context Monitor</h1>
<p>The live context of running systems, for people and for AI agents. The mesh is <strong>${state}</strong>.</p>
<table><thead><tr><th>Service</th><th>State</th><th>Replicas</th></tr></thead><tbody>${rows.join('')}</tbody></table>
<h2>Doors</h2>
<ul>
${items.join('\n')}
<li>REST under <code>/api/v1</code>, WebSocket <code>/api/v1/stream</code>, Model Context Protocol <code>POST /mcp</code>,
Prometheus API under <code>/prometheus/api/v1</code></li>
</ul>
</body>
</html>
`;
}
