"""How a module tells which VK methods it carries out, for whose keys, and how far."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.vk.ask import Ask, Key

ANY: frozenset[Key] = frozenset({"community", "user"})
USER: frozenset[Key] = frozenset({"user"})
# The schema lets user keys into messages.*; VK has not given that right to new applications for years.
COMMUNITY: frozenset[Key] = frozenset({"community"})

# What comes with any call.
COMMON = frozenset(("access_token", "v", "lang", "test_mode", "captcha_sid", "captcha_key"))
# Parameters that a method has and the sandbox reads past, because nothing in it depends on them.
PASSED: Mapping[str, str] = {
    "docs.getById": "return_tags",
    "docs.save": "return_tags tags",
    "messages.delete": "reason spam",
    "messages.edit": "disable_mentions dont_parse_links keep_snippets",
    "messages.getById": "preview_length",
    "messages.markAsRead": "mark_conversation_as_read up_to_cmid",
    "messages.search": "preview_length",
    "messages.send": "content_source disable_mentions dont_parse_links subscribe_id",
    "photos.saveWallPhoto": "latitude longitude",
    "polls.addVote": "is_board",
    "polls.create": "app_id background_id photo_id",
    "polls.deleteVote": "is_board",
    "polls.edit": "background_id photo_id",
    "polls.getById": "fields friends_count is_board name_case",
    "polls.getVoters": "friends_only is_board name_case",
    "stats.get": "app_id extended filters stats_groups",
    "users.get": "from_group_id name_case",
    "video.get": "album_id extended fields sort_album",
    "video.save": "album_id auto_publish compression is_private no_comments ord_info privacy_comment privacy_view "
    "repeat wallpost",
    "wall.createComment": "sticker_id",
    "wall.edit": "donut_paid_duration friends_only place_id poster_bkg_access_hash poster_bkg_id poster_bkg_owner_id "
    "services topic_id",
    "wall.getById": "copy_history_depth",
    "wall.getComments": "comment_id need_likes preview_length start_comment_id thread_items_count",
    "wall.post": "friends_only link_photo_id link_title mute_notifications place_id services",
}
PASSED_OVER = frozenset(name for names in PASSED.values() for name in names.split())


def known(name: str, reads: frozenset[str]) -> frozenset[str]:
    """Return all parameters of a method: what it reads, what it passes over, what comes with any call."""
    return reads.union(PASSED.get(name, "").split(), COMMON)


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
