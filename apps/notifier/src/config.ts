import { ArrayMinSize, IsArray, IsString, Matches } from 'class-validator';
import { Setting } from '@scm/service';

export class NotifierConfig {
  @Setting({ description: '32 bytes in base64url that wrap secrets at rest', secret: true })
  @Matches(/^[\w-]{43}=?$/)
  encryptionKey: string;

  @Setting({ description: 'Hosts, addresses and CIDRs that webhooks may reach although they are private' })
  @IsArray()
  @IsString({ each: true })
  egressAllow: string[] = [];

  @Setting({ description: 'Seconds between the tries of a webhook delivery; after the last one it is dead-lettered' })
  @IsArray()
  @ArrayMinSize(1)
  @Matches(/^\d+(\.\d+)?$/, { each: true })
  deliveryScheduleSeconds: string[] = ['5', '30', '120', '600', '1800', '3600', '10800', '21600', '43200', '86400'];
}
