"""A phrase as words, numbers and signs: one spelling, whatever keyboard it came from."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto

from newsroom.calendar.numerals import (
    CARDINALS,
    HYPHENATED_SUFFIXES,
    ORDINALS,
    SUFFIXES,
    Case,
)

LONGEST = 120  # code points: more is not a time but a text
_RAW_LONGEST = 20_000
HUGE = 10**9  # stands for every number that is longer
_TOKEN = re.compile(r"[0-9]+|[^\W\d_]+|\S")
_DASHES = "‐‑‒–—―−⁃﹣－"
_COLONS = "：∶꞉"
_ONE_SPELLING = str.maketrans(
    {"ё": "е"}
    | dict.fromkeys(_DASHES, "-")
    | dict.fromkeys(_COLONS, ":")
    | {chr(ord("０") + digit): str(digit) for digit in range(10)}
)
# Latin letters that look Russian, for words that mix both.
_LOOKALIKES = str.maketrans("abcehkmoptxy", "авсенкмортху")
_CYRILLIC = re.compile("[а-я]")
_LATIN = re.compile("[a-z]")
_HYPHENATED = frozenset(
    {"где-то", "где-нибудь", "как-нибудь", "когда-нибудь", "когда-то", "как-то"}
)


class Kind(Enum):
    """What a token is."""

    NUMBER = auto()
    ORDINAL = auto()
    WORD = auto()
    SIGN = auto()
    END = auto()


@dataclass(frozen=True, slots=True)
class Token:
    """A word, a sign, or a number with its value; `glued` tokens have no space before them."""

    kind: Kind
    text: str
    glued: bool = False
    value: int = -1
    figures: bool = False
    case: Case | None = None


_END = Token(Kind.END, "")


class Line(Sequence[Token]):
    """The tokens of a phrase; behind its last one there are only END tokens, before its first too."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self._tokens = tuple(tokens)

    def __len__(self) -> int:
        return len(self._tokens)

    def __getitem__(self, index: int) -> Token:  # type: ignore[override]
        return self._tokens[index] if 0 <= index < len(self._tokens) else _END

    def word(self, index: int) -> str:
        """Return the word at an index, or nothing for another kind of token."""
        token = self[index]
        return token.text if token.kind is Kind.WORD else ""

    def sign(self, index: int) -> str:
        """Return the sign at an index, or nothing for another kind of token."""
        token = self[index]
        return token.text if token.kind is Kind.SIGN else ""

    def number(self, index: int) -> int | None:
        """Return the value of a cardinal number at an index."""
        token = self[index]
        return token.value if token.kind is Kind.NUMBER else None

    def ordinal(self, index: int, *cases: Case) -> int | None:
        """Return the value of an ordinal of one of the cases at an index."""
        token = self[index]
        return token.value if token.kind is Kind.ORDINAL and token.case in cases else None


def read(text: str) -> Line | None:
    """Return the tokens of a phrase; None when it is too long to be a time (LONGEST code points)."""
    if len(text) > _RAW_LONGEST:
        return None
    plain = _plain(text)
    if len(plain) > LONGEST:
        return None
    return Line(_with_numbers(_split(plain)))


def _plain(text: str) -> str:
    """Return it in lower case, without marks nobody sees, with single spaces and one kind of dash."""
    composed = unicodedata.normalize("NFC", text).lower()
    kept = (_shown(letter) for letter in composed)
    return " ".join("".join(kept).translate(_ONE_SPELLING).split())


def _shown(letter: str) -> str:
    if letter.isspace():
        return " "
    # Controls, zero-width marks, lone surrogates, stress marks and the like.
    return "" if unicodedata.category(letter) in {"Cc", "Cf", "Cs", "Mn", "Me"} else letter


def _split(plain: str) -> list[Token]:
    tokens: list[Token] = []
    end = 0
    for match in _TOKEN.finditer(plain):
        glued = match.start() == end and bool(tokens)
        end = match.end()
        tokens.append(_token(match.group(), glued))
    return _joined(tokens)


def _token(text: str, glued: bool) -> Token:
    if text[0] in "0123456789":
        value = int(text) if len(text) <= 9 else HUGE
        return Token(Kind.NUMBER, text, glued, value, figures=True)
    if not text[0].isalpha():
        return Token(Kind.SIGN, text, glued)
    if _LATIN.search(text) and (_CYRILLIC.search(text) or text in {"b", "c", "k"}):
        text = text.translate(_LOOKALIKES)
    return Token(Kind.WORD, text, glued)


def _joined(tokens: list[Token]) -> list[Token]:
    """Return them with «где-то» and its like as one word."""
    joined: list[Token] = []
    for token in tokens:
        joined.append(token)
        if len(joined) >= 3 and token.glued and joined[-2].text == "-" and joined[-2].glued:
            whole = "".join(part.text for part in joined[-3:])
            if whole in _HYPHENATED:
                joined[-3:] = [replace(joined[-3], text=whole)]
    return joined


def _with_numbers(tokens: list[Token]) -> list[Token]:
    """Return them with number words and endings of figures as numbers."""
    line, found, index = Line(tokens), list[Token](), 0
    while index < len(line):
        token, taken = _number_at(line, index)
        found.append(token)
        index += taken
    return found


def _number_at(line: Line, index: int) -> tuple[Token, int]:
    token = line[index]
    if token.kind is Kind.NUMBER:
        return _with_suffix(line, index)
    if token.text in ("две", "двух") and line.word(index + 1) in ("тысячи", "тысяч"):
        rest, taken = _words_at(line, index + 2)
        if rest is not None and rest.value < 100:
            return replace(rest, value=2000 + rest.value, glued=token.glued), taken + 2
    number, taken = _words_at(line, index)
    return (token, 1) if number is None else (number, taken)


def _with_suffix(line: Line, index: int) -> tuple[Token, int]:
    """Return figures with what is glued to them: «25-го», «25го», «5-ти»."""
    token = line[index]
    hyphen = line.sign(index + 1) == "-" and line[index + 1].glued
    at = index + 2 if hyphen else index + 1
    suffix = line.word(at)
    known = {**SUFFIXES, **HYPHENATED_SUFFIXES} if hyphen else SUFFIXES
    if not line[at].glued or suffix not in known:
        return token, 1
    case = known[suffix]
    kind = Kind.NUMBER if case is None else Kind.ORDINAL
    return replace(token, kind=kind, case=case), at - index + 1


def _words_at(line: Line, index: int) -> tuple[Token | None, int]:
    """Return the number written in words at an index («сто двадцать пять», «двадцать пятого»)."""
    total, taken, below = 0, 0, 1000
    glued = line[index].glued
    while True:
        skip = 1 if taken and _is_inner_hyphen(line, index + taken) else 0
        word = line.word(index + taken + skip)
        value, case = ORDINALS.get(word, (CARDINALS.get(word, HUGE), None))
        if value >= below or (taken and value == 0):
            break
        total += value
        taken += skip + 1
        if case is not None:
            return Token(Kind.ORDINAL, word, glued, total, case=case), taken
        below = 100 if value == 100 else 10 if value >= 20 else 0
    if not taken:
        return None, 0
    return Token(Kind.NUMBER, line[index].text, glued, total), taken


def _is_inner_hyphen(line: Line, index: int) -> bool:
    """Tell whether a hyphen ties the parts of one ordinal («двадцать-пятого»)."""
    is_hyphen = line.sign(index) == "-" and line[index].glued and line[index + 1].glued
    return is_hyphen and line.word(index + 1) in ORDINALS
