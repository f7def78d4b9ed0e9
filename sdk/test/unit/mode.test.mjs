import assert from 'node:assert/strict';
import test from 'node:test';
import { chooseMode } from '../../.build/mode.js';
import { probePage } from '../../.build/probe.js';
import { rpIdFits } from '../../.build/rp_id.js';

/** Chromium on a computer without Bluetooth. */
const good = { secure: true, hostname: 'www.shop.test', protocol: 'https:', webauthn: true, mobile: false, firefox: false, apiBaseUrl: 'https://auth.test' };
const button = (qr) => ({ mode: 'button', qr });
const qr = (passkey) => ({ mode: 'qr', passkey });
const configuration = (reason, name) => ({ mode: 'configuration', code: 'configuration_error', reason, ...(name && { name }) });
const insecure = { mode: 'insecure', code: 'insecure_context' };
const notSupported = { mode: 'not_supported', code: 'not_supported' };
const firefox = { firefox: true };
const rows = [
  ['everything there', {}, button('switch')],
  ['a base path and a slash at the end', { apiBaseUrl: 'https://auth.test/mk2/' }, button('switch')],
  ['http to localhost from an https page', { apiBaseUrl: 'http://localhost:8080' }, button('switch')],
  ['http all over localhost', { protocol: 'http:', hostname: 'localhost', apiBaseUrl: 'http://localhost:8080' }, button('switch')],

  ['an insecure page', { secure: false }, insecure],
  ['an insecure page comes before a missing attribute', { secure: false, missing: 'token' }, insecure],
  ['an insecure page comes before missing WebAuthn', { secure: false, webauthn: false }, insecure],
  ['an insecure page comes before a wish for the code', { secure: false, wanted: 'qr' }, insecure],

  ['a missing token', { missing: 'token' }, configuration('missing_attribute', 'token')],
  ['no base URL', { apiBaseUrl: '' }, configuration('missing_attribute', 'api-base-url')],
  ['null for a base URL', { apiBaseUrl: null }, configuration('missing_attribute', 'api-base-url')],
  ...['auth.test', '/api', 'javascript:alert(1)', 'data:text/html,x', 'ftp://auth.test', 'https://', 'https://u:p@auth.test', 'https://auth.test?x=1',
    'https://auth.test#x', 'http://auth.test', ' '].map((apiBaseUrl) => [`the base URL ${apiBaseUrl}`, { apiBaseUrl }, configuration('bad_url', 'api-base-url')]),
  ['an assertion-url elsewhere', { badUrl: 'assertion-url' }, configuration('bad_url', 'assertion-url')],
  ['a missing attribute comes before missing WebAuthn', { webauthn: false, missing: 'token' }, configuration('missing_attribute', 'token')],

  ['an IPv4 address as host', { hostname: '192.0.2.7' }, configuration('ip_address')],
  ['loopback by number', { hostname: '127.0.0.1', protocol: 'http:' }, configuration('ip_address')],
  ['an IPv6 address as host', { hostname: '[2001:db8::1]' }, configuration('ip_address')],
  ['a name of digits', { hostname: '1.2.3.4.test' }, button('switch')],

  ['the RP ID of the page', { rpId: 'www.shop.test' }, button('switch')],
  ['the RP ID of a parent', { rpId: 'shop.test' }, button('switch')],
  ['a foreign RP ID', { rpId: 'other.test' }, configuration('rp_id_mismatch')],
  ['a foreign RP ID where the browser asks for related origins', { rpId: 'other.test', relatedOrigins: true }, button('switch')],
  ['a foreign RP ID comes before a wish for the code', { rpId: 'other.test', wanted: 'qr' }, configuration('rp_id_mismatch')],

  ['no WebAuthn: the code alone', { webauthn: false }, qr(false)],
  ['no WebAuthn, whatever the RP ID: the phone uses it', { webauthn: false, rpId: 'other.test' }, qr(false)],
  ['no WebAuthn on a phone', { webauthn: false, mobile: true }, qr(false)],
  ['no WebAuthn, and a tenant without codes', { webauthn: false, crossDevice: false }, notSupported],
  ['no WebAuthn, but a wish for the button', { webauthn: false, wanted: 'passkey' }, notSupported],

  ['a wish for the button', { wanted: 'passkey' }, button('none')],
  ['a wish for the button on Firefox', { ...firefox, wanted: 'passkey' }, button('none')],
  ['a wish for the code', { wanted: 'qr' }, qr(true)],
  ['a wish for the code where the browser has its own', { wanted: 'qr', hybridTransport: true }, qr(true)],
  ['a wish for the code on a phone', { wanted: 'qr', mobile: true }, qr(true)],
  ['a wish for both', { wanted: 'both' }, button('shown')],
  ['a wish for both on Firefox', { ...firefox, wanted: 'both' }, button('shown')],
  ['the code and nothing else', { wanted: 'qr_only' }, qr(false)],
  ['the code and nothing else, whatever the RP ID', { wanted: 'qr_only', rpId: 'other.test' }, qr(false)],
  ['the code and nothing else from a tenant without', { wanted: 'qr_only', crossDevice: false }, notSupported],
  ...['auto', 'qr', 'both'].map((wanted) => [`a tenant without codes, wish ${wanted}`, { wanted, crossDevice: false }, button('none')]),
  ['a tenant that has said that it has codes', { crossDevice: true }, button('switch')],

  ['a browser with its own way to a phone', { hybridTransport: true }, button('none')],
  ['a phone with a way to another phone', { mobile: true, hybridTransport: true }, button('none')],
  ['a phone: the button, never the code first', { mobile: true }, button('switch')],
  ['Firefox on a phone', { ...firefox, mobile: true }, button('switch')],
  ['Firefox on a computer', firefox, qr(true)],
  ['Firefox that says it has no way to a phone', { ...firefox, hybridTransport: false }, qr(true)],
  ['Firefox with its own way to a phone', { ...firefox, hybridTransport: true }, button('none')],
  ['Firefox with an authenticator in the computer', { ...firefox, userVerifyingPlatformAuthenticator: true }, button('shown')],
  ['Firefox and a tenant without codes', { ...firefox, crossDevice: false }, button('none')],
  ['another browser without a way to a phone', { hybridTransport: false }, button('switch')],
];

