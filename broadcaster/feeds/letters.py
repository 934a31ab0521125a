"""How much a run of letters looks like Russian: frequencies of letters and the habits of case."""

from __future__ import annotations

import math

# Share of each letter in Russian prose, per thousand (general reference frequencies, rounded).
_PER_MILLE = {
    "о": 110, "е": 85, "а": 80, "и": 74, "н": 67, "т": 63, "с": 55, "р": 47, "в": 45, "л": 44,
    "к": 35, "м": 32, "д": 30, "п": 28, "у": 26, "я": 20, "ы": 19, "ь": 17, "г": 17, "з": 16,
    "б": 16, "ч": 14, "й": 12, "х": 10, "ж": 9, "ш": 7, "ю": 6, "ц": 5, "щ": 4, "э": 3, "ф": 3,
    "ъ": 0.4, "ё": 0.4,
}  # fmt: skip
_LOG = {letter: math.log(share / 1000) for letter, share in _PER_MILLE.items()}
_VOWELS = frozenset("аеёиоуыэюя")
_NEIGHBOURS = frozenset("іїєґў")  # Ukrainian and Belarusian
_TYPOGRAPHIC = frozenset("«»—–…“”„№\u00a0\u00ad")
_SIGN = -5.0
_NEIGHBOUR = -8.0
_OTHER_LETTER = -7.0
_STRANGE = -11.0  # also the letters of Serbian and Macedonian, which mac-cyrillic makes of capitals
_ALTERNATES, _REPEATS = 0.3, -0.6  # a vowel behind a consonant and the like, or two of a kind
_FIRST_UPPER = -1.5
_UPPER_AFTER_UPPER = -0.15
_UPPER_AFTER_LOWER = -9.0  # «пРОФСОЮЗ»: the mark of KOI8-R and CP1251 read as each other
_MIXED_SCRIPT = -6.0


def likelihood(run: str) -> float:
    """Return the logarithm of how likely these letters are in Russian text; ASCII only matters as a neighbour."""
    total = 0.0
    before = ""
    for char in run:
        if not char.isascii():
            total += _letter(char) + (_pair(before, char) if _is_cyrillic(char) else 0.0)
        elif _is_cyrillic(before):
            total += _MIXED_SCRIPT
        before = char
    return total


def _letter(char: str) -> float:
    low = char.lower()
    if low in _LOG:
        return _LOG[low]
    if char in _TYPOGRAPHIC:
        return _SIGN
    if low in _NEIGHBOURS:
        return _NEIGHBOUR
    return _OTHER_LETTER if char.isalpha() and not _is_cyrillic(char) else _STRANGE


def _pair(before: str, char: str) -> float:
    if before and before.isascii():
        return _MIXED_SCRIPT
    if not _is_cyrillic(before):
        return _FIRST_UPPER if char.isupper() else 0.0
    total = _REPEATS if (before.lower() in _VOWELS) == (char.lower() in _VOWELS) else _ALTERNATES
    if char.isupper():
        total += _UPPER_AFTER_UPPER if before.isupper() else _UPPER_AFTER_LOWER
    return total


def _is_cyrillic(char: str) -> bool:
    return "\u0400" <= char <= "\u04ff"
