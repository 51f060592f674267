import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { DEFAULT_WORKSPACE_ID } from '@scm/contracts';
import { newId } from '@scm/database';
import { AuthConfig } from '../config.js';
import { IdentityRepository } from './identity.repository.js';
import { hashPassword } from './password.js';

/** Makes the first workspace and its administrator when there is no user yet. */
@Injectable()
export class BootstrapService implements OnApplicationBootstrap {
  constructor(
    private readonly identities: IdentityRepository,
    private readonly config: AuthConfig,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const { bootstrapUsername: username, bootstrapPassword: password } = this.config;
    if (!username || !password) return;
    if (await this.identities.transaction((tx) => this.identities.hasUsers(tx))) return;
    const passwordHash = await hashPassword(password);
    await this.identities.transaction(async (tx) => {
      const id = newId();
      // Another replica may have been faster: then its administrator stands.
      if (!(await this.identities.addUser(tx, { id, username, passwordHash }))) return;
      await this.identities.addWorkspace(tx, { id: DEFAULT_WORKSPACE_ID, name: 'main' });
      await this.identities.addMembership(tx, DEFAULT_WORKSPACE_ID, id, 'admin');
      Logger.log(`created the first administrator ${username}`, 'bootstrap');
    });
  }
}
