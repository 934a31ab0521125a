"""What hangs on a message of VK: which files can be fetched, and what it passes on of others."""

from __future__ import annotations

from typing import Any

import pytest

from core.incoming import IncomingFile, IncomingKind
from messengers.vk import incoming
from messengers.vk.attachments import content

DATE = 1_770_000_000
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def attached(kind: str, about: Any) -> dict[str, Any]:
    return {"type": kind, kind: about}


def size(letter: str, width: int, height: int) -> dict[str, Any]:
    return {"type": letter, "width": width, "height": height, "url": f"http://f/{letter}"}


def photo(url: str) -> dict[str, Any]:
    return attached("photo", {"sizes": [{"type": "x", "width": 9, "height": 9, "url": url}]})


def doc(**about: Any) -> dict[str, Any]:
    return attached("doc", {"url": "http://f/d", "size": 7, **about})


@pytest.mark.parametrize(
    ("about", "url"),
    [
        ({"sizes": [size("w", 2560, 1700), size("s", 75, 50)]}, "http://f/w"),
        # A high narrow one and a wide low one: the area counts.
        ({"sizes": [size("p", 200, 900), size("q", 320, 213)]}, "http://f/p"),
        ({"sizes": [size("x", 0, 0), size("w", 0, 0), size("s", 0, 0)]}, "http://f/w"),
        (
            {"sizes": [size("z", 1280, 800)], "orig_photo": size("base", 4000, 3000)},
            "http://f/base",
        ),
        ({"sizes": [{"type": "w", "width": 9, "height": 9}, size("s", 1, 1)]}, "http://f/s"),
        ({"sizes": [{"type": "w", "width": "?", "url": "http://f/w"}]}, "http://f/w"),
    ],
)
def test_the_largest_size_of_a_photo_is_meant(about: dict[str, Any], url: str) -> None:
    [file] = content({"attachments": [attached("photo", about)]}).files
    assert (file.kind, file.ref) == ("photo", url)


@pytest.mark.parametrize(
    ("about", "name", "mime"),
    [
        ({"title": "Отчёт.docx", "ext": "docx"}, "Отчёт.docx", DOCX),
        ({"title": "Отчёт", "ext": "docx"}, "Отчёт.docx", DOCX),
        ({"title": "ОТЧЁТ.DOCX", "ext": "docx"}, "ОТЧЁТ.DOCX", DOCX),
        ({"title": "снимок.jpg", "ext": "JPG"}, "снимок.jpg", "image/jpeg"),
        ({"title": "без конца", "ext": ""}, "без конца", ""),
        ({"title": "что-то", "ext": "невесть"}, "что-то.невесть", ""),
    ],
)
def test_a_document_is_named_with_its_ending(about: dict[str, Any], name: str, mime: str) -> None:
    assert content({"attachments": [doc(**about)]}).files == (
        IncomingFile("document", "http://f/d", name, mime, 7),
    )


@pytest.mark.parametrize(
    ("about", "kind", "url"),
    [
        (attached("audio_message", {"link_ogg": "http://f/o", "link_mp3": "u"}), "voice", "http://f/o"),
        (attached("audio_message", {"link_mp3": "http://f/m"}), "voice", "http://f/m"),
        (attached("audio", {"url": "http://f/a", "title": "Гимн"}), "audio", "http://f/a"),
    ],
)  # fmt: skip
def test_sound_can_be_fetched(about: dict[str, Any], kind: str, url: str) -> None:
    [file] = content({"attachments": [about]}).files
    assert (file.kind, file.ref) == (kind, url)


