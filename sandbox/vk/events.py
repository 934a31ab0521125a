"""A community's events: which are wanted, in which envelope, and for how long they are kept."""

from __future__ import annotations

import secrets
from typing import Any

from sandbox.vk import callback
from sandbox.vk.objects import VERSION
from sandbox.vk.versions import shaped
from sandbox.world import Account

# All names of groups.setLongPollSettings and getLongPollSettings (VKCOM/vk-api-schema); those the sandbox's people can cause
# are message_*, group_join, group_leave, user_block, user_unblock, wall_post_new.
NAMES = (
    "message_new", "message_reply", "message_allow", "message_deny", "message_edit",
    "message_typing_state", "message_read", "message_event", "message_reaction_event",
    "photo_new", "audio_new", "video_new", "wall_reply_new", "wall_reply_edit", "wall_reply_delete",
    "wall_reply_restore", "wall_post_new", "wall_repost", "wall_schedule_post_new",
    "wall_schedule_post_delete", "board_post_new", "board_post_edit",
    "board_post_restore", "board_post_delete", "photo_comment_new", "photo_comment_edit",
    "photo_comment_delete", "photo_comment_restore", "video_comment_new", "video_comment_edit",
    "video_comment_delete", "video_comment_restore", "market_comment_new", "market_comment_edit",
    "market_comment_delete", "market_comment_restore", "market_order_new", "market_order_edit",
    "poll_vote_new", "group_join", "group_leave", "group_change_settings", "group_change_photo",
    "group_officers_edit", "user_block", "user_unblock", "like_add", "like_remove", "lead_forms_new",
    "donut_subscription_create", "donut_subscription_prolonged", "donut_subscription_cancelled",
    "donut_subscription_price_changed", "donut_subscription_expired", "donut_money_withdraw",
    "donut_money_withdraw_error",
)  # fmt: skip
KEPT = 10_000  # events; VK does not say how many it keeps, `settings["keep_events"]` changes it


def prepare(account: Account) -> None:
    """Switch the long poll of a new community on, with every event."""
    account.update_seq = 1
    account.settings["long_poll"] = {
        "enabled": True,
        "api_version": VERSION,
        "events": dict.fromkeys(NAMES, 1),
        "keys": {},
    }


def emit(account: Account, name: str, about: dict[str, Any]) -> None:
    """Put an event before the community's long poll if it wants such events; wakes nobody yet.

    Files in `about` have addresses from the server's root. The caller ends its change with
    `World.touch`, which wakes the poll.
    """
    # Random and never from a counter: clients drop an id that they have seen, also after a reset.
    event_id = secrets.token_hex(20)
    callback.offer(account, name, about, event_id)
    settings = account.settings["long_poll"]
    if not settings["enabled"] or not settings["events"].get(name):
        return
    account.update_seq += 1
    account.updates.append(
        {
            "group_id": account.id,
            "type": name,
            "event_id": event_id,
            "v": settings["api_version"],
            "object": shaped(name, about, settings["api_version"]),
        }
    )
    surplus = len(account.updates) - int(account.settings.get("keep_events", KEPT))
    if surplus > 0:
        del account.updates[:surplus]
