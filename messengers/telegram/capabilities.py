"""What Telegram can do, as of 2026-11-22 (Bot API 10.3; core.telegram.org/bots/api, /bots/faq)."""

from __future__ import annotations

from core.messenger import Capabilities, Pace
from core.richtext import Style
from core.words import ChatKind

# Free broadcasting: 30 messages a second, one a second in one chat with short bursts, 20 a minute
# in a group (faq). No number is published for channels: they are counted as groups.
PACE = Pace(account_per_s=30, chat_per_s=1, chat_burst=5, group_per_min=20)

BUTTON_DATA_BYTES = 64
ANSWER_LIMIT = 200  # code points of a toast
DELETE_AT_ONCE = 100  # ids of one deleteMessages
UPDATES_AT_ONCE = 100
COMMANDS, COMMAND_TEXT = 100, 256  # of one menu; code points of a description

# Lengths are code points after entity parsing: the server compares utf8_length.
_EVERYWHERE = Capabilities(
    styles=frozenset(Style),
    text_limit=4096,
    caption_limit=1024,
    album=10,
    pack=1,
    idempotent=False,
    look_up=False,
    edits=True,
    upload_scope="bot",  # a file_id serves every chat of its bot
    album_is_one_message=False,
    buttons_in_row=8,
    button_rows=100,
    buttons=100,
    button_text=64,
)


def capabilities(kind: ChatKind) -> Capabilities:
    """Return what can be done in this kind of chat; raises ValueError for walls, Telegram has none."""
    if kind is ChatKind.WALL:
        raise ValueError("Telegram has no walls")
    return _EVERYWHERE
