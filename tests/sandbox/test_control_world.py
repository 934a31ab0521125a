"""Control shows, extends and resets the world, and rules its clock and weather."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from asked import Asked


@pytest.fixture
def town() -> Iterator[Asked]:
    with Asked() as asked:
        yield asked


def test_what_was_made_is_answered_with_ids_and_tokens(town: Asked) -> None:
    made = town.post(
        "/control/world",
        {
            "people": [{"name": "Ольга"}, {"id": 77, "name": "Пётр", "messengers": ["vk"]}],
            "accounts": [
                {"network": "telegram", "name": "herald", "token": "4242:SECRET-of-herald", "title": "Вестник"},
                {"network": "vk", "name": "union", "user_token": "u", "admins": ["Пётр"], "wall_rights": False},
            ],
            "chats": [
                {"network": "telegram", "kind": "supergroup", "title": "Цех", "members": ["Ольга"],
                 "bots": ["herald"], "id": -100123, "username": "@shop"},
            ],
            "sites": [{"name": "press", "title": "Пресса", "format": "atom"}],
        },
    )  # fmt: skip
    assert [p["id"] for p in made["people"]] == [1001, 77]
    assert made["accounts"][0]["token"] == "4242:SECRET-of-herald"
    assert made["accounts"][1]["wall_rights"] is False
    assert made["accounts"][1]["admins"] == [77]
    assert made["chats"][0]["id"] == -100123
    assert made["chats"][0]["admins"] == [4242]
    assert made["sites"][0]["feed"] == "http://sandbox.test/sites/press/feed.xml"
    world = town.get("/control/world").json()
    assert {c["kind"] for c in world["chats"]} == {"wall", "supergroup"}
    assert [s["name"] for s in world["sites"]] == ["press"]


@pytest.mark.parametrize(
    "body",
    [
        {"peple": []},
        {"people": [{"nme": "Ольга"}]},
        {"people": [{}]},
        {"people": [{"id": 0, "name": "Никто"}]},
        {"people": [{"name": "А", "messengers": ["icq"]}]},
        {"people": 5.5},
        {"accounts": [{"network": "telegram"}]},
        {"accounts": [{"network": "telegram", "name": "a", "admins": ["Никто"]}]},
        {"accounts": [{"network": "vk", "name": "a", "wall_rights": "no"}]},
        {"chats": [{"network": "telegram", "kind": "cave", "title": "А"}]},
        {"chats": [{"network": "vk", "kind": "wall", "title": "А"}]},
        {"sites": [{"name": "Плохое имя"}]},
        {"sites": ["press"]},
    ],
)
def test_a_wrong_order_is_refused(town: Asked, body: dict[str, Any]) -> None:
    answer = town.try_post("/control/world", body)
    assert answer.status_code == 400
    assert answer.json()["error"]


def test_an_unknown_key_anywhere_makes_nothing(town: Asked) -> None:
    town.try_post("/control/world", {"people": [{"name": "Ольга"}], "chats": [{"colour": "red"}]})
    assert town.get("/control/world").json()["people"] == []


@pytest.mark.parametrize(
    "last",
    [
        {"chats": [{"network": "telegram", "kind": "cave", "title": "А"}]},
        {"sites": [{"name": "press"}, {"name": "Плохое имя"}]},
        {"sites": [{"name": "press", "items": [{"title": "А", "pictures": ["AAAA"]}]}]},
    ],
)
def test_what_is_refused_late_leaves_nothing_behind(town: Asked, last: dict[str, Any]) -> None:
    order = {
        "people": [{"name": "Ольга"}],
        "accounts": [{"network": "vk", "name": "union"}, {"network": "telegram", "name": "herald"}],
    }
    assert town.try_post("/control/world", order | last).status_code == 400
    assert town.get("/control/world").json() == {
        "people": [],
        "accounts": [],
        "chats": [],
        "sites": [],
    }
    town.post("/control/world", order)  # and nothing is taken


def test_reset_to_empty_leaves_nothing(town: Asked) -> None:
    town.post(
        "/control/world",
        {"people": [{"name": "Ольга"}], "accounts": [{"network": "vk", "name": "a"}]},
    )
    town.post("/control/faults", {"do": "offline"})
    town.post("/control/limits", {"telegram": {"on": False}})
    world = town.post("/control/reset", {"to": "empty"})
    assert world == {"people": [], "accounts": [], "chats": [], "sites": []}
    assert town.get("/control/faults").json() == {"faults": []}
    assert town.get("/control/limits").json()["telegram"]["on"] is True
    assert town.get("/control/calls").json()["calls"] == []


def test_reset_knows_two_worlds_only(town: Asked) -> None:
    assert town.try_post("/control/reset", {"to": "mars"}).status_code == 400


def test_a_manual_clock_stands_where_it_is_put(town: Asked) -> None:
    put = town.post("/control/clock", {"mode": "manual", "at": "2026-11-22T18:00:00+03:00"})
    assert put["now"] == "2026-11-22T15:00:00+00:00"
    moved = town.post("/control/clock", {"advance_s": 3600})
    assert (moved["mode"], moved["now_s"] - put["now_s"]) == ("manual", 3600)
    assert town.get("/control/clock").json() == moved


@pytest.mark.parametrize(
    "body",
    [
        {"mode": "fast"},
        {"at": "вчера"},
        {"at": "2026-11-22T18:00:00"},
        {"advance_s": "час"},
        {"advance_s": 1e15},
        {"at": -1},
        {"to": 1},
    ],
)
def test_a_wrong_time_moves_nothing(town: Asked, body: dict[str, Any]) -> None:
    assert town.try_post("/control/clock", body).status_code == 400
    assert town.get("/control/clock").json()["version"] == 0


def test_who_waits_for_the_clock_wakes_when_it_moves(town: Asked) -> None:
    async def act(client: httpx.AsyncClient) -> Any:
        waiting = asyncio.create_task(client.get("/control/clock?wait=30&after=0"))
        await asyncio.sleep(0)
        await client.post("/control/clock", json={"mode": "manual", "at": 1000})
        return (await waiting).json()

    assert town.together(act) == {
        "mode": "manual",
        "now": "1970-01-01T00:16:40+00:00",
        "now_s": 1000.0,
        "version": 1,
    }


def herald(town: Asked) -> str:
    made = town.post(
        "/control/world",
        {
            "people": [{"name": "Ольга"}],
            "accounts": [{"network": "telegram", "name": "herald"}],
            "chats": [
                {"network": "telegram", "kind": "channel", "title": "Новости", "bots": ["herald"]}
            ],
        },
    )
    return str(made["chats"][0]["id"])


def test_a_fault_may_name_a_chat_by_its_title(town: Asked) -> None:
    chat = herald(town)
    fault = town.post(
        "/control/faults", {"network": "telegram", "chat": "Новости", "do": "html502", "times": 1}
    )
    assert fault["chat"] == chat
    token = town.sandbox.world.accounts["telegram", "herald"].token
    send = {"chat_id": chat, "text": "эй"}
    statuses = [
        town.try_post(f"/telegram/bot{token}/sendMessage", send).status_code for _ in range(2)
    ]
    assert statuses == [502, 200]


def test_calls_are_listed_in_order_and_can_be_waited_for(town: Asked) -> None:
    chat = herald(town)
    town.bot("sendMessage", chat_id=chat, text="раз")
    listed = town.get("/control/calls?since=0").json()
    assert [(c["method"], c["effect"], c["chats"]) for c in listed["calls"]] == [
        ("sendMessage", True, [chat])
    ]

    async def act(client: httpx.AsyncClient) -> Any:
        waiting = asyncio.create_task(client.get(f"/control/calls?since={listed['next']}&wait=30"))
        await asyncio.sleep(0)
        token = town.sandbox.world.accounts["telegram", "herald"].token
        await client.post(f"/telegram/bot{token}/getMe")
        return (await waiting).json()

    assert [c["method"] for c in town.together(act)["calls"]] == ["getMe"]


@pytest.mark.parametrize("query", ["since=x", "since=1&wait=soon"])
def test_a_wrong_number_in_a_query_is_refused(town: Asked, query: str) -> None:
    assert town.get(f"/control/calls?{query}").status_code == 400
