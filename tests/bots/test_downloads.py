"""What authors attach: pictures by their bytes, documents with their text, a sentence for all the rest."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from core.incoming import IncomingFile
from core.words import FileState, RoleKind
from storage import tables
from tests.bots.dialog import Dialog, picture
from tests.bots.house import House, play
from tests.newsroom.docx_files import docx, p, r
from tests.newsroom.docx_files import picture as shown

TEXT = "Профсоюз провёл собрание в Шуе, решили многое."
FULL = {  # nothing of a file can be written down
    "sqlite": (
        "CREATE TRIGGER stop BEFORE INSERT ON media BEGIN SELECT RAISE(ABORT, 'full'); END",
    ),
    "postgresql": (
        "CREATE FUNCTION stop() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE ''full''; END'",
        "CREATE TRIGGER stop BEFORE INSERT ON media FOR EACH ROW EXECUTE FUNCTION stop()",
    ),
}


async def take(house: House, name: str, content: bytes | None, kind: str = "document") -> Dialog:
    """Let a press officer send a file with a text."""
    await house.role("7", RoleKind.PRESS)
    if content is not None:
        house.messenger.files["f"] = content
    author = Dialog(house)
    file = IncomingFile(kind, "f", name)
    await house.say(TEXT, files=(file,), media=(kind,))
    await house.pass_time(3)
    return author


@pytest.mark.parametrize(
    ("kind", "name", "format"),
    [
        ("photo", "", "JPEG"),
        ("document", "снимок.jpg", "JPEG"),
        ("document", "снимок.png", "PNG"),
        ("document", "без окончания", "WEBP"),
        ("document", "это.docx", "GIF"),
    ],
)
def test_a_picture_is_known_by_its_bytes(tmp_path: Path, kind: str, name: str, format: str) -> None:
    async def story(house: House) -> None:
        author = await take(house, name, picture(1, format), kind)
        assert "Фото: 1" in (await author.card()).text
        row = await house.row(tables.media)
        assert row.look
        assert house.folder.path(row.sha).stat().st_size == row.size

    play(tmp_path, story)


@pytest.mark.parametrize(
    ("name", "content", "wanted"),
    [
        ("план.pdf", b"%PDF-1.7 ...", "«план.pdf»: Это PDF"),
        ("план.zip", b"PK\x03\x04 broken", "«план.zip»: "),
        ("план.rtf", b"{\\rtf1 }", "Это RTF"),
        (
            "план.doc",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument".encode("utf-16-le"),
            ".doc",
        ),
        ("план.txt", "просто слова".encode(), "«план.txt»: "),
        ("снимок.heic", b"\x00\x00\x00 ftypheic", "Это не картинка JPEG, PNG, GIF или WebP"),
        ("снимок.png", picture(1, "PNG")[:500], "Картинка повреждена"),
        ("", b"not a picture", "Это не документ Word"),
    ],
)
def test_what_cannot_be_read_is_told_and_the_rest_is_taken(
    tmp_path: Path, name: str, content: bytes, wanted: str
) -> None:
    async def story(house: House) -> None:
        author = await take(house, name, content)
        card = (await author.card()).text
        assert TEXT in card
        assert wanted in card
        assert (await house.row(tables.submission_file)).state == FileState.FAILED

    play(tmp_path, story)


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("собрание.mp4", "Видео не берём"),
        ("Песня.MP3", "Звук не берём"),
        ("setup.exe", "Программы не берём"),
    ],
)
def test_what_nobody_reads_is_not_even_fetched(tmp_path: Path, name: str, wanted: str) -> None:
    async def story(house: House) -> None:
        author = await take(house, name, None)
        assert wanted in (await author.card()).text
        assert (await house.row(tables.submission_file)).attempts == 1

    play(tmp_path, story)


def test_a_file_over_the_limit_is_told_at_once(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        author = await take(house, "большой.docx", b"PK\x03\x04" + b"\x00" * (20 * 1024 * 1024))
        assert "Файл больше 20 МБ" in (await author.card()).text

    play(tmp_path, story)


def test_a_picture_that_the_messenger_keeps_to_itself_is_told(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.role("7", RoleKind.PRESS)
        await house.say(TEXT, media=("photo",))
        await house.pass_time(3)
        assert "Мессенджер не отдаёт" in (await Dialog(house).card()).text

    play(tmp_path, story)


def test_a_word_document_gives_its_text_and_pictures(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        body = p(r("Из документа: решили многое.")) + p(shown("a.png"))
        content = docx(body, media={"a.png": picture(1, "PNG")})
        author = await take(house, "новость.docx", content)
        card = (await author.card()).text
        assert "Из документа" in card
        assert "Фото: 1" in card

    play(tmp_path, story)


def test_the_same_picture_twice_is_one(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.role("7", RoleKind.PRESS)
        house.messenger.files["f"] = picture(1)
        files = (IncomingFile("photo", "f"), IncomingFile("photo", "f"))
        await house.say(TEXT, files=files, media=("photo", "photo"))
        await house.pass_time(3)
        assert "Фото: 1" in (await Dialog(house).card()).text

    play(tmp_path, story)


def test_of_many_pictures_the_first_thirty_are_taken(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.role("7", RoleKind.PRESS)
        for number in range(31):
            house.messenger.files[str(number)] = picture(number)
        files = tuple(IncomingFile("photo", str(number)) for number in range(31))
        await house.say(TEXT, files=files, media=("photo",) * 31)
        await house.pass_time(3)
        card = (await Dialog(house).card()).text
        assert "Фото: 30" in card
        assert "Берём первые 30 снимков" in card

    play(tmp_path, story)


def test_files_are_fetched_by_themselves_a_few_at_a_time(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.role("7", RoleKind.PRESS)
        air, most = 0, 0
        full = asyncio.Event()

        async def slow(ref: str, limit: int) -> bytes:
            nonlocal air, most
            air, most = air + 1, max(most, air + 1)
            if air == 3:
                full.set()
            await asyncio.wait_for(full.wait(), 10)
            await asyncio.sleep(0)
            air -= 1
            return picture(int(ref))

        house.messenger.download = slow  # type: ignore[method-assign]
        files = tuple(IncomingFile("photo", str(number)) for number in range(6))
        running = asyncio.create_task(house.engine._downloads.run())
        await asyncio.sleep(0)
        await house.say(TEXT, files=files, media=("photo",) * 6)
        for _ in range(2000):
            rows = await house.rows(tables.submission_file, state=FileState.READY)
            if len(rows) == 6:
                break
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        assert len(rows) == 6
        assert most == 3

    play(tmp_path, story)


def test_a_file_whose_message_changed_meanwhile_is_forgotten(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.role("7", RoleKind.PRESS)
        author = Dialog(house)
        held, go = asyncio.Event(), asyncio.Event()

        async def slow(ref: str, limit: int) -> bytes:
            if ref == "1.jpg":
                held.set()
                await go.wait()
            return picture(int(ref[0]))

        house.messenger.download = slow  # type: ignore[method-assign]
        message = await author.write(TEXT, "1.jpg", settle=False)
        running = asyncio.create_task(house.engine.look())
        await held.wait()
        await author.edit(message, TEXT, "2.jpg")
        go.set()
        await running
        await house.pass_time(3)
        assert "Фото: 1" in (await author.card()).text
        file = await house.row(tables.submission_file)
        assert (file.ref, file.state) == ("2.jpg", FileState.READY)

    play(tmp_path, story)


def test_a_file_that_cannot_be_kept_is_given_up_like_one_that_cannot_be_fetched(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def story(house: House) -> None:
        async with house.db.write() as connection:
            for statement in FULL[connection.dialect.name]:
                await connection.exec_driver_sql(statement)
        author = await take(house, "", picture(1), "photo")
        for pause in (3, 11, 61, 61):
            await house.pass_time(pause)
        assert "Файл не удалось загрузить" in (await author.card()).text
        file = await house.row(tables.submission_file)
        assert (file.state, file.attempts) == (FileState.FAILED, 4)

    play(tmp_path, story)
