import { ArrayMinSize, IsArray, IsEmail, IsIn, IsOptional, IsString, Matches, ValidateIf } from 'class-validator';
import { Setting } from '@scm/service';

export class NotifierConfig {
  @Setting({ description: '32 bytes in base64url that wrap secrets at rest', secret: true })
  @Matches(/^[\w-]{43}=?$/)
  encryptionKey: string;

  @Setting({ description: 'Hosts, addresses and CIDRs that webhooks may reach although they are private' })
  @IsArray()
  @IsString({ each: true })
  egressAllow: string[] = [];

  @Setting({ description: 'Seconds between the tries of a delivery; after the last one it is dead-lettered' })
  @IsArray()
  @ArrayMinSize(1)
  @Matches(/^\d+(\.\d+)?$/, { each: true })
  deliveryScheduleSeconds: string[] = ['5', '30', '120', '600', '1800', '3600', '10800', '21600', '43200', '86400'];

  @Setting({
    description: 'SMTP server for e-mail: `smtp://[user:password@]host[:587]`, or `smtps://` for TLS from the start',
    secret: true,
  })
  @IsOptional()
  @Matches(/^smtps?:\/\/([^\s/?#@]+@)?[^\s/?#@:]+(:\d{1,5})?\/?$/)
  smtpUrl?: string;

  @Setting({ description: 'Sender of e-mail, such as `SCM <scm@example.com>`; needed with `SCM_SMTP_URL`' })
  @ValidateIf((config: NotifierConfig) => config.smtpUrl !== undefined)
  @IsEmail({ allow_display_name: true })
  smtpFrom?: string;

  @Setting({
    description:
      'Whether `smtp://` is upgraded to TLS: `required`, `opportunistic` (if the server offers it) or `never`',
  })
  @IsIn(['required', 'opportunistic', 'never'])
  smtpTls: string = 'required';

  @Setting({
    description: 'Certificates in PEM of the authorities the SMTP server is trusted by, besides the public ones',
  })
  @IsOptional()
  @Matches(/^-----BEGIN CERTIFICATE-----/)
  smtpCa?: string;
}
