import { randomBytes } from 'node:crypto';

/** A new secret as Standard Webhooks write it: `whsec_` and 256 random bits in base64. */
export function makeWebhookSecret(): string {
  return `whsec_${randomBytes(32).toString('base64')}`;
}

/** Where a webhook's secret stands, for the SecretBox. */
export function placeOf(webhookId: string): string {
  return `webhooks/${webhookId}`;
}
