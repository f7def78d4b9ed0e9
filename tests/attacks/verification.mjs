// Group V: what a site's server is told of a sign-in.
import assert from 'node:assert/strict';
import { createHash, createPublicKey, verify } from 'node:crypto';
import { granted, refused } from './support/tenant.mjs';

const claims = (jwt) => jwt.split('.').slice(0, 2).map((part) => JSON.parse(Buffer.from(part, 'base64url')));

export const cases = [
  ['V-01', 'one of 16 verifications at once says true, by either token', async (t) => {
    const { user, passkey } = await t.a.newMember();
    for (const by of ['auth', 'session']) {
      const token = (await t.a.signIn(passkey))[by];
      const answers = await Promise.all(Array.from({ length: 16 }, () => t.a.verify(token)));
      const [truth, ...rest] = answers.filter(({ value }) => value.verified === true);
      assert.deepEqual([truth.value.user.external_id, rest.length], [user, 0]);
      for (const answer of answers.filter((each) => each !== truth)) {
        if (by === 'auth') refused(answer, '409 already_verified');
        else assert.deepEqual([granted(answer).verified, answer.code, answer.value.user], [false, 'no_sign_in', undefined]);
      }
    }
  }],

  ['V-02', 'two visitors of one session token', async (t) => {
    const [one, other] = [await t.a.newMember(), await t.a.newMember()];
    const { session } = await t.a.signIn(one.passkey);
    await t.a.signIn(other.passkey, session);
    for (let i = 0; i < 2; ++i) {
      const answer = await t.a.verify(session);
      refused(answer, '409 auth_ambiguous');
      assert.equal(answer.value.user, undefined);
    }
  }],

  ['V-03', 'another tenant asks for the sign-in of a token that it has seen', async (t) => {
    const { passkey } = await t.a.newMember();
    const { session, auth } = await t.a.signIn(passkey);
    await t.unchanged(async () => {
      for (const token of [session, auth]) refused(await t.b.verify(token), '401 invalid_token');
    }, { audited: true });
    assert.equal(granted(await t.a.verify(session)).verified, true);
    for (const token of [session, auth]) refused(await t.b.verify(token), '401 invalid_token');
  }],

  ['V-04', 'an auth token: true once', async (t) => {
    const { passkey } = await t.a.newMember();
    const { auth } = await t.a.signIn(passkey);
    assert.equal(granted(await t.a.verify(auth)).verified, true);
    refused(await t.a.verify(auth), '409 already_verified');
    refused(await t.b.verify(auth), '401 invalid_token');
  }],

  ['V-08', 'the assertion names who, for whom and until when, and its key is the tenant’s', async (t) => {
    const { user, passkey } = await t.a.newMember();
    const seen = new Set();
    const { keys } = granted(await t.ask('GET', `/jwks/${t.a.id}`));
    for (let i = 0; i < 2; ++i) {
      const nonce = `nonce-of-this-call-${i}`;
      const { assertion } = granted(await t.a.verify((await t.a.signIn(passkey)).auth, { nonce }));
      const [head, body] = claims(assertion);
      assert.deepEqual(Object.keys(head).sort(), ['alg', 'kid', 'typ']);
      const key = createPublicKey({ key: keys.find(({ kid }) => kid === head.kid), format: 'jwk' });
      const [signed, signature] = [assertion.slice(0, assertion.lastIndexOf('.')), assertion.slice(assertion.lastIndexOf('.') + 1)];
      assert.ok(verify('sha256', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64url')));
      assert.deepEqual([body.iss, body.aud, body.external_id, body.nonce, body.exp - body.iat], [t.url, t.a.id, user, nonce, 60]);
      assert.ok(body.auth_time <= body.iat && body.sub);
      seen.add(body.jti);
    }
    assert.equal(seen.size, 2);
  }],

  ['V-09', 'a forwarded proof verifies by the key that the tenant keeps', async (t) => {
    const tenant = await t.newTenant('proof.example', '--set', 'proof_forwarding=true');
    const { user, passkey } = await tenant.newMember();
    const { public_key: jwk } = granted(await tenant.call('GET', `/users/${user}/credentials`)).credentials[0];
    const { proof } = granted(await tenant.verify((await tenant.signIn(passkey)).auth));
    const [data, clientData, signature] = ['authenticator_data', 'client_data_json', 'signature'].map((name) => Buffer.from(proof[name], 'base64url'));
    const signed = Buffer.concat([data, createHash('sha256').update(clientData).digest()]);
    assert.ok(verify('sha256', signed, createPublicKey({ key: jwk, format: 'jwk' }), signature));
    assert.equal(JSON.parse(clientData).origin, tenant.origin);
  }],

  ['V-10', 'proofs are forwarded while the tenant says so, with a strict boolean', async (t) => {
    const tenant = await t.newTenant('toggle.example');
    const { passkey } = await tenant.newMember();
    const before = (await tenant.signIn(passkey)).auth;
    for (const enabled of ['true', 1, null, [true]]) {
      await t.unchanged(async () => refused(await tenant.call('POST', '/proof-forwarding', { enabled }), '400 invalid_request', String(enabled)));
    }
    refused(await t.ask('POST', '/proof-forwarding', { json: { enabled: true } }), '401 missing_api_key');
    granted(await tenant.call('POST', '/proof-forwarding', { enabled: true }));
    assert.equal(granted(await tenant.verify(before)).proof, undefined);
    const during = (await tenant.signIn(passkey)).auth;
    assert.ok(granted(await tenant.verify((await tenant.signIn(passkey)).auth)).proof);
    granted(await tenant.call('POST', '/proof-forwarding', { enabled: false }));
    assert.equal(granted(await tenant.verify(during)).proof, undefined);
  }],

  ['V-12', 'no verdict without storage', async (t) => {
    const { passkey } = await t.a.newMember();
    const { auth } = await t.a.signIn(passkey);
    await t.database.mariadb.kill();
    const answer = await t.a.verify(auth);
    await t.database.mariadb.start();
    refused(answer, '503 storage_unavailable');
    assert.ok(!('verified' in answer.value));
    assert.equal(granted(await t.a.verify(auth)).verified, true);
  }, { storage: 'mysql' }],
];
