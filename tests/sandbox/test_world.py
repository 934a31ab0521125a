"""The world's look-ups, what it keeps, whom it wakes, and the log of calls."""

from __future__ import annotations

import asyncio
from random import Random

import pytest

from sandbox.api import ApiCall
from sandbox.calls import Calls
from sandbox.kept import Kept
from sandbox.world import Account, Chat, Message, Person, World


def bot(name: str, id: int = 7, token: str = "7:a", network: str = "telegram") -> Account:
    return Account(id, network, name, name, f"{name}_bot", token)  # type: ignore[arg-type]


def dialog(world: World, person: int, account: str = "a") -> Chat:
    chat = Chat(person, "telegram", "private", "x", account, person)
    world.add_chat(chat)
    return chat


def say(world: World, chat: Chat, count: int = 1) -> None:
    for _ in range(count):
        chat.messages.append(Message(chat.next_id(), 0, 1, False))
        world.touch(chat)


def ids(chat: Chat) -> list[int]:
    return [message.id for message in chat.messages]


# what is kept


def test_a_chat_keeps_its_newest_messages() -> None:
    world = World(kept=Kept(3, 100))
    chat = dialog(world, 1)
    say(world, chat, 5)
    assert (ids(chat), chat.find(1), chat.last_id) == ([3, 4, 5], None, 5)


def test_of_all_chats_the_oldest_messages_go_first() -> None:
    world = World(kept=Kept(100, 6))
    first, second = dialog(world, 1), dialog(world, 2)
    say(world, first, 3)
    say(world, second, 3)
    say(world, first, 2)
    assert (ids(first), ids(second)) == ([3, 4, 5], [1, 2, 3])
    say(world, second, 2)
    assert (ids(first), ids(second)) == ([4, 5], [2, 3, 4, 5])


def test_several_messages_at_once_are_counted_each() -> None:
    world = World(kept=Kept(100, 4))
    first, second = dialog(world, 1), dialog(world, 2)
    say(world, first, 3)
    second.messages += [Message(second.next_id(), 0, 1, False) for _ in range(3)]
    world.touch(second)
    assert (ids(first), ids(second)) == ([3], [1, 2, 3])


def test_messages_that_were_deleted_make_no_others_go() -> None:
    world = World(kept=Kept(100, 4))
    quiet, busy = dialog(world, 1), dialog(world, 2)
    say(world, quiet, 3)
    for _ in range(5_000):
        say(world, busy)
        busy.messages.clear()
        world.touch(busy)
    assert ids(quiet) == [1, 2, 3]
    assert len(world._kept._came) < 2_000
    say(world, busy, 2)
    assert (ids(quiet), len(ids(busy))) == ([2, 3], 2)


def test_a_deleted_message_gives_its_age_to_no_other() -> None:
    world = World(kept=Kept(100, 4))
    first, second = dialog(world, 1), dialog(world, 2)
    say(world, first)
    first.messages.clear()
    world.touch(first)
    say(world, second, 3)
    say(world, first)
    say(world, second)
    assert (ids(first), ids(second)) == ([2], [2, 3, 4])


@pytest.mark.parametrize("seed", range(5))
def test_whatever_happens_no_more_is_kept_than_the_limits_say(seed: int) -> None:
    random = Random(seed)
    world = World(kept=Kept(8, 20))
    chats = [dialog(world, n) for n in range(1, 8)]
    for _ in range(3_000):
        chat = random.choice(chats)
        if random.random() < 0.4 and chat.messages:
            chat.messages.remove(random.choice(chat.messages))
            world.touch(chat)
        else:
            say(world, chat)
        assert len(chat.messages) <= 8
        assert sum(len(one.messages) for one in chats) <= 20
    # The limits are used: what could stay is not dropped.
    for chat in chats:
        say(world, chat, 8)
    assert sum(len(one.messages) for one in chats) == 20


def test_what_a_new_world_says_counts_from_nothing() -> None:
    world = World(kept=Kept(100, 4))
    say(world, dialog(world, 1), 4)
    world.clear()
    chat = dialog(world, 1)
    say(world, chat, 4)
    assert len(chat.messages) == 4


# looking up


def test_a_message_is_found_wherever_it_stands() -> None:
    wall = Chat(-1, "vk", "wall", "x")
    for number in (1, 2, 4, 3, 7, 5):  # 3 and 5 were postponed
        wall.messages.append(Message(number, 0, 1, False))
    found = [message.id if (message := wall.find(number)) else None for number in range(9)]
    assert found == [None, 1, 2, 3, 4, 5, None, 7, None]


