import { IsArray, IsIn, IsInt, IsOptional, IsString, IsUrl, Matches, Max, Min } from 'class-validator';
import { protocolRevisions, type ProtocolRevision } from '@scm/mcp-messages';
import { Setting } from '@scm/service';

export class McpConfig {
  @Setting({ description: '32 bytes in base64url that wrap secrets at rest, the same at every replica', secret: true })
  @Matches(/^[\w-]{43}=?$/)
  encryptionKey: string;

  @Setting({ description: 'The oldest revision of the Model Context Protocol that clients may speak' })
  @IsIn([...protocolRevisions])
  mcpLowestRevision: ProtocolRevision = '2024-11-05';

  @Setting({ description: 'Hours after its last message that a session of an older revision is forgotten' })
  @IsInt()
  @Min(1)
  @Max(720)
  mcpSessionHours: number = 24;

  @Setting({ description: 'Hours for which a task is kept, counted from the call that became it' })
  @IsInt()
  @Min(1)
  @Max(500)
  mcpTaskHours: number = 24;

  @Setting({ description: 'Where users reach the gateway: browsers come back there from authorization servers' })
  @IsOptional()
  @IsUrl({ require_tld: false, protocols: ['http', 'https'] })
  publicUrl?: string;

  @Setting({ description: 'Hosts, addresses and CIDRs that upstream MCP servers may have although they are private' })
  @IsArray()
  @IsString({ each: true })
  egressAllow: string[] = [];

  @Setting({
    description:
      'Commands that may be started as upstream MCP servers: `name=program argument ...`, split at spaces, several after commas',
  })
  @IsArray()
  @Matches(/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}=\S/, { each: true })
  mcpStdioCommands: string[] = [];

  @Setting({
    description: 'A folder of plugins for the Model Context Protocol, each in a folder with its `manifest.json`',
  })
  @IsOptional()
  @IsString()
  mcpPlugins?: string;

  /** The program and its arguments; undefined for a name that is not allowed. */
  stdioCommand(name: string): { command: string; args: string[] } | undefined {
    const line = this.mcpStdioCommands.find((entry) => entry.startsWith(`${name}=`));
    const [command, ...args] = line?.slice(name.length + 1).split(/\s+/) ?? [];
    return command === undefined ? undefined : { command, args };
  }
}
