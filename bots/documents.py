"""The documents people agree to; their first line is their version."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from bots.settings import Settings

FOLDER = Path(__file__).parent / "consent"


@dataclass(frozen=True, slots=True)
class Document:
    """A document as it is shown, with its version and the SHA-256 of the very text."""

    version: str
    text: str
    sha: str


def subscription_consent(settings: Settings) -> Document:
    """Return the consent to the processing of a subscriber's data, filled in for this operator."""
    version, _, body = (FOLDER / "subscription.txt").read_text(encoding="utf-8").partition("\n")
    text = body.strip().format(
        operator=settings.operator_name, contacts=settings.operator_contacts, version=version
    )
    return Document(version.strip(), text, hashlib.sha256(text.encode()).hexdigest())
