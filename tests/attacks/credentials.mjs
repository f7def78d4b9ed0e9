// Groups K and S: API keys and session tokens that are not, or no longer, good.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { granted, refused } from './support/tenant.mjs';

const MOST_T = 4.5;

/** The slowest tenth is the machine's doing. */
const withoutSlowest = (times) => times.sort((a, b) => a - b).slice(0, Math.floor(times.length * 0.9));

/** The statistic of Welch's test. */
function welch(one, other) {
  const [a, b] = [one, other].map((times) => {
    const mean = times.reduce((sum, time) => sum + time, 0) / times.length;
    const variance = times.reduce((sum, time) => sum + (time - mean) ** 2, 0) / (times.length - 1);
    return { mean, share: variance / times.length };
  });
  return (a.mean - b.mean) / Math.sqrt(a.share + b.share);
}

/** Twice: nginx gives the second one to the other process. */
const everywhere = async (act) => [await act(), await act()];

const flipped = (text, at) => `${text.slice(0, at)}${text[at] === 'A' ? 'B' : 'A'}${text.slice(at + 1)}`;

const liveKeys = async (t, tenant) => (await t.rows(['api_key'])).filter((row) => row.tenant === tenant.id && row.expires_at === 0);

export const cases = [
  ['K-01', 'keys that are wrong look all alike', async (t) => {
    const revoked = JSON.parse(await t.ctl('--json', 'tenant', 'key', 'add', t.a.id, '--name', 'revoked'));
    await t.ctl('tenant', 'key', 'revoke', t.a.id, '--key', revoked.key.id);
    const suspended = await t.newTenant('suspended.example');
    await t.ctl('tenant', 'disable', suspended.id);
    const bodies = new Set();
    for (const key of [`bvsk_${'A'.repeat(43)}`, flipped(t.a.apiKey, 20), revoked.api_key, suspended.apiKey, 'bvsk_short', t.a.apiKey.slice(5)]) {
      const answer = await t.unchanged(() => t.ask('GET', '/users', { key }));
      refused(answer, '401 invalid_api_key', key);
      const { request_id: id, ...body } = answer.value;
      bodies.add(JSON.stringify(body));
    }
    assert.equal(bodies.size, 1);
    refused(await t.ask('GET', '/users'), '401 missing_api_key');
  }],

  ['K-02', 'the time that a wrong key takes tells nothing of the right one', async (t) => {
    // As the server measures it: without the network, and in the same minutes.
    const kinds = new Map();
    for (let i = 0; i < 12_000; ++i) {
      const near = Math.random() < 0.5;
      const bytes = near ? Buffer.from(t.a.apiKey.slice(5), 'base64url') : randomBytes(32);
      bytes[31] ^= 1 + (i % 255);
      const answer = await t.ask('GET', '/tenant', { key: `bvsk_${bytes.toString('base64url')}` });
      refused(answer, '401 invalid_api_key');
      kinds.set(answer.headers.get('x-request-id')[0], near);
      if (i % 500 === 499) await t.holdsInvariants();
    }
    const times = new Map([[true, []], [false, []]]);
    for (const line of t.log.split('\n').filter((text) => text.includes('"event":"request"'))) {
      const { request_id: id, duration_us: duration } = JSON.parse(line);
      if (kinds.has(id)) times.get(kinds.get(id)).push(duration);
    }
    const statistic = welch(...[...times.values()].map(withoutSlowest));
    assert.ok(Math.abs(statistic) < MOST_T, `t = ${statistic}`);
  }, { long: true }],

  ['K-03', 'once rotate-key has answered, the old key is dead in every process', async (t) => {
    const tenant = await t.newTenant('rotated.example');
    for (let i = 0; i < 3; ++i) {
      const old = tenant.apiKey;
      tenant.apiKey = granted(await tenant.call('POST', '/rotate-key')).api_key;
      const calls = Array.from({ length: 8 }, () => t.ask('GET', '/tenant', { key: old }));
      for (const answer of await Promise.all(calls)) refused(answer, '401 invalid_api_key');
      for (const answer of await everywhere(() => tenant.call('GET', '/tenant'))) granted(answer);
    }
    assert.equal((await liveKeys(t, tenant)).length, 1);
  }],

  ['K-05', 'a database that dies while a key is replaced: one key lives afterwards', async (t) => {
    const tenant = await t.newTenant('replaced.example');
    for (let i = 0; i < 4; ++i) {
      const rotating = tenant.call('POST', '/rotate-key');
      if (i % 2 === 1) await tenant.call('GET', '/tenant');
      await t.database.mariadb.kill();
      const answer = await rotating;
      await t.database.mariadb.start();
      if (answer.status === 200) tenant.apiKey = answer.value.api_key;
      else refused(answer, '503 storage_unavailable');
      const living = await liveKeys(t, tenant);
      assert.equal(living.length, 1);
      if (living[0].prefix === tenant.apiKey.slice(0, 12)) granted(await tenant.call('GET', '/tenant'));
      else {
        // The answer was lost on its way: the operator helps.
        refused(await tenant.call('GET', '/tenant'), '401 invalid_api_key');
        tenant.apiKey = JSON.parse(await t.ctl('--json', 'tenant', 'key', 'add', tenant.id, '--name', `again-${i}`)).api_key;
        await t.ctl('tenant', 'key', 'revoke', tenant.id, '--key', living[0].id);
      }
    }
  }, { storage: 'mysql' }],

  ['K-07', 'a key is replaced under 200 calls that use it', async (t) => {
    const tenant = await t.newTenant('busy.example');
    const old = tenant.apiKey;
    const call = (i) => t.ask('POST', '/user-token', { key: old, json: { external_id: `busy-${i}` } });
    const early = Array.from({ length: 200 }, (_, i) => call(i));
    tenant.apiKey = granted(await tenant.call('POST', '/rotate-key')).api_key;
    refused(await call('late'), '401 invalid_api_key');
    const answers = await Promise.all(early);
    const users = (await t.rows(['user'])).filter((row) => row.tenant === tenant.id).map((row) => row.external_id);
    answers.forEach((answer, i) => {
      if (answer.status !== 200) refused(answer, '401 invalid_api_key');
      assert.equal(users.includes(`busy-${i}`), answer.status === 200, `busy-${i}`);
    });
  }],

  ['K-08', 'no store, dump or log holds a key', async (t) => {
    const keys = [t.a.apiKey, t.b.apiKey, granted(await t.a.call('POST', '/rotate-key', { overlap: 60 })).api_key];
    const folders = [t.database?.mariadb.dataFolder ?? t.store];
    const files = folders.flatMap((folder) => fs.readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile()).map((entry) => path.join(entry.path ?? entry.parentPath, entry.name)));
    assert.ok(files.length > 0);
    const places = [...files.map((file) => fs.readFileSync(file)), Buffer.from(t.log), Buffer.from(await t.ctl('storage', 'export', '-'))];
    for (const key of keys) {
      for (const place of places) assert.ok(!place.includes(key.slice(5)), 'a key in clear');
    }
    t.a.apiKey = keys[2];
  }],

  ['K-10', 'a key in a browser', async (t) => {
    await t.unchanged(async () => {
      for (const header of [['Origin', t.a.origin], ['Origin', 'null'], ['Sec-Fetch-Site', 'same-origin'], ['Sec-Fetch-Site', 'cross-site']]) {
        refused(await t.a.call('POST', '/user-token', { external_id: 'browser' }, { headers: [header] }), '403 api_key_in_browser', header[0]);
      }
    });
    // What fetch of a server sends.
    granted(await t.a.call('GET', '/tenant', undefined, { headers: [['Sec-Fetch-Mode', 'cors']] }));
  }],

  ['S-01', 'session tokens that were changed', async (t) => {
    const token = await t.a.sessionToken();
    const body = Buffer.from(token.slice(5), 'base64url');
    const sealed = (edit) => `mk2s_${edit(Buffer.from(body)).toString('base64url')}`;
    const flips = Array.from({ length: 12 }, (_, i) => sealed((bytes) => (bytes[Math.floor((i * bytes.length) / 12)] ^= 1, bytes)));
    const bad = [
      ...flips, sealed((bytes) => bytes.subarray(0, -1)), sealed((bytes) => Buffer.concat([bytes, Buffer.alloc(1)])),
      sealed((bytes) => (bytes[0] += 1, bytes)), `${token}=`, `${token}.`, token.toUpperCase(), body.toString('base64url'), 'mk2s_', `mk2s_${'A'.repeat(6000)}`,
    ];
    await t.unchanged(async () => {
      for (const each of bad) refused(await t.a.page('POST', '/begin_authentication', each), '401 invalid_token', each);
    });
    granted(await t.a.page('POST', '/begin_authentication', token));
  }],

  ['S-03', 'a session token that was revoked is dead in every process', async (t) => {
    const { passkey } = await t.a.newMember();
    const token = await t.a.sessionToken();
    const begun = await t.a.begin(token);
    const { auth } = await t.a.signIn(passkey, token);
    assert.equal(granted(await t.a.page('DELETE', '/session-token', token)).revoked, true);
    for (const answer of await everywhere(() => t.a.page('POST', '/begin_authentication', token))) {
      // Before a database a begin may rest on what was true 5 s ago; it leads nowhere.
      if (t.database && answer.status === 200) refused(await t.a.finish({ token, ...answer.value }, passkey), '401 token_revoked');
      else refused(answer, '401 token_revoked');
    }
    for (const answer of await everywhere(() => t.a.finish(begun, passkey))) refused(answer, '401 token_revoked');
    for (const answer of await everywhere(() => t.a.verify(token))) refused(answer, '401 token_revoked');
    await t.unchanged(async () => granted(await t.a.page('DELETE', '/session-token', token)));
    assert.equal(granted(await t.a.verify(auth)).verified, true);
  }],

  ['S-05', 'a session token where something else belongs', async (t) => {
    const { user } = await t.a.newMember();
    const token = await t.a.sessionToken();
    const calls = [['POST', '/user-token'], ['GET', `/users/${user}`], ['POST', `/users/${user}/disable`], ['DELETE', `/users/${user}`], ['POST', '/rotate-key'], ['POST', '/verify-auth']];
    await t.unchanged(async () => {
      for (const [method, target] of calls) {
        refused(await t.ask(method, target, { bearer: token }), '401 missing_api_key', target);
        refused(await t.ask(method, target, { key: token }), '401 invalid_api_key', target);
      }
      for (const target of ['/begin_registration', '/finish_registration']) {
        refused(await t.a.page('POST', target, token, target.includes('finish') ? { ceremony: 'mk2c_A', credential: {} } : undefined), '401 wrong_token_type', target);
      }
    });
  }],

  ['S-06', 'session tokens outlive the key that sealed them, until that is retired', async (t) => {
    const old = await t.a.sessionToken();
    const { keys } = JSON.parse(await t.ctl('--json', 'keyring', 'add'));
    await t.restartProcesses();
    await t.ctl('keyring', 'activate', keys.at(-1).id);
    await t.restartProcesses();
    const fresh = await t.a.sessionToken();
    const keyId = (token) => Buffer.from(token.slice(5), 'base64url').subarray(1, 5).toString('hex');
    assert.notEqual(keyId(old), keyId(fresh));
    for (const token of [old, fresh]) granted(await t.a.page('POST', '/begin_authentication', token));
  }],
];
