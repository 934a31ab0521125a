"""config.yaml as rows: what the file lists follows it, what it drops is archived."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from app.apply import Applied, apply
from app.config import load
from core.errors import ConfigError
from core.words import ChatKind, ChatState, Corrections, Mode, Reason
from storage import chats, subscriptions, tables
from storage.database import open_database
from storage.rows import insert
from tests.support.database import template

NOW = 1_795_000_000_000
DAY = 86_400_000

FILE = """\
region: {name: Область, zone: Europe/Moscow}
operator: {name: Оператор, contacts: mail@example.ru}
sandbox: http://127.0.0.1:8081
evening: "18:30"
rubrics:
  - {slug: law, name: Право, words: [Юрист, учёб]}
  - {slug: sport, name: Спорт}
organizations:
  - {slug: school-1, name: Школа 1, short: Школа, kind: primary, parent: education}
  - {slug: education, name: Образование, short: Образование, kind: member, territory: Шуя, zone: Asia/Omsk}
  - {slug: federation, name: Федерация, short: Федерация, kind: federation}
accounts:
  - {slug: tg, messenger: telegram, organization: federation, handle: news_bot, key: "env:A"}
  - {slug: vk, messenger: vk, organization: education, title: Школа, handle: club7, group: 7, key: "env:B"}
channels:
  - {account: tg, chat: -100, kind: channel, organization: education, rubrics: [law], how: ask, day_limit: 3, gap: 1 h, footer: Наша подпись}
sources:
  - {slug: site, organization: education, url: "sandbox:/sites/a.xml", every: 5 min, reach: region, rubric: law}
"""


class House:
    """A migrated database, and config.yaml applied to it as often as wanted."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / "vestnik.db"
        shutil.copy(template(), self.path)

    def apply(self, text: str = FILE, now: int = NOW) -> Applied:
        file = self.folder / "config.yaml"
        file.write_text(text, encoding="utf-8")

        async def work() -> Applied:
            db = open_database(self.path)
            try:
                async with db.write() as connection:
                    return await apply(connection, load(file), now)
            finally:
                await db.close()

        return asyncio.run(work())

    def rows(self, table: sa.Table) -> list[dict[str, Any]]:
        engine = sa.create_engine(f"sqlite:///{self.path}")
        with engine.connect() as connection:
            found = [dict(r._mapping) for r in connection.execute(sa.select(table))]
        engine.dispose()
        return found

    def one(self, table: sa.Table, **where: Any) -> dict[str, Any]:
        (found,) = [r for r in self.rows(table) if where.items() <= r.items()]
        return found

    def everything(self) -> dict[str, list[dict[str, Any]]]:
        return {table.name: self.rows(table) for table in tables.metadata.sorted_tables}

    def change(self, *statements: sa.Executable) -> None:
        engine = sa.create_engine(f"sqlite:///{self.path}")
        with engine.begin() as connection:
            for statement in statements:
                connection.execute(statement)
        engine.dispose()


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


def changed(*changes: tuple[str, str]) -> str:
    text = FILE
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


def without(beginning: str) -> str:
    kept = [line for line in FILE.splitlines() if not line.startswith(beginning)]
    assert len(kept) == len(FILE.splitlines()) - 1
    return "\n".join(kept)


def test_everything_the_file_lists_is_there(house: House) -> None:
    applied = house.apply()
    ids = applied.organizations

    education = house.one(tables.organization, slug="education")
    assert education["parent_id"] == ids["federation"]
    assert (education["territory"], education["zone"]) == ("Шуя", "Asia/Omsk")
    assert house.one(tables.organization, slug="school-1")["parent_id"] == ids["education"]
    federation = house.one(tables.organization, slug="federation")
    assert (federation["parent_id"], federation["operator"]) == (None, "Оператор")
    assert [(r.name, r.words) for r in applied.rubrics] == [
        ("Право", ("юрист", "учеб")),
        ("Спорт", ()),
    ]
    telegram = house.one(tables.account, slug="tg")
    assert (telegram["id"], telegram["title"]) == (applied.accounts["tg"], "Федерация")
    source = house.one(tables.source, slug="site")
    assert source["url"] == "http://127.0.0.1:8081/sites/a.xml"
    assert (source["interval_s"], source["next_at"], source["polled_at"]) == (300, NOW, None)
    assert source["rubric_id"] == applied.rubrics[0].rubric_id


