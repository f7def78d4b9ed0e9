import assert from 'node:assert/strict';
import test from 'node:test';
import { decodeBase64url, encodeBase64url } from '../../.build/base64url.js';
import { authenticationToJSON, registrationToJSON } from '../../.build/credential_json.js';
import { toCreationOptions, toRequestOptions } from '../../.build/options.js';

const bytes = (...values) => new Uint8Array(values).buffer;

test('base64url agrees with Node for every length and byte', () => {
  for (let length = 0; length < 70; length++) {
    const data = Uint8Array.from({ length }, (_, i) => (i * 89 + length) & 255);
    const text = Buffer.from(data).toString('base64url');
    assert.equal(encodeBase64url(data), text);
    assert.deepEqual(decodeBase64url(text), data);
  }
});

test('base64url encodes the window of a view, not its whole buffer', () => {
  assert.equal(encodeBase64url(new Uint8Array([1, 2, 3, 4]).subarray(1, 3)), 'AgM');
});

test('base64url refuses padding, the other alphabet, impossible lengths and other types', () => {
  for (const text of ['AA==', 'A+', 'A/', 'A', 'AAAAA', ' AA', 'ÄÄ', undefined, null, 7]) {
    assert.throws(() => decodeBase64url(text), TypeError);
  }
});

test('creation options: binary members become bytes, all others stay', () => {
  const json = { rp: { id: 'a.test', name: 'A' }, user: { id: 'dTE', name: 'n', displayName: 'N' }, challenge: 'AAEC',
    pubKeyCredParams: [{ type: 'public-key', alg: -7 }], excludeCredentials: [{ type: 'public-key', id: 'AQI', transports: ['usb'] }],
    timeout: 1000, hints: ['client-device'], extensions: { credProps: true } };
  const options = toCreationOptions(json);
  assert.deepEqual(options.challenge, new Uint8Array([0, 1, 2]));
  assert.deepEqual(options.user, { id: new Uint8Array([0x75, 0x31]), name: 'n', displayName: 'N' });
  assert.deepEqual(options.excludeCredentials, [{ type: 'public-key', id: new Uint8Array([1, 2]), transports: ['usb'] }]);
  for (const key of ['rp', 'pubKeyCredParams', 'timeout', 'hints', 'extensions']) assert.deepEqual(options[key], json[key]);
  assert.equal(json.challenge, 'AAEC');
});

test('request options: a missing list is an empty one', () => {
  const options = toRequestOptions({ challenge: 'AAEC', rpId: 'a.test', userVerification: 'required' });
  assert.deepEqual(options.allowCredentials, []);
  assert.equal(options.rpId, 'a.test');
});

test('options of another shape are a TypeError', () => {
  const user = { id: 'dTE' }, rp = { id: 'a' };
  for (const bad of [undefined, null, [], 'x', {}, { challenge: 'AA', rp }, { challenge: 'AA', user }, { challenge: '=', user, rp },
    { challenge: 'AA', rp, user: { id: '!' } }, { challenge: 'AA', rp, user, excludeCredentials: {} }, { challenge: 'AA', rp, user, excludeCredentials: [null] }]) {
    assert.throws(() => toCreationOptions(bad), TypeError);
  }
  for (const bad of [undefined, [], {}, { challenge: 7 }, { challenge: 'AA', allowCredentials: 'x' }, { challenge: 'AA', allowCredentials: [{}] }]) {
    assert.throws(() => toRequestOptions(bad), TypeError);
  }
});

/** What several password managers hand out: native toJSON refuses these objects. */
const foreign = (members) => ({ toJSON() { throw new TypeError('Illegal invocation'); }, ...members });

test('registration: written without toJSON, with everything the object can tell', () => {
  const json = registrationToJSON(foreign({
    id: 'ignored', rawId: bytes(1, 2), type: 'public-key', authenticatorAttachment: 'platform',
    getClientExtensionResults: () => ({ credProps: { rk: true } }),
    response: foreign({ clientDataJSON: bytes(3), attestationObject: bytes(4), getTransports: () => ['internal', 'hybrid'],
      getAuthenticatorData: () => bytes(5), getPublicKey: () => bytes(6), getPublicKeyAlgorithm: () => -7 }),
  }));
  assert.deepEqual(json, { id: 'AQI', rawId: 'AQI', type: 'public-key', authenticatorAttachment: 'platform',
    response: { clientDataJSON: 'Aw', attestationObject: 'BA', transports: ['internal', 'hybrid'], authenticatorData: 'BQ', publicKey: 'Bg', publicKeyAlgorithm: -7 },
    clientExtensionResults: { credProps: { rk: true } } });
});

test('registration: getters that are missing or throw are left out', () => {
  const json = registrationToJSON(foreign({ rawId: bytes(1), type: 'public-key', authenticatorAttachment: null,
    response: { clientDataJSON: bytes(3), attestationObject: bytes(4), getTransports() { throw new TypeError('Illegal invocation'); }, getPublicKey: () => null } }));
  assert.deepEqual(json, { id: 'AQ', rawId: 'AQ', type: 'public-key',
    response: { clientDataJSON: 'Aw', attestationObject: 'BA', transports: [] }, clientExtensionResults: {} });
});

test('authentication: the user handle is there only when it has bytes', () => {
  const credential = (userHandle) => foreign({ rawId: bytes(9), type: 'public-key', getClientExtensionResults: () => ({}),
    response: foreign({ clientDataJSON: bytes(1), authenticatorData: bytes(2), signature: bytes(3), userHandle }) });
  assert.deepEqual(authenticationToJSON(credential(bytes(4))).response, { clientDataJSON: 'AQ', authenticatorData: 'Ag', signature: 'Aw', userHandle: 'BA' });
  for (const none of [null, undefined, bytes()]) {
    assert.deepEqual(Object.keys(authenticationToJSON(credential(none)).response), ['clientDataJSON', 'authenticatorData', 'signature']);
  }
});

test('PRF results and other secrets of the page never get into what is sent', () => {
  const secret = new Uint8Array(32).fill(0xab).buffer;
  const results = { prf: { enabled: true, results: { first: secret, second: secret } }, largeBlob: { blob: secret }, credProps: { rk: false }, other: 'x' };
  for (const write of [registrationToJSON, authenticationToJSON]) {
    const json = write({ rawId: bytes(1), type: 'public-key', getClientExtensionResults: () => results,
      response: { clientDataJSON: bytes(1), attestationObject: bytes(1), authenticatorData: bytes(1), signature: bytes(1) } });
    assert.deepEqual(json.clientExtensionResults, { credProps: { rk: false }, prf: { enabled: true } });
    assert.doesNotMatch(JSON.stringify(json), /results|q6ur/);
  }
});
