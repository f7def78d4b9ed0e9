// The reference verifiers of forwarded proofs, in four languages, against answers of a real server.
import assert from 'node:assert/strict';
import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { Refused, verifyProof } from '../../docs/verifiers/verify_proof.mjs';
import { Site, startInstallation } from './support/site.mjs';
import { assertAccepts, assertRefuses, assertUsage } from './support/verifier.mjs';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'mk2-docs-'));
const sha256 = (bytes) => createHash('sha256').update(bytes).digest();
const encode = (bytes) => Buffer.from(bytes).toString('base64url');
const freshNonce = () => encode(randomBytes(32));
let installation, site, passkey, stored, othersStored, nonce, answer;

before(async () => {
  installation = await startInstallation();
  site = new Site(installation, 'Shop', 'example.com');
  await site.call('POST', '/proof-forwarding', { body: { enabled: true } });
  passkey = await site.register('user-17');
  await site.register('user-18');
  stored = await site.call('GET', '/users/user-17/credentials');
  othersStored = await site.call('GET', '/users/user-18/credentials');
  nonce = freshNonce();
  answer = await verified(nonce);
});
after(async () => {
  fs.rmSync(folder, { recursive: true, force: true });
  await installation?.stop();
});

/** What verify-auth answers to a sign-in that began with that nonce. */
async function verified(challengeNonce) {
  const sessionToken = await site.sessionToken({ challenge_nonce: challengeNonce });
  return site.call('POST', '/verify-auth', { body: { token: await site.signIn(passkey, sessionToken) } });
}

function given({ credentials = stored, rpId = site.rpId, origins = site.origin, challengeNonce = nonce } = {}) {
  const file = path.join(folder, 'credentials.json');
  fs.writeFileSync(file, JSON.stringify(credentials));
  return [file, rpId, origins, challengeNonce];
}
const accepts = (value, printed, expected) =>
  assertAccepts('verify_proof', given(expected), JSON.stringify(value), printed);
const refuses = (word, value, expected) => assertRefuses(word, 'verify_proof', given(expected), JSON.stringify(value));
const changed = (members) => ({ ...answer, proof: { ...answer.proof, ...members } });

/** A passkey made here, so that it can sign what no browser would; `change` is applied before. */
function crafted({ clientData = {}, flags = 0x05, rpId = site.rpId, size = 37, salt = randomBytes(32) }) {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const challenge = encode(sha256(Buffer.concat([Buffer.from('mk2'), Buffer.from(nonce, 'base64url'), salt])));
  const json = JSON.stringify({ type: 'webauthn.get', challenge, origin: site.origin, crossOrigin: false, ...clientData });
  const data = Buffer.concat([sha256(rpId), Buffer.from([flags, 0, 0, 0, 7])]).subarray(0, size);
  const signature = sign('sha256', Buffer.concat([data, sha256(json)]), privateKey);
  const id = encode(randomBytes(16));
  return {
    credentials: { credentials: [{ credential_id: id, public_key: publicKey.export({ format: 'jwk' }) }] },
    answer: {
      proof: {
        authenticator_data: encode(data), client_data_json: encode(json), signature: encode(signature),
        credential_id: id, alg: -7, challenge_salt: encode(salt),
      },
    },
  };
}
const refusesCrafted = (word, options) => {
  const made = crafted(options);
  return refuses(word, made.answer, { credentials: made.credentials });
};

test('the server’s proof is accepted, and what was signed is printed', async () => {
  await accepts(answer, {
    credential_id: passkey.credentialId,
    origin: site.origin,
    user_verified: true,
    backup_state: false,
    sign_count: answer.auth.sign_count,
  });
});

test('one of several origins is enough', async () => {
  const printed = verifyProof(answer.proof, nodeGiven());
  await accepts(answer, printed, { origins: `https://example.com,${site.origin}` });
});

const nodeGiven = () => ({ credentials: stored.credentials, rpId: site.rpId, origins: [site.origin], challengeNonce: nonce });

test('masterkey2ctl ceremony verify agrees', () => {
  const judge = (challengeNonce) => {
    const file = path.join(folder, 'ceremony.jsonl');
    const [{ public_key: key }] = stored.credentials;
    const line = { rp_id: site.rpId, origins: [site.origin], nonce: challengeNonce, public_key_jwk: key, proof: answer.proof };
    fs.writeFileSync(file, `${JSON.stringify(line)}\n`);
    return JSON.parse(installation.ctl('--json', 'ceremony', 'verify', file)).verdict;
  };
  assert.equal(judge(nonce), 'accept');
  assert.equal(judge(freshNonce()), 'reject');
});

