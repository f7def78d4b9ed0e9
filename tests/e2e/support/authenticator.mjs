// An authenticator for tests: ES256, attestation `none`, every user present and verified.
import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';

const FLAGS = { up: 1, uv: 4, attested: 64 };
const sha256 = (data) => createHash('sha256').update(data).digest();

export class Passkey {
  #key = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  #id = randomBytes(16);
  #signCount = 0;

  /** `userHandle`: base64url, of the creation options. */
  constructor({ rpId, origin, userHandle }) {
    Object.assign(this, { rpId, origin, userHandle });
  }

  /** RegistrationResponseJSON */
  create(challenge) {
    const { x, y } = this.#key.publicKey.export({ format: 'jwk' });
    const coseKey = Buffer.concat([
      Buffer.from('a5010203262001215820', 'hex'), Buffer.from(x, 'base64url'),
      Buffer.from('225820', 'hex'), Buffer.from(y, 'base64url'),
    ]);
    const data = Buffer.concat([
      this.#authenticatorData(FLAGS.attested), Buffer.alloc(16), Buffer.from([0, this.#id.length]), this.#id, coseKey,
    ]);
    const attestation = Buffer.concat([
      Buffer.from('a363666d74646e6f6e656761747453746d74a0686175746844617461', 'hex'), Buffer.from([0x58, data.length]), data,
    ]);
    return this.#response({
      clientDataJSON: this.#clientData('webauthn.create', challenge).toString('base64url'),
      attestationObject: attestation.toString('base64url'),
      transports: ['internal'],
    });
  }

  /** AuthenticationResponseJSON */
  get(challenge) {
    const data = this.#authenticatorData(0);
    const clientData = this.#clientData('webauthn.get', challenge);
    return this.#response({
      clientDataJSON: clientData.toString('base64url'),
      authenticatorData: data.toString('base64url'),
      signature: sign('sha256', Buffer.concat([data, sha256(clientData)]), this.#key.privateKey).toString('base64url'),
      userHandle: this.userHandle,
    });
  }

  #authenticatorData(more) {
    const count = Buffer.alloc(4);
    count.writeUInt32BE(++this.#signCount);
    return Buffer.concat([sha256(this.rpId), Buffer.from([FLAGS.up | FLAGS.uv | more]), count]);
  }

  #clientData(type, challenge) {
    return Buffer.from(JSON.stringify({ type, challenge, origin: this.origin, crossOrigin: false }));
  }

  #response(response) {
    const id = this.#id.toString('base64url');
    return { id, rawId: id, type: 'public-key', response, clientExtensionResults: {} };
  }
}
