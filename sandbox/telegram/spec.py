"""How a module tells which Bot API methods it carries out, and how far."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sandbox.telegram.ask import Method

TARGET = (
    "chat_id message_thread_id disable_notification protect_content reply_parameters "
    "reply_to_message_id allow_sending_without_reply "
)
MESSAGE = TARGET + "reply_markup "
CAPTION = "caption parse_mode caption_entities "

# Parameters that the Bot API knows and the sandbox reads past, because nothing in it depends on them.
PASSED_OVER = frozenset((
    "business_connection_id", "message_effect_id", "allow_paid_broadcast", "disable_content_type_detection",
    "thumbnail", "supports_streaming", "cover", "start_timestamp", "cache_time", "direct_messages_topic_id",
    "suggested_post_parameters", "certificate", "ip_address", "max_connections",
    "disable_web_page_preview",
))  # fmt: skip


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


def spec(
    name: str, run: Method, reads: str = "", *, sends: bool = False, missing: str = ""
) -> MethodSpec:
    """Describe a method; `reads` are the names of its parameters, separated by blanks."""
    return MethodSpec(name, run, frozenset(reads.split()), sends, missing)


def by_name(*tables: Iterable[MethodSpec]) -> dict[str, MethodSpec]:
    """Return the methods of several tables by lower-case name: the Bot API does not mind the case."""
    return {method.name.lower(): method for table in tables for method in table}
