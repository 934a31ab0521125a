"""The documents people agree to; their first line is their version."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bots.settings import Settings

FOLDER = Path(__file__).parent / "consent"

# Words in square brackets stand only where everything they name is known.
_OPTIONAL = re.compile(r"\[([^\[\]]*)\]")
_NAME = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Document:
    """A document as it is shown, with its version and the SHA-256 of the very text."""

    version: str
    text: str
    sha: str


def subscription_consent(settings: Settings) -> Document:
    """Return the consent to the processing of a subscriber's data, filled in for this operator."""
    version, _, body = (FOLDER / "subscription.txt").read_text(encoding="utf-8").partition("\n")
    version = version.strip()
    text = _filled(
        body,
        {
            "operator": settings.operator_name.strip(),
            "contacts": settings.operator_contacts.strip(),
            "version": version,
        },
    )
    return Document(version, text, hashlib.sha256(text.encode()).hexdigest())


def _filled(body: str, values: Mapping[str, str]) -> str:
    def keep(found: re.Match[str]) -> str:
        return found[1] if all(values[name] for name in _NAME.findall(found[1])) else ""

    text = _OPTIONAL.sub(keep, body).format(**values)
    text = "\n".join(line.strip() for line in text.splitlines())
    # A paragraph of which nothing was left leaves no gap.
    return re.sub(r"\n{3,}", "\n\n", text).strip()
