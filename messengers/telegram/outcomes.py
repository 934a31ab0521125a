"""Refusals of the Bot API as outcomes: the kind of an error stands only in its text.

Texts are from tdlib/telegram-bot-api and tdlib/td of 2026, matched in lower case by fragment, the
first row that fits. Upper-case names come through from the servers behind.

Whose pause a 429 is cannot be told from its answer. A person is rarely written to more than once
a second, so in a private dialog it is the account's limit; in a group or channel it is taken for
the chat's own (20 messages a minute). Taking an account's limit for a chat's costs one refused call
a chat; the other way round one busy group would silence everybody.
"""

from __future__ import annotations

import re

from core.messenger import Later, Outcome, Refused, Unknown
from core.words import ChatKind, Reason
from messengers.telegram.client import Reply

TOKEN_PAUSE_S = 60.0  # between tries with a dead token

_BY_TEXT: tuple[tuple[str, Reason], ...] = (
    ("bot was blocked by the user", Reason.BLOCKED),
    ("user_is_blocked", Reason.BLOCKED),
    ("user is deactivated", Reason.DEACTIVATED),
    ("input_user_deactivated", Reason.DEACTIVATED),
    ("can't initiate conversation with a user", Reason.NOT_STARTED),
    ("can't send messages to bots", Reason.CHAT_NOT_FOUND),
    ("can't send messages to the bot", Reason.CHAT_NOT_FOUND),
    ("bot was kicked from", Reason.KICKED),
    ("bot is not a member of", Reason.KICKED),
    ("group chat was deleted", Reason.CHAT_NOT_FOUND),
    ("group chat was upgraded to a supergroup", Reason.MIGRATED),
    ("group chat was deactivated", Reason.CHAT_NOT_FOUND),
    ("chat not found", Reason.CHAT_NOT_FOUND),
    ("chat_id is empty", Reason.CHAT_NOT_FOUND),
    ("peer_id_invalid", Reason.CHAT_NOT_FOUND),
    ("user not found", Reason.CHAT_NOT_FOUND),
    ("not enough rights", Reason.NO_RIGHTS),
    ("need administrator rights", Reason.NO_RIGHTS),
    ("have no write access", Reason.NO_RIGHTS),
    ("have no rights to send", Reason.NO_RIGHTS),
    ("chat_write_forbidden", Reason.NO_RIGHTS),
    ("chat_admin_required", Reason.NO_RIGHTS),
    ("chat_restricted", Reason.NO_RIGHTS),
    ("chat_send_", Reason.NO_RIGHTS),  # CHAT_SEND_PHOTOS_FORBIDDEN and its like
    ("message thread not found", Reason.TOPIC_CLOSED),
    ("topic_closed", Reason.TOPIC_CLOSED),
    ("topic_deleted", Reason.TOPIC_CLOSED),
    ("message to edit not found", Reason.GONE),
    ("message to delete not found", Reason.GONE),
    ("message to forward not found", Reason.GONE),
    ("message to copy not found", Reason.GONE),
    ("message to pin not found", Reason.GONE),
    ("message to be replied not found", Reason.GONE),
    ("message not found", Reason.GONE),
    ("message_id_invalid", Reason.GONE),
    ("message can't be edited", Reason.TOO_OLD),
    ("message can't be deleted", Reason.TOO_OLD),
    ("there is no text in the message to edit", Reason.BAD_CONTENT),
    ("message text is empty", Reason.BAD_CONTENT),
    ("message is too long", Reason.BAD_CONTENT),
    ("message_too_long", Reason.BAD_CONTENT),
    ("caption is too long", Reason.BAD_CONTENT),
    ("media_caption_too_long", Reason.BAD_CONTENT),
    ("text is too long", Reason.BAD_CONTENT),
    ("can't parse entities", Reason.BAD_CONTENT),
    ("reply markup is too long", Reason.BAD_CONTENT),
    ("button_data_invalid", Reason.BAD_CONTENT),
    ("button_url_invalid", Reason.BAD_CONTENT),
    ("can't be forwarded", Reason.BAD_CONTENT),
    ("no messages to send", Reason.BAD_CONTENT),
    ("messages to send as an album", Reason.BAD_CONTENT),
    ("wrong file identifier", Reason.BAD_MEDIA),
    ("wrong remote file identifier", Reason.BAD_MEDIA),
    ("wrong type of the web page content", Reason.BAD_MEDIA),
    ("failed to get http url content", Reason.BAD_MEDIA),
    ("file is too big", Reason.BAD_MEDIA),
    ("photo_invalid_dimensions", Reason.BAD_MEDIA),
    ("photo_ext_invalid", Reason.BAD_MEDIA),
    ("image_process_failed", Reason.BAD_MEDIA),
    ("file_reference_", Reason.BAD_MEDIA),
)

# Holds for every picture of an album alike, so none can have arrived.
_WHOLE_CHAT = frozenset(
    {
        Reason.BLOCKED,
        Reason.DEACTIVATED,
        Reason.NOT_STARTED,
        Reason.KICKED,
        Reason.CHAT_NOT_FOUND,
        Reason.NO_RIGHTS,
        Reason.TOPIC_CLOSED,
    }
)
_HALF_ALBUM = "failed to send message #"
_NOT_MODIFIED = "message is not modified"
_RETRY_AFTER = re.compile(r"retry after (\d+)")


def not_modified(reply: Reply) -> bool:
    """Tell whether an edit was refused only because nothing would change."""
    return _NOT_MODIFIED in reply.text.lower()


def refusal(reply: Reply, kind: ChatKind, *, create: bool) -> Outcome:
    """Return what a reply that is not ok means; a create whose fate is open is Unknown."""
    text = reply.text
    if reply.code == 429:
        return Later(
            Reason.THROTTLED,
            text,
            after_s=_pause(reply),
            whole_account=kind is ChatKind.PRIVATE,
            unsure=kind is ChatKind.PRIVATE,
            throttled=True,
        )
    if reply.code == 401 or (reply.code == 404 and "method not found" not in text.lower()):
        # The account is at fault, not those it writes to: none of them is given up.
        return Later(Reason.TOKEN_DEAD, text, after_s=TOKEN_PAUSE_S, whole_account=True)
    if reply.code == 413:
        return Refused(Reason.BAD_MEDIA, text)
    if reply.code >= 500:
        return Unknown(text) if create else Later(Reason.SERVER_ERROR, text)
    reason = _reason(text)
    if _HALF_ALBUM in text.lower() and reason not in _WHOLE_CHAT:
        # Some of its pictures may be in the chat already, a 429 inside included.
        return Unknown(text)
    if reply.moved_to is not None:
        reason = Reason.MIGRATED
    return Refused(reason, text, moved_to=reply.moved_to)


def _reason(text: str) -> Reason:
    lower = text.lower()
    return next((reason for part, reason in _BY_TEXT if part in lower), Reason.OTHER)


def _pause(reply: Reply) -> float:
    if reply.retry_after is not None:
        return float(reply.retry_after)
    said = _RETRY_AFTER.search(reply.text.lower())
    return float(said[1]) if said else 1.0
