import { cacheFolder } from '../provision/places.mjs';

/** What a newcomer needs to use the instance that now runs. */
export const banner = (run, readyMs) => `
System Context Monitor runs (ready after ${(readyMs / 1000).toFixed(1)} s)

  page, API docs   ${run.gatewayUrl}/   ${run.gatewayUrl}/api/docs
  stream           ${run.streamUrl}
  MCP              ${run.mcpUrl}
  Prometheus API   ${run.prometheusUrl}
  sign in          ${run.admin.username} / ${run.admin.password}
  API key          ${run.apiKey ?? '(revoked; sign in to create another)'}
  data, logs       ${run.dataDir}   (logs: <process>/log)
  programs         ${cacheFolder()}

Try it:
  curl -H 'Authorization: Bearer ${run.apiKey ?? '<API key>'}' '${run.prometheusUrl}/api/v1/query?query=scm_host_cpu_usage_ratio'

For an MCP client:
  ${JSON.stringify({ mcpServers: { scm: mcpServer(run) } })}

Ctrl-C or \`npm run stop\` stops it.
`;

const mcpServer = ({ mcpUrl, apiKey }) => ({
  type: 'http',
  url: mcpUrl,
  headers: { Authorization: `Bearer ${apiKey ?? '<API key>'}` },
});
