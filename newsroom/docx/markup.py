"""The XML parts of a document as a stream of elements, with prefixes made the same for all writers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol
from xml.parsers import expat

from core.errors import DocxError

_DEPTH = 256  # Word itself stays below 100 with nested tables and text boxes
_ELEMENTS = 600_000  # about four times what 8 MB of Word's own XML hold
_DAMAGED = (
    "Файл повреждён: его разметка не читается. Откройте его в Word, сохраните заново и пришлите"
)
_TOO_COMPLEX = (
    "Разметка файла слишком сложна для чтения; скопируйте текст в новый документ и пришлите его"
)
_DOCTYPE = (
    "В файле есть объявление DOCTYPE, которого Word не пишет, поэтому читать его небезопасно; "
    "скопируйте текст в новый документ и пришлите его"
)
_OPEN_FORMATS = "http://schemas.openxmlformats.org/"
_STRICT = "http://purl.oclc.org/ooxml/"
# ECMA-376 (transitional) and ISO/IEC 29500 (strict) name the same elements differently.
_PREFIXES = {
    _OPEN_FORMATS + "wordprocessingml/2006/main": "w",
    _STRICT + "wordprocessingml/main": "w",
    _OPEN_FORMATS + "officeDocument/2006/relationships": "r",
    _STRICT + "officeDocument/relationships": "r",
    _OPEN_FORMATS + "drawingml/2006/main": "a",
    _STRICT + "drawingml/main": "a",
    _OPEN_FORMATS + "drawingml/2006/chart": "c",
    _STRICT + "drawingml/chart": "c",
    "http://schemas.microsoft.com/office/drawing/2014/chartex": "cx",
    _OPEN_FORMATS + "drawingml/2006/diagram": "dgm",
    _STRICT + "drawingml/diagram": "dgm",
    _OPEN_FORMATS + "officeDocument/2006/math": "m",
    _STRICT + "officeDocument/math": "m",
    _OPEN_FORMATS + "markup-compatibility/2006": "mc",
    _OPEN_FORMATS + "package/2006/relationships": "rel",
    _OPEN_FORMATS + "package/2006/content-types": "ct",
    "urn:schemas-microsoft-com:vml": "v",
    "http://www.w3.org/XML/1998/namespace": "xml",
}
_UNKNOWN = "?"

Attributes = Mapping[str, str]


class Listener(Protocol):
    """Takes the elements of a part in order; names are like «w:p», «?:name» in a foreign namespace."""

    def start(self, name: str, attributes: Attributes) -> None:
        """Take the start of an element; attributes without a prefix keep their bare names."""

    def end(self, name: str) -> None:
        """Take the end of an element."""

    def text(self, text: str) -> None:
        """Take text, maybe in several pieces."""


def read(data: bytes, listener: Listener) -> None:
    """Tell `listener` all that stands in an XML part; raises DocxError for what is not sound XML.

    Needs time in proportion to the data. Nothing is fetched, and there are no entities to expand:
    a document type is refused.
    """
    data = _utf8(data)
    # Looked for beforehand: after an exception in a handler expat goes on to the end of the data,
    # and would still expand what was declared. Word writes «<» in texts as «&lt;».
    if b"<!DOCTYPE" in data:
        raise DocxError(_DOCTYPE)
    # The encoding is forced, else the part could name any codec of Python.
    parser = expat.ParserCreate("utf-8")
    parser.buffer_text = True
    parser.ordered_attributes = True
    names = _Names(listener)
    parser.StartElementHandler = names.start
    parser.EndElementHandler = names.end
    parser.CharacterDataHandler = listener.text
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise DocxError(_DAMAGED) from error


def _utf8(data: bytes) -> bytes:
    if not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data
    try:
        return data.decode("utf-16").encode()
    except UnicodeError as error:
        raise DocxError(_DAMAGED) from error


class _Names:
    """Knows what each prefix stands for at this place of the part, and says the names uniformly.

    expat's own namespaces are not used: it writes the whole address before every name, which a
    long address turns into square time.
    """

    def __init__(self, listener: Listener) -> None:
        self._listener = listener
        self._prefixes = {"xml": "xml"}
        self._overridden: list[list[tuple[str, str | None]]] = []  # for each open element
        self._elements = 0

    def start(self, written: str, flat: list[str]) -> None:
        self._elements += 1
        if len(self._overridden) >= _DEPTH or self._elements > _ELEMENTS:
            raise DocxError(_TOO_COMPLEX)
        overridden: list[tuple[str, str | None]] = []
        pairs = list(zip(flat[::2], flat[1::2], strict=True))
        for key, value in pairs:
            if key.startswith("xmlns"):
                prefix = key[6:]
                overridden.append((prefix, self._prefixes.get(prefix)))
                self._prefixes[prefix] = _PREFIXES.get(value, _UNKNOWN)
        self._overridden.append(overridden)
        attributes = {self._uniform(key) if ":" in key else key: value for key, value in pairs}
        self._listener.start(self._uniform(written), attributes)

    def end(self, written: str) -> None:
        self._listener.end(self._uniform(written))
        for prefix, before in reversed(self._overridden.pop()):
            if before is None:
                del self._prefixes[prefix]
            else:
                self._prefixes[prefix] = before

    def _uniform(self, written: str) -> str:
        prefix, _, local = written.rpartition(":")
        return f"{self._prefixes.get(prefix, _UNKNOWN)}:{local}"


def is_on(attributes: Attributes) -> bool:
    """Tell whether an element that switches something on does so (ECMA-376, 17.17.4)."""
    return attributes.get("w:val", "true") not in ("0", "false", "off", "none")


def number(value: str | None) -> int | None:
    """Return a whole number of at most nine digits, or None."""
    text = (value or "").strip()
    return (
        int(text) if len(text) <= 10 and text.lstrip("-").isdecimal() and "--" not in text else None
    )
