"""Cuts VKScript into words, each with the line it stands in."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from sandbox.values import whole
from sandbox.vk.errors import refuse

_WORD = re.compile(
    r"""(?P<blank>\s+|//[^\n]*|/\*.*?\*/)
      | (?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)
      | (?P<string>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
      | (?P<name>[A-Za-z_]\w*)
      | (?P<sign>===|!==|==|!=|<=|>=|&&|\|\||[-+*/%<>=!.,;:?@()\[\]{}])""",
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Word:
    """A piece of a script: `value` is the decoded text or number of a literal."""

    kind: Literal["number", "string", "name", "sign", "end"]
    text: str
    line: int
    value: Any = None


def words(code: str) -> Iterator[Word]:
    """Yield the script's words and an end; raises Refusal 12 for what is not VKScript."""
    at, line = 0, 1
    while at < len(code):
        found = _WORD.match(code, at)
        if found is None:
            raise refuse(12, f"unexpected symbol '{code[at]}' in line {line}")
        text = found.group()
        if found.lastgroup == "number":
            number = whole(text)
            yield Word("number", text, line, float(text) if number is None else number)
        elif found.lastgroup == "string":
            yield Word("string", text, line, _decoded(text, line))
        elif found.lastgroup == "name":
            yield Word("name", text, line)
        elif found.lastgroup == "sign":
            yield Word("sign", text, line)
        line += text.count("\n")
        at = found.end()
    yield Word("end", "", line)


def _decoded(text: str, line: int) -> str:
    if text[0] == "'":
        # JSON knows only double quotes: swap the quotes, keep the escapes.
        inner = text[1:-1].replace("\\'", "'")
        text = '"' + re.sub(r'(?<!\\)"', r"\"", inner) + '"'
    try:
        decoded = str(json.loads(text, strict=False))
        decoded.encode()  # a lone surrogate is no text that could be sent on
        return decoded
    except ValueError:
        raise refuse(12, f"invalid string in line {line}") from None
