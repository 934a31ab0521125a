"""Events of the Bots Long Poll: what each says, and where the poll goes on after every trouble."""

from __future__ import annotations

import asyncio
import json
import logging
from typing import Any

import pytest
from town import ANNA, BORIS, OLGA, Town, play
from wire import Wire, answer, saying

from core.errors import MessengerError, TokenDead
from core.incoming import Incoming, IncomingKind
from core.words import ChatKind
from messengers.transport import Timeouts
from messengers.vk import incoming
from messengers.vk.adapter import Vk

GROUP, NOW, DATE = 5001, 1_770_000_000_000, 1_769_999_999
CONVERSATION = 2_000_000_001


def event(name: str, about: dict[str, Any]) -> dict[str, Any]:
    return {"type": name, "object": about, "group_id": GROUP, "event_id": "e1", "v": "5.199"}


def said(**more: Any) -> dict[str, Any]:
    return {
        "id": 70,
        "date": DATE,
        "peer_id": ANNA,
        "from_id": ANNA,
        "text": "Здравствуйте",
        "conversation_message_id": 7,
        "attachments": [],
        **more,
    }


def new(**more: Any) -> dict[str, Any]:
    return event("message_new", {"message": said(**more), "client_info": {}})


def read(one: dict[str, Any]) -> Incoming | None:
    return incoming.read(one, GROUP, NOW)


@pytest.mark.parametrize(
    ("more", "kind", "payload"),
    [
        ({}, IncomingKind.MESSAGE, None),
        ({"payload": '{"command":"start"}'}, IncomingKind.START, None),
        ({"payload": '{"command":"start"}', "ref": "inv_42"}, IncomingKind.START, "inv_42"),
        ({"ref": "inv_42"}, IncomingKind.START, "inv_42"),
        ({"payload": '{"d":"1.0"}'}, IncomingKind.MESSAGE, None),
        ({"payload": "not json"}, IncomingKind.MESSAGE, None),
        ({"peer_id": CONVERSATION, "ref": "inv_42"}, IncomingKind.MESSAGE, None),
    ],
)
def test_a_start_is_told_from_a_message(
    more: dict[str, Any], kind: IncomingKind, payload: str | None
) -> None:
    found = read(new(**more))
    assert found is not None
    assert (found.kind, found.payload, found.message) == (kind, payload, "7")
    assert (found.key, found.at) == ("e1", DATE * 1000)


def test_a_message_of_before_5_103_is_read_too() -> None:
    found = read(event("message_new", said()))
    assert found is not None
    assert found.text.text == "Здравствуйте"


def test_a_conversation_is_a_group() -> None:
    found = read(new(peer_id=CONVERSATION))
    assert found is not None
    assert (found.chat, found.chat_kind, found.sender) == (
        str(CONVERSATION),
        ChatKind.GROUP,
        str(ANNA),
    )


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("[id12|Борис], привет", "Борис, привет"),
        ("[club5001|@prof] что нового?", "@prof что нового?"),
        ("[id1|А] и [public2|Б]", "А и Б"),
        ("массив[0] | и [просто] скобки", "массив[0] | и [просто] скобки"),
    ],
)
def test_a_mention_becomes_the_name(raw: str, shown: str) -> None:
    found = read(new(text=raw))
    assert found is not None
    assert found.text.text == shown


def test_attachments_have_the_names_that_all_messengers_share() -> None:
    kinds = ["photo", "doc", "audio_message", "video", "sticker", "wall"]
    found = read(new(attachments=[{"type": kind, kind: {}} for kind in kinds]))
    assert found is not None
    assert found.media == ("photo", "document", "voice", "video", "sticker", "post")


def test_an_answer_names_the_message_it_answers() -> None:
    found = read(new(reply_message={"conversation_message_id": 3}))
    assert found is not None
    assert found.reply_to == "3"


@pytest.mark.parametrize("payload", [{"d": "12.1"}, '{"d": "12.1"}'])
def test_a_press_is_read_from_either_shape(payload: Any) -> None:
    about = {
        "user_id": ANNA,
        "peer_id": ANNA,
        "event_id": "ab:cd",
        "payload": payload,
        "conversation_message_id": 7,
    }
    found = read(event("message_event", about))
    assert found is not None
    assert (found.kind, found.payload, found.at) == (IncomingKind.PRESS, "12.1", NOW)
    assert found.press == f"ab:cd:{ANNA}:{ANNA}"


