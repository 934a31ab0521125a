"""Bots over members: ban, restrict, promote, titles; the order of the checks is TDLib's."""

from __future__ import annotations

import re
from typing import Any

from sandbox.telegram.access import has_right, is_admin, is_present
from sandbox.telegram.ask import Ask
from sandbox.telegram.chats.happenings import by_bot, service, set_member
from sandbox.telegram.chats.rights import admin_rights, given_rights, permissions
from sandbox.telegram.chats.seats import end_of, seat_of
from sandbox.telegram.params import bad, flag, integer, structure, text
from sandbox.telegram.spec import spec
from sandbox.telegram.wire import user
from sandbox.world import Chat, Member

TITLE_MAX = 16  # characters
_NOT_IN_SMALL_GROUPS = "method is available only in supergroup and channel chats"
_NO_RIGHT = "not enough rights to restrict/unrestrict chat member"
_ANYBODYS = ("can_manage_chat", "is_anonymous")  # every administrator may give these
_EMOJI = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf\u2b00-\u2bff]")


async def ban_chat_member(ask: Ask) -> bool:
    """banChatMember; what the person wrote stays, as revoke_messages hides it only from themselves."""
    user_id, chat = user_id_of(ask), ask.chat()
    if chat.kind == "private":
        raise bad("can't ban members in private chats")
    old = chat.members.get(user_id)
    if chat.kind == "group":
        _remove_from_group(ask, chat, user_id, old)
        return True
    _may_restrict(ask, chat, user_id, old)
    until = end_of(ask.world.clock.now(), integer(ask.params, "until_date"))
    _put(ask, chat, user_id, Member("kicked"), {"until": until})
    if is_present(old):
        _say_left(ask, chat, user_id)
    return True


async def unban_chat_member(ask: Ask) -> bool:
    """unbanChatMember: without only_if_banned it also removes who is in the chat."""
    user_id, chat = user_id_of(ask), ask.chat()
    if chat.kind in ("private", "group"):
        raise bad(_NOT_IN_SMALL_GROUPS)
    old = _known(ask, chat, user_id)
    if flag(ask.params, "only_if_banned") and (old is None or old.status != "kicked"):
        return True
    if old is None or (old.status == "left" and not old.rights):
        return True
    _may_restrict(ask, chat, user_id, old, leaving=True)
    _put(ask, chat, user_id, Member("left"))
    if is_present(old):
        _say_left(ask, chat, user_id)
    return True


async def restrict_chat_member(ask: Ask) -> bool:
    """restrictChatMember; all permissions together lift the restrictions."""
    user_id = user_id_of(ask)
    allowed, chat = permissions_given(ask), ask.chat()
    if chat.kind != "supergroup":
        raise bad("method is available only in supergroups")
    old = _known(ask, chat, user_id)
    _may_restrict(ask, chat, user_id, old)
    here = is_present(old)
    if all(allowed.values()):
        if old is not None and (old.status in ("restricted", "kicked") or old.rights):
            _put(ask, chat, user_id, Member("member" if here else "left"))
        return True
    until = end_of(ask.world.clock.now(), integer(ask.params, "until_date"))
    _put(ask, chat, user_id, Member("restricted" if here else "left", allowed), {"until": until})
    return True


async def promote_chat_member(ask: Ask) -> bool:
    """promoteChatMember; without any right it demotes. A bot gives only what it has."""
    user_id, chat = user_id_of(ask), ask.chat()
    if chat.kind in ("private", "group"):
        raise bad(_NOT_IN_SMALL_GROUPS)
    old = _known(ask, chat, user_id)
    if old is not None and old.status == "creator":
        raise bad("can't remove chat owner")
    asked = {name: flag(ask.params, name) for name in (*admin_rights(chat.kind), "is_anonymous")}
    if chat.kind == "channel" and any(asked.values()) and "can_restrict_members" not in ask.params:
        asked["can_restrict_members"] = has_right(_me(ask, chat), "can_restrict_members")
    rights = given_rights(chat.kind, asked)
    if rights:
        _promote(ask, chat, user_id, old, rights)
    elif is_admin(old):
        _may_edit_admin(ask, chat, user_id)
        _put(ask, chat, user_id, Member("member"))
    elif not is_present(old):
        raise bad("bots can't add new chat members")
    elif old is not None and old.status == "restricted":
        _may_restrict(ask, chat, user_id, old)
        _put(ask, chat, user_id, Member("member"))
    return True