for (const [name, change, expected] of rows) {
  test(`${name}: ${Object.values(expected).join(', ')}`, () => {
    assert.deepEqual(chooseMode({ ...good, ...change }), expected);
  });
}

const page = { secure: false, hostname: '', protocol: '', webauthn: false, mobile: false, firefox: false, apiBaseUrl: 'x' };
test('without a browser there is no secure page', () => {
  assert.deepEqual(probePage({ apiBaseUrl: 'x' }), page);
});

const MAC = 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/26.0 Safari/605.1.15';
const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
for (const [name, navigator, expected] of [
  ['Chromium on a phone, by its client hints', { userAgent: 'x', userAgentData: { mobile: true } }, { mobile: true }],
  ['Chromium on a computer', { userAgent: 'Mozilla/5.0 (X11; Linux x86_64) Chrome/141.0', userAgentData: { mobile: false } }, {}],
  ['Firefox on Android', { userAgent: 'Mozilla/5.0 (Android 16; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0' }, { mobile: true, firefox: true }],
  ['Safari on an iPhone', { userAgent: 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X)', maxTouchPoints: 5 }, { mobile: true }],
  ['Safari on an iPad that calls itself a Macintosh', { userAgent: MAC, maxTouchPoints: 5 }, { mobile: true }],
  ['Safari on a Macintosh', { userAgent: MAC, maxTouchPoints: 0 }, {}],
  ['Firefox on Linux', { userAgent: FIREFOX, maxTouchPoints: 0 }, { firefox: true }],
  ['a Chromium that names Firefox', { userAgent: FIREFOX, userAgentData: { mobile: false } }, {}],
]) {
  test(`the probe sees ${name}`, (t) => {
    const before = Object.getOwnPropertyDescriptor(globalThis, 'navigator');
    Object.defineProperty(globalThis, 'navigator', { value: navigator, configurable: true });
    t.after(() => Object.defineProperty(globalThis, 'navigator', before ?? { value: undefined, configurable: true }));
    assert.deepEqual(probePage({ apiBaseUrl: 'x' }), { ...page, ...expected });
  });
}

test('an RP ID fits its own host and names below it, by whole labels', () => {
  for (const [rpId, host, fits] of [['a.test', 'a.test', true], ['a.test', 'www.a.test', true], ['a.test', 'x.y.a.test', true], ['localhost', 'localhost', true],
    ['a.test', 'ba.test', false], ['www.a.test', 'a.test', false], ['a.test', 'a.test.evil.test', false], ['', 'a.test', false]]) {
    assert.equal(rpIdFits(rpId, host), fits, `${rpId} on ${host}`);
  }
});
