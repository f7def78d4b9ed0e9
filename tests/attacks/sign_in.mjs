// Group A: sign-ins in which one thing is wrong.
import assert from 'node:assert/strict';
import { FLAGS } from '../docs/support/authenticator.mjs';
import { changed, count, granted, refused } from './support/tenant.mjs';

const UP_UV = FLAGS.present | FLAGS.verified;

const failed = (reason) => `verification_failed ${reason}`;
const members = (edit) => ({ response: (credential) => ({ ...credential, ...edit(credential) }) });

/** Signs a member in with each of `edits`: refused with its word, and nothing is kept. */
async function refusesSignIns(t, list, status = 422) {
  const { passkey } = await t.a.newMember();
  const begun = await t.a.begin(await t.a.sessionToken());
  await t.unchanged(async () => {
    for (const [expected, edits] of list) refused(await t.a.finish(begun, passkey, edits), `${status} ${expected}`, String(Object.values(edits)));
  });
  granted(await t.a.finish(begun, passkey));
}

export const cases = [
  ['A-01', '32 identical finishes at once', async (t) => {
    const { user, passkey } = await t.a.newMember();
    const begun = await t.a.begin(await t.a.sessionToken());
    const credential = passkey.get(begun.publicKey);
    const finish = () => t.a.page('POST', '/finish_authentication', begun.token, { ceremony: begun.ceremony, credential });
    const answers = await Promise.all(Array.from({ length: 32 }, finish));
    assert.equal(count(answers, 200), 1);
    for (const answer of answers) if (answer.status !== 200) refused(answer, '409 ceremony_used');
    assert.equal(granted(await t.a.call('GET', `/users/${user}/credentials`)).credentials[0].sign_count, 2);
    const { events } = granted(await t.a.call('GET', `/audit?type=sign_in.succeeded&external_id=${user}`));
    assert.equal(events.length, 1);
  }],

  ['A-02', 'a replay, at once and after a restart', async (t) => {
    const { passkey } = await t.a.newMember();
    const begun = await t.a.begin(await t.a.sessionToken());
    const credential = passkey.get(begun.publicKey);
    const finish = () => t.a.page('POST', '/finish_authentication', begun.token, { ceremony: begun.ceremony, credential });
    granted(await finish());
    refused(await finish(), '409 ceremony_used');
    await t.restartProcesses();
    refused(await finish(), '409 ceremony_used');
  }],

  ['A-04', 'another challenge', async (t) => {
    const other = (await t.a.begin(await t.a.sessionToken())).publicKey.challenge;
    const challenge = (edit) => [failed('challenge_mismatch'), { clientData: (members) => ({ ...members, challenge: edit(members.challenge) }) }];
    await refusesSignIns(t, [
      challenge((text) => changed(Buffer.from(text, 'base64url'), 0, 1).toString('base64url')), challenge(() => other),
      challenge(() => ''), challenge((text) => `${text}=`), challenge(() => null), challenge((text) => text.slice(0, -1)),
    ]);
  }],

  ['A-05', 'an id that is none, or another', async (t) => {
    await refusesSignIns(t, [
      [failed('malformed_response'), members(({ id }) => ({ rawId: changed(Buffer.from(id, 'base64url'), 0).toString('base64url') }))],
      [failed('malformed_response'), members(({ id }) => ({ id: `${id}=` }))],
      [failed('malformed_response'), members(() => ({ rawId: undefined }))],
      [failed('malformed_response'), members(() => ({ type: 'password' }))],
      [failed('malformed_response'), members(() => ({ response: undefined }))],
    ]);
  }],

  ['A-07', 'bytes of what was signed flipped', async (t) => {
    const inside = (name, at) => members(({ response }) => {
      const bytes = Buffer.from(response[name], 'base64url');
      return { response: { ...response, [name]: changed(bytes, Math.floor(at * (bytes.length - 1)), 1).toString('base64url') } };
    });
    const { passkey } = await t.a.newMember();
    const begun = await t.a.begin(await t.a.sessionToken());
    await t.unchanged(async () => {
      for (const name of ['authenticatorData', 'clientDataJSON', 'signature']) {
        for (const at of [0, 0.3, 0.7, 0.9, 1]) {
          const answer = await t.a.finish(begun, passkey, inside(name, at));
          assert.equal(`${answer.status} ${answer.code}`, '422 verification_failed', `${name} at ${at}`);
        }
      }
    });
    granted(await t.a.finish(begun, passkey));
  }],

  ['A-08', 'an origin that is almost the site’s', async (t) => {
    const good = t.a.origin;
    const origins = [
      good.replace('https', 'http'), `${good}:444`, `${good}:443`, `${good}/`, good.replace('shop', 'SHOP'), `${good}.`, 'https://shop.example', `https://a.${good.slice(8)}`, 'null', '',
      'https://www.sh\u043ep.example', 'https://www.xn--shp-qmc.example', `https://${good.slice(8)}@evil.example`, `https://evil.example@${good.slice(8)}`, t.b.origin,
    ];
    await refusesSignIns(t, origins.map((origin) => [failed('origin_mismatch'), { clientData: (members) => ({ ...members, origin }) }]));
    const begun = await t.a.begin(await t.a.sessionToken());
    const { passkey } = await t.a.newMember();
    await t.unchanged(async () => {
      for (const origin of origins.filter((text) => /^[\x21-\x7e]+$/.test(text))) {
        const body = { ceremony: begun.ceremony, credential: passkey.get(begun.publicKey) };
        refused(await t.ask('POST', '/finish_authentication', { bearer: begun.token, origin, json: body }), '403 origin_not_allowed', origin);
      }
    });
  }],

  ['A-09', 'the hash of another RP ID', async (t) => {
    const { passkey } = await t.a.newMember();
    const begun = await t.a.begin(await t.a.sessionToken());
    await t.unchanged(async () => {
      for (const rpId of ['example', t.b.rpId, 'www.shop.example', 'SHOP.example', '']) {
        const body = { ceremony: begun.ceremony, credential: passkey.get({ ...begun.publicKey, rpId }) };
        refused(await t.a.page('POST', '/finish_authentication', begun.token, body), '422 verification_failed rp_id_mismatch', rpId);
      }
    });
  }],

  ['A-11', 'a ceremony for alice with bob’s good answer', async (t) => {
    const [alice, bob] = [await t.a.newMember(), await t.a.newMember()];
    const begun = await t.a.begin(await t.a.sessionToken({ external_id: alice.user }));
    assert.deepEqual(begun.publicKey.allowCredentials.map(({ id }) => id), [alice.passkey.credentialId]);
    await t.unchanged(async () => {
      const answer = await t.a.finish(begun, bob.passkey);
      assert.ok([404, 422].includes(answer.status), answer.body.toString());
    });
    granted(await t.a.finish(begun, alice.passkey));
  }],

  ['A-12', 'no user verification where it is required', async (t) => {
    await refusesSignIns(t, [[failed('user_verification_missing'), { flags: FLAGS.present }]]);
    const wish = await t.a.page('POST', '/begin_authentication', await t.a.sessionToken(), { userVerification: 'discouraged' });
    refused(wish, '400 invalid_request');
  }],

  ['A-14', 'credentials that are unknown, deleted or another tenant’s look alike', async (t) => {
    const [gone, foreign, stranger] = [await t.a.newMember(), await t.b.newMember(), await t.a.newMember()];
    granted(await t.a.call('DELETE', `/users/${gone.user}`));
    const begun = await t.a.begin(await t.a.sessionToken());
    const bodies = new Set();
    const unknown = members(({ response }) => ({ id: 'AAAAAAAAAAAAAAAAAAAAAA', rawId: 'AAAAAAAAAAAAAAAAAAAAAA', response }));
    foreign.passkey.origin = t.a.origin;
    await t.unchanged(async () => {
      for (const [passkey, edits] of [[gone.passkey], [foreign.passkey], [stranger.passkey, unknown]]) {
        const answer = await t.a.finish(begun, passkey, edits);
        refused(answer, '404 credential_not_found');
        const { request_id: id, signal, ...body } = answer.value;
        bodies.add(JSON.stringify(body));
        // Of all three the browser is told to forget what it has sent itself.
        assert.deepEqual(signal, { unknown_credential_id: edits ? 'A'.repeat(22) : passkey.credentialId });
      }
    });
    assert.equal(bodies.size, 1);
  }],

  ['A-15', 'begins write nothing', async (t) => {
    const session = await t.a.sessionToken();
    const user = await t.a.userToken('beginner');
    await t.unchanged(async () => {
      for (let i = 0; i < 20; ++i) {
        const calls = Array.from({ length: 10 }, () => [t.a.begin(session), t.a.beginRegistration(user), t.a.sessionToken()]);
        await Promise.all(calls.flat());
      }
    });
  }],

  ['A-17', 'extension outputs that nobody asked for', async (t) => {
    const withMap = (bytes) => ({ flags: UP_UV | FLAGS.extensions, authenticatorData: (data) => Buffer.concat([data, Buffer.from(bytes)]) });
    await refusesSignIns(t, [
      [failed('malformed_authenticator_data'), withMap([0x80])], [failed('malformed_authenticator_data'), withMap([])], [failed('malformed_authenticator_data'), withMap([0xa1, 0x61])],
      [failed('malformed_response'), members(() => ({ clientExtensionResults: 'x' }))],
    ]);
    const { passkey } = await t.a.newMember();
    const begun = await t.a.begin(await t.a.sessionToken());
    const edits = { ...withMap([0xa1, 0x61, 0x78, 0x01]), ...members(() => ({ clientExtensionResults: { unknown: { deep: [1] }, credProps: { rk: true } } })) };
    granted(await t.a.finish(begun, passkey, edits));
  }],
];
