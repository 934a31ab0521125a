"""Polls: made, attached, voted in by people and by keys, closed by the clock."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from vk_town import ADMIN, ANNA, BORIS, GROUP, USER_KEY, Town

from sandbox.networks import Wrong
from sandbox.state import Keeper


async def a_poll(town: Town, **more: Any) -> Any:
    town.gate.limits.change({"vk": {"on": False}})
    given = {"owner_id": -GROUP, "question": "Когда?", "add_answers": '["Утром","Вечером"]'}
    return await town.ok("polls.create", USER_KEY, **(given | more))


async def posted(town: Town, poll: Any) -> int:
    """Post a poll on the wall and return the post's id."""
    name = f"poll{poll['owner_id']}_{poll['id']}"
    post = {"owner_id": -GROUP, "from_group": 1, "message": "Решаем", "attachments": name}
    return int((await town.ok("wall.post", USER_KEY, **post))["post_id"])


def shown(town: Town, post: int) -> list[int]:
    """Return the votes for each answer as the post holds them."""
    said = town.wall.find(post)
    assert said is not None and said.poll is not None
    return [
        sum(place in chosen for chosen in said.poll.votes.values())
        for place in range(len(said.poll.options))
    ]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"question": ""}, 100),
        ({"add_answers": ""}, 100),
        ({"add_answers": "[]"}, 100),
        ({"add_answers": '{"1": "да"}'}, 100),
        ({"add_answers": "да, нет"}, 100),
        ({"add_answers": json.dumps([str(number) for number in range(11)])}, 100),
        ({"end_date": 1_600_000_000}, 100),
        ({"owner_id": -1}, 15),
        ({"owner_id": ANNA}, 250),
    ],
)
def test_a_poll_is_refused(change: dict[str, Any], code: int) -> None:
    async def story() -> None:
        given = {"owner_id": -GROUP, "question": "Когда?", "add_answers": '["Утром","Вечером"]'}
        assert await Town().code("polls.create", USER_KEY, **(given | change)) == code

    asyncio.run(story())


def test_a_poll_stands_in_a_post_but_never_alone() -> None:
    async def story() -> None:
        town = Town()
        poll = await a_poll(town)
        post = await posted(town, poll)
        [event] = town.events("wall_post_new")
        assert event["attachments"][0]["poll"]["question"] == "Когда?"
        name = f"poll{-GROUP}_{poll['id']}"
        for attachments in (name, f"{name},{name}"):
            alone = {"owner_id": -GROUP, "attachments": attachments}
            assert await town.code("wall.post", USER_KEY, **alone) == 100
        # What waits holds its poll too.
        later = {"publish_date": int(town.clock.now()) + 60, "message": "Позже"}
        sent = {"owner_id": -GROUP, "attachments": name, **later}
        await town.ok("wall.post", USER_KEY, **sent)
        town.clock.set(advance_s=60)
        assert [said.poll is not None for said in town.wall.messages] == [True, True]
        assert shown(town, post) == [0, 0]

    asyncio.run(story())


def test_people_vote_once_and_may_take_it_back() -> None:
    async def story() -> None:
        town = Town()
        poll = await a_poll(town)
        post, again = await posted(town, poll), await posted(town, poll)
        vote = {"message": post, "options": ["Вечером"]}
        assert await town.vk.do(town.wall, ANNA, "vote", vote) == {"options": [1]}
        await town.vk.do(town.wall, BORIS, "vote", {"message": again, "options": [1]})
        assert shown(town, post) == shown(town, again) == [0, 2]
        with pytest.raises(Wrong, match="voted already"):
            await town.vk.do(town.wall, ANNA, "vote", vote)
        await town.vk.do(town.wall, ANNA, "retract_vote", {"message": again})
        assert shown(town, post) == [0, 1]
        answer = poll["answers"][1]["id"]
        heard = [(one["user_id"], one["option_id"]) for one in town.events("poll_vote_new")]
        assert heard == [(ANNA, answer), (BORIS, answer)]

    asyncio.run(story())


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ([0, 1], "takes one answer"),
        ([2], "no answer 2"),
        (["Никогда"], "no answer 'Никогда'"),
        ([], "give the answers"),
    ],
)
def test_a_wrong_vote_is_told(options: list[Any], why: str) -> None:
    async def story() -> None:
        town = Town()
        post = await posted(town, await a_poll(town))
        with pytest.raises(Wrong, match=why):
            await town.vk.do(town.wall, ANNA, "vote", {"message": post, "options": options})
        assert shown(town, post) == [0, 0]

    asyncio.run(story())


