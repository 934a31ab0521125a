"""Builds DOCX files by hand, part by part, so that tests can also build what Word would never write."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from html import escape

TRANSITIONAL = {
    "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
    "c": "http://schemas.openxmlformats.org/drawingml/2006/chart",
    "m": "http://schemas.openxmlformats.org/officeDocument/2006/math",
    "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
    "v": "urn:schemas-microsoft-com:vml",
    "wps": "http://schemas.microsoft.com/office/word/2010/wordprocessingShape",
}
STRICT = TRANSITIONAL | {
    "w": "http://purl.oclc.org/ooxml/wordprocessingml/main",
    "r": "http://purl.oclc.org/ooxml/officeDocument/relationships",
    "a": "http://purl.oclc.org/ooxml/drawingml/main",
}
RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"
CONTENT_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"

PNG = b"\x89PNG\r\n\x1a\n" + b"png" * 9
JPEG = b"\xff\xd8\xff\xe0" + b"jpeg" * 9
GIF = b"GIF89a" + b"gif" * 9
WEBP = b"RIFF\x10\0\0\0WEBP" + b"webp" * 9
EMF = b"\x01\0\0\0" + b"emf" * 9


def part(root: str, inside: str, names: Mapping[str, str] = TRANSITIONAL) -> str:
    """Return an XML part with a root element like «w:document»."""
    spaces = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in names.items())
    return f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<{root} {spaces}>{inside}</{root}>'


def relation(id_: str, kind: str, target: str, *, external: bool = False) -> str:
    """Return one relationship; `kind` is the last word of its type."""
    mode = ' TargetMode="External"' if external else ""
    return f'<Relationship Id="{id_}" Type="{TRANSITIONAL["r"]}/{kind}" Target="{escape(target)}"{mode}/>'


def relations(*items: str) -> str:
    """Return a part of relationships."""
    return f'<Relationships xmlns="{RELATIONSHIPS}">{"".join(items)}</Relationships>'


def types(main: str = "/word/document.xml", kind: str = WORD) -> str:
    """Return [Content_Types].xml."""
    return (
        f'<Types xmlns="{CONTENT_TYPES}"><Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="{main}" ContentType="{kind}"/></Types>'
    )


def archive(parts: Mapping[str, str | bytes]) -> bytes:
    """Return a ZIP file of parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in parts.items():
            file.writestr(name, content)
    return out.getvalue()


def parts_of(
    body: str,
    *,
    related: Sequence[str] = (),
    styles: str = "",
    numbering: str = "",
    media: Mapping[str, bytes] | None = None,
    names: Mapping[str, str] = TRANSITIONAL,
) -> dict[str, str | bytes]:
    """Return the parts of a sound document: `body` is what stands inside w:body."""
    beside = [*related]
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": types(),
        "_rels/.rels": relations(relation("rId1", "officeDocument", "word/document.xml")),
        "word/document.xml": part("w:document", f"<w:body>{body}</w:body>", names),
    }
    for kind, inside in (("styles", styles), ("numbering", numbering)):
        if inside:
            parts[f"word/{kind}.xml"] = part(f"w:{kind}", inside, names)
            beside.append(relation(f"{kind}1", kind, f"{kind}.xml"))
    for name, content in (media or {}).items():
        parts[f"word/media/{name}"] = content
        beside.append(relation(name, "image", f"media/{name}"))
    return {**parts, "word/_rels/document.xml.rels": relations(*beside)}


def docx(body: str, **options: object) -> bytes:
    """Return a document; the options are those of `parts_of`. A picture's relation is its file's name."""
    return archive(parts_of(body, **options))  # type: ignore[arg-type]


def p(*runs: str, properties: str = "") -> str:
    """Return a paragraph of runs."""
    return f"<w:p>{f'<w:pPr>{properties}</w:pPr>' if properties else ''}{''.join(runs)}</w:p>"


def r(text: str, properties: str = "") -> str:
    """Return a run of letters, blanks at its edges kept."""
    look = f"<w:rPr>{properties}</w:rPr>" if properties else ""
    return f'<w:r>{look}<w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def item(text: str, list_id: int = 1, level: int = 0) -> str:
    """Return a paragraph of a list."""
    properties = f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{list_id}"/></w:numPr>'
    return p(r(text), properties=properties)


def level(number: int, shape: str, pattern: str, start: int = 1, more: str = "") -> str:
    """Return a level of a list."""
    return (
        f'<w:lvl w:ilvl="{number}"><w:start w:val="{start}"/><w:numFmt w:val="{shape}"/>{more}'
        f'<w:lvlText w:val="{pattern}"/></w:lvl>'
    )


def numbering(*levels: str, lists: Mapping[int, str] | None = None) -> str:
    """Return a design of a list, and lists made of it: by their number what each of them overrides."""
    made = "".join(
        f'<w:num w:numId="{number}"><w:abstractNumId w:val="0"/>{override}</w:num>'
        for number, override in (lists or {1: ""}).items()
    )
    return f'<w:abstractNum w:abstractNumId="0">{"".join(levels)}</w:abstractNum>{made}'


def style(id_: str, inside: str, *, kind: str = "paragraph", default: bool = False) -> str:
    """Return a style."""
    usual = ' w:default="1"' if default else ""
    return f'<w:style w:type="{kind}"{usual} w:styleId="{id_}">{inside}</w:style>'


def table(*rows: Sequence[str]) -> str:
    """Return a table; a cell is what stands in it, like a paragraph."""
    lines = ("".join(f"<w:tc><w:tcPr/>{cell}</w:tc>" for cell in row) for row in rows)
    return (
        f"<w:tbl><w:tblPr/><w:tblGrid/>{''.join(f'<w:tr>{line}</w:tr>' for line in lines)}</w:tbl>"
    )


def picture(name: str, *, link: bool = False, crop: str = "") -> str:
    """Return a run that shows a picture by the id of its relation."""
    attribute = "r:link" if link else "r:embed"
    return (
        f'<w:r><w:drawing><a:graphic><a:blip {attribute}="{name}"/>'
        f"<a:srcRect {crop}/></a:graphic></w:drawing></w:r>"
    )


def drawn_picture(name: str) -> str:
    """Return a run that shows a picture in the old way."""
    return f'<w:r><w:pict><v:shape><v:imagedata r:id="{name}"/></v:shape></w:pict></w:r>'


def box(*paragraphs: str) -> str:
    """Return what stands in a shape for a text box."""
    return f"<w:txbxContent>{''.join(paragraphs)}</w:txbxContent>"


def either(choice: str, fallback: str) -> str:
    """Return a run with the same thing for newer and for older programs."""
    return (
        f'<w:r><mc:AlternateContent><mc:Choice Requires="wps">{choice}</mc:Choice>'
        f"<mc:Fallback>{fallback}</mc:Fallback></mc:AlternateContent></w:r>"
    )


def field(code: str, *result: str) -> str:
    """Return a field in its long form: code and result between marks."""

    def mark(kind: str) -> str:
        return f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'

    pieces = "".join(
        f"<w:r><w:instrText>{escape(c)}</w:instrText></w:r>" for c in (code[:5], code[5:])
    )
    return f"{mark('begin')}{pieces}{mark('separate')}{''.join(result)}{mark('end')}"
