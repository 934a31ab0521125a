"""Fields inside a text, like links and contents: which letters are their code, which their result."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from newsroom import links

_WORDS = re.compile(r'"([^"]*)"|(\S+)')
_LONGEST = 2048  # code points of an address
_WITH_VALUE = frozenset({"\\l", "\\o", "\\t"})


@dataclass(slots=True)
class _Field:
    """A field that is open; what holds for letters in it counts the fields around it in."""

    code: list[str] = field(default_factory=list)
    in_result: bool = False
    url: str | None = None
    hidden: bool = False  # all of it, by the fields around it or by being the contents


class Fields:
    """The fields open at one place of the text, outermost first."""

    def __init__(self) -> None:
        """Start outside of any."""
        self._open: list[_Field] = []
        self.met_contents = False

    @property
    def url(self) -> str | None:
        """Return the address of the innermost link around this place."""
        return self._open[-1].url if self._open else None

    @property
    def shows(self) -> bool:
        """Tell whether letters at this place are to be read."""
        return not self._open or (self._open[-1].in_result and not self._open[-1].hidden)

    def mark(self, kind: str | None) -> None:
        """Take one of the three marks that part a field: «begin», «separate», «end»."""
        if kind == "begin":
            self._open.append(_Field(url=self.url, hidden=not self.shows))
        elif kind == "separate":
            self._separate()
        elif kind == "end" and self._open:
            self._open.pop()

    def code(self, text: str) -> None:
        """Take a piece of the code."""
        if self._open and not self._open[-1].in_result:
            self._open[-1].code.append(text)

    def begin_simple(self, code: str) -> None:
        """Open a field whose code is known at once."""
        self.mark("begin")
        self.code(code)
        self._separate()

    def _separate(self) -> None:
        if not self._open or self._open[-1].in_result:
            return
        innermost = self._open[-1]
        code = "".join(innermost.code)
        innermost.in_result = True
        innermost.url = address(_hyperlink(code)) or innermost.url
        if code.split(None, 1)[:1] == ["TOC"]:
            innermost.hidden = self.met_contents = True


def address(written: str | None) -> str | None:
    """Return an address that may stand in a message, or None."""
    return links.link(written, None) if written and len(written) <= _LONGEST else None


def _hyperlink(code: str) -> str | None:
    words = [m.group(1) if m.group(1) is not None else m.group(2) for m in _WORDS.finditer(code)]
    if not words or words[0].upper() != "HYPERLINK":
        return None
    found: str | None = None
    place = ""
    at = 1
    while at < len(words):
        word = words[at]
        if word.lower() in _WITH_VALUE:
            place = words[at + 1] if word.lower() == "\\l" and at + 1 < len(words) else place
            at += 1
        elif not word.startswith("\\") and found is None:
            found = word
        at += 1
    return f"{found}#{place}" if found and place and "#" not in found else found
