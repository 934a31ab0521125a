"""What administrators and members may do: names of rights, and how a set of them is read and judged.

Rules and names: core.telegram.org/bots/api#chatadministratorrights and #chatpermissions.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sandbox.telegram.params import bad

ADMIN_RIGHTS = (
    "can_manage_chat", "can_delete_messages", "can_manage_video_chats", "can_restrict_members",
    "can_promote_members", "can_change_info", "can_invite_users", "can_post_stories",
    "can_edit_stories", "can_delete_stories", "can_send_welcome_messages",
)  # fmt: skip
CHANNEL_RIGHTS = ("can_post_messages", "can_edit_messages", "can_manage_direct_messages")
GROUP_RIGHTS = ("can_pin_messages", "can_manage_topics", "can_manage_tags")
_MEDIA = (
    "can_send_audios", "can_send_documents", "can_send_photos", "can_send_videos",
    "can_send_video_notes", "can_send_voice_notes",
)  # fmt: skip
PERMISSIONS = (
    "can_send_messages", *_MEDIA, "can_send_polls", "can_send_other_messages",
    "can_add_web_page_previews", "can_react_to_messages", "can_edit_tag", "can_change_info",
    "can_invite_users", "can_pin_messages", "can_manage_topics",
)  # fmt: skip
_OF_KIND: Mapping[str, tuple[str, ...]] = {
    "channel": CHANNEL_RIGHTS,
    "supergroup": GROUP_RIGHTS,
    "group": ("can_pin_messages", "can_manage_tags"),
}


def admin_rights(chat_kind: str) -> tuple[str, ...]:
    """Return the names of an administrator's rights in a chat of that kind."""
    return ADMIN_RIGHTS + _OF_KIND[chat_kind]


def given_rights(chat_kind: str, params: Mapping[str, bool]) -> dict[str, bool]:
    """Return the rights of a promotion, {} if none is given: such an administrator is a plain member."""
    rights = {name: params.get(name, False) for name in admin_rights(chat_kind)}
    if not any(rights.values()) and not params.get("is_anonymous"):
        return {}
    if params.get("is_anonymous") and chat_kind == "supergroup":
        rights["is_anonymous"] = True
    # Any other right implies this one.
    return {**rights, "can_manage_chat": True}


def everything_allowed() -> dict[str, bool]:
    """Return the permissions that members of a new group have."""
    return dict.fromkeys(PERMISSIONS, True)


def permissions(given: Any, *, independent: bool) -> dict[str, bool]:
    """Return a `ChatPermissions` in full; refuses what is none.

    What is left out is false, or follows a permission that the Bot API names; unless `independent`,
    wider permissions imply narrower ones.
    """
    if not isinstance(given, dict):
        raise bad("object expected as permissions")
    for name in (*PERMISSIONS, "can_send_media_messages"):
        if name in given and not isinstance(given[name], bool):
            raise bad(f'can\'t parse chat permissions: Field "{name}" must be of type Boolean')
    if given.get("can_send_media_messages"):  # clients written before Bot API 6.5
        given = {**dict.fromkeys(_MEDIA, True), **given}
    found = {name: bool(given.get(name, False)) for name in PERMISSIONS}
    pins, writes = found["can_pin_messages"], found["can_send_messages"]
    for name, default in (
        ("can_manage_topics", pins), ("can_edit_tag", pins), ("can_react_to_messages", writes),
    ):  # fmt: skip
        found[name] = bool(given.get(name, default))
    return found if independent else _implied(found)


def _implied(found: dict[str, bool]) -> dict[str, bool]:
    def allow(names: Iterable[str]) -> None:
        found.update(dict.fromkeys(names, True))

    if found["can_send_other_messages"] or found["can_add_web_page_previews"]:
        allow(("can_send_messages", *_MEDIA))
    if found["can_send_polls"] or any(found[name] for name in _MEDIA):
        allow(("can_send_messages",))
    return found
