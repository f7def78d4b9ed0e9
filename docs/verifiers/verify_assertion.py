#!/usr/bin/env python3
"""Verifies the assertion that verify-auth answers. Needs the package python3-cryptography.

    verify_assertion.py JWKS_FILE ISSUER TENANT_ID NONCE [UNIX_TIME] < assertion

Prints the claims and exits with 0. Exits with 1 and a word on stderr when it refuses, with 2 when it was
called wrongly. UNIX_TIME is for assertions that were kept: was it good then?
"""
import base64
import json
import sys
import time

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

LEEWAY = 5  # seconds by which the two clocks may differ
MAX_SIZE = 8192


class Refused(Exception):
    """Its text is the word that says why."""


def decode(text):
    """base64url without padding, in its one correct spelling."""
    try:
        data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (ValueError, TypeError):
        raise Refused("malformed") from None
    if base64.urlsafe_b64encode(data).rstrip(b"=").decode() != text:
        raise Refused("malformed")
    return data


def read_object(data):
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        raise Refused("malformed") from None
    if not isinstance(value, dict):
        raise Refused("malformed")
    return value


def find_key(jwks, kid):
    """The P-256 key of that name. What the token says of its own algorithm or key decides nothing."""
    keys = [key for key in jwks["keys"] if isinstance(kid, str) and key["kid"] == kid]
    if len(keys) != 1 or (keys[0]["kty"], keys[0]["crv"]) != ("EC", "P-256"):
        raise Refused("unknown_key")
    x, y = (int.from_bytes(decode(keys[0][name]), "big") for name in ("x", "y"))
    return ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()


def verify_assertion(token, jwks, issuer, tenant_id, nonce, now=None):
    """The claims of a good assertion; raises Refused otherwise."""
    now = time.time() if now is None else now
    parts = token.split(".")
    if len(token) > MAX_SIZE or len(parts) != 3:
        raise Refused("malformed")
    header = read_object(decode(parts[0]))
    if header.get("alg") != "ES256" or "crit" in header:
        raise Refused("wrong_algorithm")
    key = find_key(jwks, header.get("kid"))
    signature = decode(parts[2])
    if len(signature) != 64:
        raise Refused("bad_signature")
    r, s = (int.from_bytes(half, "big") for half in (signature[:32], signature[32:]))
    try:
        signed = f"{parts[0]}.{parts[1]}".encode()
        key.verify(encode_dss_signature(r, s), signed, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        raise Refused("bad_signature") from None

    claims = read_object(decode(parts[1]))
    if claims.get("iss") != issuer:
        raise Refused("wrong_issuer")
    if claims.get("aud") != tenant_id:
        raise Refused("wrong_audience")
    if claims.get("nonce") != nonce:
        raise Refused("wrong_nonce")
    if type(claims.get("exp")) is not int or type(claims.get("iat")) is not int:
        raise Refused("malformed")
    if now >= claims["exp"] + LEEWAY:
        raise Refused("expired")
    if now < claims["iat"] - LEEWAY:
        raise Refused("not_yet_valid")
    return claims


def main(arguments):
    if len(arguments) not in (4, 5):
        print(__doc__, file=sys.stderr)
        return 2
    try:
        with open(arguments[0], encoding="utf-8") as file:
            jwks = json.load(file)
        now = int(arguments[4]) if len(arguments) == 5 else None
        token = sys.stdin.buffer.read(MAX_SIZE + 2).decode("ascii", "replace").rstrip("\n")
    except (OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 2
    try:
        print(json.dumps(verify_assertion(token, jwks, *arguments[1:4], now)))
    except Refused as refused:
        print(refused, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
