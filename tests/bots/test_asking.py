"""Owners are asked about what waits for their word, and about what may have arrived."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bots import asking
from bots.abilities import Abilities
from bots.watch import Watch, Watchman
from core.words import ChatState, Corrections, DeliveryState, Lane, Mode, RoleKind, WaveKind
from storage import showing, tables
from storage.rows import insert
from tests.bots.house import ADMIN, House, play
from tests.bots.test_connecting import CHANNEL, connect


async def delivery(house: House, state: DeliveryState, **wave: Any) -> int:
    """Let a delivery to the channel wait for a person; returns its id."""
    revision = await house.row(tables.revision, id=await house.post())
    now = house.clock.now()
    values = {
        "account_id": 1,
        "kind": WaveKind.CREATE,
        "lane": Lane.NEWS,
        "due_at": now,
        "post_id": revision.post_id,
        "revision_id": revision.id,
        "created_at": now,
    }
    wave_id = await house.add(tables.wave, **{**values, **wave})
    chat = await house.row(tables.chat, external=CHANNEL)
    return await house.add(tables.delivery, wave_id=wave_id, chat_id=chat.id, state=state)


async def ask(house: House) -> int:
    """Ask whoever can be asked, and return about how many deliveries that was."""
    before = await _unasked(house)
    watchman = Watchman(house.db, house.settings, Abilities(), house.bell, house.clock)
    await watchman.look(Watch("asking", asking.look))
    return before - await _unasked(house)


async def _unasked(house: House) -> int:
    rows = await house.rows(tables.delivery, asked_at=None)
    return sum(row.state in (DeliveryState.ASKING, DeliveryState.UNKNOWN) for row in rows)


async def state_of(house: House, delivery_id: int) -> DeliveryState:
    """Return where a delivery stands."""
    row = await house.row(tables.delivery, id=delivery_id)
    return DeliveryState(row.state)


@pytest.mark.parametrize(
    ("label", "wanted", "words"),
    [
        ("Опубликовать", DeliveryState.PENDING, "Публикуем"),
        ("Не публиковать", DeliveryState.CANCELLED, "не публикуем"),
    ],
)
def test_the_owners_word_decides(
    tmp_path: Path, label: str, wanted: DeliveryState, words: str
) -> None:
    async def story(house: House) -> None:
        await connect(house, how="Спрашивать меня")
        waits = await delivery(house, DeliveryState.ASKING)
        assert await ask(house) == 1
        assert await ask(house) == 0
        card = await house.screen()
        assert "Опубликовать в «Канал -100»?" in card.text
        assert "Оклады выросли" in card.text
        assert "Подробности у председателя." in card.text
        house.bell.on(("courier", 1)).clear()
        said = await house.press(label)
        assert words in said.text
        assert await state_of(house, waits) is wanted
        assert house.bell.on(("courier", 1)).is_set()
        # The other button comes too late.
        other = next(one for one in card.labels if one != label)
        await house.press_data(card.data(other))
        assert await state_of(house, waits) is wanted
        assert house.last_answer() == "Это уже решено"

    play(tmp_path, story)


def test_nobody_approves_what_they_did_not_see(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await connect(house, how="Спрашивать меня")
        waits = await delivery(house, DeliveryState.ASKING)
        await ask(house)
        newer = await house.post(title="Оклады выросли на 10 %")
        async with house.db.write() as connection:
            await connection.execute(tables.wave.update().values(revision_id=newer))
        card = await house.press("Опубликовать")
        assert "на 10 %" in card.text
        assert await state_of(house, waits) is DeliveryState.ASKING
        await house.press("Опубликовать")
        assert await state_of(house, waits) is DeliveryState.PENDING

    play(tmp_path, story)


@pytest.mark.parametrize(
    ("label", "wanted", "generation"),
    [("Дошло", DeliveryState.SENT, 0), ("Отправить ещё раз", DeliveryState.PENDING, 1)],
)
def test_an_unknown_fate_is_settled_by_who_can_look(
    tmp_path: Path, label: str, wanted: DeliveryState, generation: int
) -> None:
    async def story(house: House) -> None:
        await connect(house)
        doubtful = await delivery(house, DeliveryState.UNKNOWN)
        assert await ask(house) == 1
        assert "Не знаем, дошло ли" in (await house.screen()).text
        await house.press(label)
        row = await house.row(tables.delivery, id=doubtful)
        assert (row.state, row.generation) == (wanted, generation)

    play(tmp_path, story)


def test_a_published_post_of_unknown_fate_is_asked_about_once_more(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await connect(house, how="Спрашивать меня")
        waits = await delivery(house, DeliveryState.ASKING)
        await ask(house)
        card = await house.screen()
        await house.press("Опубликовать")
        assert await ask(house) == 0
        async with house.db.write() as connection:
            await connection.execute(tables.delivery.update().values(state=DeliveryState.UNKNOWN))
        assert await ask(house) == 1
        assert await ask(house) == 0
        assert "Не знаем, дошло ли" in (await house.screen()).text
        # The first card is settled and decides nothing any more.
        await house.press_data(card.data("Не публиковать"))
        assert await state_of(house, waits) is DeliveryState.UNKNOWN
        assert house.last_answer() == "Это уже решено"

    play(tmp_path, story)


@pytest.mark.parametrize(
    ("count", "words"), [(1, "С новостью 1 картинка."), (3, "С новостью 3 картинки.")]
)
def test_a_card_says_how_many_pictures_come_along(tmp_path: Path, count: int, words: str) -> None:
    async def story(house: House) -> None:
        await connect(house, how="Спрашивать меня")
        waits = await delivery(house, DeliveryState.ASKING)
        row = await house.row(tables.delivery, id=waits)
        wave = await house.row(tables.wave, id=row.wave_id)
        async with house.db.write() as connection:
            for number in range(count):
                size = {"mime": "image/png", "size": 1, "width": 1, "height": 1}
                media = await insert(connection, tables.media, sha=str(number), **size)
                values = {"position": number, "media_id": media}
                await connection.execute(
                    tables.revision_media.insert().values(revision_id=wave.revision_id, **values)
                )
        await ask(house)
        assert words in (await house.screen()).text

    play(tmp_path, story)


def test_a_card_without_pictures_says_nothing_of_them(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await connect(house, how="Спрашивать меня")
        await delivery(house, DeliveryState.ASKING)
        await ask(house)
        assert "картин" not in (await house.screen()).text

    play(tmp_path, story)


def test_where_there_is_no_owner_administrators_are_asked(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.add(
            tables.chat,
            account_id=1,
            external=CHANNEL,
            kind=4,
            state=ChatState.ACTIVE,
            from_config=True,
        )
        doubtful = await delivery(house, DeliveryState.UNKNOWN)
        assert await ask(house) == 0
        assert (await house.row(tables.delivery, id=doubtful)).asked_at is None
        await house.start(person=ADMIN)
        assert house.bell.on("asking").is_set()
        assert await ask(house) == 1
        await house.press("Дошло", ADMIN)
        assert await state_of(house, doubtful) is DeliveryState.SENT

    play(tmp_path, story)


def test_a_private_dialog_of_unknown_fate_asks_nobody(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.subscribe()
        doubtful = await delivery_to(house, "7")
        assert await ask(house) == 0
        assert await state_of(house, doubtful) is DeliveryState.UNKNOWN

    play(tmp_path, story)


async def delivery_to(house: House, external: str) -> int:
    """Leave a delivery to a chat in doubt; returns its id."""
    now = house.clock.now()
    wave = await house.add(
        tables.wave,
        account_id=1,
        kind=WaveKind.CREATE,
        lane=Lane.NEWS,
        due_at=now,
        created_at=now,
    )
    chat = await house.row(tables.chat, external=external)
    return await house.add(
        tables.delivery, wave_id=wave, chat_id=chat.id, state=DeliveryState.UNKNOWN
    )


def test_the_mode_to_ask_is_what_the_channel_keeps(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await connect(house, how="Спрашивать меня")
        chat = await house.row(tables.chat, external=CHANNEL)
        wish = await house.row(tables.subscription, chat_id=chat.id)
        assert wish.mode == Mode.ASK

    play(tmp_path, story)


async def channel_without_owner(house: House, slug: str = "org-1") -> None:
    """Write a channel of an organization that nobody has connected in chat."""
    await house.add(
        tables.chat,
        account_id=1,
        external=CHANNEL,
        kind=3,
        state=ChatState.ACTIVE,
        title="Канал -100",
        organization_id=house.organizations[slug],
        from_config=True,
    )


def test_the_duty_editors_are_asked_before_the_administrators(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.start(person=ADMIN)
        await house.role("21", RoleKind.MODERATOR, "org-1")
        await house.role("22", RoleKind.MODERATOR, "org-2")
        await channel_without_owner(house)
        doubtful = await delivery(house, DeliveryState.UNKNOWN)
        assert await ask(house) == 1
        card = await house.screen("21")
        assert "Не знаем, дошло ли до «Канал -100»" in card.text
        for other in ("22", ADMIN):
            assert "Не знаем" not in (await house.screen(other)).text
        await house.press("Дошло", "21")
        assert await state_of(house, doubtful) is DeliveryState.SENT

    play(tmp_path, story)


def test_a_moderator_elsewhere_answers_nothing(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.role("21", RoleKind.MODERATOR, "org-1")
        await channel_without_owner(house)
        doubtful = await delivery(house, DeliveryState.UNKNOWN)
        await ask(house)
        async with house.db.write() as connection:
            await connection.execute(tables.role.update().values(revoked_at=1))
        await house.press("Отправить ещё раз", "21")
        assert await state_of(house, doubtful) is DeliveryState.UNKNOWN
        assert await house.rows(tables.journal, action="button.refused")

    play(tmp_path, story)


@pytest.mark.parametrize(
    ("label", "wanted", "words"),
    [
        ("Дошло", DeliveryState.SENT, "Удалите его, пожалуйста"),
        ("Отправить ещё раз", DeliveryState.CANCELLED, "ещё раз не отправляем"),
    ],
)
def test_what_was_taken_back_meanwhile_is_never_sent_again(
    tmp_path: Path, label: str, wanted: DeliveryState, words: str
) -> None:
    async def story(house: House) -> None:
        await connect(house)
        doubtful = await delivery(house, DeliveryState.UNKNOWN)
        await ask(house)
        async with house.db.write() as connection:
            await connection.execute(tables.post.update().values(retracted_at=1))
        house.bell.on(("courier", 1)).clear()
        said = await house.press(label)
        assert words in said.text
        assert await state_of(house, doubtful) is wanted
        assert house.bell.on(("courier", 1)).is_set(), "its retraction may go now"

    play(tmp_path, story)


def test_a_card_says_that_the_news_was_taken_back(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await connect(house)
        await delivery(house, DeliveryState.UNKNOWN)
        async with house.db.write() as connection:
            await connection.execute(tables.post.update().values(retracted_at=1))
        await ask(house)
        assert "Эту новость уже отозвали" in (await house.screen()).text

    play(tmp_path, story)


LONG = "слово " * 1000  # two messages of a channel


async def doubtful_beginning(house: House) -> int:
    """Let a long post be of unknown fate from its first message on; returns its delivery."""
    await connect(house)
    doubtful = await delivery(house, DeliveryState.UNKNOWN)
    async with house.db.write() as connection:
        body = {"text": LONG, "entities": []}
        await connection.execute(tables.revision.update().values(body=body))
    await ask(house)
    assert (await house.screen()).labels == ["Дошло", "Дошло не целиком", "Отправить ещё раз"]
    card = await house.press("Дошло не целиком")
    assert "видно только начало" in card.text
    return doubtful


def test_of_a_long_post_that_arrived_in_part_the_rest_is_sent(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        doubtful = await doubtful_beginning(house)
        said = await house.press("Дослать остальное")
        assert "Досылаем остальное" in said.text
        row = await house.row(tables.delivery, id=doubtful)
        assert (row.state, row.doubt, row.message) == (DeliveryState.PENDING, False, "")
        async with house.db.read() as connection:
            assert await showing.messages_of(connection, doubtful) == [[""]], (
                "the next is the second"
            )

    play(tmp_path, story)


def test_of_a_long_post_that_arrived_in_part_what_is_known_goes_and_all_is_sent_anew(
    tmp_path: Path,
) -> None:
    async def story(house: House) -> None:
        doubtful = await doubtful_beginning(house)
        said = await house.press("Удалить и отправить заново")
        assert "удалите, пожалуйста, сами" in said.text
        first, taken, again = await house.rows(tables.delivery)
        assert (first.id, first.state) == (doubtful, DeliveryState.REFUSED)
        assert (taken.of_id, taken.state) == (doubtful, DeliveryState.PENDING)
        assert (again.of_id, again.message, again.state) == (None, None, DeliveryState.PENDING)
        kinds = [WaveKind(row.kind) for row in await house.rows(tables.wave)]
        assert kinds == [WaveKind.CREATE, WaveKind.RETRACT, WaveKind.RESEND]
        assert [bool(row.open) for row in await house.rows(tables.wave)] == [False, True, True]

    play(tmp_path, story)


def test_a_short_post_arrives_as_a_whole_or_not_at_all(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await connect(house)
        await delivery(house, DeliveryState.UNKNOWN)
        await ask(house)
        assert (await house.screen()).labels == ["Дошло", "Отправить ещё раз"]

    play(tmp_path, story)


@pytest.mark.parametrize(
    ("label", "state", "way"),
    [
        ("Ответить исправлением", DeliveryState.PENDING, Corrections.REPLY),
        ("Удалить и отправить заново", DeliveryState.PENDING, Corrections.REPLACE),
        ("Оставить как есть", DeliveryState.CANCELLED, None),
    ],
)
def test_the_owner_says_what_becomes_of_a_correction_that_cannot_be_made(
    tmp_path: Path, label: str, state: DeliveryState, way: Corrections | None
) -> None:
    async def story(house: House) -> None:
        await connect(house)
        amend = await delivery(house, DeliveryState.ASKING, kind=WaveKind.AMEND)
        await ask(house)
        assert "мессенджер изменить не даёт" in (await house.screen()).text
        house.bell.on(("courier", 1)).clear()
        await house.press(label)
        assert await state_of(house, amend) is state
        chosen = [row.way for row in await house.rows(tables.amendment)]
        assert chosen == ([] if way is None else [way])
        assert house.bell.on(("courier", 1)).is_set()

    play(tmp_path, story)
