"""The messenger's list of commands follows the roles of each person."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bots import commands
from bots.scripts.work import Duties
from bots.words import LOCALES, Words
from core.words import RoleKind
from tests.bots.house import ADMIN, House, play
from tests.bots.invited import invite
from tests.bots.test_people_joining import code_of, join
from tests.support.messenger import MemoryMessenger

FOR_ALL = ["menu", "news", "help", "stop"]


def names(messenger: MemoryMessenger, chat: str | None) -> list[str] | None:
    """Return the commands of a dialog, None when it has none of its own."""
    found = messenger.commands.get(chat)
    return None if found is None else [name for name, _ in found]


def test_everybody_has_the_few_that_readers_need() -> None:
    messenger = MemoryMessenger()
    asyncio.run(commands.set_default(messenger, Words()))
    assert names(messenger, None) == FOR_ALL
    assert dict(messenger.commands[None])["news"] == "Последние новости"


@pytest.mark.parametrize(
    ("kind", "slug", "more"),
    [
        (RoleKind.PRESS, "org-1", ["work", "mine", "history"]),
        (RoleKind.MODERATOR, "org-1", ["work", "queue", "history"]),
        (RoleKind.YOUTH_AUTHOR, "youth", ["work", "mine", "plan", "history"]),
        (RoleKind.YOUTH_CHAIR, "youth", ["work", "mine", "queue", "plan", "history"]),
        (RoleKind.ADMINISTRATOR, "org-1", ["work", "people"]),
    ],
)
def test_a_start_sets_the_commands_of_the_roles(
    tmp_path: Path, kind: RoleKind, slug: str, more: list[str]
) -> None:
    async def story(house: House) -> None:
        await house.start()
        assert names(house.messenger, "7") is None
        await house.role("7", kind, slug)
        await house.start()
        assert names(house.messenger, "7") == [*more, *FOR_ALL]

    play(tmp_path, story)


def test_a_role_given_and_taken_back_changes_them_at_once(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        payload, _ = await invite(house)
        await house.start(payload)
        assert names(house.messenger, "7") == ["work", "mine", "history", *FOR_ALL]
        await house.say("/people", ADMIN)
        await house.walk(
            "Человек 7, Отрасль 01",
            "Забрать: пресс-секретарь, Отрасль 01",
            "Да, забрать",
            person=ADMIN,
        )
        assert names(house.messenger, "7") is None

    play(tmp_path, story)


def test_an_administrator_of_the_network_can_stop_from_the_list(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.start(person=ADMIN)
        assert names(house.messenger, ADMIN) == ["work", "people", "halt", *FOR_ALL]

    play(tmp_path, story)


def test_who_is_joined_has_the_same_commands_in_both(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        beta = await house.second()
        await house.role("7", RoleKind.PRESS)
        await beta.start(person="70")
        await join(beta, await code_of(house, "7"), "70")
        both = [names(house.messenger, "7"), names(beta.messenger, "70")]
        assert both == [["work", "mine", "history", *FOR_ALL]] * 2

    play(tmp_path, story)


def test_descriptions_fit_the_messengers_in_every_language() -> None:
    everything = Duties(network=True)
    for locale in LOCALES:
        for _, key in commands.commands_of(everything):
            assert 3 <= len(Words().say(locale, key)) <= 256
