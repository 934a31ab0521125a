"""Files that are no documents, broken ones, and ones made to do harm: each gets its sentence."""

from __future__ import annotations

import io
import re
import struct
import zipfile
from collections.abc import Callable
from time import process_time

import pytest
from docx_files import (
    PNG,
    TRANSITIONAL,
    archive,
    docx,
    drawn_picture,
    either,
    field,
    item,
    level,
    numbering,
    p,
    part,
    parts_of,
    picture,
    r,
    relation,
    relations,
    style,
    table,
    types,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from rich_checks import assert_sound

from core.errors import DocxError
from newsroom.docx import read_docx

SOUND = parts_of(p(r("текст")))
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)


def ole(stream: str) -> bytes:
    return OLE + stream.encode("utf-16-le") + bytes(64)


def office(kind: str, main: str) -> bytes:
    content_type = f"application/vnd.openxmlformats-officedocument.{kind}.main+xml"
    return archive(
        {
            "[Content_Types].xml": types(f"/{main}", content_type),
            "_rels/.rels": relations(relation("a", "officeDocument", main)),
            main: part("w:document", ""),
        }
    )


def odf(kind: str) -> bytes:
    return archive(
        {"mimetype": f"application/vnd.oasis.opendocument.{kind}", "content.xml": "<x/>"}
    )


def locked() -> bytes:
    body = bytearray(archive(SOUND))
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        for match in re.finditer(re.escape(mark), bytes(body)):
            body[match.start() + at] |= 1
    return bytes(body)


