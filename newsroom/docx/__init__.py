"""A text document of Word, as a message can carry it: rich text and pictures."""

from __future__ import annotations

from dataclasses import dataclass

from core.errors import DocxError
from core.richtext import RichText
from newsroom.docx import markup, media
from newsroom.docx.body import BodyReader
from newsroom.docx.foreign import NO_DOCX, refuse_other_file, refuse_other_package
from newsroom.docx.media import DocxPicture
from newsroom.docx.numbering import Numbering
from newsroom.docx.package import PART, Package, Relation
from newsroom.docx.page import TEXT, lay_out
from newsroom.docx.styles import Styles

__all__ = ["Document", "DocxError", "DocxPicture", "read_docx"]

_LONG = (
    f"Текст длиннее {TEXT:,} знаков: взято начало, остальное отрезано. Пришлите остаток отдельно"
).replace(",", "\xa0", 1)
_EMPTY = "В документе нет ни текста, ни картинок, которые можно взять"


@dataclass(frozen=True, slots=True)
class Document:
    """What was read; `left_out` are Russian sentences on what was dropped or looks otherwise."""

    text: RichText
    pictures: tuple[DocxPicture, ...]
    left_out: tuple[str, ...]


def read_docx(body: bytes) -> Document:
    """Return the text and the pictures of a DOCX; raises DocxError for whatever cannot be read.

    Comments, headers, footers, notes and hidden text are left out. Pictures come as they lie in the
    file, with all their metadata: newsroom.pictures.prepare makes them fit to send. Pure; a large
    document takes a second or two, so it belongs in a thread.
    """
    refuse_other_file(body)
    package = Package(body)
    main, content_type = package.main_part()
    refuse_other_package(package, main, content_type)
    relations = package.relations(main)
    lists = Numbering()
    _read_beside(package, relations, "numbering", lists)
    lists.link_styles()
    styles = Styles()
    _read_beside(package, relations, "styles", styles)
    reader = BodyReader(relations, styles, lists)
    markup.read(package.read(main, PART), reader)
    if reader.root != "w:document":
        raise DocxError(NO_DOCX)
    text, is_cut = lay_out(reader.story.finish())
    pictures, missed = media.take(package, relations, reader.pictures.shown)
    left_out = [*([_LONG] if is_cut or reader.story.is_cut else []), *reader.remarks(), *missed]
    if not text and not pictures:
        raise DocxError(". ".join((_EMPTY, *left_out)))
    return Document(text, pictures, tuple(left_out))


def _read_beside(
    package: Package, relations: dict[str, Relation], kind: str, listener: markup.Listener
) -> None:
    parts = (r.target for r in relations.values() if r.kind == kind and not r.external)
    name = next(parts, None)
    if name is not None and package.has(name):
        markup.read(package.read(name, PART), listener)
