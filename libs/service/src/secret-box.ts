import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  randomBytes,
  type KeyObject,
} from 'node:crypto';

const IV_BYTES = 12;
const TAG_BYTES = 16;
const MAX_COUNT = 0xffff_ffff;

/** Keeps secrets at rest: AES-256-GCM under one 32-byte key (or its base64url), bound to the row they stand in. */
export class SecretBox {
  private readonly key: KeyObject;
  /** A random part of this box and a count: no nonce comes twice, however many are needed (NIST SP 800-38D, 8.2.1). */
  private readonly nonce = Buffer.alloc(IV_BYTES);
  private count = MAX_COUNT;

  constructor(key: string | Buffer) {
    const bytes = typeof key === 'string' ? Buffer.from(key, 'base64url') : key;
    if (bytes.length !== 32) throw new TypeError('the encryption key is not 32 bytes in base64url');
    this.key = createSecretKey(bytes);
  }

  /** `place` names where the secret stands, such as `signing_keys/<id>`: elsewhere it cannot be opened. */
  seal(secret: string, place: string): string {
    return this.sealBytes(secret, place).toString('base64url');
  }

  /** Throws when the text was not sealed with this key for this place. */
  open(sealed: string, place: string): string {
    return this.openBytes(Buffer.from(sealed, 'base64url'), place).toString('utf8');
  }

  sealBytes(secret: string | Buffer, place: string): Buffer {
    const iv = this.nextNonce();
    const cipher = createCipheriv('aes-256-gcm', this.key, iv).setAAD(Buffer.from(place));
    const body = typeof secret === 'string' ? cipher.update(secret, 'utf8') : cipher.update(secret);
    const rest = cipher.final();
    return Buffer.concat([iv, cipher.getAuthTag(), body, rest]);
  }

  openBytes(sealed: Buffer, place: string): Buffer {
    // A shorter tag would be easier to guess, and Node takes any.
    const options = { authTagLength: TAG_BYTES };
    const decipher = createDecipheriv('aes-256-gcm', this.key, sealed.subarray(0, IV_BYTES), options)
      .setAAD(Buffer.from(place))
      .setAuthTag(sealed.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
    return Buffer.concat([decipher.update(sealed.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]);
  }

  /** The same for the same bytes; without the key nobody can tell from it what they are. 32 bytes. */
  fingerprint(bytes: string | Buffer): Buffer {
    return createHmac('sha256', this.key).update(bytes).digest();
  }

  private nextNonce(): Buffer {
    if (this.count === MAX_COUNT) {
      randomBytes(IV_BYTES - 4).copy(this.nonce);
      this.count = 0;
    }
    this.nonce.writeUInt32BE(++this.count, IV_BYTES - 4);
    return this.nonce;
  }
}
