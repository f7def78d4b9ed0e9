// Groups T and U: who may touch whose users, and what users may be called.
import assert from 'node:assert/strict';
import { granted, refused, refusedSomewhere } from './support/tenant.mjs';

const rowsOf = async (t, { id }) => (await t.rows()).filter(({ tenant, kind }) => tenant === id && kind !== 'audit');

/** What an attacker writes where a name belongs. */
const SQL = ["' OR 1=1 --", '_', ';DROP TABLE users', '"', "''", '`', '*', 'a\u{1f511}', "x' AND SLEEP(9)--", '${jndi:ldap:x}', '{{7*7}}', "admin'--"];

export const cases = [
  ['T-01', 'every call of one tenant with what belongs to another', async (t) => {
    const { user, passkey } = await t.b.newMember();
    const before = await rowsOf(t, t.b);
    const id = passkey.credentialId;
    for (const [method, target, json] of [
      ['GET', `/users/${user}`], ['POST', `/users/${user}/disable`], ['POST', `/users/${user}/enable`], ['DELETE', `/users/${user}`],
      ['GET', `/users/${user}/credentials`], ['PATCH', `/users/${user}/credentials/${id}`, { name: 'Mine' }], ['DELETE', `/users/${user}/credentials/${id}`],
    ]) refused(await t.a.call(method, target, json), '404 user_not_found', target);
    assert.equal(granted(await t.a.call('GET', '/users?limit=200')).users.filter((each) => each.external_id === user).length, 0);
    for (const token of [await t.b.sessionToken(), await t.b.userToken(user)]) {
      const call = token.startsWith('mk2s_') ? '/begin_authentication' : '/begin_registration';
      refused(await t.a.page('POST', call, token), '403 origin_not_allowed');
    }
    assert.deepEqual(await rowsOf(t, t.b), before);
  }],

  ['T-03', 'one external_id of two tenants', async (t) => {
    for (const tenant of [t.a, t.b]) await tenant.userToken('shared');
    const before = await rowsOf(t, t.b);
    granted(await t.a.call('POST', '/users/shared/disable'));
    granted(await t.a.call('GET', '/users?limit=200'));
    granted(await t.a.call('DELETE', '/users/shared'));
    assert.deepEqual(await rowsOf(t, t.b), before);
    assert.equal(granted(await t.b.call('GET', '/users/shared')).user.disabled, false);
  }],

  ['T-04', 'a ceremony finished elsewhere', async (t) => {
    const { passkey } = await t.a.newMember();
    const begun = await t.a.begin(await t.a.sessionToken());
    const body = { ceremony: begun.ceremony, credential: passkey.get(begun.publicKey) };
    const [foreign, user, own] = [await t.b.sessionToken(), await t.a.userToken('elsewhere'), await t.a.sessionToken()];
    await t.unchanged(async () => {
      refused(await t.b.page('POST', '/finish_authentication', foreign, body), '401 invalid_token');
      refused(await t.a.page('POST', '/finish_registration', user, body), '401 invalid_token');
      refused(await t.a.page('POST', '/finish_authentication', own, body), '401 invalid_token');
      refused(await t.a.page('POST', '/finish_authentication', begun.token, { ...body, ceremony: begun.token }), '401 wrong_token_type');
    });
  }],

  ['T-07', 'RP IDs that nobody, or somebody else, may have', async (t) => {
    const create = (rpId, origin = `https://${rpId}`) => t.ctlStatus('--json', 'tenant', 'create', '--name', 'Evil', '--rp-id', rpId, '--origin', origin);
    await t.unchanged(async () => {
      for (const rpId of ['com', 'co.uk', 'github.io', '192.0.2.1', '[2001:db8::1]', 'https://evil.example', 'evil.example:443', 'evil.example.', 'b\u00fccher.example', t.b.rpId, t.b.rpId.toUpperCase()]) {
        assert.notEqual((await create(rpId)).status, 0, rpId);
      }
    });
    const made = await create('UPPER.example', 'https://upper.example');
    assert.equal(JSON.parse(made.output).tenant.rp_id, 'upper.example');
  }],

  ['T-08', 'the origin of this server is no site’s', async (t) => {
    const { passkey } = await t.a.newMember();
    const begun = await t.a.begin(await t.a.sessionToken());
    await t.unchanged(async () => {
      const own = { clientData: (members) => ({ ...members, origin: t.url }) };
      refused(await t.a.finish(begun, passkey, own), '422 verification_failed origin_mismatch');
      refused(await t.ask('POST', '/begin_authentication', { bearer: begun.token, origin: t.url }), '403 origin_not_allowed');
    });
  }],

  ['U-01', 'names that no user has', async (t) => {
    const names = ['.', '..', 'a/b', 'a\\b', 'a?b', 'a#b', 'a%b', 'a\nb', 'a\u007f', '', ' a', 'a ', 'x'.repeat(256), '\u00e9'.repeat(128)];
    await t.unchanged(async () => {
      for (const name of names) {
        refused(await t.a.call('POST', '/user-token', { external_id: name }), '400 invalid_external_id', JSON.stringify(name));
        if (!['.', '..', '', 'a/b'].includes(name)) refused(await t.a.call('GET', `/users/${encodeURIComponent(name)}`), '400 invalid_external_id', JSON.stringify(name));
      }
    });
    for (const name of ['x'.repeat(255), '\u{1f511}'.repeat(63), '...', 'a b', '~', 'A']) {
      granted(await t.a.call('POST', '/user-token', { external_id: name }));
      assert.equal(granted(await t.a.call('GET', `/users/${encodeURIComponent(name)}`)).user.external_id, name);
    }
  }],

  ['U-03', 'SQL is text like any other', async (t) => {
    const tenant = await t.newTenant('sql.example');
    const before = (await t.rows(['user'])).length;
    const name = (text) => `\\' ${text} \\`;
    for (const text of SQL) await tenant.userToken(text, { display_name: name(text), username: name(text) });
    for (const text of SQL) {
      const { user } = granted(await tenant.call('GET', `/users/${encodeURIComponent(text)}`));
      assert.deepEqual([user.external_id, user.display_name], [text, name(text)]);
    }
    assert.equal((await t.rows(['user'])).length, before + SQL.length);
    assert.equal(granted(await tenant.call('GET', '/users')).users.length, SQL.length);
    granted(await tenant.call('DELETE', `/users/${encodeURIComponent(SQL[0])}`));
    assert.equal((await t.rows(['user'])).length, before + SQL.length - 1);
  }],

  ['U-05', 'a user disabled in the middle of a sign-in', async (t) => {
    const { user, passkey } = await t.a.newMember();
    const [early, late] = [await t.a.begin(await t.a.sessionToken()), await t.a.begin(await t.a.sessionToken())];
    const { auth_token: auth } = granted(await t.a.finish(early, passkey));
    granted(await t.a.call('POST', `/users/${user}/disable`));
    refused(await t.a.finish(late, passkey), '403 user_disabled');
    const verdict = granted(await t.a.verify(auth));
    assert.deepEqual([verdict.verified, verdict.code, verdict.user], [false, 'user_disabled', undefined]);
  }],

  ['U-07', 'disable, enable and delete: of nobody, twice, at once', async (t) => {
    for (const [method, path] of [['POST', '/users/nobody/disable'], ['POST', '/users/nobody/enable'], ['DELETE', '/users/nobody']]) {
      await t.unchanged(async () => refused(await t.a.call(method, path), '404 user_not_found'));
    }
    await t.a.userToken('twice');
    for (const [verb, disabled] of [['disable', true], ['disable', true], ['enable', false], ['enable', false]]) {
      assert.equal(granted(await t.a.call('POST', `/users/twice/${verb}`)).user.disabled, disabled);
    }
    const verbs = Array.from({ length: 16 }, (_, i) => (i % 2 ? 'enable' : 'disable'));
    for (const answer of await Promise.all(verbs.map((verb) => t.a.call('POST', `/users/twice/${verb}`)))) granted(answer);
    const { disabled } = granted(await t.a.call('GET', '/users/twice')).user;
    assert.equal(granted(await t.a.call('GET', '/users/twice')).user.disabled, disabled);
    const ends = await Promise.all(Array.from({ length: 16 }, () => t.a.call('DELETE', '/users/twice')));
    assert.equal(ends.filter(({ status }) => status === 200).length, 1);
    for (const answer of ends) if (answer.status !== 200) refused(answer, '404 user_not_found');
  }],

  ['U-10', 'the passkeys of a disabled user can be looked at', async (t) => {
    const { user, passkey } = await t.a.newMember();
    granted(await t.a.call('POST', `/users/${user}/disable`));
    const { credentials } = granted(await t.a.call('GET', `/users/${user}/credentials`));
    assert.deepEqual(credentials.map((each) => each.credential_id), [passkey.credentialId]);
  }],

  ['U-11', 'an id that climbs when a client normalises it cannot exist', async (t) => {
    for (const name of ['../rotate-key#', '../rotate-key', 'x/../../rotate-key']) {
      refused(await t.a.call('POST', '/user-token', { external_id: name }), '400 invalid_external_id');
      refusedSomewhere(await t.a.call('POST', `/users/${encodeURIComponent(name)}/disable`), '400 invalid_path');
    }
  }],

  ['U-12', 'processes killed while a user is deleted', async (t) => {
    for (let i = 0; i < 6; ++i) {
      const { user } = await t.a.newMember();
      await t.holdsInvariants();
      const deleting = t.a.call('DELETE', `/users/${user}`);
      // So that they die at different moments of it.
      for (let turn = 0; turn < 4 * i; ++turn) await new Promise(setImmediate);
      const [answer] = await t.killProcesses([deleting]);
      await t.startProcesses();
      const rows = await t.rows(['user', 'credential']);
      const owner = rows.find((row) => row.kind === 'user' && row.external_id === user);
      const left = rows.filter((row) => row.kind === 'credential' && row.user === owner?.handle);
      assert.equal(left.length, owner ? 1 : 0);
      if (answer?.status === 200) assert.equal(owner, undefined);
      for (const row of rows) if (row.kind === 'credential') assert.ok(rows.some((each) => each.handle === row.user), 'a passkey of nobody');
    }
  }],
];
