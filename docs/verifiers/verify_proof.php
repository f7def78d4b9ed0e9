#!/usr/bin/env php
<?php
// Verifies the proof that verify-auth forwards. Needs PHP 8 with openssl, as php-cli has it.
//
//     verify_proof.php CREDENTIALS_FILE RP_ID ORIGINS CHALLENGE_NONCE < answer-of-verify-auth
//
// CREDENTIALS_FILE is what you kept of GET /users/{external_id}/credentials. ORIGINS has commas between
// them. Prints what the authenticator has signed and exits with 0. Exits with 1 and a word on stderr when
// it refuses, with 2 when it was called wrongly.
declare(strict_types=1);

const USER_PRESENT = 0x01;
const USER_VERIFIED = 0x04;
const BACKUP_STATE = 0x10;
const MAX_SIZE = 65536;
// SubjectPublicKeyInfo of a P-256 key up to its point.
const P256_HEAD = "\x30\x59\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07\x03\x42\x00\x04";

/** Its message is the word that says why. */
final class Refused extends Exception
{
}

function sha256(string $bytes): string
{
    return hash('sha256', $bytes, true);
}

function encode(string $bytes): string
{
    return rtrim(strtr(base64_encode($bytes), '+/', '-_'), '=');
}

/** base64url without padding, in its one correct spelling. */
function decode(mixed $text): string
{
    $bytes = is_string($text) ? base64_decode(strtr($text, '-_', '+/'), true) : false;
    if ($bytes === false || encode($bytes) !== $text) {
        throw new Refused('malformed');
    }
    return $bytes;
}

function read_object(string $json): array
{
    $value = json_decode($json, true, 16);
    if (!is_array($value) || array_is_list($value)) {
        throw new Refused('malformed');
    }
    return $value;
}

/** The P-256 key that you keep. The proof's own `alg` decides nothing. */
function stored_key(array $credentials, mixed $credential_id): OpenSSLAsymmetricKey
{
    $found = array_values(array_filter($credentials, fn (array $one): bool => $one['credential_id'] === $credential_id));
    if (count($found) !== 1) {
        throw new Refused('unknown_credential');
    }
    $key = $found[0]['public_key'];
    if (($key['kty'] ?? null) !== 'EC' || ($key['crv'] ?? null) !== 'P-256') {
        throw new Refused('wrong_algorithm');
    }
    $der = P256_HEAD . decode($key['x']) . decode($key['y']);
    $pem = "-----BEGIN PUBLIC KEY-----\n" . base64_encode($der) . "\n-----END PUBLIC KEY-----\n";
    return openssl_pkey_get_public($pem) ?: throw new Refused('wrong_algorithm');
}

/** What the authenticator has signed; throws Refused if any of it is not as it must be. */
function verify_proof(
    mixed $proof,
    array $credentials,
    string $rp_id,
    array $origins,
    string $challenge_nonce,
    bool $require_user_verified = true,
): array {
    if (!is_array($proof)) {
        throw new Refused('malformed');
    }
    $key = stored_key($credentials, $proof['credential_id'] ?? null);
    [$data, $client_data_json, $signature, $salt] = array_map(
        fn (string $name): string => decode($proof[$name] ?? null),
        ['authenticator_data', 'client_data_json', 'signature', 'challenge_salt'],
    );
    if (openssl_verify($data . sha256($client_data_json), $signature, $key, OPENSSL_ALGO_SHA256) !== 1) {
        throw new Refused('bad_signature');
    }

    $client_data = read_object($client_data_json);
    if (($client_data['type'] ?? null) !== 'webauthn.get') {
        throw new Refused('wrong_type');
    }
    // The server added 32 random bytes to your nonce: this proof was made for this sign-in alone.
    $challenge = encode(sha256('mk2' . decode($challenge_nonce) . $salt));
    if (strlen($salt) !== 32 || ($client_data['challenge'] ?? null) !== $challenge) {
        throw new Refused('wrong_challenge');
    }
    if (!in_array($client_data['origin'] ?? null, $origins, true)) {
        throw new Refused('wrong_origin');
    }
    if (($client_data['crossOrigin'] ?? false) !== false) {
        throw new Refused('cross_origin');
    }

    // rpIdHash 32 bytes | flags 1 | signCount 4
    if (strlen($data) < 37) {
        throw new Refused('malformed');
    }
    if (substr($data, 0, 32) !== sha256($rp_id)) {
        throw new Refused('wrong_rp_id');
    }
    $flags = ord($data[32]);
    if (($flags & USER_PRESENT) === 0) {
        throw new Refused('user_not_present');
    }
    if ($require_user_verified && ($flags & USER_VERIFIED) === 0) {
        throw new Refused('user_not_verified');
    }
    return [
        'credential_id' => $proof['credential_id'],
        'origin' => $client_data['origin'],
        'user_verified' => ($flags & USER_VERIFIED) !== 0,
        'backup_state' => ($flags & BACKUP_STATE) !== 0,
        'sign_count' => unpack('N', $data, 33)[1],
    ];
}

function main(array $arguments): int
{
    $stored = json_decode((string) @file_get_contents($arguments[0] ?? ''), true);
    if (count($arguments) !== 4 || !is_array($stored['credentials'] ?? null)) {
        fwrite(STDERR, "verify_proof.php CREDENTIALS_FILE RP_ID ORIGINS CHALLENGE_NONCE < answer-of-verify-auth\n");
        return 2;
    }
    [, $rp_id, $origins, $nonce] = $arguments;
    try {
        $answer = read_object((string) stream_get_contents(STDIN, MAX_SIZE));
        $proof = $answer['proof'] ?? null;
        echo json_encode(verify_proof($proof, $stored['credentials'], $rp_id, explode(',', $origins), $nonce)), "\n";
        return 0;
    } catch (Refused $refused) {
        fwrite(STDERR, $refused->getMessage() . "\n");
        return 1;
    }
}

if (realpath($_SERVER['SCRIPT_FILENAME']) === __FILE__) {
    exit(main(array_slice($argv, 1)));
}
