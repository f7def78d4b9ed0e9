#!/usr/bin/env php
<?php
// Verifies the assertion that verify-auth answers. Needs PHP 8 with openssl, as php-cli has it.
//
//     verify_assertion.php JWKS_FILE ISSUER TENANT_ID NONCE [UNIX_TIME] < assertion
//
// Prints the claims and exits with 0. Exits with 1 and a word on stderr when it refuses, with 2 when it
// was called wrongly. UNIX_TIME is for assertions that were kept: was it good then?
declare(strict_types=1);

const LEEWAY = 5; // seconds by which the two clocks may differ
const MAX_SIZE = 8192;
// SubjectPublicKeyInfo of a P-256 key up to its point.
const P256_HEAD = "\x30\x59\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07\x03\x42\x00\x04";

/** Its message is the word that says why. */
final class Refused extends Exception
{
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

/** The P-256 key of that name. What the token says of its own algorithm or key decides nothing. */
function find_key(array $jwks, mixed $kid): OpenSSLAsymmetricKey
{
    $keys = array_values(array_filter($jwks['keys'], fn (array $key): bool => $key['kid'] === $kid));
    if (count($keys) !== 1 || $keys[0]['kty'] !== 'EC' || $keys[0]['crv'] !== 'P-256') {
        throw new Refused('unknown_key');
    }
    $der = P256_HEAD . decode($keys[0]['x']) . decode($keys[0]['y']);
    $pem = "-----BEGIN PUBLIC KEY-----\n" . base64_encode($der) . "\n-----END PUBLIC KEY-----\n";
    return openssl_pkey_get_public($pem) ?: throw new Refused('unknown_key');
}

/** r and s of 32 bytes each → ASN.1, which openssl_verify reads. */
function ecdsa_der(string $signature): string
{
    $integers = '';
    foreach (str_split($signature, 32) as $half) {
        $digits = ltrim($half, "\0");
        if ($digits === '' || ord($digits[0]) >= 0x80) {
            $digits = "\0" . $digits;
        }
        $integers .= "\x02" . chr(strlen($digits)) . $digits;
    }
    return "\x30" . chr(strlen($integers)) . $integers;
}

/** The claims of a good assertion; throws Refused otherwise. */
function verify_assertion(string $token, array $jwks, string $issuer, string $tenant_id, string $nonce, ?int $now = null): array
{
    $now ??= time();
    $parts = explode('.', $token);
    if (strlen($token) > MAX_SIZE || count($parts) !== 3) {
        throw new Refused('malformed');
    }
    $header = read_object(decode($parts[0]));
    if (($header['alg'] ?? null) !== 'ES256' || array_key_exists('crit', $header)) {
        throw new Refused('wrong_algorithm');
    }
    $key = find_key($jwks, $header['kid'] ?? null);
    $signature = decode($parts[2]);
    if (strlen($signature) !== 64
        || openssl_verify("$parts[0].$parts[1]", ecdsa_der($signature), $key, OPENSSL_ALGO_SHA256) !== 1) {
        throw new Refused('bad_signature');
    }

    $claims = read_object(decode($parts[1]));
    if (($claims['iss'] ?? null) !== $issuer) {
        throw new Refused('wrong_issuer');
    }
    if (($claims['aud'] ?? null) !== $tenant_id) {
        throw new Refused('wrong_audience');
    }
    if (($claims['nonce'] ?? null) !== $nonce) {
        throw new Refused('wrong_nonce');
    }
    if (!is_int($claims['exp'] ?? null) || !is_int($claims['iat'] ?? null)) {
        throw new Refused('malformed');
    }
    if ($now >= $claims['exp'] + LEEWAY) {
        throw new Refused('expired');
    }
    if ($now < $claims['iat'] - LEEWAY) {
        throw new Refused('not_yet_valid');
    }
    return $claims;
}

function main(array $arguments): int
{
    $jwks = json_decode((string) @file_get_contents($arguments[0] ?? ''), true);
    $time = $arguments[4] ?? null;
    if (!in_array(count($arguments), [4, 5], true) || !is_array($jwks) || ($time !== null && !ctype_digit($time))) {
        fwrite(STDERR, "verify_assertion.php JWKS_FILE ISSUER TENANT_ID NONCE [UNIX_TIME] < assertion\n");
        return 2;
    }
    [, $issuer, $tenant_id, $nonce] = $arguments;
    try {
        $token = rtrim((string) stream_get_contents(STDIN, MAX_SIZE + 2), "\n");
        $now = $time === null ? null : (int) $time;
        echo json_encode(verify_assertion($token, $jwks, $issuer, $tenant_id, $nonce, $now)), "\n";
        return 0;
    } catch (Refused $refused) {
        fwrite(STDERR, $refused->getMessage() . "\n");
        return 1;
    }
}

if (realpath($_SERVER['SCRIPT_FILENAME']) === __FILE__) {
    exit(main(array_slice($argv, 1)));
}
