import { IsOptional, IsString, Length, Matches, MinLength } from 'class-validator';
import { Setting } from '@scm/service';

export class AuthConfig {
  @Setting({ description: '32 bytes in base64url that wrap secrets at rest', secret: true })
  @Matches(/^[\w-]{43}=?$/)
  encryptionKey: string;

  @Setting({ description: 'Username of the first administrator, created when there is no user yet' })
  @IsOptional()
  @Length(1, 63)
  bootstrapUsername?: string;

  @Setting({ description: 'Password of the first administrator', secret: true })
  @IsOptional()
  @IsString()
  @MinLength(12)
  bootstrapPassword?: string;
}
