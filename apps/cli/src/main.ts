import { Command, Option } from 'commander';
import { serveStdio, type StdioOptions } from './mcp/stdio.command.js';

const program = new Command('scm').description('System Context Monitor from a terminal').showHelpAfterError();

program
  .command('mcp')
  .description('the Model Context Protocol')
  .command('stdio')
  .description('serve MCP on standard input and output, for clients that start their servers as processes')
  .addOption(new Option('--url <url>', 'the gateway').env('SCM_URL').default('http://127.0.0.1:8080'))
  .addOption(new Option('--api-key <key>', 'an API key or access token').env('SCM_API_KEY').makeOptionMandatory())
  .addOption(new Option('--server <name>', 'a virtual server; all that may be seen without it').env('SCM_MCP_SERVER'))
  .action((options: StdioOptions) => serveStdio(options));

await program.parseAsync();
