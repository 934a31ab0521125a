"""`try`: shows what becomes of a text in a messenger, by the same code that sends it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal, TextIO

from core.messenger import Capabilities
from core.richtext import RichText, from_utf16, to_utf16
from newsroom import html, letters
from newsroom.fit import fit_text

_SHAPE = 'нужен объект {"html": "…"} или {"text": "…", "entities": […]}'


class _Unreadable(Exception):
    """The text is a Russian sentence for the person who asked."""


def run(
    file: Path | None,
    messenger: str,
    as_: Literal["text", "caption"],
    capabilities: Capabilities,
    stdin: TextIO,
    stdout: TextIO,
) -> int:
    """Answer a file, or every JSON line of `stdin`, with a JSON line; return the exit code.

    An answer is {"parts": [{"text", "entities"}]}, entities in the Bot API's shape (UTF-16 units),
    or {"parts": null, "error": "…"} for what cannot be read; a bad line does not stop the next ones.
    """
    caption = as_ == "caption"
    if caption and capabilities.caption_limit < 1:
        reason = f"В мессенджере {messenger} у картинок нет подписей: уберите --as caption."
        _answer({"parts": None, "error": reason}, stdout)
        return 1
    if file is None:
        for line in _lines(stdin):
            _answer(_rendered(line, capabilities, caption=caption), stdout)
        return 0
    answer = _rendered_file(file, capabilities, caption=caption)
    _answer(answer, stdout)
    return 0 if answer["parts"] is not None else 1


def _lines(stdin: TextIO) -> Iterator[bytes | str]:
    """Yield lines as they come; as bytes where possible, so that a bad one spoils only itself."""
    buffer = getattr(stdin, "buffer", None)
    source = stdin if buffer is None else buffer
    return iter(source.readline, "" if buffer is None else b"")


def _answer(answer: Mapping[str, Any], stdout: TextIO) -> None:
    # A console of another encoding would stop at the first emoji; escapes read the same.
    is_utf8 = (stdout.encoding or "utf-8").lower() in ("utf-8", "utf8")
    stdout.write(json.dumps(answer, ensure_ascii=not is_utf8) + "\n")
    stdout.flush()


def _rendered(line: bytes | str, capabilities: Capabilities, *, caption: bool) -> dict[str, Any]:
    try:
        return _parts(_from_json(_decoded(line)), capabilities, caption=caption)
    except _Unreadable as error:
        return {"parts": None, "error": str(error)}


def _rendered_file(file: Path, capabilities: Capabilities, *, caption: bool) -> dict[str, Any]:
    try:
        text = _decoded(file.read_bytes())
        is_json = file.suffix.lower() == ".json" or text.lstrip().startswith("{")
        rich = _from_json(text) if is_json else html.clean(text).text
        return _parts(rich, capabilities, caption=caption)
    except OSError as error:
        reason = f"Файл {letters.whole(str(file))} не читается ({error.strerror}): проверьте путь и права."
        return {"parts": None, "error": reason}
    except _Unreadable as error:
        return {"parts": None, "error": str(error)}


def _parts(rich: RichText, capabilities: Capabilities, *, caption: bool) -> dict[str, Any]:
    parts = fit_text(rich, capabilities, caption=caption)
    return {"parts": [{"text": part.text, "entities": to_utf16(part)} for part in parts]}


def _decoded(data: bytes | str) -> str:
    try:
        return data.decode("utf-8-sig") if isinstance(data, bytes) else data
    except UnicodeDecodeError as error:
        raise _Unreadable("Это не UTF-8: сохраните текст в кодировке UTF-8.") from error


def _from_json(text: str) -> RichText:
    try:
        data = json.loads(text.removeprefix("\ufeff"))
    except (ValueError, RecursionError) as error:
        raise _Unreadable(f"Это не JSON: {_SHAPE}.") from error
    if not isinstance(data, dict):
        raise _Unreadable(f"Это не объект JSON: {_SHAPE}.")
    if isinstance(data.get("html"), str):
        return html.clean(data["html"]).text
    if not isinstance(data.get("text"), str):
        raise _Unreadable(f"Нет текста: {_SHAPE}.")
    entities = data.get("entities") or []
    if not isinstance(entities, list) or not all(isinstance(item, dict) for item in entities):
        raise _Unreadable('Поле "entities" должно быть списком объектов, как в Bot API.')
    return letters.sound(from_utf16(data["text"], [e for e in entities if _is_plausible(e)]))


def _is_plausible(entity: Mapping[str, Any]) -> bool:
    """Tell whether the fields are of the Bot API's types; others could not be an entity at all."""
    texts = (entity.get("type"), entity.get("url", ""), entity.get("language", ""))
    return all(isinstance(value, str | None) for value in texts)
