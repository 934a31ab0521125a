"""How a module tells which VK methods it carries out, for whose keys, and how far."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sandbox.vk.ask import Ask, Key

ANY: frozenset[Key] = frozenset({"community", "user"})
USER: frozenset[Key] = frozenset({"user"})
# The schema lets user keys into messages.*; VK has not given that right to new applications for years.
COMMUNITY: frozenset[Key] = frozenset({"community"})

# What comes with any call.
COMMON = frozenset(("access_token", "v", "lang", "test_mode", "captcha_sid", "captcha_key"))
# Parameters that VK knows and the sandbox reads past, because nothing in it depends on them.
PASSED_OVER = frozenset((
    "tags", "return_tags", "sort", "filter", "spam", "reason", "lat", "long", "keep_snippets", "dont_parse_links",
    "disable_mentions", "preview_length", "mark_conversation_as_read", "up_to_cmid", "content_source", "intent",
    "subscribe_id", "type", "latitude", "longitude", "name_case", "from_group_id", "friends_only", "services",
    "place_id", "mark_as_ads", "close_comments", "donut_paid_duration", "poster_bkg_id", "poster_bkg_owner_id",
    "poster_bkg_access_hash", "copyright", "topic_id", "domain", "copy_history_depth", "link_title",
    "link_photo_id", "mute_notifications",
))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Method:
    """A method: what runs it, whose key it takes (access_token_type in VKCOM/vk-api-schema), what it reads.

    `missing` says in a few words what of it is not emulated, for docs/sandbox.md; empty if all is that matters.
    """

    run: Callable[[Ask], Any]
    keys: frozenset[Key]
    reads: frozenset[str]
    missing: str = ""


def method(
    run: Callable[[Ask], Any], keys: frozenset[Key], reads: str = "", *, missing: str = ""
) -> Method:
    """Describe a method; `reads` are the names of its parameters, separated by blanks."""
    return Method(run, keys, frozenset(reads.split()), missing)