async def set_chat_administrator_custom_title(ask: Ask) -> bool:
    """setChatAdministratorCustomTitle."""
    user_id, chat = user_id_of(ask), ask.chat()
    if chat.kind != "supergroup":
        raise bad("method is available only in supergroups")
    old = _known(ask, chat, user_id)
    if old is not None and old.status == "creator":
        raise bad("only the owner can edit their custom title")
    if old is None or not is_admin(old):
        raise bad("user is not an administrator")
    seat = seat_of(chat, user_id)
    if seat.get("by") != ask.account.id or not has_right(_me(ask, chat), "can_promote_members"):
        raise bad("not enough rights to change custom title of the user")
    title = text(ask.params, "custom_title").strip()
    if len(title) > TITLE_MAX:
        raise bad("CUSTOM_TITLE_INVALID")
    if _EMOJI.search(title):
        raise bad("CUSTOM_TITLE_EMOJI_NOT_ALLOWED")
    if title != seat.get("title", ""):
        _put(
            ask, chat, user_id, Member("administrator", dict(old.rights)), {**seat, "title": title}
        )
    return True


async def ban_chat_sender_chat(ask: Ask) -> bool:
    """banChatSenderChat: kept, and seen by nobody, as nobody writes in the name of a channel here."""
    chat, sender = _sender_chat(ask)
    banned = chat.extra.setdefault("banned_senders", [])
    if sender not in banned:
        banned.append(sender)
        ask.done(chat)
    return True


async def unban_chat_sender_chat(ask: Ask) -> bool:
    """unbanChatSenderChat."""
    chat, sender = _sender_chat(ask)
    if sender in chat.extra.get("banned_senders", []):
        chat.extra["banned_senders"].remove(sender)
        ask.done(chat)
    return True


def user_id_of(ask: Ask) -> int:
    """Return `user_id`, refusing what is none."""
    user_id = integer(ask.params, "user_id")
    if user_id <= 0:
        raise bad("invalid user_id specified")
    return user_id


def permissions_given(ask: Ask) -> dict[str, bool]:
    """Return the permissions a call gives, in full."""
    if ask.params.get("permissions") in (None, ""):
        raise bad("can't parse permissions JSON object")
    given = structure(ask.params, "permissions", "permissions")
    return permissions(given, independent=flag(ask.params, "use_independent_chat_permissions"))


def _me(ask: Ask, chat: Chat) -> Member | None:
    return chat.members.get(ask.account.id)


def _known(ask: Ask, chat: Chat, user_id: int) -> Member | None:
    """Return somebody's place, None if they never had one; refuses an id that nobody bears."""
    if user(ask.world, user_id) is None:
        raise bad("member not found")
    return chat.members.get(user_id)


def _may_restrict(
    ask: Ask, chat: Chat, user_id: int, old: Member | None, *, leaving: bool = False
) -> None:
    if old is not None and old.status == "creator":
        raise bad("can't remove chat owner")
    if user(ask.world, user_id) is None:
        raise bad("member not found")
    if user_id == ask.account.id and not leaving:
        raise bad("can't restrict self")
    if user_id == ask.account.id:
        return
    if not has_right(_me(ask, chat), "can_restrict_members"):
        raise bad(_NO_RIGHT)
    if is_admin(old) and seat_of(chat, user_id).get("by") != ask.account.id:
        raise bad("user is an administrator of the chat")


