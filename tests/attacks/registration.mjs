// Group R: user tokens, and registrations in which one thing is wrong.
import assert from 'node:assert/strict';
import { Authenticator, FLAGS } from '../docs/support/authenticator.mjs';
import { changed, count, granted, refused } from './support/tenant.mjs';

const UP_UV = FLAGS.present | FLAGS.verified;

/** Begins as a new user and finishes with each of `edits`: refused with its word, and nothing is kept. */
async function refusesRegistrations(t, list) {
  const begun = await t.a.beginRegistration(await t.a.userToken(`hostile-${Math.random()}`));
  await t.unchanged(async () => {
    for (const [expected, edits] of list) {
      refused(await t.a.finishRegistration(begun, new Authenticator(t.a.origin), edits), `422 verification_failed ${expected}`, JSON.stringify(edits));
    }
  });
  // None of it has used the ceremony up.
  granted(await t.a.finishRegistration(begun, new Authenticator(t.a.origin)));
}

export const cases = [
  ['R-01', 'a ttl outside 10 to 600 seconds', async (t) => {
    const ask = (ttl) => t.a.call('POST', '/user-token', { external_id: 'ttl', ...(ttl !== undefined && { ttl }) });
    for (const ttl of [0, -1, 1, 9, 601, 2 ** 31, 2 ** 32 + 30]) refused(await ask(ttl), '400 invalid_request', String(ttl));
    for (const [ttl, lives] of [[10, 10], [30, 30], [120, 120], [600, 600], [undefined, 300]]) assert.equal(granted(await ask(ttl)).expires_in, lives);
  }],

  ['R-03', '16 ceremonies of one user token, finished at once', async (t) => {
    const token = await t.a.userToken('sixteen');
    const begun = await Promise.all(Array.from({ length: 16 }, () => t.a.beginRegistration(token)));
    const answers = await Promise.all(begun.map((each) => t.a.finishRegistration(each, new Authenticator(t.a.origin))));
    assert.equal(count(answers, 200), 1);
    for (const answer of answers) if (answer.status !== 200) refused(answer, '409 token_used');
    assert.equal(granted(await t.a.call('GET', '/users/sixteen/credentials')).credentials.length, 1);
  }],

  ['R-06', 'keys that were not asked for or are unsound', async (t) => {
    // {1: 2, 3: -7, -1: 1, -2: x, -3: y} ends the authenticator data; 77 bytes.
    const key = (edit) => ({ authenticatorData: (data) => Buffer.concat([data.subarray(0, -77), edit(Buffer.from(data.subarray(-77)))]) });
    await refusesRegistrations(t, [
      ['malformed_public_key', key((cose) => (cose[4] = 0x38, Buffer.concat([cose.subarray(0, 5), Buffer.from([0x22]), cose.subarray(5)])))],
      ['malformed_public_key', key((cose) => changed(cose, 40))],
      ['malformed_public_key', key((cose) => cose.fill(0, 10, 42).fill(0, 45, 77))],
      ['malformed_public_key', key((cose) => (cose[6] = 2, cose))],
      ['malformed_public_key', key((cose) => Buffer.concat([cose.subarray(0, 43), Buffer.from([0xf5])]))],
      ['malformed_public_key', key((cose) => (cose[0] = 0xa6, Buffer.concat([cose, Buffer.from([0x23, 0x01])])))],
    ]);
    const tenant = await t.newTenant('eddsa.example', '--set', 'algorithms=EdDSA');
    const begun = await tenant.beginRegistration(await tenant.userToken('es256'));
    refused(await tenant.finishRegistration(begun, new Authenticator(tenant.origin)), '422 verification_failed algorithm_not_allowed');
  }],

  ['R-07', 'attestation statements that do not say what they should', async (t) => {
    // {"fmt": "none", "attStmt": {}, "authData": …}
    const replaced = (from, to) => ({ attestationObject: (bytes) => Buffer.from(bytes.toString('latin1').replace(from, to), 'latin1') });
    await refusesRegistrations(t, [
      ['bad_attestation', replaced('attStmt\xa0', 'attStmt\xa1\x63alg\x26')],
      ['unknown_attestation_format', replaced('dnone', 'dNONE')],
      ['bad_attestation', replaced('dnone', 'fpacked')],
      ['bad_attestation', replaced('dnonegattStmt\xa0', 'fpackedgattStmt\xa2calg\x26csigA\x00')],
    ]);
  }],

  ['R-08', 'authenticator data that is cut, too long or at odds with its flags', async (t) => {
    const data = (edit) => ({ authenticatorData: edit });
    const idLength = (length) => data((bytes) => (bytes.writeUInt16BE(length, 53), bytes));
    await refusesRegistrations(t, [
      ['malformed_authenticator_data', data((bytes) => bytes.subarray(0, -1))],
      ['malformed_authenticator_data', data((bytes) => Buffer.concat([bytes, Buffer.alloc(1)]))],
      ['malformed_authenticator_data', idLength(1024)], ['malformed_authenticator_data', idLength(65535)], ['malformed_authenticator_data', idLength(0)],
      ['malformed_authenticator_data', data((bytes) => changed(bytes, 32, FLAGS.attested))],
      ['malformed_authenticator_data', data((bytes) => changed(bytes, 32, FLAGS.extensions))],
      ['malformed_authenticator_data', data((bytes) => bytes.subarray(0, 36))],
    ]);
  }],

  ['R-09', 'CBOR that means what it says in another way', async (t) => {
    const object = (edit) => ({ attestationObject: edit });
    await refusesRegistrations(t, [
      ['malformed_attestation_object', object((bytes) => Buffer.concat([Buffer.from([0xa4]), bytes.subarray(1, 10), bytes.subarray(1)]))],
      ['malformed_attestation_object', object((bytes) => Buffer.concat([Buffer.from([0xbf]), bytes.subarray(1), Buffer.from([0xff])]))],
      ['malformed_attestation_object', object((bytes) => Buffer.concat([Buffer.from([0xb8, 3]), bytes.subarray(1)]))],
      ['malformed_attestation_object', object(() => Buffer.from([0x9b, 0, 0, 0, 1, 0, 0, 0, 0]))],
      ['malformed_attestation_object', object(() => Buffer.concat([Buffer.alloc(100, 0x81), Buffer.from([0])]))],
      ['malformed_attestation_object', object((bytes) => Buffer.concat([Buffer.from([0xa3]), bytes.subarray(10, 19), bytes.subarray(1, 10), bytes.subarray(19)]))],
      ['malformed_attestation_object', object((bytes) => Buffer.concat([bytes, Buffer.alloc(1)]))],
    ]);
  }],

  ['R-12', 'one passkey more than a user may have', async (t) => {
    const tenant = await t.newTenant('two.example', '--set', 'max_credentials_per_user=2');
    const finish = async () => tenant.finishRegistration(await tenant.beginRegistration(await tenant.userToken('full')), new Authenticator(tenant.origin));
    granted(await finish());
    const last = await tenant.beginRegistration(await tenant.userToken('full'));
    granted(await finish());
    await t.unchanged(async () => refused(await tenant.finishRegistration(last, new Authenticator(tenant.origin)), '409 credential_limit'));
  }],

  ['R-13', 'flags and frames that policy does not take', async (t) => {
    await refusesRegistrations(t, [
      ['user_verification_missing', { flags: FLAGS.present }],
      ['user_presence_missing', { flags: FLAGS.verified }],
      ['bad_backup_flags', { flags: UP_UV | FLAGS.backedUp }],
      ['cross_origin_not_allowed', { clientData: (members) => ({ ...members, crossOrigin: true }) }],
      ['top_origin_mismatch', { clientData: (members) => ({ ...members, topOrigin: 'https://evil.example' }) }],
    ]);
  }],
];
