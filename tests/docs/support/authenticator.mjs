// A passkey without a browser: answers creation and request options as a page on `origin` would, or
// as an attacker's program does. What `edits` changes before it is signed: `flags`; `origin`;
// `clientData`, the object; `authenticatorData`, the bytes. And after that: `attestationObject`, `response`.
import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';

export const FLAGS = { present: 0x01, verified: 0x04, eligible: 0x08, backedUp: 0x10, attested: 0x40, extensions: 0x80 };
const base64url = (bytes) => Buffer.from(bytes).toString('base64url');
const edited = (edit, value) => edit ? edit(value) : value;
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
  create({ rp, user, challenge }, edits = {}) {
    this.#userHandle = user.id;
    const attested = Buffer.concat([Buffer.alloc(16), Buffer.from([0, this.#id.length]), this.#id, this.#coseKey()]);
    const data = edited(edits.authenticatorData, Buffer.concat([this.#authenticatorData(rp.id, FLAGS.attested, edits), attested]));
    const attestationObject = Buffer.concat([
      Buffer.from([0xa3]), cborText('fmt'), cborText('none'), cborText('attStmt'), Buffer.from([0xa0]),
      cborText('authData'), cborBytes(data),
    ]);
    return this.#response({
      clientDataJSON: base64url(this.#clientData('webauthn.create', challenge, edits)),
      attestationObject: base64url(edited(edits.attestationObject, attestationObject)),
      transports: ['internal'],
    }, edits);
  }

  /** AuthenticationResponseJSON. */
  get({ rpId, challenge }, edits = {}) {
    const data = edited(edits.authenticatorData, this.#authenticatorData(rpId, 0, edits));
    const clientData = this.#clientData('webauthn.get', challenge, edits);
    const signature = sign('sha256', Buffer.concat([data, sha256(clientData)]), this.#key.privateKey);
    return this.#response({
      clientDataJSON: base64url(clientData),
      authenticatorData: base64url(data),
      signature: base64url(signature),
      userHandle: this.#userHandle,
    }, edits);
  }

  #response(response, edits) {
    const id = this.credentialId;
    return edited(edits.response, { id, rawId: id, type: 'public-key', response, clientExtensionResults: {} });
  }

  #clientData(type, challenge, edits) {
    const members = { type, challenge, origin: edits.origin ?? this.origin, crossOrigin: false };
    return Buffer.from(JSON.stringify(edited(edits.clientData, members)));
  }

  #authenticatorData(rpId, more, { flags = FLAGS.present | FLAGS.verified }) {
    const rest = Buffer.alloc(5);
    rest[0] = flags | more;
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

const cborHead = (major, size) =>
  Buffer.from(size < 24 ? [major | size] : size < 256 ? [major | 24, size] : [major | 25, size >> 8, size & 255]);
const cborText = (text) => Buffer.concat([cborHead(0x60, text.length), Buffer.from(text)]);
const cborBytes = (bytes) => Buffer.concat([cborHead(0x40, bytes.length), bytes]);