def test_an_anonymous_poll_names_nobody() -> None:
    async def story() -> None:
        town = Town()
        poll = await a_poll(town, is_anonymous=1, is_multiple=1)
        post = await posted(town, poll)
        await town.vk.do(town.wall, ANNA, "vote", {"message": post, "options": [0, 1]})
        assert shown(town, post) == [1, 1]
        assert town.events("poll_vote_new") == []
        asked = {"owner_id": -GROUP, "poll_id": poll["id"], "answer_ids": poll["answers"][0]["id"]}
        assert await town.code("polls.getVoters", USER_KEY, **asked) == 250

    asyncio.run(story())


def test_the_key_of_a_human_votes_and_sees_who_did() -> None:
    async def story() -> None:
        town = Town()
        poll = await a_poll(town)
        here = {"owner_id": -GROUP, "poll_id": poll["id"]}
        first, second = [answer["id"] for answer in poll["answers"]]
        call = town.ok
        assert await call("polls.addVote", USER_KEY, answer_ids=first, **here) == 1
        assert await call("polls.addVote", USER_KEY, answer_ids=second, **here) == 0
        seen = await call("polls.getById", USER_KEY, **here)
        assert (seen["votes"], seen["answer_ids"], seen["can_vote"]) == (1, [first], False)
        assert [answer["rate"] for answer in seen["answers"]] == [100, 0]
        ids = f"{first},{second}"
        who = await call("polls.getVoters", USER_KEY, answer_ids=ids, **here)
        assert [one["users"]["items"] for one in who] == [[ADMIN], []]
        assert await call("polls.deleteVote", USER_KEY, **here) == 1
        assert await call("polls.deleteVote", USER_KEY, **here) == 0
        wrong = [("addVote", {"answer_ids": 1}, 252), ("addVote", {"answer_ids": ids}, 252)]
        for method, params, code in wrong:
            assert await town.code(f"polls.{method}", USER_KEY, **here, **params) == code
        lost = {"owner_id": -GROUP, "poll_id": 404}
        assert await town.code("polls.getById", USER_KEY, **lost) == 251

    asyncio.run(story())


def test_an_edit_keeps_the_votes_of_the_answers_that_stay() -> None:
    async def story() -> None:
        town = Town()
        poll = await a_poll(town)
        post = await posted(town, poll)
        await town.vk.do(town.wall, ANNA, "vote", {"message": post, "options": [0]})
        await town.vk.do(town.wall, BORIS, "vote", {"message": post, "options": [1]})
        first, second = [answer["id"] for answer in poll["answers"]]
        edit = {
            "question": "Во сколько?",
            "delete_answers": json.dumps([first]),
            "edit_answers": json.dumps({str(second): "В семь"}),
            "add_answers": '["В восемь"]',
        }
        here = {"owner_id": -GROUP, "poll_id": poll["id"]}
        assert await town.ok("polls.edit", USER_KEY, **here, **edit) == 1
        seen = await town.ok("polls.getById", USER_KEY, **here)
        answers = [(answer["text"], answer["votes"]) for answer in seen["answers"]]
        assert (seen["question"], answers) == ("Во сколько?", [("В семь", 1), ("В восемь", 0)])
        assert shown(town, post) == [1, 0]
        gone = {"delete_answers": json.dumps([first])}
        assert await town.code("polls.edit", USER_KEY, **here, **gone) == 252

    asyncio.run(story())


def test_a_poll_ends_by_the_clock() -> None:
    async def story() -> None:
        town = Town()
        poll = await a_poll(town, end_date=int(town.clock.now()) + 60)
        post = await posted(town, poll)
        town.vk.start()
        await asyncio.sleep(0)
        town.clock.set(advance_s=60)
        for _ in range(5):
            await asyncio.sleep(0)
        said = town.wall.find(post)
        assert said is not None and said.poll is not None and said.poll.closed
        await town.vk.stop()
        with pytest.raises(Wrong, match="closed"):
            await town.vk.do(town.wall, ANNA, "vote", {"message": post, "options": [0]})
        here = {"owner_id": -GROUP, "poll_id": poll["id"], "answer_ids": poll["answers"][0]["id"]}
        assert await town.code("polls.addVote", USER_KEY, **here) == 250

    asyncio.run(story())


def test_votes_outlive_the_sandbox(tmp_path: Path) -> None:
    async def story() -> None:
        town = Town()
        poll = await a_poll(town)
        post = await posted(town, poll)
        await town.vk.do(town.wall, ANNA, "vote", {"message": post, "options": [1]})
        keeper = Keeper(tmp_path / "world.json", town.world, town.gate)
        await keeper.save()
        town = Town()
        town.world.clear()
        Keeper(tmp_path / "world.json", town.world, town.gate).load()
        with pytest.raises(Wrong, match="voted already"):
            await town.vk.do(town.wall, ANNA, "vote", {"message": post, "options": [1]})
        await town.vk.do(town.wall, BORIS, "vote", {"message": post, "options": [1]})
        assert shown(town, post) == [0, 2]

    asyncio.run(story())
