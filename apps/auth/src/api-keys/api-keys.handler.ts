import { Controller } from '@nestjs/common';
import {
  AuthApi,
  type ApiKeyPage,
  type ById,
  type CallContext,
  type CreateApiKeyRequest,
  type CreatedApiKey,
  type ExchangeRequest,
  type Nothing,
  type PageRequest,
} from '@scm/contracts';
import { Rpc } from '@scm/messaging';
import { ApiKeysService } from './api-keys.service.js';

@Controller()
export class ApiKeysHandler {
  constructor(private readonly apiKeys: ApiKeysService) {}

  @Rpc(AuthApi.createApiKey)
  create(request: CreateApiKeyRequest): Promise<CreatedApiKey> {
    return this.apiKeys.create(request);
  }

  @Rpc(AuthApi.listApiKeys)
  list(request: PageRequest): Promise<ApiKeyPage> {
    return this.apiKeys.list(request);
  }

  @Rpc(AuthApi.revokeApiKey)
  revoke({ id }: ById): Promise<Nothing> {
    return this.apiKeys.revoke(id);
  }

  @Rpc(AuthApi.exchange)
  exchange(request: ExchangeRequest): Promise<CallContext> {
    return this.apiKeys.exchange(request);
  }
}
