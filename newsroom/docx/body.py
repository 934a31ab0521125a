"""Reads document.xml: what its elements mean for the text and the pictures of a message."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from newsroom.docx.fields import Fields, address
from newsroom.docx.markup import Attributes, is_on
from newsroom.docx.numbering import Numbering
from newsroom.docx.package import Relation
from newsroom.docx.shown import Showcase
from newsroom.docx.story import Story
from newsroom.docx.styles import Styles
from newsroom.docx.symbols import sign

# What was deleted, what was before a change, the reading aids over Asian letters.
_PASSED = frozenset(
    [
        "w:del",
        "w:moveFrom",
        "w:rPrChange",
        "w:pPrChange",
        "w:sectPrChange",
        "w:tblPrChange",
        "w:tblPrExChange",
        "w:trPrChange",
        "w:tcPrChange",
        "w:tblGridChange",
        "w:numberingChange",
        "w:rt",
        "w:sectPr",
        "w:tblPr",
        "w:tblGrid",
    ]
)
_REVISIONS = frozenset({"w:ins", "w:del", "w:moveTo", "w:moveFrom"})
_PROPERTIES = frozenset({"w:rPr", "w:pPr", "w:numPr"})
_SIGNS = {
    "w:tab": "\t", "w:ptab": "\t", "w:br": "\n", "w:cr": "\n", "w:noBreakHyphen": "\u2011", "w:softHyphen": "",
}  # fmt: skip
_LEFT_OUT = {
    "c:chart": "Диаграммы пропущены. Пришлите их отдельно картинками",
    "cx:chart": "Диаграммы пропущены. Пришлите их отдельно картинками",
    "dgm:relIds": "Схемы SmartArt пропущены. Пришлите их отдельно картинками",
    "w:altChunk": "Вставленный в документ другой файл пропущен. Скопируйте его текст в документ",
    "m:oMath": "Формулы превращены в простой текст. Проверьте их",
}
_REVISED = "В документе есть непринятые исправления: взят текст со вставками и без удалённого. Проверьте его"
_CONTENTS = "Оглавление пропущено"
_TABLE = "Таблица превращена в строки вида «а — б». Проверьте их"
_NOTES = "Сноски пропущены. Если они нужны, впишите их в текст"
_OPEN_FIELD = (
    "В документе есть незаконченное поле: часть текста могла пропасть. Проверьте конец текста"
)


@dataclass(slots=True)
class _Control:
    """A content control; what a placeholder says is not the author's text."""

    is_placeholder: bool = False
    is_contents: bool = False