@pytest.mark.parametrize(
    ("action", "present"),
    [
        ({"type": "chat_invite_user", "member_id": -GROUP}, True),
        ({"type": "chat_kick_user", "member_id": -GROUP}, False),
    ],
)
def test_being_invited_or_removed_is_a_membership(action: dict[str, Any], present: bool) -> None:
    found = read(new(peer_id=CONVERSATION, action=action, text=""))
    assert found is not None
    assert (found.kind, found.present, found.can_post) == (
        IncomingKind.MEMBERSHIP,
        present,
        present,
    )


@pytest.mark.parametrize(
    "one",
    [
        new(peer_id=CONVERSATION, action={"type": "chat_invite_user", "member_id": 12}),
        new(peer_id=CONVERSATION, action={"type": "chat_title_update"}),
        new(from_id=-77),
        event("message_reply", said(from_id=-GROUP)),
        event("message_edit", said(from_id=-GROUP)),
        event("message_event", {"user_id": 1, "peer_id": 1, "payload": {"other": "bot"}}),
        event("group_join", {"user_id": 1, "join_type": "join"}),
        event("something_new", {}),
    ],
)
def test_what_is_not_ours_is_left_out(one: dict[str, Any]) -> None:
    assert read(one) is None


def test_a_human_of_the_community_answers_in_the_persons_dialog() -> None:
    async def story(town: Town) -> None:
        await town.meet(ANNA)
        await town.side.say(town.chat(ANNA), OLGA, text="Я отвечу сама")
        [answered] = await town.updates()
        assert answered.kind is IncomingKind.HUMAN_ANSWER
        assert (answered.chat, answered.sender) == (str(ANNA), str(OLGA))
        assert (answered.chat_title, answered.sender_name) == ("Анна Котова", "Ольга Главная")

    play("vk", story)


def test_permission_and_its_end_come_in() -> None:
    async def story(town: Town) -> None:
        await town.side.do(town.chat(ANNA), ANNA, "allow", {"key": "inv_42"})
        await town.side.do(town.chat(ANNA), ANNA, "deny", {})
        allowed, denied = await town.updates(2)
        assert (allowed.kind, allowed.payload, allowed.chat) == (
            IncomingKind.ALLOWED,
            "inv_42",
            str(ANNA),
        )
        assert denied.kind is IncomingKind.BLOCKED

    play("vk", story)


def test_names_are_asked_once() -> None:
    async def story(town: Town) -> None:
        for _ in range(3):
            await town.side.say(town.chat(ANNA), ANNA, text="раз")
            [one] = await town.updates()
            assert one.sender_name == "Анна Котова"
        assert town.calls("users.get") == 1

    play("vk", story)


@pytest.mark.parametrize("trouble", ["error", "reset_before", "html502"])
def test_without_names_the_words_come_in_all_the_same(trouble: str) -> None:
    async def story(town: Town) -> None:
        town.fault("users.get", trouble, code=10, text="Internal server error")
        await town.side.say(town.chat(BORIS), BORIS, text="раз")
        [one] = await town.updates()
        assert (one.text.text, one.sender_name) == ("раз", "")
        await town.side.say(town.chat(BORIS), BORIS, text="два")
        [one] = await town.updates()
        assert one.sender_name == "Борис Лис"

    play("vk", story)


def test_an_expired_key_is_renewed_and_nothing_is_missed() -> None:
    async def story(town: Town) -> None:
        await town.side.say(town.chat(ANNA), ANNA, text="пока ключ кончался")
        town.account.settings["long_poll"]["keys"].clear()
        [one] = await town.updates()
        assert one.text.text == "пока ключ кончался"

    play("vk", story)


