"""What an edit has changed, shown to people: «Было» and «Стало» under each other, changed words marked.

The lines say it all without styles too; where there are styles, what went is struck through and
what came is bold.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from core.richtext import RichText, Style, join, plain, styled
from newsroom.alignment import align
from newsroom.entities import tidy
from newsroom.passage import paragraphs
from newsroom.rewrite import Content

DIFFERENCE_LIMIT = 3_500  # code points

_AROUND = 4  # unchanged words shown on either side of a change
_RUN = 200  # code points of one changed run of words
_BLOCK = 700  # code points of one line «Было» or «Стало»
_MOST_LINKS = 3
_MOST_BLOCKS = 200  # paragraphs; more have no room in a difference
_AHEAD = 20  # old paragraphs among which the one is looked for that a new one was made of
_ALIKE = 0.4  # share of words in common that makes two paragraphs the same one, changed


def difference(before: Content, after: Content) -> RichText:
    """Return the changes from one content to the other, at most `DIFFERENCE_LIMIT` code points.

    Paragraphs are numbered as an edit numbers them; changed ones by their place in the new text,
    those taken out by their place in the old one.
    """
    head = _title(before.title, after.title)
    tail = [*_looks(before.body, after.body), *_pictures(before.pictures, after.pictures)]
    room = DIFFERENCE_LIMIT - sum(len(part.text) + 2 for part in (*head, *tail)) - _BLOCK // 10
    body, left = _fitting(_body(before.body.text, after.body.text), room)
    if left:
        body.append(plain("Показаны не все изменения."))
    return join([*head, *body, *tail] or [plain("Изменений нет.")], "\n\n")


def _fitting(parts: Iterator[RichText], room: int) -> tuple[list[RichText], bool]:
    """Return the parts that have room, and whether some are left."""
    result: list[RichText] = []
    for part in parts:
        room -= len(part.text) + 2
        if room < 0:
            return result, True
        result.append(part)
    return result, False


def _title(before: str, after: str) -> list[RichText]:
    if before == after:
        return []
    if not before:
        return [plain("Добавлен заголовок: ") + _added(after.split())]
    if not after:
        return [plain("Убран заголовок: ") + _removed(before.split())]
    return [_was_and_is("Заголовок", before.split(), after.split())]


def _looks(before: RichText, after: RichText) -> list[RichText]:
    """Return what has changed that the words do not show; an address is content like them."""
    old, new = _addresses(before), _addresses(after)
    result: list[RichText] = []
    for label, urls in (
        ("Убрана ссылка", [url for url in old if url not in new]),
        ("Добавлена ссылка", [url for url in new if url not in old]),
    ):
        result += (plain(f"{label}: {_clipped(url, _RUN)}") for url in urls[:_MOST_LINKS])
        if len(urls) > _MOST_LINKS:
            result.append(plain(f"{label}: и ещё {len(urls) - _MOST_LINKS}"))
    same_words = before.text.split() == after.text.split()
    if not result and same_words and tidy(before) != tidy(after):
        result.append(plain("Слова в тексте те же, изменено оформление."))
    return result


def _addresses(rich: RichText) -> list[str]:
    return list(dict.fromkeys(e.url for e in rich.entities if e.url))


def _pictures(before: Sequence[int], after: Sequence[int]) -> list[RichText]:
    if tuple(before) == tuple(after):
        return []
    removed = (Counter(before) - Counter(after)).total()
    added = (Counter(after) - Counter(before)).total()
    if not removed and not added:
        return [plain("Фото: изменён порядок")]
    steps = [f"убрано {removed}"] * bool(removed) + [f"добавлено {added}"] * bool(added)
    return [plain(f"Фото: {', '.join(steps)}, было {len(before)}, стало {len(after)}")]


@dataclass(frozen=True, slots=True)
class _Paragraph:
    number: int
    words: tuple[str, ...]


def _body(before: str, after: str) -> Iterator[RichText]:
    old, new = _numbered(before), _numbered(after)
    for part in align([p.words for p in old], [p.words for p in new]):
        if not part.same:
            yield from _changed(old[part.a : part.b], new[part.c : part.d])


def _numbered(text: str) -> list[_Paragraph]:
    spans = enumerate(paragraphs(text), 1)
    return [_Paragraph(number, tuple(text[start:end].split())) for number, (start, end) in spans]


def _changed(old: Sequence[_Paragraph], new: Sequence[_Paragraph]) -> Iterator[RichText]:
    """Yield what became of some paragraphs: each is changed, taken out or new."""
    if len(old) == len(new) == 1:
        yield _was_and_is(f"Абзац {new[0].number}", old[0].words, new[0].words)
        return
    done = 0
    fresh: list[_Paragraph] = []
    for paragraph in new[:_MOST_BLOCKS]:
        at = _partner(old[done : done + _AHEAD], paragraph)
        if at is None:
            fresh.append(paragraph)
            continue
        yield from (_taken_out(p) for p in old[done : done + at])
        yield from map(_put_in, fresh)
        yield _was_and_is(f"Абзац {paragraph.number}", old[done + at].words, paragraph.words)
        fresh = []
        done += at + 1
    yield from (_taken_out(p) for p in old[done:])
    yield from map(_put_in, fresh)


def _put_in(paragraph: _Paragraph) -> RichText:
    return plain(f"Добавлен абзац {paragraph.number}: ") + _added(paragraph.words)


def _taken_out(paragraph: _Paragraph) -> RichText:
    return plain(f"Убран абзац {paragraph.number}: ") + _removed(paragraph.words)


def _partner(old: Sequence[_Paragraph], paragraph: _Paragraph) -> int | None:
    """Return which of the old paragraphs this one was made of, by the words they share."""
    new = Counter(paragraph.words)
    for index, candidate in enumerate(old):
        most = max(len(candidate.words), len(paragraph.words))
        if (Counter(candidate.words) & new).total() >= _ALIKE * most:
            return index
    return None


def _removed(words: Sequence[str]) -> RichText:
    return styled(_clipped(" ".join(words), 2 * _RUN), Style.STRIKETHROUGH)


def _added(words: Sequence[str]) -> RichText:
    return styled(_clipped(" ".join(words), 2 * _RUN), Style.BOLD)


def _was_and_is(label: str, before: Sequence[str], after: Sequence[str]) -> RichText:
    was, now = plain(f"{label}\nБыло:"), plain("\nСтало:")
    parts = align(before, after)
    for index, part in enumerate(parts):
        old, new = before[part.a : part.b], after[part.c : part.d]
        if part.same:
            kept = plain(" " + _around(old, first=index == 0, last=index == len(parts) - 1))
            was, now = was + kept, now + kept
            continue
        for words, style in ((old, Style.STRIKETHROUGH), (new, Style.BOLD)):
            run = styled(_clipped(" ".join(words), _RUN), style)
            if run and style is Style.STRIKETHROUGH:
                was = was + plain(" ") + run
            elif run:
                now = now + plain(" ") + run
        if max(len(was.text), len(now.text)) > _BLOCK and index < len(parts) - 2:
            more = plain(" … и дальше в этом абзаце")
            return was + more + now + more
    return was + now


def _around(words: Sequence[str], *, first: bool, last: bool) -> str:
    """Return unchanged words with only those kept that stand next to a change."""
    before = 0 if first else _AROUND  # words behind the change before
    after = 0 if last else _AROUND
    if len(words) <= before + after + 1:
        return _clipped(" ".join(words), _RUN)
    pieces = (*words[:before], "…", *words[len(words) - after :])
    return _clipped(" ".join(pieces), _RUN)


def _clipped(text: str, limit: int) -> str:
    """Return a text that is too long without its middle."""
    if len(text) <= limit:
        return text
    tail = limit // 3
    return f"{text[: limit - tail - 3].rstrip()} … {text[-tail:].lstrip()}"
