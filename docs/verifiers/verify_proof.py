#!/usr/bin/env python3
"""Verifies the proof that verify-auth forwards. Needs the package python3-cryptography.

    verify_proof.py CREDENTIALS_FILE RP_ID ORIGINS CHALLENGE_NONCE < answer-of-verify-auth

CREDENTIALS_FILE is what you kept of GET /users/{external_id}/credentials. ORIGINS has commas between them.
Prints what the authenticator has signed and exits with 0. Exits with 1 and a word on stderr when it
refuses, with 2 when it was called wrongly.
"""
import base64
import hashlib
import json
import sys

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

USER_PRESENT, USER_VERIFIED, BACKUP_STATE = 0x01, 0x04, 0x10
MAX_SIZE = 65536


class Refused(Exception):
    """Its text is the word that says why."""


def encode(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode(text):
    """base64url without padding, in its one correct spelling."""
    try:
        data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (ValueError, TypeError):
        raise Refused("malformed") from None
    if encode(data) != text:
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


def stored_key(credentials, credential_id):
    """The P-256 key that you keep. The proof's own `alg` decides nothing."""
    found = [one["public_key"] for one in credentials if one["credential_id"] == credential_id]
    if len(found) != 1:
        raise Refused("unknown_credential")
    key = found[0]
    if not key or (key.get("kty"), key.get("crv")) != ("EC", "P-256"):
        raise Refused("wrong_algorithm")
    x, y = (int.from_bytes(decode(key[name]), "big") for name in ("x", "y"))
    return ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()


def verify_proof(proof, credentials, rp_id, origins, challenge_nonce, require_user_verified=True):
    """What the authenticator has signed; raises Refused if any of it is not as it must be."""
    if not isinstance(proof, dict):
        raise Refused("malformed")
    key = stored_key(credentials, proof.get("credential_id"))
    names = ("authenticator_data", "client_data_json", "signature", "challenge_salt")
    data, client_data_json, signature, salt = (decode(proof.get(name)) for name in names)
    try:
        signed = data + hashlib.sha256(client_data_json).digest()
        key.verify(signature, signed, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        raise Refused("bad_signature") from None

    client_data = read_object(client_data_json)
    if client_data.get("type") != "webauthn.get":
        raise Refused("wrong_type")
    # The server added 32 random bytes to your nonce: this proof was made for this sign-in alone.
    challenge = hashlib.sha256(b"mk2" + decode(challenge_nonce) + salt).digest()
    if len(salt) != 32 or client_data.get("challenge") != encode(challenge):
        raise Refused("wrong_challenge")
    if client_data.get("origin") not in origins:
        raise Refused("wrong_origin")
    if client_data.get("crossOrigin") not in (None, False):
        raise Refused("cross_origin")

    # rpIdHash 32 bytes | flags 1 | signCount 4
    if len(data) < 37:
        raise Refused("malformed")
    if data[:32] != hashlib.sha256(rp_id.encode()).digest():
        raise Refused("wrong_rp_id")
    if not data[32] & USER_PRESENT:
        raise Refused("user_not_present")
    if require_user_verified and not data[32] & USER_VERIFIED:
        raise Refused("user_not_verified")
    return {
        "credential_id": proof["credential_id"],
        "origin": client_data["origin"],
        "user_verified": bool(data[32] & USER_VERIFIED),
        "backup_state": bool(data[32] & BACKUP_STATE),
        "sign_count": int.from_bytes(data[33:37], "big"),
    }


def main(arguments):
    if len(arguments) != 4:
        print(__doc__, file=sys.stderr)
        return 2
    path, rp_id, origins, challenge_nonce = arguments
    try:
        with open(path, encoding="utf-8") as file:
            credentials = json.load(file)["credentials"]
    except (OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 2
    try:
        proof = read_object(sys.stdin.buffer.read(MAX_SIZE)).get("proof")
        print(json.dumps(verify_proof(proof, credentials, rp_id, origins.split(","), challenge_nonce)))
    except Refused as refused:
        print(refused, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