def test_forgotten_events_are_logged_and_the_rest_goes_on(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def story(town: Town) -> None:
        town.account.settings["keep_events"] = 1
        for words in ("раз", "два", "три"):
            await town.side.say(town.chat(ANNA), ANNA, text=words)
        await town.messenger.updates(town.cursor)
        town.account.settings["keep_events"] = 100
        with caplog.at_level(logging.WARNING):
            _, town.cursor = await town.messenger.updates(town.cursor)
        assert "lost" in caplog.text
        await town.side.say(town.chat(ANNA), ANNA, text="дальше")
        assert (await town.updates())[-1].text.text == "дальше"

    play("vk", story)


@pytest.mark.parametrize("cursor", ["", "not json", "[]", '{"ts":"5"}'])
def test_a_cursor_that_cannot_be_read_begins_anew(cursor: str) -> None:
    async def story(town: Town) -> None:
        _, after = await town.messenger.updates(cursor)
        assert json.loads(after).keys() == {"server", "key", "ts"}

    play("vk", story)


def test_the_first_place_is_told_before_anything_is_waited_for() -> None:
    """Whoever is stopped while it waits would begin at a later place, and miss what came meanwhile."""

    async def story(town: Town) -> None:
        api, key = f"{town.sandbox.url}/vk/method/", town.account.token
        vk = Vk(town.account.id, key, None, api, timeouts=Timeouts(poll=25))
        async with asyncio.timeout(10):
            batch, place = await vk.updates(None)
        await vk.close()
        assert batch == []
        await town.side.say(town.chat(ANNA), ANNA, text="первое слово")
        [one], _ = await town.messenger.updates(place)
        assert one.text.text == "первое слово"

    play("vk", story)


def test_after_a_failure_the_server_is_asked_for_anew_and_the_place_is_kept() -> None:
    """A long poll server that went away must not be asked for ever."""

    async def story(town: Town) -> None:
        await town.side.say(town.chat(ANNA), ANNA, text="пока сервер молчал")
        dead = json.loads(town.cursor or "") | {"server": "http://127.0.0.1:1/gone"}
        with pytest.raises(MessengerError):
            await town.messenger.updates(json.dumps(dead))
        town.cursor = json.dumps(dead)
        [one] = await town.updates()
        assert one.text.text == "пока сервер молчал"

    play("vk", story)


def poll(act: Any) -> tuple[Any, str]:
    """Poll with a good key at a long poll server that behaves as told."""

    async def story(base: str) -> tuple[Any, str]:
        vk = Vk(GROUP, "key", None, f"{base}/method/", timeouts=Timeouts(poll=0))
        cursor = json.dumps({"server": f"{base}/lp", "key": "k", "ts": "5"})
        try:
            return await vk.updates(cursor)
        finally:
            await vk.close()

    with Wire(act) as server:
        return asyncio.run(story(f"http://127.0.0.1:{server.port}"))


@pytest.mark.parametrize(
    "body", [b'{"failed":4}', b"<html>", b"{}", b'{"ts":"6"}', b'{"ts":"6","updates":null}', b""]
)
def test_a_strange_answer_of_the_long_poll_is_an_error_not_a_loop(body: bytes) -> None:
    with pytest.raises(MessengerError):
        poll(saying(answer(body)))


def test_an_event_that_cannot_be_read_is_passed_over_and_logged_without_its_content(
    caplog: pytest.LogCaptureFixture,
) -> None:
    broken = event("message_new", {"message": {"text": "тайна"}})
    not_ours = event("group_join", {"user_id": 1})
    body = json.dumps({"ts": 9, "updates": [broken, "junk", not_ours]}).encode()
    with caplog.at_level(logging.WARNING):
        batch, after = poll(saying(answer(body)))
    assert list(batch) == []
    assert json.loads(after)["ts"] == "9"
    assert "message_new" in caplog.text
    assert "тайна" not in caplog.text


@pytest.mark.parametrize(
    ("code", "expected", "pause"),
    [
        (5, TokenDead, None),
        (27, TokenDead, None),
        (6, MessengerError, 1),
        (100, MessengerError, None),
    ],
)
def test_a_refused_poll_says_why(
    code: int, expected: type[MessengerError], pause: float | None
) -> None:
    async def story(town: Town) -> None:
        town.fault("groups.getLongPollServer", "error", code=code, text="no")
        with pytest.raises(MessengerError) as caught:
            await town.messenger.updates(None)
        assert type(caught.value) is expected
        assert caught.value.retry_after == pause

    play("vk", story)
