#!/usr/bin/env node
// Verifies the assertion that verify-auth answers. Needs Node 18 and no package.
//
//     verify_assertion.mjs JWKS_FILE ISSUER TENANT_ID NONCE [UNIX_TIME] < assertion
//
// Prints the claims and exits with 0. Exits with 1 and a word on stderr when it refuses, with 2 when it
// was called wrongly. UNIX_TIME is for assertions that were kept: was it good then?
import { createPublicKey, verify } from 'node:crypto';
import fs from 'node:fs';
import { fileURLToPath } from 'node:url';

const LEEWAY = 5; // seconds by which the two clocks may differ
const MAX_SIZE = 8192;

/** Its message is the word that says why. */
export class Refused extends Error {}

/** base64url without padding, in its one correct spelling. */
function decode(text) {
  if (typeof text !== 'string') throw new Refused('malformed');
  const bytes = Buffer.from(text, 'base64url');
  if (bytes.toString('base64url') !== text) throw new Refused('malformed');
  return bytes;
}

function readObject(bytes) {
  try {
    const value = JSON.parse(bytes.toString('utf8'));
    if (value !== null && typeof value === 'object' && !Array.isArray(value)) return value;
  } catch {
    // falls through
  }
  throw new Refused('malformed');
}

/** The P-256 key of that name. What the token says of its own algorithm or key decides nothing. */
function findKey(jwks, kid) {
  const keys = jwks.keys.filter((key) => key.kid === kid);
  if (keys.length !== 1 || keys[0].kty !== 'EC' || keys[0].crv !== 'P-256') throw new Refused('unknown_key');
  const { x, y } = keys[0];
  return createPublicKey({ key: { kty: 'EC', crv: 'P-256', x, y }, format: 'jwk' });
}

/** Returns the claims of a good assertion; throws Refused otherwise. */
export function verifyAssertion(token, { jwks, issuer, tenantId, nonce, now = Date.now() / 1000 }) {
  const parts = token.split('.');
  if (token.length > MAX_SIZE || parts.length !== 3) throw new Refused('malformed');
  const header = readObject(decode(parts[0]));
  if (header.alg !== 'ES256' || 'crit' in header) throw new Refused('wrong_algorithm');
  const key = findKey(jwks, header.kid);
  const signature = decode(parts[2]);
  const signed = Buffer.from(`${parts[0]}.${parts[1]}`);
  const good = signature.length === 64 && verify('sha256', signed, { key, dsaEncoding: 'ieee-p1363' }, signature);
  if (!good) throw new Refused('bad_signature');

  const claims = readObject(decode(parts[1]));
  if (claims.iss !== issuer) throw new Refused('wrong_issuer');
  if (claims.aud !== tenantId) throw new Refused('wrong_audience');
  if (claims.nonce !== nonce) throw new Refused('wrong_nonce');
  if (!Number.isInteger(claims.exp) || !Number.isInteger(claims.iat)) throw new Refused('malformed');
  if (now >= claims.exp + LEEWAY) throw new Refused('expired');
  if (now < claims.iat - LEEWAY) throw new Refused('not_yet_valid');
  return claims;
}

function main([file, issuer, tenantId, nonce, time, ...others]) {
  if (nonce === undefined || others.length > 0 || !/^\d*$/.test(time ?? '')) {
    console.error('verify_assertion.mjs JWKS_FILE ISSUER TENANT_ID NONCE [UNIX_TIME] < assertion');
    return 2;
  }
  let jwks;
  try {
    jwks = JSON.parse(fs.readFileSync(file, 'utf8'));
  } catch (error) {
    console.error(error.message);
    return 2;
  }
  try {
    const token = fs.readFileSync(0, 'latin1').trimEnd();
    const expected = { jwks, issuer, tenantId, nonce, ...(time && { now: Number(time) }) };
    console.log(JSON.stringify(verifyAssertion(token, expected)));
    return 0;
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    console.error(error.message);
    return 1;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = main(process.argv.slice(2));
