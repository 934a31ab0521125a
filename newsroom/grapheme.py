"""Where a text may be cut without breaking a letter as people see it (a grapheme cluster)."""

from __future__ import annotations

import unicodedata

_JOINER = "\u200d"


def may_cut(text: str, at: int, since: int = 0) -> bool:
    """Tell whether `text[:at]` and `text[at:]` (code points) break no letter, emoji or flag.

    `since` is a place known to be a border: flags are counted from there. Rules after UAX #29,
    without the rare signs that stand before a letter.
    """
    if at <= since or at >= len(text):
        return True
    before, after = text[at - 1], text[at]
    if before == "\r" and after == "\n":
        return False
    if unicodedata.category(before) in ("Cc", "Zl", "Zp"):
        return True
    if before == _JOINER or _extends(after):
        return False
    if _is_flag_half(before) and _is_flag_half(after):
        start = at
        while start > since and _is_flag_half(text[start - 1]):
            start -= 1
        return (at - start) % 2 == 0
    return not _is_syllable(before, after)


def _extends(char: str) -> bool:
    return (
        char == _JOINER
        or unicodedata.category(char) in ("Mn", "Me", "Mc")  # variation selectors are Mn
        or "\U0001f3fb" <= char <= "\U0001f3ff"  # colours of skin
        or "\U000e0020" <= char <= "\U000e007f"  # letters of the flags of regions
    )


def _is_flag_half(char: str) -> bool:
    return "\U0001f1e6" <= char <= "\U0001f1ff"


def _is_syllable(before: str, after: str) -> bool:
    """Tell whether a Korean letter goes on the syllable before it."""
    return "\u1160" <= after <= "\u11ff" and (
        "\u1100" <= before <= "\u11ff" or "\uac00" <= before <= "\ud7a3"
    )
