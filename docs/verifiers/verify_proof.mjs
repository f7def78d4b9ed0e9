#!/usr/bin/env node
// Verifies the proof that verify-auth forwards. Needs Node 18 and no package.
//
//     verify_proof.mjs CREDENTIALS_FILE RP_ID ORIGINS CHALLENGE_NONCE < answer-of-verify-auth
//
// CREDENTIALS_FILE is what you kept of GET /users/{external_id}/credentials. ORIGINS has commas between
// them. Prints what the authenticator has signed and exits with 0. Exits with 1 and a word on stderr when
// it refuses, with 2 when it was called wrongly.
import { createHash, createPublicKey, verify } from 'node:crypto';
import fs from 'node:fs';
import { fileURLToPath } from 'node:url';

const USER_PRESENT = 0x01;
const USER_VERIFIED = 0x04;
const BACKUP_STATE = 0x10;

/** Its message is the word that says why. */
export class Refused extends Error {}

const sha256 = (...parts) => createHash('sha256').update(Buffer.concat(parts)).digest();

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

/** The P-256 key that you keep. The proof's own `alg` decides nothing. */
function storedKey(credentials, credentialId) {
  const found = credentials.filter((one) => one.credential_id === credentialId);
  if (found.length !== 1) throw new Refused('unknown_credential');
  const { kty, crv, x, y } = found[0].public_key ?? {};
  if (kty !== 'EC' || crv !== 'P-256') throw new Refused('wrong_algorithm');
  return createPublicKey({ key: { kty, crv, x, y }, format: 'jwk' });
}

/** Returns what the authenticator has signed; throws Refused if any of it is not as it must be. */
export function verifyProof(proof, { credentials, rpId, origins, challengeNonce, requireUserVerified = true }) {
  if (proof === null || typeof proof !== 'object') throw new Refused('malformed');
  const key = storedKey(credentials, proof.credential_id);
  const names = ['authenticator_data', 'client_data_json', 'signature', 'challenge_salt'];
  const [data, clientDataJson, signature, salt] = names.map((name) => decode(proof[name]));
  const signed = Buffer.concat([data, sha256(clientDataJson)]);
  if (!verify('sha256', signed, { key, dsaEncoding: 'der' }, signature)) throw new Refused('bad_signature');

  const clientData = readObject(clientDataJson);
  if (clientData.type !== 'webauthn.get') throw new Refused('wrong_type');
  // The server added 32 random bytes to your nonce: this proof was made for this sign-in alone.
  const challenge = sha256(Buffer.from('mk2'), decode(challengeNonce), salt).toString('base64url');
  if (salt.length !== 32 || clientData.challenge !== challenge) throw new Refused('wrong_challenge');
  if (!origins.includes(clientData.origin)) throw new Refused('wrong_origin');
  if ((clientData.crossOrigin ?? false) !== false) throw new Refused('cross_origin');

  // rpIdHash 32 bytes | flags 1 | signCount 4
  if (data.length < 37) throw new Refused('malformed');
  if (!data.subarray(0, 32).equals(sha256(Buffer.from(rpId)))) throw new Refused('wrong_rp_id');
  const flags = data[32];
  if (!(flags & USER_PRESENT)) throw new Refused('user_not_present');
  if (requireUserVerified && !(flags & USER_VERIFIED)) throw new Refused('user_not_verified');
  return {
    credential_id: proof.credential_id,
    origin: clientData.origin,
    user_verified: (flags & USER_VERIFIED) !== 0,
    backup_state: (flags & BACKUP_STATE) !== 0,
    sign_count: data.readUInt32BE(33),
  };
}

function main([file, rpId, origins, challengeNonce, ...others]) {
  if (challengeNonce === undefined || others.length > 0) {
    console.error('verify_proof.mjs CREDENTIALS_FILE RP_ID ORIGINS CHALLENGE_NONCE < answer-of-verify-auth');
    return 2;
  }
  let credentials;
  try {
    ({ credentials } = JSON.parse(fs.readFileSync(file, 'utf8')));
  } catch (error) {
    console.error(error.message);
    return 2;
  }
  try {
    const { proof } = readObject(fs.readFileSync(0));
    const expected = { credentials, rpId, origins: origins.split(','), challengeNonce };
    console.log(JSON.stringify(verifyProof(proof, expected)));
    return 0;
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    console.error(error.message);
    return 1;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = main(process.argv.slice(2));