@pytest.mark.parametrize(
    ("about", "kind"),
    [
        (attached("photo", {"sizes": []}), "photo"),
        (attached("photo", {"sizes": [{"type": "x", "url": ""}]}), "photo"),
        (attached("photo", "?"), "photo"),
        (attached("doc", {"title": "закрыто.pdf", "ext": "pdf"}), "document"),
        (attached("audio", {"url": ""}), "audio"),
        (attached("video", {"player": "http://f/v"}), "video"),
        (attached("sticker", {"images": []}), "sticker"),
        ({"type": "market"}, "market"),
    ],
)
def test_what_has_no_address_is_named_and_has_no_file(about: dict[str, Any], kind: str) -> None:
    found = content({"text": "раз", "attachments": [about]})
    assert (found.text, found.media, found.files) == ("раз", (kind,), ())


def forward(text: str, *attachments: Any, **more: Any) -> dict[str, Any]:
    return {"from_id": 12, "date": 1, "text": text, "attachments": list(attachments), **more}


def wall(text: str, *attachments: Any, **more: Any) -> dict[str, Any]:
    return attached("wall", {"id": 5, "text": text, "attachments": list(attachments), **more})


@pytest.mark.parametrize(
    ("message", "text", "media", "urls"),
    [
        (
            {"fwd_messages": [forward("Раз", photo("http://f/1")), forward("Два", photo("http://f/2"))]},
            "Раз\n\nДва", ("photo", "photo"), ["http://f/1", "http://f/2"],
        ),
        # One's own file goes first.
        (
            {"attachments": [photo("http://f/0")], "fwd_messages": [forward("", photo("http://f/1"))]},
            "", ("photo", "photo"), ["http://f/0", "http://f/1"],
        ),
        # A forward of a forward.
        (
            {"fwd_messages": [forward("", fwd_messages=[forward("Внутри", photo("http://f/1"))])]},
            "Внутри", ("photo",), ["http://f/1"],
        ),
        # One's own words: the forwarded ones are left where they are.
        ({"text": "Гляньте", "fwd_messages": [forward("Раз", photo("http://f/1"))]}, "Гляньте", (), []),
        ({"attachments": [wall("Пост", photo("http://f/1"))]}, "Пост", ("post", "photo"), ["http://f/1"]),
        (
            {"attachments": [wall("", copy_history=[{"text": "Чужой", "attachments": [photo("http://f/1")]}])]},
            "Чужой", ("post", "photo"), ["http://f/1"],
        ),
        ({"text": "Вот", "attachments": [wall("Пост", photo("http://f/1"))]}, "Вот", ("post",), []),
        ({"fwd_messages": [forward("", wall("Пост"))]}, "Пост", ("post",), []),
    ],
)  # fmt: skip
def test_what_is_passed_on_is_said_when_nothing_else_is(
    message: dict[str, Any], text: str, media: tuple[str, ...], urls: list[str]
) -> None:
    found = content(message)
    assert (found.text, found.media, found.forwarded) == (text, media, True)
    assert [file.ref for file in found.files] == urls


@pytest.mark.parametrize(
    "message",
    [
        {"text": "Сам", "fwd_messages": [], "attachments": [photo("http://f/1")]},
        {"text": "Ответ", "reply_message": forward("Вопрос")},
        {"text": "Сам", "fwd_messages": None, "attachments": None},
        {"text": "Сам", "attachments": [{"type": "wall", "wall": "?"}]},
    ],
)
def test_own_words_are_not_taken_for_a_forward(message: dict[str, Any]) -> None:
    found = content(message)
    assert (found.text, found.forwarded) == (message["text"], False)


def test_an_edited_message_brings_its_files_and_names_in_forwards_are_shown() -> None:
    about = {
        "date": DATE,
        "update_time": DATE + 60,
        "peer_id": 11,
        "from_id": 11,
        "text": "",
        "conversation_message_id": 7,
        "attachments": [photo("http://f/0")],
        "fwd_messages": [forward("[id12|Борис] сказал")],
    }
    found = incoming.read({"type": "message_edit", "object": about, "event_id": "e"}, 9, 0)
    assert found is not None
    assert (found.kind, found.at) == (IncomingKind.EDITED, (DATE + 60) * 1000)
    assert (found.text.text, found.forwarded) == ("Борис сказал", True)
    assert [file.ref for file in found.files] == ["http://f/0"]
