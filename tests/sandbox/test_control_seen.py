"""The page's picture of the world: whole at first, then only what changed, and never at the others' cost."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import httpx
import pytest
from asked import Asked

from sandbox.control.glances import MOST_COUNTED, MOST_LISTED
from sandbox.control.pieces import Sliced, written_object

OLGA, IVAN, BOSS = 1001, 1002, 1003
ROOM = "-1007"


@pytest.fixture
def town() -> Iterator[Asked]:
    with Asked() as asked:
        asked.post(
            "/control/world",
            {
                "people": [{"name": "Ольга"}, {"name": "Иван"}, {"name": "Пётр"}],
                "accounts": [
                    {"network": "telegram", "name": "herald", "title": "Вестник"},
                    {"network": "vk", "name": "union", "title": "Профсоюз", "admins": [BOSS]},
                ],
                "chats": [
                    {"network": "telegram", "kind": "supergroup", "title": "Цех", "id": int(ROOM),
                     "members": [OLGA, IVAN], "admins": [BOSS], "bots": ["herald"]},
                ],
            },
        )  # fmt: skip
        yield asked


def say(town: Asked, who: int, chat: str = "herald", network: str = "telegram") -> None:
    town.post("/control/say", {"network": network, "chat": chat, "as": who, "text": "Да"})


def do(town: Asked, who: int, what: str, **more: Any) -> None:
    town.post("/control/do", {"network": "telegram", "chat": ROOM, "as": who, "what": what, **more})


def seen(town: Asked, who: int, since: int | None = None) -> dict[str, Any]:
    answer = town.get(f"/control/seen?as={who}" + ("" if since is None else f"&since={since}"))
    assert answer.headers["content-type"] == "application/json"
    picture: dict[str, Any] = answer.json()
    return picture


def refs(picture: dict[str, Any]) -> set[str]:
    return {chat["ref"] for chat in picture["chats"]}


def test_since_a_version_only_what_changed_is_told(town: Asked) -> None:
    say(town, OLGA)
    first = seen(town, OLGA)
    assert first["whole"]
    assert refs(first) >= {"herald:1001", ROOM}
    say(town, OLGA)
    then = seen(town, OLGA, first["version"])
    assert (then["whole"], refs(then), then["gone"]) == (False, {"herald:1001"}, [])
    assert [one["id"] for one in then["people"]] == [OLGA]
    assert "accounts" not in then
    assert then["chats"][0]["count"] == 2
    nothing = seen(town, OLGA, then["version"])
    assert (nothing["chats"], nothing["people"]) == ([], [])


def test_what_others_write_to_the_bot_is_nobodys_business_but_counts_for_them(town: Asked) -> None:
    known = seen(town, OLGA)["version"]
    say(town, IVAN)
    then = seen(town, OLGA, known)
    assert (refs(then), then["gone"]) == (set(), [])
    assert [one["id"] for one in then["people"]] == [IVAN]
    known = then["version"]
    say(town, IVAN, "union", "vk")
    assert refs(seen(town, OLGA, known)) == set()
    assert "union:1002" in refs(seen(town, BOSS, known))


def test_a_chat_that_was_left_is_gone_and_comes_again(town: Asked) -> None:
    known = seen(town, OLGA)["version"]
    do(town, OLGA, "leave")
    left = seen(town, OLGA, known)
    assert (refs(left), left["gone"]) == (set(), [{"network": "telegram", "ref": ROOM}])
    face = next(one for one in seen(town, IVAN)["people"] if one["id"] == OLGA)
    assert face["dialogs"] == []
    do(town, OLGA, "join")
    assert refs(seen(town, OLGA, left["version"])) == {ROOM}


@pytest.mark.parametrize("version", [-1, 10**9], ids=["from before everything", "from the future"])
def test_a_version_that_says_nothing_is_answered_whole(town: Asked, version: int) -> None:
    seen(town, OLGA)
    assert seen(town, OLGA, version)["whole"]


def test_after_new_people_names_or_a_reset_the_picture_is_whole_again(town: Asked) -> None:
    account = town.sandbox.world.account("telegram", "herald")
    assert account is not None
    say(town, OLGA)
    acts: list[tuple[str, dict[str, Any]]] = [
        ("/control/world", {"people": [{"name": "Новая"}]}),
        (f"/telegram/bot{account.token}/setMyName", {"name": "Голос"}),
        ("/control/reset", {"to": "demo"}),
    ]
    for path, body in acts:
        known = seen(town, OLGA)["version"]
        town.post(path, body)
        then = seen(town, OLGA, known)
        assert then["whole"], path
    assert {one["name"] for one in then["people"]} >= {"Ольга Смирнова", "Денис Орлов"}
    assert "herald:1001" not in refs(then)


def test_of_a_large_group_a_glance_names_few_and_it_counts_for_nobody(town: Asked) -> None:
    many = MOST_COUNTED + 50
    crowd = [{"id": 5000 + n, "name": f"Человек {n}"} for n in range(many)]
    town.post("/control/world", {"people": crowd})
    last = 5000 + many - 1
    room = {"network": "telegram", "kind": "supergroup", "title": "Толпа", "admins": [BOSS]}
    members = [one["id"] for one in crowd]
    made = town.post("/control/world", {"chats": [{**room, "members": members}]})["chats"][0]
    assert len(made["members"]) == many + 1
    picture = seen(town, last)
    glance = next(chat for chat in picture["chats"] if chat["ref"] == made["ref"])
    assert glance["people"] == many + 1
    assert {BOSS, last} <= {one["id"] for one in glance["members"]}
    assert len(glance["members"]) <= MOST_LISTED + 2
    assert next(one for one in picture["people"] if one["id"] == last)["dialogs"] == []
    world = town.get("/control/world").json()["chats"]
    assert len(next(chat for chat in world if chat["ref"] == made["ref"])["members"]) == many + 1


def test_who_may_not_send_is_told_what_and_until_when(town: Asked) -> None:
    town.post("/control/clock", {"mode": "manual"})
    until = int(town.get("/control/clock").json()["now_s"]) + 3600
    rights = ["can_send_messages", "can_send_polls"]
    do(town, BOSS, "restrict", person=OLGA, permissions=rights, until_date=until)
    mine = next(chat for chat in seen(town, OLGA)["chats"] if chat["ref"] == ROOM)
    assert "can_send_photos" in mine["barred"]
    assert not set(rights) & set(mine["barred"])
    assert datetime.fromisoformat(mine["barred_until"]).timestamp() == until
    others = [seen(town, who)["chats"] for who in (IVAN, BOSS)]
    assert not any("barred" in chat for chats in others for chat in chats)
    do(town, BOSS, "set_permissions", permissions=["can_send_photos"])
    everybodys = next(chat for chat in seen(town, IVAN)["chats"] if chat["ref"] == ROOM)
    assert "can_send_messages" in everybodys["barred"]
    assert "can_send_photos" not in everybodys["barred"]


def test_news_while_a_picture_is_being_made_are_in_it_or_in_the_next(town: Asked) -> None:
    """Many write while pictures are asked for; who puts the news together has in the end what is there."""

    async def story(http: httpx.AsyncClient) -> None:
        picture = (await http.get(f"/control/seen?as={OLGA}")).json()
        counts = {chat["ref"]: chat["count"] for chat in picture["chats"]}
        version = picture["version"]
        body = {"network": "telegram", "chat": ROOM, "as": OLGA, "text": "Да"}
        for _ in range(10):
            writes = [http.post("/control/say", json=body) for _ in range(3)]
            *_, news = await asyncio.gather(
                *writes, http.get(f"/control/seen?as={OLGA}&since={version}")
            )
            told = news.json()
            assert not told["whole"]
            counts |= {chat["ref"]: chat["count"] for chat in told["chats"]}
            version = told["version"]
        told = (await http.get(f"/control/seen?as={OLGA}&since={version}")).json()
        counts |= {chat["ref"]: chat["count"] for chat in told["chats"]}
        assert counts[ROOM] == 30

    town.together(story)


# Pieces


@pytest.mark.parametrize(
    ("known", "lists", "value"),
    [
        ({}, {"a": []}, {"a": []}),
        ({"x": 1}, {"a": ["1", "2"], "b": ['"д"']}, {"x": 1, "a": [1, 2], "b": ["д"]}),
        ({"x": {}}, {}, {"x": {}}),
        ({}, {"a": [written_object({}, {"b": ["3"]}), "4"]}, {"a": [{"b": [3]}, 4]}),
    ],
)
def test_pieces_together_are_the_object(
    known: dict[str, Any], lists: dict[str, Any], value: dict[str, Any]
) -> None:
    assert json.loads("".join(written_object(known, lists))) == value


def test_much_work_is_done_in_slices_between_which_others_have_their_turn() -> None:
    async def story() -> None:
        turns = 0

        async def other() -> None:
            nonlocal turns
            while True:
                turns += 1
                await asyncio.sleep(0)

        watching = asyncio.create_task(other())
        told = Sliced(json.dumps(list(range(2000))) for _ in range(300))
        texts = [text async for text in told]
        watching.cancel()
        assert len(texts) > 2
        assert turns >= len(texts) - 1
        assert told.spent_s > 0

    asyncio.run(story())
