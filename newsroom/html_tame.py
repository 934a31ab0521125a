"""Hostile HTML made harmless before parsing: what nests without end costs a parser square time.

Three things are not linear: looking for an open element through a deep stack (100,000 nested div
take 13 s in lexbor 2.x), opening again in every paragraph the bold and italic that were never
closed, and many attributes on one tag (200,000 take 90 s). Pages with none are left as they are.
"""

from __future__ import annotations

import re

_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9-]*)")
_MANY_ATTRIBUTES = re.compile(r"(<[a-zA-Z][^<>\s/]*+)(?:[\s/]++[^<>\s/]++){500,}+")
_DEPTH = 256  # browsers stop at 512
_SMALL = 20_000  # characters; nothing so short can take longer than some tens of milliseconds
TAMED = "x-"  # before the name of a formatting tag: parsed as an unknown element


def _names(names: str) -> frozenset[str]:
    return frozenset(names.split())


_VOID = _names("area base br col embed hr img input keygen link meta param source track wbr")
# The parser closes these by itself, they do not pile up.
_IMPLIED = _names("p li td th tr tbody thead tfoot dt dd colgroup caption html head body")
# Text inside is no markup; renaming their ends would swallow the page.
_RAW = _names("script style textarea title xmp iframe noembed noframes plaintext")
_PASSED = _VOID | _IMPLIED | _RAW
_FORMATTING = _names("a b big code em font i nobr s small strike strong tt u")


def tame(html: str) -> str:
    """Return HTML that parses in linear time and looks the same unless it nests beyond reason."""
    if len(html) < _SMALL:
        return html
    html = _MANY_ATTRIBUTES.sub(r"\1 ", html)
    return _balance(html) if _nests_deep(html) else html


def _nests_deep(html: str) -> bool:
    opened: list[str] = []
    for match in _TAG.finditer(html):
        name = match.group(2).lower()
        if name in _PASSED:
            continue
        if not match.group(1):
            opened.append(name)
            if len(opened) > _DEPTH:
                return True
        elif opened and opened[-1] == name:
            opened.pop()
    return False


def _balance(html: str) -> str:
    """Return it with ends for every start, no deeper than `_DEPTH`, formatting tags renamed."""
    opened: list[str] = []
    pieces: list[str] = []
    done = 0
    for match in _TAG.finditer(html):
        name = match.group(2).lower()
        if name in _PASSED:
            continue
        new_name = TAMED + name if name in _FORMATTING else name
        pieces.append(html[done : match.start()])
        done = match.end()
        if not match.group(1):
            deep = len(opened) >= _DEPTH
            pieces.append("<br" if deep else f"<{new_name}")
            if not deep:
                opened.append(new_name)
        elif new_name in opened:
            while opened[-1] != new_name:
                pieces.append(f"</{opened.pop()}>")
            pieces.append(f"</{opened.pop()}")
        else:
            pieces.append("</wbr")  # an end without a start, which the parser passes over
    pieces.append(html[done:])
    return "".join(pieces)
