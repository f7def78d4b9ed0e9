// The reference verifiers of assertions, in four languages, against answers of a real server.
import assert from 'node:assert/strict';
import { createHmac, createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { Refused, verifyAssertion } from '../../docs/verifiers/verify_assertion.mjs';
import { Site, startInstallation } from './support/site.mjs';
import { assertAccepts, assertRefuses, assertUsage } from './support/verifier.mjs';

const NONCE = 'login-4711';
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'mk2-docs-'));
const text = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
let installation, site, other, keys, otherKeys, assertion, otherAssertion, claims, header;

before(async () => {
  installation = await startInstallation();
  site = new Site(installation, 'Shop', 'example.com');
  other = new Site(installation, 'Other', 'example.org');
  installation.ctl('tenant', 'signing-key', 'add', site.tenantId);
  keys = await site.call('GET', `/jwks/${site.tenantId}`);
  otherKeys = await other.call('GET', `/jwks/${other.tenantId}`);
  [assertion, otherAssertion] = await Promise.all([verified(site), verified(other)]);
  [header, claims] = assertion.split('.').slice(0, 2).map((part) => JSON.parse(Buffer.from(part, 'base64url')));
});
after(async () => {
  fs.rmSync(folder, { recursive: true, force: true });
  await installation?.stop();
});

/** The assertion of a sign-in at `at`. */
async function verified(at) {
  const token = await at.signIn(await at.register('user-17'));
  return (await at.call('POST', '/verify-auth', { body: { token, nonce: NONCE } })).assertion;
}

function keyFile(name, jwks) {
  const file = path.join(folder, name);
  fs.writeFileSync(file, JSON.stringify(jwks));
  return file;
}

const given = ({ jwks = keys, issuer = installation.url, tenantId = site.tenantId, nonce = NONCE, time } = {}) => [
  keyFile(`${jwks === keys ? 'own' : 'changed'}.json`, jwks), issuer, tenantId, nonce, ...(time ? [String(time)] : []),
];
const refuses = (word, input, expected) => assertRefuses(word, 'verify_assertion', given(expected), input);

