import { Injectable } from '@nestjs/common';
import type { DeliveryPage, ListDeliveriesRequest } from '@scm/contracts';
import { decodeCursor, toPage } from '@scm/database';
import { currentActor } from '@scm/messaging';
import { DeliveriesRepository, toDelivery } from './deliveries.repository.js';

@Injectable()
export class DeliveriesService {
  constructor(private readonly deliveries: DeliveriesRepository) {}

  async list({ state, limit = 50, cursor }: ListDeliveriesRequest): Promise<DeliveryPage> {
    const before = cursor ? decodeCursor(cursor, ['instant', 'uuid']) : undefined;
    const rows = await this.deliveries.list(currentActor().workspaceId, state, limit + 1, before);
    return toPage(rows, limit, (row) => [row.created_at.toISOString(), row.id], toDelivery);
  }
}
