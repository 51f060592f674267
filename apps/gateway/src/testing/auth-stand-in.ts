import { headers, type Msg, type NatsConnection, type Subscription } from '@nats-io/transport-node';
import { AuthApi, DEFAULT_WORKSPACE_ID, errorTable, type Role } from '@scm/contracts';
import { header } from '@scm/messaging';

/** Stands for auth towards a gateway: every API key is the same caller's, who may change. */
export class AuthStandIn {
  role?: Role = 'viewer';
  id = 'k1';
  isRevoked = false;
  private subscription?: Subscription;

  constructor(private readonly nc: NatsConnection) {
    this.comeBack();
  }

  leave(): void {
    this.subscription?.unsubscribe();
  }

  comeBack(): void {
    this.subscription = this.nc.subscribe(AuthApi.exchange.subject, { callback: (_, msg) => this.answer(msg) });
  }

  private answer(msg: Msg): void {
    if (this.isRevoked) {
      const refused = headers();
      refused.set(header.errorCode, String(errorTable.UNAUTHENTICATED.status));
      msg.respond(JSON.stringify({ code: 'UNAUTHENTICATED', message: 'the API key is not valid' }), {
        headers: refused,
      });
      return;
    }
    const actor = { kind: 'api-key', id: this.id, name: 'k', workspaceId: DEFAULT_WORKSPACE_ID, role: this.role };
    const expiresAt = new Date(Date.now() + 40_000).toISOString();
    msg.respond(JSON.stringify({ context: 'none', expiresAt, actor }));
  }
}
