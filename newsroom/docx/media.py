"""The pictures that a document shows, taken out of its file by their bytes, not by their names."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from newsroom.docx.package import Package, Relation, TooLarge
from newsroom.docx.shown import Shown
from newsroom.picture_bytes import picture_kind

PICTURES = 10
PICTURE = 10 * 1024 * 1024  # bytes
_NAMED = 5  # how many names a sentence lists
_ADDRESS = 80  # code points of an address in a sentence


@dataclass(frozen=True, slots=True)
class DocxPicture:
    """A picture as it lies in the document: its file's name, MIME type by its bytes, and the bytes."""

    name: str
    mime: str
    body: bytes


@dataclass(slots=True)
class _Taken:
    pictures: list[DocxPicture] = field(default_factory=list)
    known: dict[str, DocxPicture | None] = field(default_factory=dict)  # by the name of the part
    linked: dict[str, None] = field(default_factory=dict)
    missing: bool = False
    others: dict[str, None] = field(default_factory=dict)
    large: dict[str, None] = field(default_factory=dict)
    beyond: dict[str, None] = field(default_factory=dict)
    cropped: dict[str, None] = field(default_factory=dict)


def take(
    package: Package, relations: Mapping[str, Relation], shown: Iterable[Shown]
) -> tuple[tuple[DocxPicture, ...], list[str]]:
    """Return the pictures in the order they are shown, and Russian sentences on what was not taken.

    Nothing is fetched from outside the file. Raises DocxError when a picture cannot be unpacked.
    """
    taken = _Taken()
    for place in shown:
        relation = relations.get(place.relation)
        if relation is None or not (relation.external or package.has(relation.target)):
            taken.missing = True
        elif relation.external:
            taken.linked.setdefault(relation.target[:_ADDRESS])
        elif len(taken.pictures) >= PICTURES:
            taken.beyond.setdefault(_name(relation.target))
        else:
            _take_one(package, relation.target, place, taken)
    return tuple(taken.pictures), _sentences(taken)


def _take_one(package: Package, part: str, place: Shown, taken: _Taken) -> None:
    if part not in taken.known:
        taken.known[part] = _unpack(package, part, taken)
    picture = taken.known[part]
    if picture is not None:
        taken.pictures.append(picture)
        if place.cropped:
            taken.cropped.setdefault(picture.name)


def _unpack(package: Package, part: str, taken: _Taken) -> DocxPicture | None:
    name = _name(part)
    try:
        body = package.read(part, PICTURE)
    except TooLarge:
        taken.large.setdefault(name)
        return None
    mime = picture_kind(body)
    if mime is None:
        taken.others.setdefault(name)
        return None
    return DocxPicture(name, mime, body)


def _name(part: str) -> str:
    return posixpath.basename(part)[-_ADDRESS:]


def _sentences(taken: _Taken) -> list[str]:
    megabytes = PICTURE // 1024 // 1024
    said = (
        (taken.others, "Пропущены рисунки не в форматах JPEG, PNG, GIF, WebP: {}. Пришлите их отдельно как фото"),
        (taken.large, f"Пропущены рисунки больше {megabytes} МБ: {{}}. Уменьшите их и пришлите отдельно"),
        (taken.beyond, f"Рисунков больше {PICTURES}: взяты первые {PICTURES}, не взяты {{}}"),
        (taken.linked, "Рисунки по ссылкам не загружены: {}. Вставьте их в документ или пришлите отдельно"),
        (taken.cropped, "Рисунки в документе обрезаны, а взяты целиком: {}. Проверьте, что лишнего на них нет"),
    )  # fmt: skip
    sentences = [text.format(_listed(names)) for names, text in said if names]
    if taken.missing:
        sentences.append(
            "Некоторых рисунков в файле нет, осталось только место для них. Пришлите их отдельно"
        )
    return sentences


def _listed(names: Mapping[str, None]) -> str:
    first = ", ".join(list(names)[:_NAMED])
    more = len(names) - _NAMED
    return f"{first} и ещё {more}" if more > 0 else first
