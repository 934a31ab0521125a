"""How a run of letters looks: its own marks, its character style and its paragraph's style together."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from core.richtext import Style
from newsroom.docx.markup import Attributes, is_on, number

_LINE = "underline"
_SWITCHES = {
    "w:b": "bold",
    "w:i": "italic",
    "w:u": _LINE,
    "w:strike": "strikethrough",
    "w:dstrike": "strikethrough",
    "w:vanish": "hidden",
}
# Styles of these names are headings even when their letters are only larger, not bold.
_HEADING = re.compile(r"(?:heading|заголовок) ?\d|title|название|заголовок", re.IGNORECASE)
_STYLES = {
    style.value: style for style in (Style.BOLD, Style.ITALIC, Style.UNDERLINE, Style.STRIKETHROUGH)
}

Switches = Mapping[str, bool]


def switch(name: str, attributes: Attributes) -> tuple[str, bool] | None:
    """Return what an element of run properties switches, and whether on; None for all others."""
    kind = _SWITCHES.get(name)
    return None if kind is None else (kind, is_on(attributes))


@dataclass(frozen=True, slots=True)
class Look:
    """What is over some letters; hidden ones are not to be shown."""

    styles: frozenset[Style] = frozenset()
    hidden: bool = False


@dataclass(slots=True)
class _Written:
    """A style as it stands in the file."""

    base: str | None = None
    switches: dict[str, bool] = field(default_factory=dict)
    heading: bool = False
    list_id: str | None = None
    level: int | None = None


class Styles:
    """Reads styles.xml (as a listener) and answers for the styles in it."""

    def __init__(self) -> None:
        """Start without styles, as a document may be."""
        self._styles: dict[str, _Written] = {}
        self._defaults: dict[str, bool] = {}
        self._usual: str | None = None  # the style of paragraphs that name none
        self._current: _Written | None = None
        self._path: list[str] = []
        self._whole: dict[str, _Written] = {}
        self._looks: dict[tuple[str | None, str | None, frozenset[tuple[str, bool]]], Look] = {}

    def start(self, name: str, attributes: Attributes) -> None:
        """Take an element of styles.xml."""
        self._path.append(name)
        if name == "w:style":
            self._current = _Written()
            style_id = attributes.get("w:styleId", "")
            self._styles.setdefault(style_id, self._current)
            usual = attributes.get("w:default") in ("1", "true", "on")
            if usual and attributes.get("w:type") == "paragraph":
                self._usual = style_id
            return
        place = self._path[-3:]
        if place[:2] == ["w:rPrDefault", "w:rPr"]:
            self._put(self._defaults, name, attributes)
        elif self._current is not None:
            self._of_style(self._current, place, attributes)

    def _of_style(self, style: _Written, place: list[str], attributes: Attributes) -> None:
        value = attributes.get("w:val", "")
        match place:
            case [_, "w:style", "w:basedOn"]:
                style.base = value
            case [_, "w:style", "w:name"]:
                style.heading = style.heading or bool(_HEADING.fullmatch(value.strip()))
            case ["w:style", "w:pPr", "w:outlineLvl"]:
                style.heading = style.heading or (number(value) or 0) < 9
            case ["w:style", "w:rPr", name]:
                self._put(style.switches, name, attributes)
            case ["w:pPr", "w:numPr", "w:numId"]:
                style.list_id = value
            case ["w:pPr", "w:numPr", "w:ilvl"]:
                style.level = number(value)

    @staticmethod
    def _put(switches: dict[str, bool], name: str, attributes: Attributes) -> None:
        found = switch(name, attributes)
        if found is not None:
            switches[found[0]] = found[1]

    def end(self, name: str) -> None:
        """Take the end of an element."""
        self._path.pop()
        if name == "w:style":
            self._current = None

    def text(self, text: str) -> None:
        """Pass over text: styles have none."""

    def look(self, paragraph: str | None, run: str | None, own: Switches) -> Look:
        """Return how a run looks in a paragraph of a style; None stands for no style named."""
        key = paragraph, run, frozenset(own.items())
        if key not in self._looks:
            self._looks[key] = self._compute(paragraph, run, own)
        return self._looks[key]

    def _compute(self, paragraph: str | None, run: str | None, own: Switches) -> Look:
        of_paragraph, of_run = self.whole(paragraph or self._usual), self.whole(run)
        # Word's own rule: switched on by both the styles means off (ECMA-376, 17.7.3), but of two
        # kinds of underlining the nearer one counts.
        on = {
            kind
            for kind in set(_SWITCHES.values())
            if self._defaults.get(kind, False)
            or of_paragraph.switches.get(kind, False) != of_run.switches.get(kind, False)
        }
        both = {**self._defaults, **of_paragraph.switches, **of_run.switches}
        on = on | {_LINE} if both.get(_LINE) else on - {_LINE}
        if of_paragraph.heading:
            on.add("bold")
        on = {kind for kind in on if own.get(kind, True)} | {kind for kind in own if own[kind]}
        return Look(frozenset(_STYLES[kind] for kind in on if kind in _STYLES), "hidden" in on)

    def numbering(self, style: str | None) -> tuple[str | None, int | None]:
        """Return the list that paragraphs of a style belong to, and the level in it (0 is outermost)."""
        whole = self.whole(style or self._usual)
        return whole.list_id, whole.level

    def whole(self, style: str | None) -> _Written:
        """Return a style together with all it is based on; a circle of them ends where it closes."""
        chain: list[str] = []
        met: set[str] = set()
        while style in self._styles and style not in self._whole and style not in met:
            met.add(style)
            chain.append(style)
            style = self._styles[style].base
        base = self._whole.get(style, _Written()) if style is not None else _Written()
        for name in reversed(chain):
            base = self._whole[name] = _inherit(self._styles[name], base)
        return base


def _inherit(style: _Written, base: _Written) -> _Written:
    return _Written(
        None,
        {**base.switches, **style.switches},
        style.heading or base.heading,
        base.list_id if style.list_id is None else style.list_id,
        base.level if style.level is None else style.level,
    )
