"""Which pictures of a document are taken, and what is said of the others."""

from __future__ import annotations

import pytest
from docx_files import (
    EMF,
    GIF,
    JPEG,
    PNG,
    WEBP,
    archive,
    docx,
    drawn_picture,
    either,
    p,
    parts_of,
    picture,
    r,
    relation,
)

from core.errors import DocxError
from newsroom.docx import Document, DocxPicture, read_docx
from newsroom.docx.media import PICTURE, PICTURES
from newsroom.picture_bytes import picture_kind


def read(body: str, media: dict[str, bytes], *related: str) -> Document:
    return read_docx(docx(body, media=media, related=related))


def names(document: Document) -> list[str]:
    return [taken.name for taken in document.pictures]


def test_pictures_come_in_the_order_they_are_shown() -> None:
    media = {"a.png": PNG, "b.jpeg": JPEG, "c.gif": GIF, "d.webp": WEBP, "unused.png": PNG}
    body = (
        p(picture("c.gif"), r("текст"))
        + p(drawn_picture("b.jpeg"))
        + p(picture("a.png"), picture("d.webp"))
    )
    document = read(body, media)
    assert document.pictures == (
        DocxPicture("c.gif", "image/gif", GIF),
        DocxPicture("b.jpeg", "image/jpeg", JPEG),
        DocxPicture("a.png", "image/png", PNG),
        DocxPicture("d.webp", "image/webp", WEBP),
    )
    assert (document.text.text, document.left_out) == ("текст", ())


def test_a_picture_is_what_its_bytes_are() -> None:
    assert read(p(picture("a.png")), {"a.png": JPEG}).pictures[0].mime == "image/jpeg"


def test_a_picture_shown_twice_comes_twice() -> None:
    assert names(read(p(picture("a.png")) * 2, {"a.png": PNG})) == ["a.png", "a.png"]


def test_a_picture_for_newer_and_older_programs_comes_once() -> None:
    body = p(either(picture("a.png"), drawn_picture("a.png")), r("х"))
    assert names(read(body, {"a.png": PNG})) == ["a.png"]


def test_a_picture_only_older_programs_are_given_is_taken() -> None:
    assert names(read(p(either("<wps:ink/>", picture("a.png"))), {"a.png": PNG})) == ["a.png"]


@pytest.mark.parametrize(
    "body",
    [
        p("<w:del>" + picture("a.png") + "</w:del>"),
        p("<w:r><w:rPr><w:vanish/></w:rPr>" + picture("a.png").removeprefix("<w:r>")),
    ],
)
def test_a_picture_nobody_sees_is_not_taken(body: str) -> None:
    assert read(body + p(r("текст")), {"a.png": PNG}).pictures == ()


def test_pictures_in_other_formats_are_told_of() -> None:
    document = read(
        p(r("т"), *(picture(n) for n in ("a.emf", "b.tiff", "a.emf"))),
        {"a.emf": EMF, "b.tiff": b"II*\0"},
    )
    assert document.pictures == ()
    assert len(document.left_out) == 1
    assert "a.emf, b.tiff" in document.left_out[0]


@pytest.mark.parametrize("attribute", [True, False])
def test_a_picture_somewhere_on_the_net_is_told_of(attribute: bool) -> None:
    outside = relation("far", "image", "https://spy.example/pixel.png", external=True)
    document = read(p(r("т"), picture("far", link=attribute)), {}, outside)
    assert document.pictures == ()
    assert "https://spy.example/pixel.png" in document.left_out[0]


@pytest.mark.parametrize("target", ["media/none.png", "../../../../etc/passwd", "/etc/passwd", ""])
def test_a_picture_that_is_not_in_the_file_is_told_of(target: str) -> None:
    document = read(p(r("т"), picture("lost")), {}, relation("lost", "image", target))
    assert document.pictures == ()
    assert "рисунков в файле нет" in document.left_out[0]


def test_names_with_steps_upwards_are_only_names() -> None:
    parts = parts_of(p(picture("up")), related=[relation("up", "image", "../../media/%D0%B0.png")])
    document = read_docx(archive({**parts, "media/а.png": PNG}))
    assert document.pictures == (DocxPicture("%D0%B0.png", "image/png", PNG),)


def test_no_more_than_ten_are_taken_and_the_rest_is_named() -> None:
    media = {f"{n}.png": PNG for n in range(PICTURES + 7)}
    document = read(p(*(picture(name) for name in media)), media)
    assert names(document) == list(media)[:PICTURES]
    assert "не взяты 10.png, 11.png, 12.png, 13.png, 14.png и ещё 2" in document.left_out[0]


def test_a_picture_too_large_is_told_of() -> None:
    media = {"a.png": PNG + bytes(PICTURE), "b.png": PNG}
    document = read(p(picture("a.png"), picture("b.png")), media)
    assert names(document) == ["b.png"]
    assert "больше 10 МБ: a.png" in document.left_out[0]


def test_a_picture_of_which_a_part_is_shown_is_told_of() -> None:
    body = p(picture("a.png", crop='l="25000" r="0"'), picture("b.png", crop='l="0"'))
    document = read(body, {"a.png": PNG, "b.png": PNG})
    assert names(document) == ["a.png", "b.png"]
    assert "обрезаны, а взяты целиком: a.png." in document.left_out[0]


def test_a_document_with_nothing_to_take_is_refused_with_the_reason() -> None:
    with pytest.raises(DocxError, match=r"нет ни текста, ни картинок.*a\.emf"):
        read(p(picture("a.emf")), {"a.emf": EMF})


@pytest.mark.parametrize(
    ("body", "mime"),
    [(JPEG, "image/jpeg"), (PNG, "image/png"), (GIF, "image/gif"), (b"GIF87a", "image/gif"), (WEBP, "image/webp"),
     (EMF, None), (b"", None), (b"RIFF\0\0\0\0WAVE", None), (b"BM", None), (b"\xff\xd8", None)],
)  # fmt: skip
def test_a_kind_is_told_by_the_first_bytes(body: bytes, mime: str | None) -> None:
    assert picture_kind(body) == mime
