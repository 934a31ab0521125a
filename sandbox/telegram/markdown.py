"""Formatted text in the Bot API's MarkdownV2 and old Markdown styles (core.telegram.org/bots/api#markdownv2-style)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sandbox.telegram.html import utf16
from sandbox.telegram.params import bad

_RESERVED = frozenset("_*[]()~`>#+-=|{}.!")
_TOKENS = {"||": "spoiler", "__": "underline", "*": "bold", "_": "italic", "~": "strikethrough"}
_NAMES = {
    "spoiler": "Spoiler", "underline": "Underline", "bold": "Bold", "italic": "Italic",
    "strikethrough": "Strikethrough", "code": "Code", "pre": "Pre", "text_link": "TextUrl",
    "custom_emoji": "CustomEmoji", "blockquote": "BlockQuote",
}  # fmt: skip


@dataclass(slots=True)
class _Open:
    kind: str
    at: int  # UTF-16 units
    byte: int


class _V2:
    """One pass over a MarkdownV2 text."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.i = 0
        self.out: list[str] = []
        self.length = 0
        self.stack: list[_Open] = []
        self.entities: list[dict[str, Any]] = []

    def run(self) -> tuple[str, list[dict[str, Any]]]:
        while self.i < len(self.source):
            if self.i == 0 or self.source[self.i - 1] == "\n":
                self._line_start()
            if self.i < len(self.source):
                self._step()
        if self.stack and self.stack[-1].kind == "blockquote":
            self._close()
        if self.stack:
            opened = self.stack[-1]
            raise bad(
                f"can't parse entities: Can't find end of {_NAMES[opened.kind]} entity at byte offset {opened.byte}"
            )
        return "".join(self.out), self.entities

    def _line_start(self) -> None:
        quoted = any(opened.kind == "blockquote" for opened in self.stack)
        if self.source.startswith("**>", self.i):
            if quoted:
                self._end_quote()
            self._open("blockquote", 3)
        elif self.source.startswith(">", self.i):
            if quoted:
                self.i += 1
            else:
                self._open("blockquote", 1)
        elif quoted:
            self._end_quote()

    def _step(self) -> None:
        source, i = self.source, self.i
        character = source[i]
        if character == "\\" and i + 1 < len(source) and 0 < ord(source[i + 1]) < 127:
            self._put(source[i + 1], 2)
        elif source.startswith("```", i):
            self._verbatim("```", "pre")
        elif character == "`":
            self._verbatim("`", "code")
        elif character == "[" or source.startswith("![", i):
            custom = character == "!"
            self._open("custom_emoji" if custom else "text_link", 2 if custom else 1)
        elif (
            character == "]" and self.stack and self.stack[-1].kind in ("text_link", "custom_emoji")
        ):
            self._close_link()
        elif self._token():
            return
        elif character in _RESERVED:
            raise bad(
                f"can't parse entities: Character '{character}' is reserved and must be escaped with the preceding '\\'"
            )
        else:
            self._put(character, 1)

    def _token(self) -> bool:
        for token, kind in _TOKENS.items():
            if not self.source.startswith(token, self.i):
                continue
            if self.stack and self.stack[-1].kind == kind:
                self.i += len(token)
                self._close()
            elif (
                kind == "spoiler"
                and self.stack
                and self.stack[-1].kind == "blockquote"
                and self._at_line_end()
            ):
                self.i += 2
                self._close("expandable_blockquote")
            else:
                self._open(kind, len(token))
            return True
        return False

    def _at_line_end(self) -> bool:
        return self.i + 2 >= len(self.source) or self.source[self.i + 2] == "\n"

    def _verbatim(self, fence: str, kind: str) -> None:
        begin, at = self.i, self.length
        self.i += len(fence)
        language = ""
        if kind == "pre":
            line_end = self.source.find("\n", self.i)
            word = self.source[self.i : line_end] if line_end >= 0 else ""
            if word and not any(c.isspace() or c == "`" for c in word):
                language, self.i = word, line_end + 1
            elif self.source.startswith("\n", self.i):
                self.i += 1
        while not self.source.startswith(fence, self.i):
            if self.i >= len(self.source):
                name = "PreCode" if language else _NAMES[kind]
                raise bad(
                    f"can't parse entities: Can't find end of {name} entity at byte offset {self._byte(begin)}"
                )
            escaped = self.source[self.i] == "\\" and self.i + 1 < len(self.source)
            self._put(self.source[self.i + escaped], 1 + escaped)
        self.i += len(fence)
        entity = {"offset": at, "length": self.length - at, "type": kind}
        if self.length > at:
            self.entities.append({**entity, "language": language} if language else entity)

    def _close_link(self) -> None:
        opened = self.stack[-1]
        self.i += 1
        url = ""
        if self.source.startswith("(", self.i):
            begin = self.i
            self.i += 1
            while not self.source.startswith(")", self.i):
                if self.i >= len(self.source):
                    raise bad(
                        f"can't parse entities: Can't find end of a URL at byte offset {self._byte(begin)}"
                    )
                escaped = self.source[self.i] == "\\" and self.i + 1 < len(self.source)
                url += self.source[self.i + escaped]
                self.i += 1 + escaped
            self.i += 1
        if opened.kind == "custom_emoji":
            self._close(custom_emoji_id=url.rpartition("id=")[2])
        elif url:
            self._close(url=url)
        else:
            self.stack.pop()

    def _end_quote(self) -> None:
        if self.stack[-1].kind != "blockquote":
            opened = self.stack[-1]
            raise bad(
                f"can't parse entities: Can't find end of {_NAMES[opened.kind]} entity at byte offset {opened.byte}"
            )
        self._close()

    def _open(self, kind: str, width: int) -> None:
        self.stack.append(_Open(kind, self.length, self._byte(self.i)))
        self.i += width

    def _close(self, kind: str | None = None, **more: str) -> None:
        opened = self.stack.pop()
        if self.length > opened.at:
            entity = {
                "offset": opened.at,
                "length": self.length - opened.at,
                "type": kind or opened.kind,
                **more,
            }
            self.entities.append(entity)

    def _put(self, character: str, width: int) -> None:
        self.out.append(character)
        self.length += utf16(character)
        self.i += width

    def _byte(self, i: int) -> int:
        return len(self.source[:i].encode("utf-8", "surrogatepass"))


