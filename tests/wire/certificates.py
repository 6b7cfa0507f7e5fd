"""A certificate authority of our own, and servers that it vouches for."""

from __future__ import annotations

import datetime as dt
import ipaddress
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import NameOID


def _use(*, signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs,
        crl_sign=signs,
        encipher_only=False,
        decipher_only=False,
    )


SIGNS, IS_SERVER = _use(signs=True), _use(signs=False)
LOOPBACK = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))


@dataclass(frozen=True)
class Authority:
    """The file by which clients trust the authority, and the context of a server with a
    certificate of its.
    """

    bundle: Path
    context: ssl.SSLContext


def make_authority(folder: Path, hosts: Sequence[str] = ()) -> Authority:
    """Make an authority and a server certificate for 127.0.0.1 and `hosts`."""
    own, servers = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    bundle, chain = folder / "ca.pem", folder / "server.pem"
    root = certified("Our CA", own, "Our CA", own, hosts)
    bundle.write_bytes(root.public_bytes(Encoding.PEM))
    private = servers.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    certificate = certified("127.0.0.1", servers, "Our CA", own, hosts)
    chain.write_bytes(private + certificate.public_bytes(Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain)
    return Authority(bundle, context)


def certified(
    subject: str,
    key: ec.EllipticCurvePrivateKey,
    issuer: str,
    by: ec.EllipticCurvePrivateKey,
    hosts: Sequence[str],
) -> x509.Certificate:
    now = dt.datetime.now(dt.UTC)
    names = [
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        for name in (subject, issuer)
    ]
    places = [x509.DNSName(host) for host in hosts]
    return (
        x509.CertificateBuilder()
        .subject_name(names[0])
        .issuer_name(names[1])
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(
            x509.BasicConstraints(ca=subject == issuer, path_length=None), critical=True
        )
        .add_extension(x509.SubjectAlternativeName([LOOPBACK, *places]), critical=False)
        # Python 3.13 takes none that does not say by which key, and for what.
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(by.public_key()),
            critical=False,
        )
        .add_extension(
            x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False
        )
        .add_extension(SIGNS if subject == issuer else IS_SERVER, critical=True)
        .sign(by, hashes.SHA256())
    )