test('an old proof for a new nonce: refused', async () => {
  const fresh = freshNonce();
  await refuses('wrong_challenge', answer, { challengeNonce: fresh });
  const next = await verified(fresh);
  await refuses('wrong_challenge', changed({ challenge_salt: next.proof.challenge_salt }), { challengeNonce: fresh });
  await refuses('wrong_challenge', next);
});

test('a salt that takes bytes of the nonce: refused', async () => {
  const short = encode(Buffer.from(nonce, 'base64url').subarray(0, 16));
  const rest = Buffer.concat([Buffer.from(nonce, 'base64url').subarray(16), Buffer.from(answer.proof.challenge_salt, 'base64url')]);
  await refuses('wrong_challenge', changed({ challenge_salt: encode(rest) }), { challengeNonce: short });
});

test('another origin or RP ID: refused', async () => {
  await refuses('wrong_origin', answer, { origins: 'https://example.com,https://www.example.com.evil.test' });
  await refuses('wrong_rp_id', answer, { rpId: 'example.org' });
});

test('another user’s passkey, or one that was not kept: refused', async () => {
  await refuses('unknown_credential', answer, { credentials: othersStored });
  await refuses('unknown_credential', answer, { credentials: { credentials: [] } });
});

test('another key, also under the right credential id: refused', async () => {
  const [mine] = stored.credentials;
  const credentials = { credentials: [{ ...mine, public_key: othersStored.credentials[0].public_key }] };
  await refuses('bad_signature', answer, { credentials });
  const made = crafted({});
  await refuses('bad_signature', { proof: { ...made.answer.proof, credential_id: mine.credential_id } });
});

test('a stored key that is none of P-256: refused, whatever the proof says of its algorithm', async () => {
  const [mine] = stored.credentials;
  const credentials = { credentials: [{ ...mine, public_key: { kty: 'oct', k: mine.public_key.x } }] };
  await refuses('wrong_algorithm', changed({ alg: 5 }), { credentials });
  await accepts(changed({ alg: 0 }), verifyProof(answer.proof, nodeGiven()));
});

test('a flipped bit in any of the three signed parts: refused', async () => {
  const flipped = (name, bit) => {
    const bytes = Buffer.from(answer.proof[name], 'base64url');
    bytes[bit >> 3] ^= 1 << (bit & 7);
    return changed({ [name]: encode(bytes) });
  };
  for (const name of ['authenticator_data', 'client_data_json', 'signature']) {
    await refuses('bad_signature', flipped(name, 36 * 8));
    // Every bit, by the module that Node's sites use.
    const bits = Buffer.from(answer.proof[name], 'base64url').length * 8;
    for (let bit = 0; bit < bits; bit += 1) {
      assert.throws(() => verifyProof(flipped(name, bit).proof, nodeGiven()), Refused, `${name}, bit ${bit}`);
    }
  }
});

test('what no sign-in on the site can have signed: refused', async () => {
  await refusesCrafted('wrong_type', { clientData: { type: 'webauthn.create' } });
  await refusesCrafted('cross_origin', { clientData: { crossOrigin: true } });
  await refusesCrafted('wrong_origin', { clientData: { origin: null } });
  await refusesCrafted('user_not_present', { flags: 0x04 });
  await refusesCrafted('user_not_verified', { flags: 0x01 });
  await refusesCrafted('malformed', { size: 36 });
  const good = crafted({ flags: 0x1d });
  const printed = { credential_id: good.answer.proof.credential_id, origin: site.origin, user_verified: true, backup_state: true, sign_count: 7 };
  await accepts(good.answer, printed, { credentials: good.credentials });
});

test('members that are missing, cut off or written otherwise: refused', async () => {
  await refuses('malformed', changed({ challenge_salt: undefined }));
  await refuses('malformed', changed({ signature: 7 }));
  await refuses('malformed', changed({ client_data_json: `${answer.proof.client_data_json}=` }));
  await refuses('bad_signature', changed({ signature: answer.proof.signature.slice(0, 80) }));
  await refuses('bad_signature', changed({ authenticator_data: answer.proof.authenticator_data.slice(0, 48) }));
  await refuses('unknown_credential', changed({ credential_id: undefined }));
  await refuses('malformed', { verified: true });
  await assertRefuses('malformed', 'verify_proof', given(), JSON.stringify(answer).slice(0, -1));
  await assertRefuses('malformed', 'verify_proof', given(), '');
});

test('called wrongly: 2', async () => {
  await assertUsage('verify_proof', given().slice(0, 3));
  await assertUsage('verify_proof', ['/nonexistent', ...given().slice(1)]);
});