def _remove_from_group(ask: Ask, chat: Chat, user_id: int, old: Member | None) -> None:
    """Remove somebody from a basic group, which keeps no list of the banned."""
    if not is_admin(_me(ask, chat)):
        raise bad("CHAT_ADMIN_REQUIRED")
    if not is_present(old):
        raise bad("USER_NOT_PARTICIPANT")
    if user_id != ask.account.id and is_admin(old):
        raise bad("CHAT_ADMIN_REQUIRED")
    _put(ask, chat, user_id, Member("left" if user_id in ask.world.people else "kicked"))
    _say_left(ask, chat, user_id)


def _promote(
    ask: Ask, chat: Chat, user_id: int, old: Member | None, rights: dict[str, bool]
) -> None:
    if user_id == ask.account.id:
        raise bad("can't promote self")
    if not has_right(_me(ask, chat), "can_promote_members"):
        raise bad("not enough rights")
    if old is not None and old.status == "kicked":
        raise bad("USER_KICKED")
    if not is_present(old):
        raise bad("USER_NOT_MUTUAL_CONTACT")
    if is_admin(old):
        _may_edit_admin(ask, chat, user_id)
    lacking = [
        name
        for name, given in rights.items()
        if given and name not in _ANYBODYS and not has_right(_me(ask, chat), name)
    ]
    if lacking:
        raise bad("RIGHT_FORBIDDEN")
    title = seat_of(chat, user_id).get("title", "")
    seat = {"title": title, "by": ask.account.id}
    _put(ask, chat, user_id, Member("administrator", rights), seat)


def _may_edit_admin(ask: Ask, chat: Chat, user_id: int) -> None:
    """Refuse unless the administrator was appointed by this bot, or is the bot."""
    if user_id == ask.account.id:
        return
    if not has_right(_me(ask, chat), "can_promote_members"):
        raise bad("not enough rights")
    if seat_of(chat, user_id).get("by") != ask.account.id:
        raise bad("CHAT_ADMIN_REQUIRED")


def _put(
    ask: Ask, chat: Chat, user_id: int, new: Member, seat: dict[str, Any] | None = None
) -> None:
    set_member(ask.world, ask.updates, chat, user_id, new, by_bot(ask.account), seat=seat)
    ask.done(chat)


def _say_left(ask: Ask, chat: Chat, user_id: int) -> None:
    if chat.kind != "channel":
        gone = {"left_chat_member": user(ask.world, user_id)}
        service(ask.world, ask.updates, chat, by_bot(ask.account), gone)


def _sender_chat(ask: Ask) -> tuple[Chat, int]:
    chat, sender = ask.chat(), integer(ask.params, "sender_chat_id")
    if chat.kind == "private":
        raise bad("can't ban members in private chats")
    if chat.kind == "group":
        raise bad("can't ban chats in basic groups")
    known = ask.world.chat("telegram", sender)
    if known is None or known.kind == "group":
        raise bad("chat not found" if known is None else "can't restrict the chat")
    if not has_right(_me(ask, chat), "can_restrict_members"):
        raise bad(_NO_RIGHT)
    return chat, sender


_PROMOTION = (
    "is_anonymous can_manage_chat can_delete_messages can_manage_video_chats can_restrict_members "
    "can_promote_members can_change_info can_invite_users can_post_stories can_edit_stories "
    "can_delete_stories can_post_messages can_edit_messages can_pin_messages can_manage_topics "
    "can_manage_direct_messages can_manage_tags"
)
_WHO = "chat_id user_id "

SPECS = (
    spec("banChatMember", ban_chat_member, _WHO + "until_date revoke_messages"),
    spec("unbanChatMember", unban_chat_member, _WHO + "only_if_banned"),
    spec("restrictChatMember", restrict_chat_member, _WHO + "permissions use_independent_chat_permissions until_date"),
    spec("promoteChatMember", promote_chat_member, _WHO + _PROMOTION),
    spec("setChatAdministratorCustomTitle", set_chat_administrator_custom_title, _WHO + "custom_title"),
    spec("banChatSenderChat", ban_chat_sender_chat, "chat_id sender_chat_id", missing="nobody writes in a chat's name"),
    spec("unbanChatSenderChat", unban_chat_sender_chat, "chat_id sender_chat_id", missing="nobody writes in a chat's name"),
)  # fmt: skip
