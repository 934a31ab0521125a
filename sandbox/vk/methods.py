"""The methods the sandbox offers, with the keys they take, and the way through them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from sandbox.api import ApiCall, Refusal
from sandbox.vk import changing, groups, reading, sending, uploads, vkscript, walls
from sandbox.vk.ask import Ask, Key
from sandbox.vk.dialect import Executed
from sandbox.vk.errors import NO_RIGHT, WRONG_KEY, refuse
from sandbox.vk.params import Params


@dataclass(frozen=True, slots=True)
class Method:
    """A method and whose key it takes (access_token_type in VKCOM/vk-api-schema, methods.json)."""

    run: Callable[[Ask], Any]
    keys: frozenset[Key]


_ANY: frozenset[Key] = frozenset({"community", "user"})
_USER: frozenset[Key] = frozenset({"user"})
# The schema lets user keys into messages.*; VK has not given that right to new applications for years.
_COMMUNITY: frozenset[Key] = frozenset({"community"})


def execute(ask: Ask) -> Executed:
    """Run VKScript: up to 25 calls in one; a failed call gives false and an entry in execute_errors."""
    errors: list[dict[str, Any]] = []

    def call(name: str, given: dict[str, Any]) -> Any:
        inner = ApiCall("vk", name, ask.call.account, given, at=ask.now)
        inner.chats = aims(Params(given))
        try:
            result = dispatch(Ask(ask.gate, ask.caller, Params(given), inner, ask.base))
        except Refusal as refusal:
            inner.code = refusal.code
            errors.append({"method": name, "error_code": refusal.code, "error_msg": refusal.text})
            result = False
        # Each inner call has its own line in the log; the one of execute tells only whether any had an effect.
        ask.gate.calls.add(inner)
        ask.call.effect = ask.call.effect or inner.effect
        return result

    return Executed(vkscript.run(ask.params.need_text("code"), call), errors)


METHODS: Mapping[str, Method] = MappingProxyType(
    {
        "docs.getMessagesUploadServer": Method(uploads.doc_server, _ANY),
        "docs.getWallUploadServer": Method(uploads.doc_server, _ANY),
        "docs.save": Method(uploads.save_doc, _ANY),
        "execute": Method(execute, _ANY),
        "groups.getById": Method(groups.by_id, _ANY),
        "groups.getLongPollServer": Method(groups.long_poll_server, _ANY),
        "groups.getLongPollSettings": Method(groups.long_poll_settings, _ANY),
        "groups.getMembers": Method(groups.member_list, _ANY),
        "groups.isMember": Method(groups.is_member, _ANY),
        "groups.setLongPollSettings": Method(groups.set_long_poll_settings, _ANY),
        "messages.delete": Method(changing.delete, _COMMUNITY),
        "messages.edit": Method(changing.edit, _COMMUNITY),
        "messages.getByConversationMessageId": Method(reading.by_number, _COMMUNITY),
        "messages.getById": Method(reading.by_id, _COMMUNITY),
        "messages.getConversations": Method(reading.conversations, _COMMUNITY),
        "messages.getConversationsById": Method(reading.conversations_by_id, _COMMUNITY),
        "messages.getHistory": Method(reading.history, _COMMUNITY),
        "messages.isMessagesFromGroupAllowed": Method(reading.is_allowed, _COMMUNITY),
        "messages.markAsRead": Method(reading.mark_read, _COMMUNITY),
        "messages.send": Method(sending.send, _COMMUNITY),
        "messages.sendMessageEventAnswer": Method(changing.answer_event, _COMMUNITY),
        "messages.setActivity": Method(reading.show_activity, _COMMUNITY),
        "photos.getMessagesUploadServer": Method(uploads.photo_server, _COMMUNITY),
        "photos.getWallUploadServer": Method(uploads.wall_photo_server, _USER),
        "photos.saveMessagesPhoto": Method(uploads.save_message_photo, _COMMUNITY),
        "photos.saveWallPhoto": Method(uploads.save_wall_photo, _USER),
        "users.get": Method(groups.users, _ANY),
        "utils.resolveScreenName": Method(groups.resolve, _ANY),
        "wall.delete": Method(walls.delete, _USER),
        "wall.edit": Method(walls.edit, _USER),
        "wall.get": Method(walls.get, _USER),
        "wall.getById": Method(walls.by_id, _USER),
        "wall.post": Method(walls.post, _USER),
    }
)


def dispatch(ask: Ask) -> Any:
    """Run the method a call names; raises Refusal 3 for an unknown one, 15 or 27 for the wrong key."""
    method = METHODS.get(ask.call.method)
    if method is None:
        raise refuse(3)
    if ask.caller.key not in method.keys:
        if ask.caller.key == "community":
            raise refuse(27, WRONG_KEY)
        raise refuse(15, NO_RIGHT, error_subcode=1133)
    return method.run(ask)


def aims(params: Params) -> list[str]:
    """Return the ids of the dialogs or walls that a call is aimed at, as text."""
    for name in ("peer_ids", "peer_id", "user_ids", "user_id", "owner_id"):
        if params.given(name):
            return params.words(name)
    return []
