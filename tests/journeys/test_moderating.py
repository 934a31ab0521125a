"""Moderators decide by what they see, one after the other, and may think again for a minute."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from core.words import ReviewState
from storage import tables
from tests.journeys.messages import labels
from tests.journeys.talking import (
    MINUTE_S,
    MODERATOR,
    NETWORKS,
    PRESS,
    READER,
    REGION,
    SECOND,
    Talk,
    walk,
)

pytestmark = pytest.mark.parametrize("network", NETWORKS)

NEWS = "Оклады учителей выросли\n\nС января оклады учителей области выросли на десять процентов."


async def send(talk: Talk) -> int:
    """Let the press officer send news to their own; returns the message's id."""
    (own,) = await talk.write(NEWS)
    await talk.walk("Отправить", "Отправить")
    return own


@pytest.mark.usefixtures("each_database")
def test_the_region_may_refuse_what_the_organization_shows_its_own(
    tmp_path: Path, network: str
) -> None:
    async def journey(talk: Talk) -> None:
        await talk.staff(PRESS, MODERATOR, REGION)
        place = await talk.place("education")
        await talk.town.subscriber(network, READER)
        await talk.write(NEWS)
        await talk.walk("Кому показать", "всей области", "Отправить")
        assert "Решает: Образование, потом Федерация" in (await talk.last())["text"]
        await talk.walk("Отправить")
        await talk.walk("Беру", person=MODERATOR)
        await talk.sees("Смотрит Человек 2.")
        await talk.walk("Одобрить", person=MODERATOR)
        await talk.sees("О показе шире решает Федерация.")
        await talk.sees("Показать всей области?", REGION)
        await talk.town.advance(MINUTE_S)
        await talk.published("десять процентов", place)
        await talk.walk("Отказать", "Не хватает даты и места", person=REGION)
        told = await talk.sees("В показе шире отказано: Человек 3.")
        assert "Причина: Не хватает даты и места" in told["text"]
        assert "У себя новость остаётся." in told["text"]
        await talk.town.advance(MINUTE_S)
        await talk.quiet()
        assert not [m for m in await talk.seen(READER) if "десять процентов" in m["text"]]
        await talk.published("десять процентов", place)

    walk(tmp_path, network, journey)


def test_of_two_moderators_one_decides_and_may_undo_it_for_a_minute(
    tmp_path: Path, network: str
) -> None:
    async def journey(talk: Talk) -> None:
        await talk.staff(PRESS, MODERATOR, SECOND)
        place = await talk.place("education")
        await send(talk)
        both = (MODERATOR, SECOND)
        cards = [(await talk.offered("Одобрить", who))["id"] for who in both]
        shown = await asyncio.gather(
            *(talk.press("Одобрить", who, card) for who, card in zip(both, cards, strict=True))
        )
        late = [(one or {}).get("text") or "" for one in shown]
        assert sum(bool(text) for text in late) == 1, late
        assert late[0].startswith("Уже решено: одобрил(а) Человек 4") or late[1].startswith(
            "Уже решено: одобрил(а) Человек 2"
        )
        await talk.quiet()
        assert len(await talk.rows(tables.approval)) == 1

        await talk.town.advance(MINUTE_S - 30)
        await talk.walk("Отменить", person=SECOND)
        await talk.sees("Одобрение отменил(а) Человек 4.")
        await talk.town.advance(MINUTE_S)
        await talk.quiet()
        assert await talk.seen(1, place) == [], "undone within the minute, nothing left"

        await talk.walk("Одобрить ко времени", person=MODERATOR)
        await talk.write("завтра в 18:30", MODERATOR)
        assert "18:30" in (await talk.last(MODERATOR))["text"]
        review = await talk.row(tables.review)
        await talk.to_moment(review.publish_at - 60_000)
        assert await talk.seen(1, place) == []
        await talk.to_moment(review.publish_at)
        await talk.published("десять процентов", place)
        await talk.walk("История", person=SECOND)
        story = (await talk.last(SECOND))["text"]
        assert "одобрение отменено (Образование) · Человек 4" in story
        assert "вышло для своих" in story

    walk(tmp_path, network, journey)


def test_what_a_moderator_edits_is_shown_and_what_is_returned_comes_again(
    tmp_path: Path, network: str
) -> None:
    async def journey(talk: Talk) -> None:
        await talk.staff(PRESS, MODERATOR, SECOND)
        place = await talk.place("education")
        own = await send(talk)
        old = await talk.offered("Одобрить", SECOND)
        await talk.walk("Исправить", person=MODERATOR)
        await talk.write("замени «десять» на «пятнадцать»", MODERATOR)
        changed = await talk.sees("Исправлено", MODERATOR)
        assert "десять" in changed["text"]
        assert "пятнадцать" in changed["text"]
        told = await talk.sees("Текст исправил(а) Человек 2. Вот что изменилось:")
        assert "пятнадцать" in told["text"]
        assert "Одобрить" not in labels(
            next(m for m in await talk.seen(SECOND) if m["id"] == old["id"])
        )

        await talk.walk("Вернуть", person=MODERATOR)
        await talk.write("Назовите приказ министра", MODERATOR)
        told = await talk.sees("Вернули вам: Человек 2.")
        assert "Причина: Назовите приказ министра" in told["text"]
        await talk.edit(own, f"{NEWS} Приказ министра № 5.")
        await talk.walk("Одобрить", person=SECOND)
        await talk.town.advance(MINUTE_S)
        await talk.published("Приказ министра № 5.", place)
        states = [one.state for one in await talk.rows(tables.review)]
        assert states == [ReviewState.RETURNED, ReviewState.PUBLISHED]

    walk(tmp_path, network, journey)