def test_a_channel_is_ready_to_receive_as_the_file_says(house: House) -> None:
    applied = house.apply()
    chat = house.one(tables.chat, external="-100")

    assert (chat["kind"], chat["state"], chat["from_config"]) == (
        ChatKind.CHANNEL,
        ChatState.ACTIVE,
        True,
    )
    assert chat["footer"] == {"text": "Наша подпись", "entities": []}
    wish = house.one(tables.subscription, chat_id=chat["id"])
    assert (wish["mode"], wish["digest_minute"], wish["day_limit"], wish["gap_s"]) == (
        Mode.ASK,
        1110,
        3,
        3600,
    )
    assert wish["night_from_minute"] is None and wish["ended_at"] is None
    followed = {
        r["organization_id"]
        for r in house.rows(tables.subscription_organization)
        if r["subscription_id"] == wish["id"]
    }
    assert followed == {applied.organizations["education"], applied.organizations["federation"]}
    assert house.one(tables.subscription_rubric)["rubric_id"] == applied.rubrics[0].rubric_id


def test_a_vk_account_brings_its_wall(house: House) -> None:
    house.apply()
    wall = house.one(tables.chat, external="-7")

    assert (wall["kind"], wall["title"], wall["footer"]) == (ChatKind.WALL, "Образование", None)
    assert house.one(tables.subscription, chat_id=wall["id"])["mode"] == Mode.AT_ONCE


def test_a_second_time_changes_nothing(house: House) -> None:
    first = house.apply()
    before = house.everything()

    assert house.apply(now=NOW + DAY) == first
    assert house.everything() == before


def test_what_the_file_changes_changes(house: House) -> None:
    house.apply()
    house.apply(
        changed(
            (
                "name: Школа 1, short: Школа, kind: primary, parent: education",
                "name: Лицей, short: Лицей, kind: primary",
            ),
            ("handle: news_bot", "handle: other_bot"),
            (
                "how: ask, day_limit: 3, gap: 1 h, footer: Наша подпись",
                "how: urgent, news: [school-1]",
            ),
            ("rubrics: [law], ", ""),
        )
    )
    school = house.one(tables.organization, slug="school-1")
    assert school["name"] == "Лицей"
    assert school["parent_id"] == house.one(tables.organization, slug="federation")["id"]
    assert house.one(tables.account, slug="tg")["handle"] == "other_bot"
    chat = house.one(tables.chat, external="-100")
    wish = house.one(tables.subscription, chat_id=chat["id"])
    assert (wish["mode"], wish["day_limit"], wish["gap_s"]) == (Mode.URGENT_ONLY, None, None)
    assert house.rows(tables.subscription_rubric) == []
    links = house.rows(tables.subscription_organization)
    assert [r["organization_id"] for r in links if r["subscription_id"] == wish["id"]] == [
        school["id"]
    ]
    assert chat["footer"] is None


@pytest.mark.parametrize(
    ("line", "table", "slug"),
    [
        ("  - {slug: school-1", tables.organization, "school-1"),
        ("  - {slug: sport", tables.rubric, "sport"),
        ("  - {slug: vk", tables.account, "vk"),
        ("  - {slug: site", tables.source, "site"),
    ],
)
def test_what_the_file_drops_is_archived_and_comes_back_as_the_same_row(
    house: House, line: str, table: sa.Table, slug: str
) -> None:
    house.apply()
    before = house.one(table, slug=slug)

    house.apply(without(line))
    assert house.one(table, slug=slug)["archived"]

    house.apply()
    after = house.one(table, slug=slug)
    assert (after["id"], after["archived"]) == (before["id"], False)


def test_a_dropped_channel_ends_and_a_returned_one_goes_on(house: House) -> None:
    house.apply()
    house.apply(without("  - {account: tg, chat"), now=NOW + DAY)
    chat = house.one(tables.chat, external="-100")

    assert (chat["from_config"], chat["state"]) == (False, ChatState.ACTIVE)
    assert house.one(tables.subscription, chat_id=chat["id"])["ended_at"] == NOW + DAY

    house.apply(now=NOW + 2 * DAY)
    assert house.one(tables.subscription, chat_id=chat["id"])["ended_at"] is None
    assert house.one(tables.chat, external="-100")["from_config"]


def test_dropping_a_vk_account_ends_its_wall(house: House) -> None:
    house.apply()
    house.apply(without("  - {slug: vk"), now=NOW + DAY)
    wall = house.one(tables.chat, external="-7")

    assert house.one(tables.subscription, chat_id=wall["id"])["ended_at"] == NOW + DAY


def test_a_channel_connected_by_a_person_is_taken_over(house: House) -> None:
    applied = house.apply(without("  - {account: tg, chat"))

    async def connect() -> int:
        db = open_database(house.path)
        try:
            async with db.write() as connection:
                person = await insert(connection, tables.person, name="Анна", created_at=NOW)
                chat_id = await chats.add(
                    connection,
                    applied.accounts["tg"],
                    "-100",
                    ChatKind.CHANNEL,
                    ChatState.UNCONFIRMED,
                    "Канал Анны",
                    person,
                )
                await subscriptions.put(
                    connection,
                    chat_id,
                    mode=Mode.DIGEST,
                    digest_minute=1,
                    night=(1, 2),
                    organizations=[],
                    now=NOW,
                )
                return chat_id
        finally:
            await db.close()

    chat_id = asyncio.run(connect())
    house.apply()

    chat = house.one(tables.chat, id=chat_id)
    assert (chat["state"], chat["from_config"], chat["title"]) == (
        ChatState.ACTIVE,
        True,
        "Канал Анны",
    )
    wish = house.one(tables.subscription, chat_id=chat_id)
    assert (wish["mode"], wish["night_from_minute"]) == (Mode.ASK, None)


