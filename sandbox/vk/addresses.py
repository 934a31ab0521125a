"""Addresses for uploads, and the signatures by which VK knows its own words again."""

from __future__ import annotations

import re
from hashlib import sha256

from sandbox.vk.ask import Ask
from sandbox.world import Account

_PLACE = re.compile(r"message|wall|doc|audio_message|graffiti|video-?\d+_\d+")


def upload_url(ask: Ask, account: Account, place: str) -> str:
    """Return the address to which files for a place are sent."""
    return f"{ask.base}/vk/upload/{place}/{account.id}/{sign(account, 'address', place)}"


def is_upload_url(account: Account, place: str, signature: str) -> bool:
    """Tell whether an address was given out: only this community's keys get to know it."""
    known = _PLACE.fullmatch(place) is not None
    return known and signature == sign(account, "address", place)


def sign(account: Account, *what: str) -> str:
    """Return a signature that nobody outside can make."""
    return sha256("\n".join([account.token, *what]).encode()).hexdigest()[:32]
