/** The published generations of the official TypeScript SDK, each with the newest revision it speaks. */
export const v1 = [
  { name: 'ts-1.0.4', module: 'mcp-sdk-1.0.4', revision: '2024-11-05', transport: 'sse' },
  { name: 'ts-1.7.0', module: 'mcp-sdk-1.7.0', revision: '2024-11-05', transport: 'sse' },
  { name: 'ts-1.10.2', module: 'mcp-sdk-1.10.2', revision: '2024-11-05', transport: 'streamable-http' },
  { name: 'ts-1.12.3', module: 'mcp-sdk-1.12.3', revision: '2025-03-26', transport: 'streamable-http' },
  { name: 'ts-1.13.3', module: 'mcp-sdk-1.13.3', revision: '2025-06-18', transport: 'streamable-http' },
  { name: 'ts-1.22.0', module: 'mcp-sdk-1.22.0', revision: '2025-06-18', transport: 'streamable-http' },
  { name: 'ts-1.24.3', module: 'mcp-sdk-1.24.3', revision: '2025-11-25', transport: 'streamable-http' },
  { name: 'ts-1.32.2', module: '@modelcontextprotocol/sdk', revision: '2025-11-25', transport: 'streamable-http' },
];
