"""What VK can do, as of 2026-11-22 (API 5.199; dev.vk.com, VKCOM/vk-api-schema).

Not confirmed by VK: 4096 characters in a message (what its apps show; the schema allows 9000), ten
attachments of a message, the length of a post.
"""

from __future__ import annotations

from core.messenger import Capabilities, Pace
from core.words import ChatKind

# 20 calls a second with a community key; 1000 messages an hour to one person.
PACE = Pace(account_per_s=20, chat_per_s=1, chat_burst=5, group_per_min=20)

# Seconds between calls with a user key, 3 a second. The wall's caller keeps them itself: the courier
# does not see the calls that uploads are made of, two for each picture of an album.
USER_KEY_PAUSE_S = 0.34

ANSWER_LIMIT = 90  # code points of a snackbar
PAYLOAD_LIMIT = 255  # characters of a button's payload
CHATS_FROM = 2_000_000_000  # peer ids of group conversations

# random_id counts for an hour and a hundred messages of the dialog, guid for an hour: five minutes
# are left for clocks that differ.
_WINDOW_MS = 55 * 60 * 1000

_DIALOG = Capabilities(
    styles=frozenset(),
    text_limit=4096,
    caption_limit=4096,
    album=10,
    pack=100,
    idempotent=True,
    window_ms=_WINDOW_MS,
    window_messages=100,
    look_up=True,
    edits=True,
    upload_scope="message",
    album_is_one_message=True,
    buttons_in_row=5,
    button_rows=6,
    buttons=10,
    button_text=40,
)
_WALL = Capabilities(
    styles=frozenset(),
    text_limit=16_000,
    caption_limit=16_000,
    album=10,
    pack=1,
    idempotent=True,
    window_ms=_WINDOW_MS,
    look_up=True,
    edits=True,
    replies=False,
    upload_scope="wall",
    album_is_one_message=True,
    buttons_in_row=0,
    button_rows=0,
    buttons=0,
)


def capabilities(kind: ChatKind) -> Capabilities:
    """Return what can be done in this kind of chat; raises ValueError for channels, VK has none."""
    if kind is ChatKind.CHANNEL:
        raise ValueError("VK has no channels")
    return _WALL if kind is ChatKind.WALL else _DIALOG