def test_a_communitys_number_finds_the_dialog_also_in_a_world_that_was_read_or_forgot_it() -> None:
    world = World(kept=Kept(in_all=2))
    account = Account(7, "vk", "a", "a", "a", "key")
    chats = [Chat(person, "vk", "private", "x", "a", person) for person in (1, 2)]
    for number, chat in enumerate(chats * 2, start=1):
        chat.messages.append(Message(chat.next_id(), 0, 1, False, global_id=number))
        if chat not in world.chats:
            world.add_chat(chat)
    assert [world.dialog_of(account, number) for number in (1, 4, 5)] == [chats[0], chats[1], None]
    assert world.dialog_of(Account(8, "vk", "b", "b", "b", "key"), 1) is None
    for number in range(5, 20):  # far more than the two messages that are kept
        world.note_number(account, number, chats[0])
        assert world.dialog_of(account, number) is chats[0]
        assert world.dialog_of(account, 2) is chats[1]
    world.clear()
    assert world.dialog_of(account, 1) is None


def test_a_key_finds_its_account_also_when_it_has_changed() -> None:
    world = World()
    account = bot("a", token="old")
    world.add_account(account)
    assert world.account_by_token("telegram", "old") is account
    assert world.account_by_token("vk", "old") is None
    account.token = "new"
    assert world.account_by_token("telegram", "old") is None
    assert world.account_by_token("telegram", "new") is account
    world.clear()
    assert world.account_by_token("telegram", "new") is None


def test_an_id_finds_its_account_and_none_that_is_gone() -> None:
    world = World()
    assert world.account_by_id("telegram", 7) is None
    first, second = bot("a"), bot("a", 8)
    world.add_account(first)
    assert world.account_by_id("telegram", 7) is first
    world.add_account(second)  # in the place of the first
    assert world.account_by_id("telegram", 7) is None
    assert world.account_by_id("telegram", 8) is second

    def undone() -> None:
        with world.all_or_nothing():
            world.add_account(bot("b", 9))
            assert world.account_by_id("telegram", 9) is not None
            raise ValueError

    with pytest.raises(ValueError):
        undone()
    assert world.account_by_id("telegram", 9) is None


def test_rooms_are_all_chats_but_dialogs() -> None:
    world = World()
    dialog(world, 1)
    rooms = [Chat(-1, "telegram", "channel", "x"), Chat(-2, "telegram", "group", "y")]
    for room in (*rooms, Chat(-1, "vk", "wall", "z")):
        world.add_chat(room)
    assert list(world.rooms("telegram")) == rooms


# waking


def test_a_change_wakes_those_it_concerns() -> None:
    async def story() -> None:
        world = World()
        world.people[1] = Person(1, "x")
        mine, others = bot("a"), bot("b", 8)
        for account in (mine, others):
            world.add_account(account)
        chats = {
            "mine": dialog(world, 1),
            "others": dialog(world, 1, "b"),
            "a group": Chat(-1, "telegram", "group", "x"),
            "everything": None,
        }
        for what, chat in chats.items():
            anybody = asyncio.create_task(world.wait_change(10))
            me = asyncio.create_task(world.wait_change(10, mine))
            await asyncio.sleep(0)
            world.touch(chat)
            assert await anybody is True
            await asyncio.sleep(0)
            assert me.done() is (what != "others")
            world.touch()
            assert await me is True
        assert await world.wait_change(0, mine) is False

    asyncio.run(story())


# the log


def test_the_log_gives_back_what_was_put_in() -> None:
    calls = Calls(3)
    for number in range(5):
        call = ApiCall("telegram", "sendMessage", None if number % 2 else "бот", {})
        call.at, call.chats, call.messages = 1_750_000_000.123456, ["-100", "@x"], [number]
        call.effect, call.status, call.code, call.took_ms = True, 200, 0, number
        calls.add(call)
    read = calls.read(1)
    assert [one["n"] for one in read["calls"]] == [3, 4, 5]
    assert (read["next"], read["dropped"]) == (6, 2)
    assert read["calls"][-1] == {
        "n": 5, "at": 1_750_000_000.123456, "network": "telegram", "account": "бот", "method": "sendMessage",
        "chats": ["-100", "@x"], "status": 200, "code": 0, "took_ms": 4, "effect": True, "messages": [4],
        "key": None, "digest": None,
    }  # fmt: skip