def with_wrong_sum() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as file:
        for name, content in SOUND.items():
            file.writestr(name, content)
    return out.getvalue().replace("текст".encode(), "токст".encode())


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "Файл пуст"),
        (b"Hello", r"не документ Word.*сохраните"),
        ("Просто текст".encode(), "не документ Word"),
        (b"%PDF-1.7 ...", "Это PDF"),
        (b"{\\rtf1 ...}", "Это RTF"),
        (b"Rar!\x1a\x07", "RAR"),
        (b"7z\xbc\xaf\x27\x1c", "7z"),
        (PNG, "не документ Word"),
        (ole("WordDocument"), r"старый формат \.doc.*сохраните"),
        (ole("EncryptedPackage"), "закрыт паролем. Снимите"),
        (ole("Workbook"), r"\.xls\b"),
        (ole("PowerPoint Document"), r"\.ppt\b"),
        (OLE, "старого формата"),
        (office("spreadsheetml.sheet", "xl/workbook.xml"), r"Excel \(\.xlsx\)"),
        (office("presentationml.presentation", "ppt/presentation.xml"), r"PowerPoint \(\.pptx\)"),
        (archive({"xl/workbook.xml": "<x/>"}), r"Excel \(\.xlsx\)"),
        (odf("text"), "ODT.*сохраните"),
        (odf("spreadsheet"), "ODS"),
        (odf("presentation"), "ODP"),
        (odf("graphics"), "архив ZIP"),
        (archive({"фото.jpg": b"x"}), "архив ZIP.*Распакуйте"),
        (b"PK\x05\x06" + bytes(18), "не документ Word"),
        (archive(SOUND)[:-60], "повреждён или пришёл не целиком"),
        (archive(SOUND)[:400], "повреждён или пришёл не целиком"),
        (b"PK\x03\x04", "повреждён или пришёл не целиком"),
        (with_wrong_sum(), "повреждён или пришёл не целиком"),
        (locked(), "закрыт паролем"),
        (docx(""), "нет ни текста, ни картинок"),
        (docx(p(r("тайно", "<w:vanish/>"))), "нет ни текста, ни картинок"),
        (archive({**SOUND, "word/document.xml": part("w:other", p(r("x")))}), "не документ Word"),
        (archive({**SOUND, "word/document.xml": "<document><body/></document>"}), "не документ Word"),
        (archive({**SOUND, "word/document.xml": "<a><b></a>"}), "разметка не читается"),
        (archive({**SOUND, "word/document.xml": ""}), "разметка не читается"),
        (archive({**SOUND, "word/document.xml": b"\xff\xfe\x00\xd8\x00"}), "разметка не читается"),
        (archive({**SOUND, "word/document.xml": '<?xml version="1.0" encoding="idna"?><a>\xff</a>'.encode("latin-1")}), "разметка не читается"),
        (archive({**SOUND, "WORD/document.xml": "<x/>"}), "лежит в нём дважды"),
        (archive({**SOUND, "word\\document.xml": "<x/>"}), "лежит в нём дважды"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_says_why_and_how_to_mend_it(body: bytes, said: str) -> None:
    with pytest.raises(DocxError, match=said) as caught:
        read_docx(body)
    assert not re.search(r"[A-Z]\w+Error|Traceback", str(caught.value))


def test_a_file_over_the_limit_is_refused_unopened() -> None:
    with pytest.raises(DocxError, match="больше 20 МБ"):
        read_docx(b"PK\x03\x04" + bytes(20 * 1024 * 1024))


def test_two_parts_of_one_name_are_refused() -> None:
    with pytest.warns(UserWarning, match="Duplicate"):
        out = io.BytesIO(archive(SOUND))
        with zipfile.ZipFile(out, "a") as file:
            file.writestr("word/document.xml", "<x/>")
    with pytest.raises(DocxError, match="лежит в нём дважды"):
        read_docx(out.getvalue())


BOMB = '<!DOCTYPE a [<!ENTITY x "ха"><!ENTITY y "&x;&x;&x;">]>'


@pytest.mark.parametrize(
    "declared",
    [BOMB, '<!DOCTYPE a SYSTEM "file:///etc/passwd">', '<!DOCTYPE a [<!ENTITY y SYSTEM "file:///etc/passwd">]>'],
)  # fmt: skip
@pytest.mark.parametrize("name", ["word/document.xml", "_rels/.rels", "[Content_Types].xml"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_are_refused_in_every_part(declared: str, name: str, encoding: str) -> None:
    content = str(SOUND[name]).split("?>")[-1]
    with pytest.raises(DocxError, match="DOCTYPE"):
        read_docx(archive({**SOUND, name: (declared + content).encode(encoding)}))


def test_an_entity_that_nobody_declared_is_refused() -> None:
    with pytest.raises(DocxError, match="разметка не читается"):
        read_docx(docx(p("<w:r><w:t>&y;</w:t></w:r>")))


def with_forged_size(body: bytes, size: int) -> bytes:
    """Return it with another unpacked size written for every part."""
    forged = bytearray(body)
    for mark, at in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        for match in re.finditer(re.escape(mark), body):
            struct.pack_into("<I", forged, match.start() + at, size)
    return bytes(forged)


BIG = 9 * 1024 * 1024


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (docx(p(r("т")) + " " * BIG), "слишком велик в распакованном виде"),
        (archive({**SOUND, "[Content_Types].xml": " " * BIG}), "слишком велик в распакованном виде"),
        (docx(p(r("т")), styles="<x/>" + " " * BIG), "слишком велик в распакованном виде"),
        (with_forged_size(docx(p(r("т")) + " " * BIG), 100), "повреждён или пришёл не целиком"),
        (with_forged_size(docx(p(r("т")) + " " * BIG), 0xFFFFFFF0), "слишком велик в распакованном виде"),
        (docx("<w:p>" * 300 + "</w:p>" * 300), "слишком сложна"),
        (docx("<a/>" * 700_000), "слишком сложна"),
        (archive({**SOUND, **{f"word/media/{n}": b"" for n in range(2001)}}), "слишком много частей"),
    ],
)  # fmt: skip
def test_a_file_that_swells_is_refused(body: bytes, said: str) -> None:
    assert len(body) < 1024 * 1024
    with pytest.raises(DocxError, match=said):
        read_docx(body)


@pytest.mark.parametrize("wrong", ["", "x", "-", "--1", "1.5", "²", "9" * 5000, "-5", "٣"])
def test_a_number_that_is_none_is_passed_over(wrong: str) -> None:
    levels = numbering(
        f'<w:lvl w:ilvl="{wrong}"><w:start w:val="{wrong}"/><w:lvlText w:val="%1"/></w:lvl>',
        lists={
            1: f'<w:lvlOverride w:ilvl="{wrong}"><w:startOverride w:val="{wrong}"/></w:lvlOverride>'
        },
    )
    styles = style("H", f'<w:pPr><w:outlineLvl w:val="{wrong}"/></w:pPr>')
    indented = (
        f'<w:pStyle w:val="H"/><w:numPr><w:ilvl w:val="{wrong}"/><w:numId w:val="1"/></w:numPr>'
    )
    body = p(r("текст"), properties=indented)
    document = read_docx(docx(body, numbering=levels, styles=styles))
    assert document.text.text.endswith(" текст")


def test_all_parts_together_are_measured() -> None:
    media = {f"{n}.emf": bytes(PICTURE) for n in range(9)}
    with pytest.raises(DocxError, match="слишком велик в распакованном виде"):
        read_docx(docx(p(r("т"), *(picture(name) for name in media)), media=media))


PICTURE = 10 * 1024 * 1024


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_ways_of_packing_that_cannot_be_measured_are_refused(method: int) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as file:
        for name, content in SOUND.items():
            file.writestr(name, content)
    with pytest.raises(DocxError, match="повреждён"):
        read_docx(out.getvalue())


def many(text: str, closing: str = "", count: int = 5_000) -> str:
    return text * count + closing * count


LONG_CHAIN = "".join(style(str(n), f'<w:basedOn w:val="{n + 1}"/>') for n in range(20_000))
NAMESPACES = " ".join(f'xmlns:n{n}="u"' for n in range(9000))
ATTRIBUTES = " ".join(f'a{n}=""' for n in range(100_000))
SLOW: dict[str, Callable[[], bytes]] = {
    "paragraphs": lambda: docx(many(p(r("слово ", "<w:b/>"), r("и ещё слово ")))),
    "runs": lambda: docx(p(many(r("а", "<w:b/>") + r("б")))),
    "blanks": lambda: docx(p(r(" " * 90_000 + "а"), many("<w:r><w:t>&#9;</w:t><w:br/></w:r>"), r("б"))),
    "fields": lambda: docx(p(r("т"), many('<w:r><w:fldChar w:fldCharType="begin"/></w:r>'))),
    "field codes": lambda: docx(p(r("т"), field(" HYPERLINK " + '"' * 1_000_001 + " \\l" * 100_000))),
    "links": lambda: docx(p(many('<w:hyperlink r:id="site"><w:r><w:t>а</w:t></w:r></w:hyperlink>')), related=[relation("site", "hyperlink", "https://a.example/" + "x" * 2000, external=True)]),
    "styles": lambda: docx(p(r("т"), properties='<w:pStyle w:val="0"/>'), styles=LONG_CHAIN),
    "lists": lambda: docx(many(item("а", level=8)), numbering=numbering(*(level(n, "lowerLetter", "%1" * 20) for n in range(9)))),
    "cells": lambda: docx(table([p(r("а"))] * 10_000)),
    "nested tables": lambda: docx(f"<w:tbl><w:tr><w:tc>{p(r('б'))}</w:tc><w:tc>" * 80 + many(p(r("а"))) + "</w:tc></w:tr></w:tbl>" * 80),
    "namespaces": lambda: docx(p(r("т")) + f"<x:y {NAMESPACES} xmlns:x='{'u' * 100_000}'>" + many("<x:z xmlns:q='q'/>") + "</x:y>"),
    "attributes": lambda: docx(p(r("т")) + f"<w:x {ATTRIBUTES}/>"),
    "pictures": lambda: docx(p(r("т"), many(picture("a.png")))),
    "entities": lambda: docx(p(*(r("а", "<w:b/>" * (n % 2) + "<w:i/>" * (n % 3 > 0)) for n in range(5_000)))),
    "joined": lambda: docx(many(p(r("а"), properties="<w:rPr><w:del/></w:rPr>"))),
    "boxes": lambda: docx(p(r("т"), many(either("", drawn_picture("нет"))))),
}  # fmt: skip


@pytest.mark.parametrize("name", SLOW)
def test_time_grows_with_the_file_only(name: str) -> None:
    body = SLOW[name]()
    start = process_time()
    document = read_docx(body)
    assert process_time() - start < 3  # square time would be minutes
    assert_sound(document.text.slice(0, 2000))


WHOLE = docx(
    p(r("Заголовок"), properties='<w:pStyle w:val="H"/>')
    + p(
        r("Первый ", "<w:b/>"), field(' HYPERLINK "https://a.example" ', r("тут")), picture("a.png")
    )
    + item("раз")
    + table([p(r("а")), p(r("б"))]),
    styles=style("H", '<w:name w:val="heading 1"/>'),
    numbering=numbering(level(0, "decimal", "%1.")),
    media={"a.png": PNG},
)


def stored() -> bytes:
    """Return the same unpacked, so that damage reaches the XML itself."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(WHOLE)) as packed, zipfile.ZipFile(out, "w") as file:
        for name in packed.namelist():
            file.writestr(name, packed.read(name))
    return out.getvalue()


STORED = stored()
DOCUMENT = zipfile.ZipFile(io.BytesIO(WHOLE)).read("word/document.xml").decode()


def read_or_refuse(body: bytes) -> None:
    try:
        document = read_docx(body)
    except DocxError as error:
        assert re.search("[а-я]", str(error))
    else:
        assert_sound(document.text)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_document_or_a_sentence(body: bytes) -> None:
    read_or_refuse(body)
    read_or_refuse(b"PK\x03\x04" + body)


@given(st.sampled_from([WHOLE, STORED]), st.data())
@settings(deadline=None, max_examples=200)
def test_a_damaged_document_is_a_document_or_a_sentence(whole: bytes, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(whole) - 1))
    damage = data.draw(st.binary(min_size=1, max_size=6))
    read_or_refuse(whole[:at] + damage + whole[at + len(damage) :])
    read_or_refuse(whole[:at])
    read_or_refuse(whole[:at] + whole[at + 1 :])


TAGS = st.sampled_from(sorted(set(re.findall(r"</?[^>]+>", DOCUMENT)) | {
    "<w:tc>", "</w:tc>", "<w:tr>", "<w:txbxContent>", "<w:sdt>", "<w:sdtContent>", "<w:del>", "<mc:Choice>",
    "<w:hyperlink>", "<w:fldSimple/>", "<m:r>", "<w:showingPlcHdr/>", "<w:instrText>", "<mc:AlternateContent>",
    "<a:srcRect l='1'/>", "<w:framePr w:dropCap='x'/>", "<w:rPr>", "<w:pPr>", "<w:numPr>", "<w:t>",
}))  # fmt: skip


@given(st.lists(TAGS | st.text("аб ", max_size=3), max_size=30))
@settings(deadline=None, max_examples=150)
def test_elements_in_any_order_are_a_document_or_a_sentence(pieces: list[str]) -> None:
    opened: list[str] = []
    balanced: list[str] = []
    for piece in pieces:
        name = re.sub(r"[</>].*|\s.*", "", piece.lstrip("</"))
        if piece.startswith("</"):
            if name not in opened:
                continue
            while opened[-1] != name:
                balanced.append(f"</{opened.pop()}>")
            opened.pop()
        elif piece.startswith("<") and not piece.startswith("<?") and not piece.endswith("/>"):
            opened.append(name)
        if not piece.startswith("<?"):
            balanced.append(piece)
    body = "".join(balanced) + "".join(f"</{name}>" for name in reversed(opened))
    read_or_refuse(archive({**SOUND, "word/document.xml": part("w:document", body, TRANSITIONAL)}))