/** What an attacker makes with a key of his own. */
function forged(changedHeader, changedClaims = claims, privateKey = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey) {
  const signed = `${text(changedHeader)}.${text(changedClaims)}`;
  return `${signed}.${sign('sha256', Buffer.from(signed), { key: privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
}

test('the server’s assertion is accepted, and its claims are printed', async () => {
  await assertAccepts('verify_assertion', given(), `${assertion}\n`, claims);
  assert.deepEqual(
    [claims.iss, claims.aud, claims.external_id, claims.nonce, claims.exp - claims.iat],
    [installation.url, site.tenantId, 'user-17', NONCE, 60],
  );
});

test('the one that signed is found among the keys of a rotation', () => {
  assert.equal(keys.keys.length, 2);
  assert.equal(keys.keys.filter(({ kid }) => kid === header.kid).length, 1);
});

test('another nonce, audience or issuer: refused', async () => {
  await refuses('wrong_nonce', assertion, { nonce: 'login-4712' });
  await refuses('wrong_audience', assertion, { tenantId: other.tenantId });
  await refuses('wrong_issuer', assertion, { issuer: `${installation.url}/` });
});

test('its time is that of the claims, give or take five seconds', async () => {
  await assertAccepts('verify_assertion', given({ time: claims.exp + 4 }), assertion, claims);
  await refuses('expired', assertion, { time: claims.exp + 5 });
  await assertAccepts('verify_assertion', given({ time: claims.iat - 5 }), assertion, claims);
  await refuses('not_yet_valid', assertion, { time: claims.iat - 6 });
});

test('alg none, with and without a signature: refused', async () => {
  const [, body, signature] = assertion.split('.');
  await refuses('wrong_algorithm', `${text({ alg: 'none' })}.${body}.`);
  await refuses('wrong_algorithm', `${text({ ...header, alg: 'none' })}.${body}.${signature}`);
  await refuses('wrong_algorithm', `${text({ kid: header.kid })}.${body}.${signature}`);
});

test('HS256 with the public key as the secret: refused', async () => {
  const key = keys.keys.find(({ kid }) => kid === header.kid);
  const pem = createPublicKey({ key, format: 'jwk' }).export({ type: 'spki', format: 'pem' });
  for (const secret of [pem, key.x]) {
    const signed = `${text({ ...header, alg: 'HS256' })}.${text(claims)}`;
    await refuses('wrong_algorithm', `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`);
  }
});

test('a key that the token brings along: refused', async () => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const jwk = publicKey.export({ format: 'jwk' });
  await refuses('bad_signature', forged({ ...header, jwk }, claims, privateKey));
  await refuses('unknown_key', forged({ ...header, kid: 'mine', jwk }, claims, privateKey));
  await refuses('wrong_algorithm', forged({ ...header, crit: ['b64'] }, claims, privateKey));
});

test('another tenant’s assertion or key: refused', async () => {
  await refuses('unknown_key', otherAssertion);
  await refuses('unknown_key', assertion, { jwks: otherKeys });
  await refuses('wrong_audience', otherAssertion, { jwks: otherKeys });
});

test('the name of another key: refused', async () => {
  const both = { keys: [...keys.keys, ...otherKeys.keys] };
  const [, body, signature] = assertion.split('.');
  await refuses('bad_signature', `${text({ ...header, kid: otherKeys.keys[0].kid })}.${body}.${signature}`, { jwks: both });
  await refuses('unknown_key', `${text({ ...header, kid: '' })}.${body}.${signature}`, { jwks: both });
  await refuses('unknown_key', `${text({ alg: 'ES256' })}.${body}.${signature}`, { jwks: both });
  await refuses('unknown_key', assertion, { jwks: { keys: [...keys.keys, ...keys.keys] } });
});

test('claims that were changed, and another assertion’s signature: refused', async () => {
  const [head, body, signature] = assertion.split('.');
  await refuses('bad_signature', `${head}.${text({ ...claims, external_id: 'admin' })}.${signature}`);
  await refuses('bad_signature', `${head}.${body}.${otherAssertion.split('.')[2]}`);
  await refuses('bad_signature', forged(header));
});

test('a flipped bit in the header, the claims or the signature: refused', async () => {
  const parts = assertion.split('.');
  const flipped = (part, bit) => {
    const bytes = Buffer.from(parts[part], 'base64url');
    bytes[bit >> 3] ^= 1 << (bit & 7);
    return parts.map((value, i) => (i === part ? bytes.toString('base64url') : value)).join('.');
  };
  const inSpaceOfValue = Buffer.from(parts[0], 'base64url').length - 4;
  await refuses('bad_signature', flipped(0, 8 * inSpaceOfValue + 1));
  await refuses('bad_signature', flipped(1, 8 * 40));
  await refuses('bad_signature', flipped(2, 0));
  await refuses('bad_signature', flipped(2, 511));
  // Every bit, by the module that Node's sites use.
  const expected = { jwks: keys, issuer: installation.url, tenantId: site.tenantId, nonce: NONCE, now: claims.iat };
  assert.deepEqual(verifyAssertion(assertion, expected), claims);
  for (const part of [0, 1, 2]) {
    const bits = Buffer.from(parts[part], 'base64url').length * 8;
    for (let bit = 0; bit < bits; bit += 1) {
      assert.throws(() => verifyAssertion(flipped(part, bit), expected), Refused, `part ${part}, bit ${bit}`);
    }
  }
});

test('one spelling: what decodes alike but is written otherwise is refused', async () => {
  const last = assertion.at(-1);
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  const other = alphabet[alphabet.indexOf(last) ^ 1];
  await refuses('malformed', assertion.slice(0, -1) + other);
  await refuses('malformed', `${assertion}==`);
});

test('cut off anywhere, or no assertion at all: refused', async () => {
  const dot = assertion.lastIndexOf('.');
  await refuses('malformed', assertion.slice(0, -1));
  await refuses('bad_signature', assertion.slice(0, -6));
  await refuses('bad_signature', assertion.slice(0, dot + 1));
  await refuses('malformed', assertion.slice(0, dot));
  await refuses('malformed', '');
  await refuses('malformed', `${assertion}.${assertion}`);
  await refuses('malformed', 'x'.repeat(9_000));
});

test('called wrongly: 2', async () => {
  await assertUsage('verify_assertion', given().slice(0, 3));
  await assertUsage('verify_assertion', ['/nonexistent', ...given().slice(1)]);
});
