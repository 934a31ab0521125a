"""Says what a file is that is not a DOCX, and how to make one of it."""

from __future__ import annotations

from core.errors import DocxError
from newsroom.docx.package import Package

SIZE = 20 * 1024 * 1024  # bytes
_AS_DOCX = "Откройте его и сохраните как «Документ Word (.docx)», затем пришлите"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# Names of streams inside an OLE container, which keeps them in UTF-16 (MS-CFB, 2.6.1).
_STREAMS = (
    ("EncryptedPackage", "Файл закрыт паролем. Снимите пароль, сохраните и пришлите ещё раз"),
    ("WordDocument", f"Это старый формат .doc. {_AS_DOCX}"),
    ("Workbook", "Это старая таблица Excel (.xls), а нужен текст. Пришлите документ Word (.docx)"),
    ("PowerPoint Document", "Это старая презентация (.ppt), а нужен текст. Пришлите документ Word (.docx)"),
)  # fmt: skip
_OLD = f"Это файл старого формата Microsoft Office или закрытый паролем. {_AS_DOCX} без пароля"
_BEGINNINGS = (
    (b"%PDF", "Это PDF, а нужен документ Word (.docx). Пришлите файл, из которого его сделали"),
    (b"{\\rtf", f"Это RTF, хотя у файла может быть другое расширение. {_AS_DOCX}"),
    (b"Rar!", "Это архив RAR. Распакуйте его и пришлите сам документ"),
    (b"7z\xbc\xaf", "Это архив 7z. Распакуйте его и пришлите сам документ"),
)
NO_DOCX = f"Это не документ Word (.docx). {_AS_DOCX}"
_KINDS = (
    ("spreadsheetml", "ms-excel", "xl", "Это таблица Excel (.xlsx), а нужен текст. Пришлите документ Word (.docx)"),
    ("presentationml", "ms-powerpoint", "ppt", "Это презентация PowerPoint (.pptx), а нужен текст. Пришлите документ Word (.docx)"),
)  # fmt: skip
_ODF = {
    b"application/vnd.oasis.opendocument.text": f"Это документ ODT. {_AS_DOCX}",
    b"application/vnd.oasis.opendocument.spreadsheet": "Это таблица ODS, а нужен текст. Пришлите документ Word (.docx)",
    b"application/vnd.oasis.opendocument.presentation": "Это презентация ODP, а нужен текст. Пришлите документ Word (.docx)",
}
_ARCHIVE = "Это архив ZIP, а не документ Word (.docx). Распакуйте его и пришлите сам документ"


def refuse_other_file(body: bytes) -> None:
    """Raise DocxError for bytes that are no ZIP archive at all, or too many."""
    if len(body) > SIZE:
        raise DocxError(
            f"Файл больше {SIZE // 1024 // 1024} МБ. Уменьшите картинки в нём или разделите его и пришлите снова"
        )
    if not body:
        raise DocxError("Файл пуст. Пришлите его ещё раз")
    if body.startswith(_OLE):
        said = (text for name, text in _STREAMS if name.encode("utf-16-le") in body)
        raise DocxError(next(said, _OLD))
    if not body.startswith(b"PK\x03\x04"):
        raise DocxError(
            next((text for start, text in _BEGINNINGS if body.startswith(start)), NO_DOCX)
        )


def refuse_other_package(package: Package, main: str, content_type: str) -> None:
    """Raise DocxError for an archive that is not a text document of Word."""
    for word, vendor, folder, text in _KINDS:
        if (
            word in content_type
            or vendor in content_type
            or (not package.has(main) and package.has_folder(folder))
        ):
            raise DocxError(text)
    if package.has(main):
        return
    if package.has("mimetype"):
        raise DocxError(_ODF.get(package.read("mimetype", 4096).strip(), _ARCHIVE))
    raise DocxError(_ARCHIVE)
