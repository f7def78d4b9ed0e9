#!/usr/bin/env python3
"""Writes the first inputs of the fuzz targets, from the specification's vectors, to tests/fuzz/corpus.

    tests/fuzz/seeds.py

What fuzzing finds beyond them is added to the same folders (see CONTRIBUTING.md).
"""
import base64
import json
import pathlib

HERE = pathlib.Path(__file__).resolve().parent
VECTORS = json.loads((HERE.parent / "vectors/w3c-webauthn-l3.json").read_text())


def decoded(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def encoded(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def write(target, name, data):
    folder = HERE / "corpus" / target
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(data)


def cbor(data, at=0):
    """One item of definite length without tags: (value, end)."""
    major, number = data[at] >> 5, data[at] & 31
    at += 1
    if number >= 24:
        size = 1 << (number - 24)
        number = int.from_bytes(data[at : at + size], "big")
        at += size
    if major == 0:
        return number, at
    if major == 1:
        return -1 - number, at
    if major in (2, 3):
        text = data[at : at + number]
        return (text if major == 2 else text.decode()), at + number
    if major == 4:
        items = []
        for _ in range(number):
            item, at = cbor(data, at)
            items.append(item)
        return items, at
    members = {}
    for _ in range(number):
        key, at = cbor(data, at)
        members[key], at = cbor(data, at)
    return members, at


def text(data):
    return bytes([0x78, len(data)]) + data if len(data) > 23 else bytes([0x60 + len(data)]) + data


def blob(data):
    if len(data) < 24:
        return bytes([0x40 + len(data)]) + data
    if len(data) < 256:
        return bytes([0x58, len(data)]) + data
    return b"\x59" + len(data).to_bytes(2, "big") + data


def compound(data):
    """Two statements of none about the authenticator data."""
    part = b"\xa2\x63fmt\x64none\x67attStmt\xa0"
    return (b"\xa3\x63fmt" + text(b"compound") + b"\x67attStmt\x82" + part + part
            + b"\x68authData" + blob(data))


def registration_json(made, extra):
    return json.dumps({"id": made["credential_id"], "rawId": made["credential_id"], "type": "public-key",
                       "response": {"clientDataJSON": made["clientDataJSON"],
                                    "attestationObject": made["attestationObject"], **extra[0]}, **extra[1]},
                      separators=(",", ":")).encode()


def authentication_json(used, extra):
    return json.dumps({"id": used["credential_id"], "rawId": used["credential_id"], "type": "public-key",
                       "response": {"clientDataJSON": used["clientDataJSON"], "authenticatorData": used["authenticatorData"],
                                    "signature": used["signature"], **extra[0]}, **extra[1]},
                      separators=(",", ":")).encode()


for vector in VECTORS:
    name, made, used = vector["id"], vector["registration"], vector["authentication"]
    client_data, object_ = decoded(made["clientDataJSON"]), decoded(made["attestationObject"])
    members, _ = cbor(object_)
    write("attestation", name, len(client_data).to_bytes(2, "big") + client_data + object_)
    write("authenticator_data", name, members["authData"])
    write("authenticator_data", name + "-assertion", decoded(used["authenticatorData"]))
    write("cose_key", name, decoded(made["publicKeyCose"]))
    write("client_data", name, client_data)
    write("client_data", name + "-assertion", decoded(used["clientDataJSON"]))
    write("registration_json", name, registration_json(made, ({}, {})))
    write("authentication_json", name, authentication_json(used, ({}, {})))
    if len(object_) < 1200:
        write("cbor", name, object_)
    for number, certificate in enumerate(members["attStmt"].get("x5c", [])):
        write("certificate", f"{name}-{number}", certificate)
    for part in ("pubArea", "certInfo"):
        if part in members["attStmt"]:
            write("tpm_structures", f"{name}-{part}", members["attStmt"][part])

plain = VECTORS[0]
client_data = decoded(plain["registration"]["clientDataJSON"])
authenticator_data = cbor(decoded(plain["registration"]["attestationObject"]))[0]["authData"]
write("attestation", "compound", len(client_data).to_bytes(2, "big") + client_data + compound(authenticator_data))
flags = authenticator_data[32] | 0x80
write("authenticator_data", "extensions",
      authenticator_data[:32] + bytes([flags]) + authenticator_data[33:] + b"\xa2\x61a\x01\x6bhmac-secret\xf5")
write("registration_json", "members",
      registration_json(plain["registration"], ({"transports": ["usb", "internal"]},
                                                {"clientExtensionResults": {"credProps": {"rk": True}}})))
write("authentication_json", "members",
      authentication_json(plain["authentication"], ({"userHandle": "AAEC"}, {"clientExtensionResults": {}})))
write("client_data", "top_origin", b'{"type":"webauthn.get","crossOrigin":true,"topOrigin":"https://a.example"}')
write("client_data", "byte_order_mark", b'\xef\xbb\xbf{"type":"webauthn.get","x":"\xff\\u0041"}')
for number, item in enumerate([b"\xa0", b"\x80", b"\xf5", b"\x3b\x7f" + b"\xff" * 7, b"\x1b\x80" + b"\0" * 7, b"\xf6",
                               b"\xa2\x01\x02\x61a\x81\x40", b"\x9f\xff", b"\xc0\x60", b"\xfb" + b"\0" * 8,
                               b"\x81\x81\x81\x81\x00", b"\x81\x81\x81\x81\x81\x00", b"\x9a\x10\x00\x00\x00",
                               b"\x5b" + b"\xff" * 8, b"\x18\x17", b"\xa2\x01\x00\x01\x00"]):
    write("cbor", f"item-{number:02}", item)
for number, characters in enumerate([b"", b"A", b"AA", b"AAA", b"AAAA", b"-_-_", b"AB", b"AA==", b"A A", b"+/+/",
                                     plain["registration"]["clientDataJSON"].encode()]):
    write("base64url", f"text-{number:02}", characters)

# TPMT_PUBLIC: of an RSA key (2,048 bits, exponent by default), and of one on P-384.
rsa = cbor(decoded(next(v for v in VECTORS if v["alg"] == -257)["registration"]["publicKeyCose"]))[0]
write("tpm_structures", "rsa", bytes.fromhex("0001000b00060472000000100014000b080000000000") + b"\x01\x00" + rsa[-1])
ec = cbor(decoded(next(v for v in VECTORS if v["alg"] == -35)["registration"]["publicKeyCose"]))[0]
write("tpm_structures", "p384", bytes.fromhex("0023000c00060472000000100018000c00040010")
      + b"\x00\x30" + ec[-2] + b"\x00\x30" + ec[-3])
