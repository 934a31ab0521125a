"""How a module tells which Bot API methods it carries out, and how far."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sandbox.telegram.ask import Method

TARGET = (
    "chat_id message_thread_id disable_notification protect_content reply_parameters "
    "reply_to_message_id allow_sending_without_reply "
)
MESSAGE = TARGET + "reply_markup "
CAPTION = "caption parse_mode caption_entities "
EDITED = "chat_id message_id inline_message_id reply_markup "

# Parameters that a method has and the sandbox reads past, because nothing in it depends on them.
_ALBUM = "allow_paid_broadcast business_connection_id direct_messages_topic_id message_effect_id "
_SENT = _ALBUM + "suggested_post_parameters "
_BUSINESS = "business_connection_id "
PASSED: Mapping[str, str] = {
    **dict.fromkeys(("sendMessage", "sendPhoto", "sendVoice", "sendSticker", "sendDice"), _SENT),
    **dict.fromkeys(("sendLocation", "sendVenue", "sendContact"), _SENT),
    **dict.fromkeys(("sendAnimation", "sendAudio", "sendVideoNote"), _SENT + "thumbnail"),
    "sendVideo": _SENT + "cover start_timestamp supports_streaming thumbnail",
    "sendDocument": _SENT + "disable_content_type_detection thumbnail",
    "sendMediaGroup": _ALBUM,
    "sendPoll": "allow_paid_broadcast business_connection_id message_effect_id allow_adding_options country_codes "
    "explanation_media hide_results_until_closes media members_only shuffle_options",
    "forwardMessage": "direct_messages_topic_id message_effect_id suggested_post_parameters video_start_timestamp",
    "copyMessage": "allow_paid_broadcast direct_messages_topic_id message_effect_id suggested_post_parameters "
    "video_start_timestamp",
    **dict.fromkeys(("forwardMessages", "copyMessages"), "direct_messages_topic_id"),
    **dict.fromkeys(
        ("editMessageCaption", "editMessageMedia", "editMessageReplyMarkup"), _BUSINESS
    ),
    **dict.fromkeys(("editMessageLiveLocation", "stopMessageLiveLocation", "stopPoll"), _BUSINESS),
    **dict.fromkeys(("pinChatMessage", "unpinChatMessage", "sendChatAction"), _BUSINESS),
    "editMessageText": _BUSINESS + "rich_message",
    "answerCallbackQuery": "cache_time",
    "setMessageReaction": "is_big",
    "getChatAdministrators": "return_bots",
    "promoteChatMember": "can_send_welcome_messages",
}
PASSED_OVER = frozenset(name for names in PASSED.values() for name in names.split())


@dataclass(frozen=True, slots=True)
class MethodSpec:
    """A method: its proper name, what runs it, the parameters it reads, whether the send limits count it.

    `missing` says in a few words what of it is not emulated, for docs/sandbox.md; empty if all is that matters.
    """

    name: str
    run: Method
    reads: frozenset[str]
    sends: bool = False
    missing: str = ""

    @property
    def known(self) -> frozenset[str]:
        """All parameters the method has: what it reads and what it passes over."""
        return self.reads.union(PASSED.get(self.name, "").split())


def spec(
    name: str, run: Method, reads: str = "", *, sends: bool = False, missing: str = ""
) -> MethodSpec:
    """Describe a method; `reads` are the names of its parameters, separated by blanks."""
    return MethodSpec(name, run, frozenset(reads.split()), sends, missing)


def by_name(*tables: Iterable[MethodSpec]) -> dict[str, MethodSpec]:
    """Return the methods of several tables by lower-case name: the Bot API does not mind the case."""
    return {method.name.lower(): method for table in tables for method in table}