class BodyReader:
    """Listens to document.xml; afterwards `story`, `pictures` and `remarks` hold what it gives."""

    def __init__(self, relations: Mapping[str, Relation], styles: Styles, lists: Numbering) -> None:
        """Start empty; links are looked up in `relations`."""
        self.story = Story(styles, lists)
        self.pictures = Showcase()
        self.root: str | None = None
        self._relations = relations
        self._remarks: dict[str, None] = {}
        self._path: list[str] = []
        self._passing = 0  # the depth of the element that is passed over with all in it
        self._yield = 0  # texts and pictures so far
        self._said: list[str] | None = None  # text of the open element, where it counts
        self._is_exact = False
        self._urls: list[str | None] = [None]
        self._fields = [Fields()]
        self._controls: list[_Control] = []
        self._alternatives: list[int] = []
        self._starts = self._start_table()
        self._ends = self._end_table()

    def _start_table(self) -> dict[str, Callable[[Attributes], object]]:
        story = self.story
        return {
            "w:p": lambda a: story.begin_paragraph(),
            "w:r": lambda a: story.change_run(),
            "m:r": lambda a: story.change_run(),
            "w:tr": lambda a: story.begin_row(),
            "w:tc": lambda a: story.begin_cell(),
            "w:t": self._begin_text,
            "m:t": self._begin_text,
            "w:instrText": self._begin_text,
            "w:sym": lambda a: self._say(sign(a.get("w:font", ""), a.get("w:char", ""))),
            "w:fldChar": lambda a: self._fields[-1].mark(a.get("w:fldCharType")),
            "w:fldSimple": lambda a: self._fields[-1].begin_simple(a.get("w:instr", "")),
            "w:hyperlink": lambda a: self._urls.append(self._address(a)),
            "w:txbxContent": self._begin_box,
            "w:sdt": lambda a: self._controls.append(_Control()),
            "w:showingPlcHdr": self._placeholder,
            "w:docPartGallery": self._gallery,
            "w:sdtContent": self._begin_controlled,
            "mc:AlternateContent": lambda a: self._alternatives.append(self._yield),
            "mc:Choice": self._begin_alternative,
            "mc:Fallback": self._begin_alternative,
            "a:blip": lambda a: self._show(a.get("r:embed") or a.get("r:link")),
            "a:srcRect": self.pictures.crop,
            "v:imagedata": self._show_drawn,
            "w:footnoteReference": lambda a: self._remark(_NOTES),
            "w:endnoteReference": lambda a: self._remark(_NOTES),
        }

    def _end_table(self) -> dict[str, Callable[[], object]]:
        story = self.story
        return {
            "w:p": story.end_paragraph,
            "w:r": story.change_run,
            "m:r": story.change_run,
            "w:tr": story.end_row,
            "w:tc": story.end_cell,
            "w:t": self._end_text,
            "m:t": self._end_text,
            "w:instrText": self._end_code,
            "w:fldSimple": lambda: self._fields[-1].mark("end"),
            "w:hyperlink": self._urls.pop,
            "w:txbxContent": self._end_box,
            "w:sdt": self._controls.pop,
            "mc:AlternateContent": self._alternatives.pop,
        }

    def start(self, name: str, attributes: Attributes) -> None:
        """Take the start of an element."""
        path = self._path
        path.append(name)
        if self._passing:
            return
        if self.root is None:
            self.root = name
        if name in _REVISIONS:
            self._remark(_REVISED)
        if path[-2:-1] and path[-2] in _PROPERTIES:
            self.story.set(path[-4:], attributes)
        if name in _PASSED:
            self._passing = len(path)
        elif name in self._starts:
            self._starts[name](attributes)
        elif name in _SIGNS and path[-2:-1] == ["w:r"]:
            self._say(_SIGNS[name])
        elif name in _LEFT_OUT:
            self._remark(_LEFT_OUT[name])

    def end(self, name: str) -> None:
        """Take the end of an element."""
        if not self._passing:
            ending = self._ends.get(name)
            if ending is not None:
                ending()
        elif len(self._path) == self._passing:
            self._passing = 0
        self._path.pop()

    def text(self, text: str) -> None:
        """Take text; only that of a few elements counts."""
        if self._said is not None and not self._passing:
            self._said.append(text)

    def remarks(self) -> list[str]:
        """Return Russian sentences on what was left out or changed; call it after all is read."""
        if self.story.has_rows:
            self._remark(_TABLE)
        if self._fields[0].met_contents:
            self._remark(_CONTENTS)
        elif not self._fields[0].shows:
            self._remark(_OPEN_FIELD)
        return list(self._remarks)

    def _remark(self, sentence: str) -> None:
        self._remarks.setdefault(sentence)

    def _pass_over(self) -> None:
        self._passing = len(self._path)

    def _begin_text(self, attributes: Attributes) -> None:
        self._said = []
        self._is_exact = attributes.get("xml:space") == "preserve"

    def _end_text(self) -> None:
        text = "".join(self._said or ())
        self._said = None
        # Without the attribute Word takes blanks at the edges for the layout of the file.
        self._say(text if self._is_exact else text.strip(" \t\r\n"))

    def _end_code(self) -> None:
        self._fields[-1].code("".join(self._said or ()))
        self._said = None

    def _say(self, text: str) -> None:
        fields = self._fields[-1]
        if fields.shows and self.story.say(text, self._urls[-1] or fields.url):
            self._yield += 1

    def _address(self, attributes: Attributes) -> str | None:
        relation = self._relations.get(attributes.get("r:id", ""))
        if relation is None or not relation.external:
            return None
        place = attributes.get("w:anchor")
        return address(f"{relation.target}#{place}" if place else relation.target)

    def _begin_box(self, attributes: Attributes) -> None:
        self.story.begin_box()
        self._fields.append(Fields())

    def _end_box(self) -> None:
        self.story.end_box()
        self._fields.pop()

    def _placeholder(self, attributes: Attributes) -> None:
        if self._controls:
            self._controls[-1].is_placeholder = is_on(attributes)

    def _gallery(self, attributes: Attributes) -> None:
        if self._controls:
            self._controls[-1].is_contents = attributes.get("w:val") == "Table of Contents"

    def _begin_controlled(self, attributes: Attributes) -> None:
        control = self._controls[-1] if self._controls else _Control()
        if control.is_contents:
            self._remark(_CONTENTS)
        if control.is_contents or control.is_placeholder:
            self._pass_over()

    def _begin_alternative(self, attributes: Attributes) -> None:
        # The same thing for newer and for older programs: the first that gives anything is enough.
        if self._alternatives and self._yield > self._alternatives[-1]:
            self._pass_over()

    def _show(self, relation: str | None) -> None:
        visible = self._fields[-1].shows and not self.story.look().hidden
        self._yield += self.pictures.show(relation, visible=visible)

    def _show_drawn(self, attributes: Attributes) -> None:
        self._show(attributes.get("r:id"))
        self.pictures.crop(attributes)
