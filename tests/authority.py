"""An authority of the tests' own: certificates are made when they are needed, and nobody else trusts them."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


class Authority:
    """Signs certificates; its own is in *folder*, as ``ca.pem``.

    As many do, it signs by an intermediate one, of which a client learns only by the chain that a server shows.
    """

    def __init__(self, folder: Path, name: str = "an authority for tests") -> None:
        folder.mkdir(exist_ok=True)
        self.file = folder / "ca.pem"
        self._folder = folder
        root_key, self._key = _key(), _key()
        self._name = _name(f"{name}, the part that signs")
        root = _certificate(_name(name), root_key, _name(name), root_key, authority=True)
        self._link = _certificate(self._name, self._key, _name(name), root_key, authority=True)
        self.file.write_bytes(_pem(root))

    def certify(self, name: str = "localhost", *, days: int = 2) -> int:
        """Write a new ``key.pem`` and ``fullchain.pem`` for a server called *name*; return the certificate's number.

        It is good for so many *days*; if they are none, it expired yesterday.
        """
        key = _key()
        certificate = _certificate(_name(name), key, self._name, self._key, authority=False, days=days)
        written = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        path = self._folder / "key.pem"
        path.touch(0o600)
        path.write_bytes(written)
        (self._folder / "fullchain.pem").write_bytes(_pem(certificate) + _pem(self._link))
        return certificate.serial_number

    def context(self) -> ssl.SSLContext:
        """Return what a client uses that trusts this authority, and no other."""
        return ssl.create_default_context(cafile=str(self.file))


def number(connection: ssl.SSLSocket) -> int:
    """Return the number of the certificate that the server has shown."""
    shown = connection.getpeercert(binary_form=True)
    assert shown
    return x509.load_der_x509_certificate(shown).serial_number


def _key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def _name(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _certificate(
    subject: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    issuer: x509.Name,
    signer: ec.EllipticCurvePrivateKey,
    *,
    authority: bool,
    days: int = 2,
) -> x509.Certificate:
    now = datetime.now(UTC)
    [name] = subject
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=2))
        .not_valid_after(now + timedelta(days=days or -1))
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        # From 3.13 on, Python takes no certificate that does not say by which key it was signed.
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
    )
    if not authority:
        names = x509.SubjectAlternativeName([x509.DNSName(str(name.value))])
        builder = builder.add_extension(names, critical=False)
    else:
        signs = x509.KeyUsage(
            key_cert_sign=True,
            crl_sign=True,
            digital_signature=False,
            content_commitment=False,
            key_encipherment=False,
            data_encipherment=False,
            key_agreement=False,
            encipher_only=False,
            decipher_only=False,
        )
        builder = builder.add_extension(signs, critical=True)
    return builder.sign(signer, hashes.SHA256())


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)