def parse_v2(source: str) -> tuple[str, list[dict[str, Any]]]:
    """Return the plain text and its entities of a MarkdownV2 text; refuses broken markup."""
    return _V2(source).run()


def parse_old(source: str) -> tuple[str, list[dict[str, Any]]]:
    """Return the plain text and its entities of an old Markdown text; entities do not nest there."""
    out: list[str] = []
    entities: list[dict[str, Any]] = []
    length = i = 0
    while i < len(source):
        if source[i] == "\\" and source[i + 1 : i + 2] in ("_", "*", "`", "["):
            piece, width, entity = source[i + 1], 2, None
        elif source[i] in "_*`[":
            piece, width, entity = _old_entity(source, i)
        else:
            piece, width, entity = source[i], 1, None
        if entity is not None and piece:
            entities.append({"offset": length, "length": utf16(piece), **entity})
        out.append(piece)
        length += utf16(piece)
        i += width
    return "".join(out), entities


def _old_entity(source: str, i: int) -> tuple[str, int, dict[str, str] | None]:
    start = "```" if source.startswith("```", i) else source[i]
    end = source.find("]" if start == "[" else start, i + len(start))
    if end < 0:
        byte = len(source[:i].encode("utf-8", "surrogatepass"))
        raise bad(
            f"can't parse entities: Can't find end of the entity starting at byte offset {byte}"
        )
    inner = source[i + len(start) : end]
    if start != "[":
        kind = {"```": "pre", "`": "code", "*": "bold", "_": "italic"}[start]
        return inner, end + len(start) - i, {"type": kind}
    close = source.find(")", end) if source.startswith("(", end + 1) else -1
    if close < 0:
        return inner, end + 1 - i, None
    return inner, close + 1 - i, {"type": "text_link", "url": source[end + 2 : close]}
