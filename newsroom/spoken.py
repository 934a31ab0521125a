"""What a person means by numbers and quotes in an edit said in words."""

from __future__ import annotations

import re
from dataclasses import dataclass

from core.errors import RewriteError
from core.richtext import RichText

_ORDINALS = ("перв", "втор", "трет", "четверт", "пят", "шест", "седьм", "восьм", "девят", "десят")
# One word that says which; for folded lines.
WHICH = rf"(?:[0-9]{{1,4}}(?:-?[а-я]{{1,3}})?|(?:{'|'.join(_ORDINALS)})[а-я]{{1,3}}|последн[а-я]{{2,3}})"
_NUMBER = re.compile(r"[№#]?([0-9]{1,6})(?:-?[а-я]{1,3})?")
_RANGE = re.compile(r"([0-9]{1,6}) *- *([0-9]{1,6})")
_ORDINAL = re.compile(rf"({'|'.join(_ORDINALS)})[а-я]{{1,3}}")
_FILLER = re.compile(r"(?:и|номер[а-я]*|№|абзац[а-я]*|фото[а-я]*|картин[а-я]+|сним[а-я]+)")

_CLOSING = {"«": "»", "„": '“”"', "“": '”“"', '"': '"”“', "‘": "’'", "'": "'’", "‹": "›", "”": "”"}
_ON = re.compile(r"(?<=\s)на(?=\s)", re.IGNORECASE)
_SHOWN = 60  # code points of a person's own words in an answer to it


def numbers(words: str, noun: str, count: int) -> list[int]:
    """Return which of `count` paragraphs or pictures are meant, ascending, each once.

    `words` are folded: «2», «1 и 3», «2-4», «второй», «последнее», «все»; nothing means the only
    one. Raises RewriteError when they are not understood or there are not so many.
    """
    if not count:
        raise RewriteError("Фото здесь нет." if noun == "фото" else "Абзацев здесь нет.")
    all_of = f"Всего фото: {count}." if noun == "фото" else f"Всего абзацев: {count}."
    result: set[int] = set()
    words = words.strip()
    if not words and count == 1:
        return [1]
    for low, high in _ranges(words, count):
        if not 1 <= low <= high <= count:
            raise RewriteError(f"Номера {low if low == high else f'{low}-{high}'} нет. {all_of}")
        result.update(range(low, high + 1))
    if not result:
        raise RewriteError(f"Напишите номер, например «{noun} 1». {all_of}")
    return sorted(result)


def _ranges(words: str, count: int) -> list[tuple[int, int]]:
    """Return first and last of each range that is named; nothing when a word is not understood."""
    result: list[tuple[int, int]] = []
    for word in re.split(r"[ ,;]+", re.sub(r" *- *", "-", words)):
        number, span, ordinal = (p.fullmatch(word) for p in (_NUMBER, _RANGE, _ORDINAL))
        if span:
            result.append((int(span[1]), int(span[2])))
        elif number:
            result.append((int(number[1]), int(number[1])))
        elif ordinal:
            at = _ORDINALS.index(ordinal[1]) + 1
            result.append((at, at))
        elif word.startswith("последн"):
            result.append((count, count))
        elif word in ("все", "весь"):
            result.append((1, count))
        elif word and not _FILLER.fullmatch(word):
            return []
    return result


@dataclass(frozen=True, slots=True)
class Swap:
    """A phrase and what shall stand in its place."""

    old: str
    new: RichText


def swaps(said: RichText) -> list[Swap]:
    """Return what «А на Б» can mean: with both in quotes only what is between them, else every way to split it."""
    said = said.strip()
    both: list[Swap] = []
    loose: list[Swap] = []
    for on in _ON.finditer(said.text):
        left, right = said.text[: on.start()].rstrip(), said.slice(on.end(), len(said.text)).strip()
        if not left or not right:
            continue
        old, new = quoted(left), _between_quotes(right)
        if old and new is not None:
            both.append(Swap(old, new))
        loose.append(Swap(left, right))
        if old:
            loose.append(Swap(old, right))
        if new:
            loose.append(Swap(left, new))
    return both or loose


def quoted(text: str) -> str | None:
    """Return what stands between the quotes around a text; None without quotes."""
    inside = _between_quotes(RichText(text.strip()))
    return None if inside is None else inside.text


def _between_quotes(rich: RichText) -> RichText | None:
    end = len(rich.text)
    if rich.text.endswith((".", "!")) and end > 2:
        end -= 1  # a sentence's own full stop, behind the closing quote
    closing = _CLOSING.get(rich.text[:1], "")
    for last in (len(rich.text), end):
        if last >= 2 and rich.text[last - 1] in closing:
            return rich.slice(1, last - 1)
    return None


def shown(text: str) -> str:
    """Return a person's own words short enough for an answer, in one line."""
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN else line[: _SHOWN - 1].rstrip() + "…"
