// Groups C and D: what a page may send, and how often.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { granted, refused } from './support/tenant.mjs';

export const cases = [
  ['C-02', 'pages of other origins', async (t) => {
    const { passkey } = await t.a.newMember();
    const begun = await t.a.begin(await t.a.sessionToken());
    const json = { ceremony: begun.ceremony, credential: passkey.get(begun.publicKey) };
    await t.unchanged(async () => {
      for (const origin of ['https://evil.example', 'null', undefined, t.b.origin, `${t.a.origin}, ${t.b.origin}`]) {
        for (const [target, body] of [['/begin_authentication'], ['/finish_authentication', json]]) {
          const answer = await t.ask('POST', target, { bearer: begun.token, origin, json: body });
          refused(answer, '403 origin_not_allowed', origin);
          assert.deepEqual(answer.headers.get('access-control-allow-origin'), ['*']);
        }
      }
      const twice = await t.a.page('POST', '/begin_authentication', begun.token, undefined, { headers: [['Origin', t.b.origin]] });
      assert.ok([400, 403].includes(twice.status), twice.body.toString());
    });
    granted(await t.a.page('POST', '/finish_authentication', begun.token, json));
  }],

  ['C-03', 'what a page can send without being asked first', async (t) => {
    const token = await t.a.sessionToken();
    await t.unchanged(async () => {
      for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x']) {
        for (const target of ['/begin_authentication', '/finish_authentication']) {
          refused(await t.a.page('POST', target, token, { ceremony: 'x', credential: {} }, { type }), '415 unsupported_media_type', type);
        }
        refused(await t.ask('POST', '/begin_authentication', { origin: t.a.origin, body: `token=${token}`, type }), '401 missing_token');
      }
      for (const target of ['/begin_authentication', '/finish_authentication', '/session-token', '/verify-auth', '/rotate-key']) {
        refused(await t.ask('GET', `${target}?token=${token}`, { origin: t.a.origin }), '405 method_not_allowed', target);
      }
    });
  }],

  ['C-05', 'the SDK: type, CORS, and the bytes that were published', async (t) => {
    const answer = await t.ask('GET', `${t.url}/sdk/masterkey2.js`, { origin: 'https://shop.example' });
    const published = fs.readFileSync(new URL('../../sdk/dist/masterkey2.js', import.meta.url));
    assert.ok(granted(answer) === undefined && answer.body.equals(published));
    assert.match(answer.headers.get('content-type')[0], /^text\/javascript/);
    assert.deepEqual([answer.headers.get('access-control-allow-origin'), answer.headers.get('cache-control')], [['*'], ['no-cache']]);
  }],

  ['D-04', 'garbage for a good ceremony writes nothing', async (t) => {
    const { passkey } = await t.a.newMember();
    const begun = await t.a.begin(await t.a.sessionToken());
    const good = passkey.get(begun.publicKey);
    await t.unchanged(async () => {
      for (let round = 0; round < 10; ++round) {
        const calls = Array.from({ length: 20 }, (_, i) => {
          const credential = { ...good, response: { ...good.response, signature: Buffer.alloc(8 + i, round).toString('base64url') } };
          return t.a.page('POST', '/finish_authentication', begun.token, { ceremony: begun.ceremony, credential });
        });
        for (const answer of await Promise.all(calls)) refused(answer, '422 verification_failed bad_signature');
      }
    });
    granted(await t.a.page('POST', '/finish_authentication', begun.token, { ceremony: begun.ceremony, credential: good }));
  }],
];
