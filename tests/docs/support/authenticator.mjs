// A passkey without a browser: answers creation and request options as a page on `origin` would.
import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';

const FLAGS = { present: 0x01, verified: 0x04, attested: 0x40 };
const base64url = (bytes) => Buffer.from(bytes).toString('base64url');
const sha256 = (bytes) => createHash('sha256').update(bytes).digest();

export class Authenticator {
  #key = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  #id = randomBytes(16);
  #count = 0;
  #userHandle;

  constructor(origin) {
    this.origin = origin;
  }

  get credentialId() {
    return base64url(this.#id);
  }

  /** RegistrationResponseJSON with attestation `none`. */
  create({ rp, user, challenge }) {
    this.#userHandle = user.id;
    const attested = Buffer.concat([Buffer.alloc(16), Buffer.from([0, this.#id.length]), this.#id, this.#coseKey()]);
    const data = Buffer.concat([this.#authenticatorData(rp.id, FLAGS.attested), attested]);
    const attestationObject = Buffer.concat([
      Buffer.from([0xa3]), cborText('fmt'), cborText('none'), cborText('attStmt'), Buffer.from([0xa0]),
      cborText('authData'), cborBytes(data),
    ]);
    return this.#response({
      clientDataJSON: base64url(this.#clientData('webauthn.create', challenge)),
      attestationObject: base64url(attestationObject),
      transports: ['internal'],
    });
  }

  /** AuthenticationResponseJSON, for a page of `origin`. */
  get({ rpId, challenge }, origin = this.origin) {
    const data = this.#authenticatorData(rpId, 0);
    const clientData = this.#clientData('webauthn.get', challenge, origin);
    const signature = sign('sha256', Buffer.concat([data, sha256(clientData)]), this.#key.privateKey);
    return this.#response({
      clientDataJSON: base64url(clientData),
      authenticatorData: base64url(data),
      signature: base64url(signature),
      userHandle: this.#userHandle,
    });
  }

  #response(response) {
    const id = this.credentialId;
    return { id, rawId: id, type: 'public-key', response, clientExtensionResults: {} };
  }

  #clientData(type, challenge, origin = this.origin) {
    return Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false }));
  }

  #authenticatorData(rpId, flags) {
    const rest = Buffer.alloc(5);
    rest[0] = FLAGS.present | FLAGS.verified | flags;
    rest.writeUInt32BE((this.#count += 1), 1);
    return Buffer.concat([sha256(rpId), rest]);
  }

  /** {1: 2 (EC2), 3: -7 (ES256), -1: 1 (P-256), -2: x, -3: y} */
  #coseKey() {
    const { x, y } = this.#key.publicKey.export({ format: 'jwk' });
    return Buffer.concat([
      Buffer.from([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21]), cborBytes(Buffer.from(x, 'base64url')),
      Buffer.from([0x22]), cborBytes(Buffer.from(y, 'base64url')),
    ]);
  }
}

const cborHead = (major, size) => size < 24 ? Buffer.from([major | size]) : Buffer.from([major | 24, size]);
const cborText = (text) => Buffer.concat([cborHead(0x60, text.length), Buffer.from(text)]);
const cborBytes = (bytes) => Buffer.concat([cborHead(0x40, bytes.length), bytes]);
