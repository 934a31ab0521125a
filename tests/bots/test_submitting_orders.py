"""Whatever the order, the repetitions and the restarts: one submission, and always the same one."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from core.errors import MessengerError
from core.incoming import Incoming, IncomingKind
from core.richtext import plain
from core.words import RoleKind, SubmissionState
from storage import tables
from tests.bots.dialog import Dialog, attachment, picture
from tests.bots.house import House, play

TEXT = "Оклады выросли\n\nС января зарплата учителей области выше на десятую часть."


async def newsroom(made: House) -> Dialog:
    """Let 7 be a press officer; three pictures lie ready."""
    await made.role("7", RoleKind.PRESS)
    await made.role("8", RoleKind.MODERATOR)
    for number in range(1, 4):
        made.messenger.files[f"{number}.jpg"] = picture(number)
    return Dialog(made)


def parts(made: House, person: str, *, same_second: bool) -> list[Incoming]:
    """Return a text, an album with its caption on the second item, and a text after it."""
    said = [
        (TEXT, None, None),
        ("", "1.jpg", "a"),
        ("Подпись к снимкам, которые прислали из Шуи.", "2.jpg", "a"),
        ("", "3.jpg", "a"),
        ("Подробности у председателя, телефон в приёмной.", None, None),
    ]
    result = []
    for number, (text, file, album) in enumerate(said):
        files = () if file is None else (attachment(file),)
        one = made.incoming(
            IncomingKind.MESSAGE,
            person,
            message=str(98 + number),  # two and three digits: numbers, not words, are in order
            text=plain(text),
            album=album,
            files=files,
            media=tuple(f.kind for f in files),
        )
        result.append(one if same_second else replace(one, at=one.at + number * 1000))
    return result


def test_a_dozen_orders_make_one_submission_each_that_reads_the_same(tmp_path: Path) -> None:
    async def story(made: House) -> None:
        await newsroom(made)
        found = set()
        for seed in range(12):
            author = Dialog(made, str(100 + seed))
            author_id = await made.role(author.person, RoleKind.PRESS)
            shuffle = random.Random(seed)
            arrived = parts(made, author.person, same_second=seed % 2 == 0)
            # Some come twice, as when the answer to a poll was lost.
            arrived += shuffle.sample(arrived, 2)
            shuffle.shuffle(arrived)
            for one in arrived:
                await made.take(one)
                if shuffle.random() < 0.5:
                    await made.engine.drain()
                made.clock.advance(shuffle.randrange(2000))
                if shuffle.random() < 0.3:
                    await made.engine.look()
            await made.engine.drain()
            await made.pass_time(3)
            (row,) = await made.rows(tables.submission, author_id=author_id)
            written = await made.rows(tables.submission_message, post_id=row.post_id)
            found.add(((await author.card()).text, len(written)))
        ((text, messages),) = found
        assert messages == 5
        assert "Фото: 3" in text

    play(tmp_path, story)


def test_a_message_that_comes_again_after_its_edit_does_not_undo_it(tmp_path: Path) -> None:
    async def story(made: House) -> None:
        author = await newsroom(made)
        message = await author.write(TEXT)
        await author.edit(message, TEXT.replace("января", "марта"))
        await author.write(TEXT, message=message)
        assert "С марта" in (await author.card()).text

    play(tmp_path, story)


def restarted(made: House) -> Awaitable[None]:
    """Go on with a new engine on the same database."""
    return made.change()


async def nothing(_made: House) -> None:
    """Let nothing happen."""


@pytest.mark.parametrize("between", [restarted, nothing])
def test_a_restart_between_any_two_steps_loses_nothing(
    tmp_path: Path, between: Callable[[House], Awaitable[None]]
) -> None:
    async def story(made: House) -> None:
        author = await newsroom(made)
        await author.write(TEXT, "1.jpg", album="a", settle=False)
        await between(made)
        await author.write("", "2.jpg", album="a", settle=False)
        await between(made)
        await made.pass_time(3)
        for label in ("Отправить", "дети"):
            await author.press(label)
            await between(made)
        await author.write("папка 12, кабинет 305")
        await between(made)
        await author.press("Отправить")
        row = await made.row(tables.submission)
        assert (row.state, row.consent_place) == (SubmissionState.SENT, "папка 12, кабинет 305")
        revision = await made.row(tables.revision)
        assert len(await made.rows(tables.revision_media, revision_id=revision.id)) == 2

    play(tmp_path, story)


def test_a_draft_waits_for_slow_files_and_says_so_once(tmp_path: Path) -> None:
    async def story(made: House) -> None:
        author = await newsroom(made)
        gone = made.messenger.files.pop("1.jpg")
        before = len(await author.seen())
        await author.write(TEXT, "1.jpg", settle=False)
        await made.pass_time(2.5)
        assert len(await author.seen()) == before
        await made.pass_time(5)
        (loading,) = (await author.seen())[before:]
        assert loading.text == "Загружаем файлы…"
        await made.pass_time(1)
        assert len(await author.seen()) == before + 1
        made.messenger.files["1.jpg"] = gone
        await made.pass_time(60)
        card = await author.card()
        assert "Фото: 1" in card.text
        assert len(await author.seen()) == before + 2

    play(tmp_path, story)


def test_a_file_that_never_comes_is_told_on_the_card(tmp_path: Path) -> None:
    async def story(made: House) -> None:
        author = await newsroom(made)
        await author.write(TEXT, "lost.jpg")
        for seconds in (3, 11, 61, 61):
            await made.pass_time(seconds)
        card = await author.card()
        assert "Файл не удалось загрузить: пришлите его ещё раз" in card.text
        assert "Фото" not in card.text

    play(tmp_path, story)


def test_one_card_that_cannot_be_shown_does_not_hold_up_the_others(tmp_path: Path) -> None:
    async def story(made: House) -> None:
        author = await newsroom(made)
        await made.role("17", RoleKind.PRESS)
        other = Dialog(made, "17")
        await author.write(TEXT, settle=False)
        broken = await made.row(tables.submission_message)
        async with made.db.write() as connection:
            await connection.execute(
                tables.submission_message.update()
                .where(tables.submission_message.c.id == broken.id)
                .values(text={"text": TEXT})  # without entities: it cannot be read
            )
        await other.write("Профсоюз провёл собрание в Шуе, решили многое.")
        assert (await other.card()).text.startswith("Черновик")
        row = await made.row(tables.submission, post_id=broken.post_id)
        assert row.card_at == made.clock.now() + 60_000

    play(tmp_path, story)


def test_an_error_of_the_messenger_is_no_traceback_for_anybody(tmp_path: Path) -> None:
    async def story(made: House) -> None:
        author = await newsroom(made)

        async def fail(ref: str, limit: int) -> bytes:
            raise MessengerError(f"{ref} {limit}", retry_after=30)

        made.messenger.download = fail  # type: ignore[method-assign]
        await author.write(TEXT, "1.jpg")
        row = await made.row(tables.submission_file)
        assert row.attempts == 1
        assert row.not_before == made.clock.now() + 30_000

    play(tmp_path, story)
