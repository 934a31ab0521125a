"""The checkers themselves: they let pass what is right and name what is wrong."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from sandbox.api import ApiCall, Refusal
from sandbox.specs import NoSpecs, SpecInspector
from sandbox.vk.errors import TEXTS, refuse
from tests.conformance.told import NEEDS_SPECS, Watch
from tests.support.inspected import FOLDER

pytestmark = NEEDS_SPECS
USER = {"id": 1, "is_bot": False, "first_name": "x"}
DIALOG = {"id": 1, "type": "private", "first_name": "x"}
MESSAGE = {"message_id": 1, "date": 1, "chat": DIALOG, "text": "x"}


@pytest.mark.parametrize(
    ("method", "result", "told"),
    [
        ("getMe", USER, []),
        ("getMe", {"id": "1", "is_bot": False, "age": 5}, [
            ".id: '1' is no Integer", ".age: User has no such field", ".first_name: User lacks it",
        ]),
        ("getMe", {**USER, "id": True}, [".id: True is no Integer"]),
        ("sendMessage", MESSAGE, []),
        ("sendMessage", {**MESSAGE, "chat": 5}, [".chat: 5 is no Chat"]),
        ("sendMessage", {**MESSAGE, "photo": [{}]}, [
            f".photo[0].{name}: PhotoSize lacks it" for name in ("file_id", "file_unique_id", "width", "height")
        ]),
        ("editMessageText", True, []),
        ("editMessageText", {**MESSAGE, "date": "1"}, [".date: '1' is no Integer"]),
        ("getChatMember", {"user": USER, "status": "member"}, []),
        ("getChatMember", {"user": USER, "status": "kicked"}, [".until_date: ChatMemberBanned lacks it"]),
        ("getChatMember", {"user": USER, "status": "boss"}, [
            ".status: 'boss' is none of ['administrator', 'creator', 'kicked', 'left', 'member', 'restricted']",
        ]),
        ("getUpdates", [{"update_id": 1, "message": MESSAGE}], []),
        ("getUpdates", [{"update_id": 1}], [": an update is of one kind, this of []"]),
        ("sendFoo", True, [": the Bot API has no such method"]),
    ],
)  # fmt: skip
def test_a_result_of_the_bot_api_is_held_against_its_type(
    method: str, result: Any, told: list[str]
) -> None:
    watch = Watch()
    faults = watch.inspector.telegram.result(ApiCall("telegram", method, "a", {}), result)
    assert list(faults) == told


@pytest.mark.parametrize(
    ("method", "params", "told"),
    [
        ("sendMessage", {"chat_id": "-5", "text": "x", "protect_content": "True"}, []),
        ("sendMessage", {"chat_id": -5, "text": "x", "reply_markup": '{"force_reply":true}'}, []),
        ("sendMessage", {"chat_id": 5, "text": "x", "disable_web_page_preview": True}, []),
        ("sendMessage", {"chat_id": 5, "text": "x", "silent": "1"}, [".silent: no such parameter"]),
        ("getMe", {"reply_to_message_id": 5}, [".reply_to_message_id: no such parameter"]),
        ("getUpdates", {"limit": "many"}, [".limit: 'many' is no number"]),
        ("getUpdates", {"allowed_updates": "message"}, [".allowed_updates: 'message' is no JSON"]),
        ("getUpdates", {"allowed_updates": '["message", 5]'}, [".allowed_updates[1]: 5 is no String"]),
        ("sendMediaGroup", {"media": [{"type": "gif", "media": "x"}]}, [
            ".media[0].type: 'gif' is none of ['audio', 'document', 'live_photo', 'photo', 'video']",
        ]),
        ("sendMessage", {"reply_markup": {"inline_keyboard": [[{"text": "x", "data": "y"}]]}}, [
            ".reply_markup.inline_keyboard[0][0].data: InlineKeyboardButton has no such field",
        ]),
        ("setChatPhoto", {"photo": "attach://x"}, []),
        ("setChatPhoto", {"photo": "AgADx"}, [".photo: 'AgADx' is no file"]),
    ],
)  # fmt: skip
def test_a_request_to_the_bot_api_is_held_against_its_parameters(
    method: str, params: dict[str, Any], told: list[str]
) -> None:
    watch = Watch()
    assert list(watch.inspector.telegram.request(ApiCall("telegram", method, "a", params))) == told


@pytest.mark.parametrize(
    ("method", "params", "result", "told"),
    [
        ("messages.getHistory", {}, {"count": 0, "items": []}, []),
        ("messages.getHistory", {}, {"count": "1", "items": [], "total": 1}, [
            ".response.count: '1' is no integer", ".response.total: the object has no such field",
        ]),
        ("groups.isMember", {"user_id": 1}, 1, []),
        ("groups.isMember", {"user_id": 1}, 2, [".response: 2 is none of [0, 1]"]),
        ("messages.send", {"peer_ids": "1"}, [{"peer_id": 1, "error": {"code": 1, "description": "x"}}], []),
        ("messages.send", {"peer_ids": "1"}, [{"message_id": 1}], [
            ".response[0].peer_id: messages_send_user_ids_response_item lacks it",
        ]),
        ("utils.resolveScreenName", {}, [], []),
        ("a_check", {}, {"ts": 5, "updates": []}, [".ts: 5 is no text"]),
        ("a_check", {}, {"failed": 2, "ts": "1"}, [": {'failed': 2, 'ts': '1'}"]),
        ("messages.foo", {}, 1, [": VK has no such method"]),
    ],
)  # fmt: skip
def test_an_answer_of_vk_is_held_against_its_schema(
    method: str, params: dict[str, Any], result: Any, told: list[str]
) -> None:
    watch = Watch()
    assert list(watch.inspector.vk.result(ApiCall("vk", method, "a", params), result)) == told


@pytest.mark.parametrize(
    ("method", "params", "told"),
    [
        ("messages.send", {"peer_id": "5", "random_id": 0, "v": "5.199"}, []),
        ("messages.send", {"peer_id": "me"}, [".peer_id: 'me' is no integer"]),
        ("messages.send", {"silent": 1}, [".silent: no such parameter"]),
        ("messages.send", {"keyboard": '{"buttons": []}'}, []),
        ("messages.send", {"keyboard": '{"rows": []}'}, [
            ".keyboard.rows: messages_keyboard has no such field",
            ".keyboard.buttons: messages_keyboard lacks it",
        ]),
        ("wall.getById", {"extended": "maybe"}, [".extended: 'maybe' is no boolean"]),
        ("groups.getMembers", {"count": "-1"}, [".count: -1 is below 0"]),
        ("execute", {"code": "return Args.a;", "a": 1}, []),
    ],
)  # fmt: skip
def test_a_request_to_vk_is_held_against_its_parameters(
    method: str, params: dict[str, Any], told: list[str]
) -> None:
    watch = Watch()
    assert list(watch.inspector.vk.request(ApiCall("vk", method, "a", params))) == told


def test_an_event_is_held_against_envelope_and_object() -> None:
    watch = Watch()
    event = {"type": "message_deny", "group_id": 1, "event_id": "x", "v": "5.199"}
    watch.inspector.told("vk", {**event, "object": {"user_id": 1}})
    watch.inspector.told("vk", {**event, "group_id": "1", "object": {"user_id": "1"}})
    watch.inspector.told("vk", {**event, "type": "message_gone", "object": {}})
    assert [str(finding) for finding in watch.found] == [
        "update of vk message_deny.group_id: '1' is no integer",
        "update of vk message_deny.object.user_id: '1' is no integer",
        "update of vk message_gone.type: 'message_gone' is none of the 48 published values",
        "update of vk message_gone.type: no object is published for message_gone",
    ]


@pytest.mark.parametrize(
    ("network", "refusal", "told"),
    [
        ("telegram", Refusal(400, 400, "Bad Request: chat not found"), 0),
        ("telegram", Refusal(400, 400, "Bad Request: CHAT_ADMIN_REQUIRED"), 0),
        ("telegram", Refusal(400, 400, "Bad Request: Chat not found"), 1),
        ("telegram", Refusal(400, 400, "chat not found"), 1),
        ("telegram", Refusal(200, 400, "Bad Request: chat not found"), 1),
        ("telegram", Refusal(418, 418, "Teapot"), 1),
        ("telegram", Refusal(429, 429, "Too Many Requests: retry after 5"), 1),
        ("telegram", Refusal(429, 429, "Too Many Requests: retry after 5", parameters={"retry_after": 5}), 0),
        ("telegram", Refusal(429, 429, "Too Many Requests: retry after 5", parameters={"retry_after": 5.5}), 1),
        ("vk", refuse(100, "peer_id is undefined"), 0),
        ("vk", Refusal(200, 100, "Wrong parameters"), 1),
        ("vk", Refusal(200, 99_999, "What?"), 1),
    ],
)  # fmt: skip
def test_a_refusal_is_worded_as_the_platform_does(
    network: str, refusal: Refusal, told: int
) -> None:
    watch = Watch()
    watch.inspector.after(ApiCall(network, "x", "a", {}), refusal)
    assert len(watch.found) == told


def test_error_texts_are_those_of_the_schema() -> None:
    known = Watch().inspector.vk.errors
    assert {code: known[code] for code in TEXTS} == dict(TEXTS)


def test_a_folder_without_descriptions_is_named_with_what_it_lacks() -> None:
    with pytest.raises(NoSpecs, match=r"has no telegram/api\.json and no vk/errors\.json: give"):
        SpecInspector(FOLDER / "max", lambda finding: None)


def test_findings_go_to_the_log_and_strictness_refuses_the_request(
    caplog: pytest.LogCaptureFixture,
) -> None:
    call = ApiCall("telegram", "getUpdates", "a", {"limit": "many"})
    SpecInspector(FOLDER).before(call)
    with pytest.raises(
        Refusal, match="Bad Request: strict sandbox: getUpdates: limit: 'many' is no number"
    ):
        SpecInspector(FOLDER, refuses=True).before(call)
    with pytest.raises(Refusal, match=r"strict sandbox: wall\.get: count: 'x' is no integer"):
        SpecInspector(FOLDER, refuses=True).before(ApiCall("vk", "wall.get", "a", {"count": "x"}))
    SpecInspector(FOLDER).after(call, [{"update_id": "1"}])
    assert [record.levelno for record in caplog.records] == [
        logging.WARNING, logging.WARNING, logging.WARNING, logging.ERROR, logging.ERROR,
    ]  # fmt: skip
