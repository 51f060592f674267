import { Injectable } from '@nestjs/common';
import { SecretBox } from '@scm/service';

/** The headers of upstreams, which hold credentials: sealed at rest, each for its upstream. */
@Injectable()
export class UpstreamSecrets {
  constructor(private readonly box: SecretBox) {}

  seal(id: string, headers: Readonly<Record<string, string>>): string | null {
    return Object.keys(headers).length === 0 ? null : this.box.seal(JSON.stringify(headers), placeOf(id));
  }

  open(id: string, sealed: string | null): Record<string, string> {
    return sealed === null ? {} : (JSON.parse(this.box.open(sealed, placeOf(id))) as Record<string, string>);
  }
}

function placeOf(id: string): string {
  return `upstreams/${id}`;
}