def test_people_and_channels_of_their_own_are_left_alone(house: House) -> None:
    applied = house.apply()
    values = {
        "account_id": applied.accounts["tg"],
        "external": "1001",
        "kind": int(ChatKind.PRIVATE),
        "state": int(ChatState.ACTIVE),
    }
    house.change(
        sa.insert(tables.chat).values(id=50, **values),
        sa.insert(tables.subscription).values(
            id=60,
            chat_id=50,
            mode=int(Mode.DIGEST),
            digest_minute=1,
            created_at=NOW,
            paused_until=5,
        ),
    )
    before = house.everything()
    house.apply(now=NOW + DAY)

    assert house.everything() == before


def test_a_chat_that_was_lost_gets_a_new_try_at_the_next_start(house: House) -> None:
    house.apply()
    house.change(
        sa.update(tables.chat)
        .where(tables.chat.c.external == "-100")
        .values(state=int(ChatState.GONE), reason=int(Reason.KICKED))
    )
    house.apply()
    chat = house.one(tables.chat, external="-100")

    assert (chat["state"], chat["reason"]) == (ChatState.ACTIVE, None)


READ = {
    "etag": '"1"',
    "last_modified": "Sun",
    "polled_at": NOW - 1,
    "next_at": NOW + DAY,
    "failures": 3,
    "trouble": "не отвечает",
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (FILE, READ),
        (
            changed(("sandbox:/sites/a.xml", "sandbox:/sites/b.xml")),
            {
                **READ,
                "etag": None,
                "last_modified": None,
                "next_at": NOW,
                "failures": 0,
                "trouble": None,
            },
        ),
        (changed(("every: 5 min", "every: 1 min")), {**READ, "next_at": NOW + 60_000}),
        (changed(("reach: region", "reach: own")), READ),
    ],
    ids=["as before", "another address", "more often", "another reach"],
)
def test_a_source_is_read_anew_only_when_its_address_changed(
    house: House, text: str, expected: dict[str, Any]
) -> None:
    house.apply()
    house.change(sa.update(tables.source).values(**READ))
    house.apply(text)
    source = house.one(tables.source, slug="site")

    assert {key: source[key] for key in expected} == expected


def test_a_source_that_comes_back_begins_anew(house: House) -> None:
    house.apply()
    house.change(sa.update(tables.source).values(**READ))
    house.apply(without("  - {slug: site"))
    house.apply(now=NOW + DAY)
    source = house.one(tables.source, slug="site")

    assert (source["polled_at"], source["etag"], source["next_at"]) == (None, None, NOW + DAY)


def test_an_account_may_not_move_to_another_messenger(house: House) -> None:
    house.apply()
    before = house.everything()
    moved = changed(
        ("slug: tg, messenger: telegram,", "slug: tg, messenger: vk, group: 8, wall: off,"),
        ("{account: tg, chat: -100, kind: channel", "{account: tg, chat: 2000000001, kind: group"),
    )
    with pytest.raises(ConfigError) as caught:
        house.apply(moved)

    assert caught.value.mistakes == [
        "config.yaml, строка 13: аккаунт «tg» раньше работал в telegram. "
        "Дайте новому аккаунту другой slug."
    ]
    assert house.everything() == before


def test_the_title_that_the_messenger_told_is_kept(house: House) -> None:
    house.apply()
    house.change(
        sa.update(tables.account).where(tables.account.c.slug == "tg").values(title="Настоящее имя")
    )
    house.apply()

    assert house.one(tables.account, slug="tg")["title"] == "Настоящее имя"


def test_corrections_and_failing_days_are_the_files_and_an_organizations_own(house: House) -> None:
    house.apply()
    ways = {row["slug"]: row["corrections"] for row in house.rows(tables.organization)}
    assert set(ways.values()) == {Corrections.REPLY}
    assert {row["failing_days"] for row in house.rows(tables.account)} == {3}

    own = changed(
        ("kind: primary, parent: education", "kind: primary, parent: education, corrections: ask")
    )
    house.apply("corrections: replace\nfailing_days: 5\n" + own)
    ways = {row["slug"]: row["corrections"] for row in house.rows(tables.organization)}
    assert ways == {
        "school-1": Corrections.ASK,
        "education": Corrections.REPLACE,
        "federation": Corrections.REPLACE,
    }
    assert {row["failing_days"] for row in house.rows(tables.account)} == {5}
