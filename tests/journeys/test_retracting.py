"""News are taken back wherever that can still be done, and the author reads what was done where."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.words import SubmissionState
from storage import tables
from tests.journeys.messages import labels
from tests.journeys.talking import MINUTE_S, MODERATOR, NETWORKS, PRESS, READER, Talk, walk

pytestmark = pytest.mark.parametrize("network", NETWORKS)

NEWS = "Оклады учителей выросли\n\nС января оклады учителей области выросли на десять процентов."
REPORT_S = 15
HOUR_S = 3600

# Of a dialog after two days: the form, the report's head, and what the reader sees there now.
DIALOG = {
    "telegram": ("заменено сообщением об отзыве", "Отозвано 2 из 2", "Эта новость отозвана"),
    "vk": (
        "сообщение слишком старое, мессенджер не даёт его менять",
        "Отозвано 1 из 2",
        "Оклады учителей выросли",
    ),
}


async def publish(talk: Talk) -> object:
    """Let news go out to a channel and to a reader's dialog; returns the channel."""
    await talk.staff(PRESS, MODERATOR)
    place = await talk.place("education")
    followed = [talk.organizations["education"]]
    await talk.town.subscriber(talk.network, READER, organizations=followed)
    await talk.write(NEWS)
    await talk.walk("Отправить", "Отправить")
    await talk.walk("Одобрить", person=MODERATOR)
    await talk.town.advance(MINUTE_S)
    await talk.published("десять процентов", place)
    await talk.sees("десять процентов", READER)
    await talk.town.advance(REPORT_S)
    await talk.sees("Доставлено 2 из 2")
    return place


async def retract(talk: Talk, person: int = PRESS) -> None:
    """Let somebody take the post back, as far as the last question."""
    await talk.say("/history", person)
    await talk.walk("Отозвать", "Ошибка в фактах", person=person)
    await talk.sees("Точно отозвать?", person)
    await talk.walk("Да, отозвать", person=person)
    await talk.town.advance(REPORT_S)


def forms(report: str) -> list[str]:
    """Return what a report says was done in the channel and in the dialogs."""
    said = {"Канал · Мессенджер 1": "", "Подписчикам": ""}
    for line in report.splitlines():
        for where in said:
            if line.startswith(where):
                words = line.removeprefix(where).strip(" :—")
                said[where] = words.removesuffix("— 1").strip(" :")
    return list(said.values())


def test_news_taken_back_by_a_moderator_are_gone_everywhere_and_nothing_may_change_them(
    tmp_path: Path, network: str
) -> None:
    async def journey(talk: Talk) -> None:
        place = await publish(talk)
        await retract(talk, MODERATOR)
        told = await talk.sees("Вашу новость отозвали")
        assert "Причина: Ошибка в фактах" in told["text"]
        report = await talk.sees("Отозвано 2 из 2")
        assert forms(report["text"]) == ["удалено", "удалено"]
        assert await talk.seen(1, place) == []
        assert not [m for m in await talk.seen(READER) if "десять" in m["text"]]
        assert (await talk.row(tables.submission)).state == SubmissionState.RETRACTED
        own = next(m["id"] for m in await talk.seen() if m["text"] == NEWS)
        await talk.edit(own, NEWS.replace("десять", "двадцать"))
        await talk.sees("Эта новость снята с публикации, поэтому правка ничего не изменит.")
        assert not any("Отозвать" in labels(m) for m in await talk.seen(MODERATOR))

    walk(tmp_path, network, journey)


def test_after_two_days_what_cannot_be_deleted_is_replaced_and_the_report_says_so(
    tmp_path: Path, network: str
) -> None:
    async def journey(talk: Talk) -> None:
        place = await publish(talk)
        await talk.town.advance(49 * HOUR_S)
        await retract(talk)
        report = (await talk.sees("Отозвано "))["text"]
        assert forms(report) == ["удалено", DIALOG[network][0]]
        assert DIALOG[network][1] in report
        assert await talk.seen(1, place) == []
        copy = (await talk.last(READER))["text"]
        assert copy.startswith(DIALOG[network][2]), copy

    walk(tmp_path, network, journey)
