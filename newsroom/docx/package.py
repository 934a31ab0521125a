"""The container of a document: a ZIP archive of parts, read with every size measured, not believed."""

from __future__ import annotations

import io
import posixpath
import zipfile
from dataclasses import dataclass
from urllib.parse import unquote

from core.errors import DocxError
from newsroom.docx import markup
from newsroom.docx.markup import Attributes

PART = 8 * 1024 * 1024  # bytes of one XML part, unpacked
_WHOLE = 64 * 1024 * 1024  # bytes of all parts read, unpacked
_ENTRIES = 2000
_CENTRAL_ENTRY = b"PK\x01\x02"
_ENCRYPTED = 0x1
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # the only ones the format allows
_DAMAGED = (
    "Файл повреждён или пришёл не целиком. Откройте его в Word, сохраните заново и пришлите ещё раз"
)
_MANY = "В файле слишком много частей; скопируйте текст и картинки в новый документ и пришлите его"
_LARGE = "Файл слишком велик в распакованном виде; разделите его на несколько или сократите"
_TWICE = (
    "Файл собран неправильно: одна часть лежит в нём дважды. Сохраните его в Word заново и пришлите"
)
_PASSWORD = "Файл закрыт паролем. Снимите пароль, сохраните и пришлите ещё раз"
_TYPES = "[Content_Types].xml"
_MAIN = "word/document.xml"


class TooLarge(DocxError):
    """A part is larger than its reader allows."""


@dataclass(frozen=True, slots=True)
class Relation:
    """Where a part points: `target` is a part's name, or an address when `external`."""

    kind: str  # the last word of its type: «image», «hyperlink», «styles»
    target: str
    external: bool


class Package:
    """The parts of one file by name; nothing is written anywhere."""

    def __init__(self, body: bytes) -> None:
        """Open the archive; raises DocxError when it is none, or not sound."""
        # Before zipfile makes an object for each entry: a small file can list half a million.
        if body.count(_CENTRAL_ENTRY) > _ENTRIES:
            raise DocxError(_MANY)
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(body))
            entries = [entry for entry in self._archive.infolist() if not entry.is_dir()]
        except Exception as error:  # zipfile raises almost anything for damaged files
            raise DocxError(_DAMAGED) from error
        self._entries: dict[str, zipfile.ZipInfo] = {}
        for entry in entries:
            # Which of two is meant, readers understand differently; Word refuses such a file too.
            if self._entries.setdefault(_key(entry.filename), entry) is not entry:
                raise DocxError(_TWICE)
        self._left = _WHOLE

    def has(self, name: str) -> bool:
        """Tell whether there is such a part; letters' case does not matter."""
        return _key(name) in self._entries

    def has_folder(self, name: str) -> bool:
        """Tell whether any part lies in a folder."""
        return any(key.startswith(f"{name.lower()}/") for key in self._entries)

    def read(self, name: str, limit: int) -> bytes:
        """Return a part of at most `limit` bytes.

        Raises TooLarge when it is larger; DocxError when it is damaged or locked, or when all
        parts together are more than a document can be.
        """
        entry = self._entries[_key(name)]
        if entry.flag_bits & _ENCRYPTED:
            raise DocxError(_PASSWORD)
        if entry.compress_type not in _METHODS:
            raise DocxError(_DAMAGED)
        allowed = min(limit, self._left)
        try:
            with self._archive.open(entry) as part:
                content = part.read(allowed + 1)
        except Exception as error:  # zipfile and zlib raise almost anything for damaged files
            raise DocxError(_DAMAGED) from error
        self._left -= min(len(content), allowed)
        if len(content) > allowed:
            raise TooLarge(_LARGE) if allowed == limit else DocxError(_LARGE)
        return content

    def relations(self, name: str) -> dict[str, Relation]:
        """Return what a part points to, by id; the name of the whole package is «»."""
        folder, base = posixpath.split(name)
        listed = posixpath.join(folder, "_rels", f"{base}.rels")
        reader = _Relations(folder)
        if self.has(listed):
            markup.read(self.read(listed, PART), reader)
        return reader.found

    def main_part(self) -> tuple[str, str]:
        """Return the name of the part that everything hangs on, and its content type, «» if unsaid."""
        types = _Types()
        if self.has(_TYPES):
            markup.read(self.read(_TYPES, PART), types)
        roots = (r for r in self.relations("").values() if r.kind == "officedocument")
        name = next((r.target for r in roots if not r.external), _MAIN)
        key = _key(name)
        extension = key.rpartition(".")[2]
        return name, types.of_part.get(key) or types.of_extension.get(extension, "")


def _key(name: str) -> str:
    return unquote(name.replace("\\", "/")).lstrip("/").lower()


class _Relations:
    def __init__(self, folder: str) -> None:
        self.found: dict[str, Relation] = {}
        self._folder = folder

    def start(self, name: str, attributes: Attributes) -> None:
        if name != "rel:Relationship":
            return
        kind = attributes.get("Type", "").rpartition("/")[2].lower()
        target = attributes.get("Target", "")
        external = attributes.get("TargetMode", "").lower() == "external"
        if not external:
            # Steps above the root end at the root: this is a name in the archive, not a path on a disk.
            path = posixpath.join("/", self._folder, target.replace("\\", "/"))
            target = posixpath.normpath(path).lstrip("/")
        self.found[attributes.get("Id", "")] = Relation(kind, target, external)

    def end(self, name: str) -> None:
        pass

    def text(self, text: str) -> None:
        pass


class _Types:
    def __init__(self) -> None:
        self.of_part: dict[str, str] = {}
        self.of_extension: dict[str, str] = {}

    def start(self, name: str, attributes: Attributes) -> None:
        kind = attributes.get("ContentType", "").lower()
        if name == "ct:Override":
            self.of_part[_key(attributes.get("PartName", ""))] = kind
        elif name == "ct:Default":
            self.of_extension[attributes.get("Extension", "").lower()] = kind

    def end(self, name: str) -> None:
        pass

    def text(self, text: str) -> None:
        pass
