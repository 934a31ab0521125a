"""What a bot asks about itself: getMe, getUpdates, webhooks, files, answers to presses."""

from __future__ import annotations

import re
from typing import Any

from sandbox.telegram import files
from sandbox.telegram.ask import Ask
from sandbox.telegram.params import bad, flag, integer, structure, text
from sandbox.telegram.spec import spec
from sandbox.telegram.wire import bot_user

_URL = re.compile(r"https?://t\.me/\w+\?start=[\w-]{1,64}")


async def get_me(ask: Ask) -> Any:
    """getMe; the sandbox's bots see all messages of their groups."""
    return {
        **bot_user(ask.account),
        "can_join_groups": True,
        "can_read_all_group_messages": True,
        "supports_guest_queries": False,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
        "has_topics_enabled": False,
        "allows_users_to_create_topics": False,
        "can_manage_bots": False,
        "supports_join_request_queries": False,
    }


async def get_updates(ask: Ask) -> Any:
    """getUpdates."""
    _allowed_updates(ask)
    limit = min(max(integer(ask.params, "limit", 100), 1), 100)
    timeout = min(max(integer(ask.params, "timeout"), 0), 50)
    return await ask.updates.fetch(ask.account, integer(ask.params, "offset"), limit, timeout)


async def set_webhook(ask: Ask) -> bool:
    """setWebhook without an address, which is deleteWebhook; the sandbox calls nobody."""
    if text(ask.params, "url"):
        raise bad("bad webhook: the sandbox delivers updates by getUpdates only")
    return await delete_webhook(ask)


async def delete_webhook(ask: Ask) -> bool:
    """deleteWebhook."""
    if flag(ask.params, "drop_pending_updates"):
        ask.updates.drop(ask.account)
        ask.world.touch()
    return True


async def get_webhook_info(ask: Ask) -> Any:
    """getWebhookInfo."""
    info = {
        "url": "",
        "has_custom_certificate": False,
        "pending_update_count": ask.updates.pending(ask.account),
    }
    allowed = ask.account.settings.get("allowed_updates")
    return {**info, "allowed_updates": allowed} if allowed else info


async def get_file(ask: Ask) -> Any:
    """getFile."""
    file_id = text(ask.params, "file_id")
    if not file_id:
        raise bad("file_id not specified")
    return files.offer(ask.world, ask.account, file_id)


async def answer_callback_query(ask: Ask) -> bool:
    """answerCallbackQuery: once for every press."""
    shown, url = text(ask.params, "text"), text(ask.params, "url")
    if len(shown) > 200:
        raise bad("MESSAGE_TOO_LONG")
    if url and not _URL.fullmatch(url):
        raise bad("URL_INVALID")
    answer = {"url": url} if url else {"text": shown, "alert": flag(ask.params, "show_alert")}
    ask.queries.answer(ask.account, text(ask.params, "callback_query_id"), answer)
    ask.call.effect = True
    return True


def _allowed_updates(ask: Ask) -> None:
    """Keep the kinds of updates a bot asks for; not given at all leaves them as they were."""
    given = structure(ask.params, "allowed_updates", "allowed updates")
    if given is None:
        return
    if not isinstance(given, list):
        raise bad("can't parse allowed updates: expected an Array")
    kinds = [str(kind).lower() for kind in given]
    if kinds != ask.account.settings.get("allowed_updates", []):
        ask.account.settings["allowed_updates"] = kinds
        ask.world.touch()


SPECS = (
    spec("getMe", get_me),
    spec("getUpdates", get_updates, "offset limit timeout allowed_updates"),
    spec("setWebhook", set_webhook, "url allowed_updates drop_pending_updates"),
    spec("deleteWebhook", delete_webhook, "drop_pending_updates"),
    spec("getWebhookInfo", get_webhook_info),
    spec("getFile", get_file, "file_id"),
    spec("answerCallbackQuery", answer_callback_query, "callback_query_id text show_alert url"),
)
