"""A moderator's edit, said in words or sent as a new text, made to a submission."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from core.errors import RewriteError
from core.richtext import RichText, plain
from newsroom import passage
from newsroom.entities import tidy
from newsroom.manuscript import MANUSCRIPT_LIMIT, Manuscript, cleaned, manuscript, too_long
from newsroom.passage import folded
from newsroom.spoken import WHICH, Swap, numbers, quoted, shown, swaps


@dataclass(frozen=True, slots=True)
class Content:
    """What a submission says and shows; `pictures` are media ids in the order they are shown."""

    title: str
    body: RichText
    pictures: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _State:
    """The content between two commands, and the lowest number that was taken out of each row."""

    content: Content
    cut: tuple[tuple[str, int], ...] = ()


# All patterns read a folded line: small letters, no ё, one kind of quotes, dashes and blanks.
_REPLACE = r"(?:замени(?:те|ть)?|поменяй(?:те)?|поменять)"
_DROP = r"(?:убери(?:те)?|убрать|удали(?:те|ть)?)"
_PARAGRAPH = r"абзац(?:а|у|ы|ев)?"
_PICTURE = r"(?:фото|фотографи[а-я]+|фотк[а-я]+|картин[а-я]+|сним(?:ок|к[а-я]+))"
_ADD = rf"добав(?:ь|ьте|ить)(?: +в конец)?(?: +новый)? +{_PARAGRAPH} *:"
_PLACE = rf"(?:абзац *(?P<after>[^:]{{0,20}}?)|(?P<before>{WHICH}) +абзац) *:"
_EVERYWHERE = r"(?P<everywhere> +везде)?"
_PHRASE = r"(?: +(?:слов[оа]|фразу|предложение|строку|текст))?"
_LEAD = re.compile(r" *(?:(?:[-•*·]|[0-9]{1,2}[.)]) +)?(?:пожалуйста,? +)?")
_STARTS = re.compile(
    rf"(?:{_REPLACE}|{_DROP}|добав(?:ь|ьте|ить)|заголовок|{_PARAGRAPH})(?!\w)|{WHICH} +абзац *:"
)
_TAKES_TEXT = re.compile(rf"{_ADD}|{_PLACE}")
_WHOLE = re.compile(r"\s*текст *:")
_EMPTY_LINE = re.compile(r"\n\s*\n")
_MOST_WAYS = 60  # to read one «А на Б»; each costs a search of the whole text

_QUOTES = "Возьмите оба в кавычки: замени «было» на «стало»."
_ANEW = "Если это весь текст заново, напишите перед ним «Текст:»."


def rewrite(content: Content, said: RichText) -> Content:
    """Return the content with the edit made: commands, one a line, or else a whole new text.

    All commands are carried out or none. Raises RewriteError with a sentence for the person who
    said it: what was not found or not understood and how to say it.
    """
    said = cleaned(said)
    whole = _WHOLE.match(folded(said.text))
    if whole or not _begins_command(said.text.partition("\n")[0]):
        new = manuscript([said.slice(whole.end(), len(said.text)) if whole else said])
        if not new.body:
            raise RewriteError("Правка пустая: пришлите новый текст или напишите, что изменить.")
        result = replace(content, title=new.title, body=new.body)
    else:
        state = _State(content)
        for command in _commands(said):
            state = _obey(state, command)
            _refuse_too_long(state.content)
        result = state.content
    _refuse_too_long(result)
    if not (result.title or result.body or result.pictures):
        raise RewriteError(
            "После такой правки не останется ни текста, ни фото. Оставьте что-нибудь."
        )
    if result == replace(content, body=tidy(content.body)):
        raise RewriteError("Текст от этого не изменился.")
    return result


def _refuse_too_long(content: Content) -> None:
    if too_long(Manuscript(content.title, content.body)):
        limit = f"{MANUSCRIPT_LIMIT:_}".replace("_", " ")
        raise RewriteError(f"Текст станет длиннее {limit} знаков. Сократите его.")


def _begins_command(line: str) -> bool:
    return bool(_STARTS.match(_folded_command(line)))


def _folded_command(line: str) -> str:
    return _LEAD.sub("", folded(line), count=1)  # it matches at the start, be it nothing


def _commands(said: RichText) -> list[RichText]:
    """Return the commands; one that takes a text takes the lines behind it up to the next command."""
    spans: list[passage.Span] = []
    takes_text = False
    start = 0
    for line in said.text.split("\n"):
        end = start + len(line)
        if _begins_command(line):
            command = _folded_command(line)
            spans.append((end - len(command), end))
            takes_text = bool(_TAKES_TEXT.match(command))
        elif line.strip() and takes_text:
            spans[-1] = spans[-1][0], end
        elif line.strip():
            raise RewriteError(
                f"Непонятная строка «{shown(line)}». Каждую правку пишите с новой строки, и пусть она "
                f"начинается со слова «замени», «убери», «добавь», «заголовок» или «абзац». {_ANEW}"
            )
        start = end + 1
    return [said.slice(start, end).strip() for start, end in spans]


def _obey(state: _State, command: RichText) -> _State:
    line = folded(command.text)
    for pattern, act in _ACTS:
        match = pattern.match(line)
        if match:
            return act(state, command, match)
    raise _unclear(command)


def _unclear(command: RichText) -> RewriteError:
    line = folded(command.text)
    how = next(how for start, how in _HOW.items() if re.match(start, line))
    return RewriteError(f"Непонятная правка «{shown(command.text)}». Пишите так: {how} {_ANEW}")


_HOW = {
    _REPLACE: "замени «было» на «стало».",
    _DROP: "убери «слова из текста», убери абзац 2, убери фото 3, убери заголовок.",
    "добав": "добавь абзац: новый текст. Фото так не добавить.",
    "заголовок": "заголовок: новый заголовок.",
    "": "абзац 2: новый текст абзаца.",
}


def _set_title(state: _State, command: RichText, match: re.Match[str]) -> _State:
    title = command.text[match.end() :].strip()
    if not title:
        raise RewriteError(
            "Новый заголовок не написан. Пишите так: заголовок: новый заголовок. "
            "Чтобы остаться без заголовка: убери заголовок."
        )
    return replace(state, content=replace(state.content, title=title))


def _drop_title(state: _State, command: RichText, match: re.Match[str]) -> _State:
    if not state.content.title:
        raise RewriteError("Заголовка и так нет.")
    return replace(state, content=replace(state.content, title=""))


def _drop_paragraphs(state: _State, command: RichText, match: re.Match[str]) -> _State:
    body = state.content.body
    count = len(passage.paragraphs(body.text))
    which = numbers(match["after"] or match["before"] or "", "абзац", count)
    body = passage.without_paragraphs(body, which)
    return _State(replace(state.content, body=body), _cut(state, "абзац", which))


def _drop_pictures(state: _State, command: RichText, match: re.Match[str]) -> _State:
    pictures = state.content.pictures
    which = numbers(match["after"] or match["before"] or "", "фото", len(pictures))
    left = tuple(p for number, p in enumerate(pictures, 1) if number not in which)
    return _State(replace(state.content, pictures=left), _cut(state, "фото", which))


def _cut(state: _State, noun: str, which: list[int]) -> tuple[tuple[str, int], ...]:
    """Return what was cut; refuse numbers that an earlier line has shifted."""
    if any(row == noun and max(which) >= lowest for row, lowest in state.cut):
        raise RewriteError(
            f"После первой правки номера сдвинулись. Напишите одной строкой: убери {noun} 1 и 3."
        )
    return *state.cut, (noun, min(which))


def _replace_paragraph(state: _State, command: RichText, match: re.Match[str]) -> _State:
    new = command.slice(match.end(), len(command.text)).strip()
    body = state.content.body
    spans = passage.paragraphs(body.text)
    which = numbers(match["after"] or match["before"] or "", "абзац", len(spans))
    if not new or len(which) != 1:
        raise RewriteError(
            "Пишите так: абзац 2: новый текст абзаца. Чтобы удалить его: убери абзац 2."
        )
    _cut(state, "абзац", which)
    return replace(
        state, content=replace(state.content, body=passage.put(body, [spans[which[0] - 1]], new))
    )


def _add_paragraph(state: _State, command: RichText, match: re.Match[str]) -> _State:
    new = command.slice(match.end(), len(command.text)).strip()
    if not new:
        raise RewriteError("Нового абзаца нет. Пишите так: добавь абзац: новый текст.")
    body = state.content.body.strip()
    by_lines = "\n" in body.text and not _EMPTY_LINE.search(f"{body.text}\n{new.text}")
    between = plain("\n" if by_lines else "\n\n") if body else RichText()
    return replace(state, content=replace(state.content, body=tidy(body + between + new)))


def _replace_words(state: _State, command: RichText, match: re.Match[str]) -> _State:
    said, everywhere = _everywhere(command, match)
    options = swaps(said)
    if not options:
        raise _unclear(command)
    if len(options) > _MOST_WAYS:
        raise RewriteError(f"Слишком много «на» без кавычек. {_QUOTES}")
    results: list[Content] = []
    for swap in options:
        if any(_found(state.content, swap.old)):
            result = _swapped(state.content, swap, everywhere)
            results += [result] if result not in results else []
    if len(results) > 1:
        raise RewriteError(f"Непонятно, где кончается старое и начинается новое. {_QUOTES}")
    if results:
        return replace(state, content=results[0])
    for word, how in (("заголовок", "заголовок: новый"), ("абзац", "абзац 2: новый текст")):
        if any(word in folded(swap.old) for swap in options):
            raise RewriteError(f"Чтобы заменить {word} целиком, пишите так: {how}.")
    raise _not_found(options[-1].old)


def _drop_words(state: _State, command: RichText, match: re.Match[str]) -> _State:
    said, everywhere = _everywhere(command, match)
    phrase = quoted(said.text)
    if not phrase:
        raise _unclear(command)
    if not any(_found(state.content, phrase)):
        raise _not_found(phrase)
    content = _swapped(state.content, Swap(phrase, RichText()), everywhere)
    return replace(state, content=content)


def _everywhere(command: RichText, match: re.Match[str]) -> tuple[RichText, bool]:
    """Return what is said behind the verb, and whether «везде» stands before or behind it."""
    said = command.slice(match.end(), len(command.text)).strip()
    behind = re.search(r",?\s+везде[.!]?$", said.text, re.IGNORECASE)
    if behind:
        return said.slice(0, behind.start()), True
    return said, bool(match["everywhere"])


def _not_found(phrase: str) -> RewriteError:
    return RewriteError(
        f"В тексте нет «{shown(phrase)}». Скопируйте это место из текста и возьмите в кавычки."
    )


def _found(content: Content, phrase: str) -> list[list[passage.Span]]:
    """Return where the phrase stands in the title and in the body."""
    return passage.places((content.title, content.body.text), phrase)


def _swapped(content: Content, swap: Swap, everywhere: bool) -> Content:
    in_title, in_body = _found(content, swap.old)
    count = len(in_title) + len(in_body)
    if count > 1 and not everywhere:
        verb = "замени" if swap.new else "убери"
        raise RewriteError(
            f"«{shown(swap.old)}» есть в тексте несколько раз, мест: {count}. "
            f"Добавьте соседние слова или напишите «{verb} везде»."
        )
    title = _put(plain(content.title), in_title, swap.new).text
    return replace(content, title=title, body=_put(content.body, in_body, swap.new))


def _put(rich: RichText, places: list[passage.Span], new: RichText) -> RichText:
    spans = passage.apart(places)
    if len(rich.text) + len(spans) * len(new.text) > 2 * MANUSCRIPT_LIMIT:
        raise RewriteError("После таких замен текст станет слишком длинным. Укажите место точнее.")
    if not new:
        spans = passage.with_blanks(rich.text, spans)
    return passage.put(rich, spans, new).strip()


def _drop_of(noun: str) -> re.Pattern[str]:
    return re.compile(rf"{_DROP} +(?:{noun}(?: +(?P<after>.*?))?|(?P<before>.+?) +{noun})[.!]?$")


_ACTS: tuple[tuple[re.Pattern[str], Callable[[_State, RichText, re.Match[str]], _State]], ...] = (
    (re.compile(r"заголовок *[:-]"), _set_title),
    (re.compile(rf"{_DROP} +(?:весь +)?заголовок[.!]?$"), _drop_title),
    (re.compile(_ADD), _add_paragraph),
    (re.compile(_PLACE), _replace_paragraph),
    (re.compile(rf'{_REPLACE}{_EVERYWHERE}(?:{_PHRASE} *(?=")| +)'), _replace_words),
    (re.compile(rf'{_DROP}{_EVERYWHERE}{_PHRASE} *(?=")'), _drop_words),
    (_drop_of(_PARAGRAPH), _drop_paragraphs),
    (_drop_of(_PICTURE), _drop_pictures),
)
