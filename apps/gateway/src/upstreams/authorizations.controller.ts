import { Controller, Header } from '@nestjs/common';
import {
  UpstreamAuthorizationApi,
  type AuthorizationBegun,
  type Nothing,
  type OAuthClientMetadata,
  type UpstreamAuthorization,
} from '@scm/contracts';
import type { JsonText } from '@scm/messaging';
import { Route } from '../access/route.decorator.js';
import { Call, Mesh, type HttpCall } from '../mesh/mesh.js';

const ofUpstream = 'api/v1/upstreams/:id/authorization';

/** How an upstream gets its tokens from the authorization server that it names. */
@Controller()
export class AuthorizationsController {
  constructor(private readonly mesh: Mesh) {}

  @Route('GET', 'api/v1/upstreams/authorization/callback', UpstreamAuthorizationApi.complete, 'End an authorization')
  @Header('Cache-Control', 'no-store')
  @Header('Referrer-Policy', 'no-referrer')
  complete(@Call() call: HttpCall): Promise<JsonText<UpstreamAuthorization>> {
    return this.mesh.forward(UpstreamAuthorizationApi.complete, call);
  }

  @Route('POST', ofUpstream, UpstreamAuthorizationApi.begin, 'Begin to authorize an MCP server', { status: 201 })
  begin(@Call() call: HttpCall): Promise<JsonText<AuthorizationBegun>> {
    return this.mesh.forward(UpstreamAuthorizationApi.begin, call);
  }

  @Route('GET', ofUpstream, UpstreamAuthorizationApi.get, 'Show whether an MCP server is authorized')
  get(@Call() call: HttpCall): Promise<JsonText<UpstreamAuthorization>> {
    return this.mesh.forward(UpstreamAuthorizationApi.get, call);
  }

  @Route('DELETE', ofUpstream, UpstreamAuthorizationApi.forget, 'Forget an authorization of an MCP server')
  forget(@Call() call: HttpCall): Promise<JsonText<Nothing>> {
    return this.mesh.forward(UpstreamAuthorizationApi.forget, call);
  }

  @Route('GET', 'client-metadata.json', UpstreamAuthorizationApi.clientMetadata, 'What authorization servers read')
  clientMetadata(@Call() call: HttpCall): Promise<JsonText<OAuthClientMetadata>> {
    return this.mesh.forward(UpstreamAuthorizationApi.clientMetadata, call);
  }
}
