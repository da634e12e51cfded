"""Canonical bytes 规范字节 of what was published, and how anyone checks them without us (``docs/canonical.md``)."""

from mingbai.proofs.canonical import NotCanonicalError, canonical, digest, read_canonical
from mingbai.proofs.notice import FORMAT, Difference, code_of, envelope, verify

__all__ = [
    "FORMAT",
    "Difference",
    "NotCanonicalError",
    "canonical",
    "code_of",
    "digest",
    "envelope",
    "read_canonical",
    "verify",
]
