import assert from 'node:assert/strict';
import test from 'node:test';
import { chooseMode } from '../../.build/mode.js';
import { probePage } from '../../.build/probe.js';
import { rpIdFits } from '../../.build/rp_id.js';

const good = { secure: true, hostname: 'www.shop.test', protocol: 'https:', webauthn: true, apiBaseUrl: 'https://auth.test' };
const rows = [
  ['everything there', {}, ['button']],
  ['a base path and a slash at the end', { apiBaseUrl: 'https://auth.test/mk2/' }, ['button']],
  ['http to localhost from an https page', { apiBaseUrl: 'http://localhost:8080' }, ['button']],
  ['http all over localhost', { protocol: 'http:', hostname: 'localhost', apiBaseUrl: 'http://localhost:8080' }, ['button']],
  ['an insecure page', { secure: false }, ['insecure', 'insecure_context']],
  ['an insecure page comes before a missing attribute', { secure: false, missing: 'token' }, ['insecure', 'insecure_context']],
  ['an insecure page comes before missing WebAuthn', { secure: false, webauthn: false }, ['insecure', 'insecure_context']],
  ['a missing token', { missing: 'token' }, ['configuration', 'configuration_error', 'missing_attribute', 'token']],
  ['no base URL', { apiBaseUrl: '' }, ['configuration', 'configuration_error', 'missing_attribute', 'api-base-url']],
  ['null for a base URL', { apiBaseUrl: null }, ['configuration', 'configuration_error', 'missing_attribute', 'api-base-url']],
  ...['auth.test', '/api', 'javascript:alert(1)', 'data:text/html,x', 'ftp://auth.test', 'https://', 'https://u:p@auth.test', 'https://auth.test?x=1',
    'https://auth.test#x', 'http://auth.test', ' '].map((apiBaseUrl) => [
    `the base URL ${apiBaseUrl}`, { apiBaseUrl }, ['configuration', 'configuration_error', 'bad_url', 'api-base-url']]),
  ['an assertion-url elsewhere', { badUrl: 'assertion-url' }, ['configuration', 'configuration_error', 'bad_url', 'assertion-url']],
  ['an IPv4 address as host', { hostname: '192.0.2.7' }, ['configuration', 'configuration_error', 'ip_address']],
  ['loopback by number', { hostname: '127.0.0.1', protocol: 'http:' }, ['configuration', 'configuration_error', 'ip_address']],
  ['an IPv6 address as host', { hostname: '[2001:db8::1]' }, ['configuration', 'configuration_error', 'ip_address']],
  ['a name of digits', { hostname: '1.2.3.4.test' }, ['button']],
  ['no WebAuthn', { webauthn: false }, ['not_supported', 'not_supported']],
  ['a missing attribute comes before missing WebAuthn', { webauthn: false, missing: 'token' }, ['configuration', 'configuration_error', 'missing_attribute', 'token']],
];

for (const [name, change, [mode, code, reason, about]] of rows) {
  test(`${name}: ${mode}`, () => {
    const expected = { mode, ...(code && { code }), ...(reason && { reason }), ...(about && { name: about }) };
    assert.deepEqual(chooseMode({ ...good, ...change }), expected);
  });
}

test('without a browser there is no secure page', () => {
  assert.deepEqual(probePage({ apiBaseUrl: 'x' }), { secure: false, hostname: '', protocol: '', webauthn: false, apiBaseUrl: 'x' });
});

test('an RP ID fits its own host and names below it, by whole labels', () => {
  for (const [rpId, host, fits] of [['a.test', 'a.test', true], ['a.test', 'www.a.test', true], ['a.test', 'x.y.a.test', true], ['localhost', 'localhost', true],
    ['a.test', 'ba.test', false], ['www.a.test', 'a.test', false], ['a.test', 'a.test.evil.test', false], ['', 'a.test', false]]) {
    assert.equal(rpIdFits(rpId, host), fits, `${rpId} on ${host}`);
  }
});
