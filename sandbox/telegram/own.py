"""What a bot asks about itself: getMe, getUpdates, webhooks, logging out, files, answers to presses."""

from __future__ import annotations

import re
from typing import Any

from sandbox.api import Refusal
from sandbox.telegram import files
from sandbox.telegram.ask import Ask
from sandbox.telegram.params import bad, flag, integer, structure, text, too_many
from sandbox.telegram.sessions import logged_out, restarting
from sandbox.telegram.spec import spec
from sandbox.telegram.webhooks import Wanted
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
    await ask.updates.refuse_with_hook(ask.account)
    ask.updates.allow(ask.account, _allowed_updates(ask))
    limit = min(max(integer(ask.params, "limit", 100), 1), 100)
    timeout = min(max(integer(ask.params, "timeout"), 0), 50)
    return await ask.updates.fetch(ask.account, integer(ask.params, "offset"), limit, timeout)


async def set_webhook(ask: Ask) -> bool:
    """setWebhook; without an address it is deleteWebhook."""
    url = text(ask.params, "url").strip()
    if not url:
        return await delete_webhook(ask)
    if wait := ask.webhooks.too_often(ask.account):
        raise too_many(wait)
    wanted = Wanted(
        url=url,
        secret_token=text(ask.params, "secret_token"),
        max_connections=min(max(integer(ask.params, "max_connections", 40), 1), 100),
        ip_address=text(ask.params, "ip_address"),
        certificate=ask.call.files.get("certificate"),
    )
    drop = flag(ask.params, "drop_pending_updates")
    is_new = ask.webhooks.set(ask.account, wanted, drop=drop)
    ask.updates.allow(ask.account, _allowed_updates(ask))
    ask.call.effect = is_new
    ask.describe("Webhook was set" if is_new else "Webhook is already set")
    return True


async def delete_webhook(ask: Ask) -> bool:
    """deleteWebhook."""
    if flag(ask.params, "drop_pending_updates"):
        ask.updates.drop(ask.account)
    had = ask.webhooks.remove(ask.account)
    ask.call.effect = had
    ask.describe("Webhook was deleted" if had else "Webhook is already deleted")
    return True


async def get_webhook_info(ask: Ask) -> Any:
    """getWebhookInfo."""
    return ask.webhooks.info(ask.account)


async def log_out(ask: Ask) -> bool:
    """logOut: for ten minutes all calls are refused."""
    ask.sessions.log_out(ask.account)
    ask.updates.end(ask.account, logged_out())
    ask.call.effect = True
    return True


async def close(ask: Ask) -> bool:
    """close: the next call launches the bot again; refused in the first ten minutes after a launch."""
    ask.sessions.close(ask.account)
    ask.updates.end(ask.account, restarting())
    return True


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


def _allowed_updates(ask: Ask) -> Any:
    """Return the kinds of updates a bot asks for; what cannot be read is passed over, as on the real server."""
    try:
        return structure(ask.params, "allowed_updates", "allowed updates")
    except Refusal:
        return None


SPECS = (
    spec("getMe", get_me),
    spec(
        "getUpdates",
        get_updates,
        "offset limit timeout allowed_updates",
        missing="the pauses for hasty polls are off until limits.telegram.poll_pauses is set",
    ),
    spec(
        "setWebhook",
        set_webhook,
        "url certificate ip_address max_connections allowed_updates drop_pending_updates secret_token",
        missing="http to this machine instead of https; certificate and address are only noted",
    ),
    spec("deleteWebhook", delete_webhook, "drop_pending_updates"),
    spec("getWebhookInfo", get_webhook_info),
    spec("logOut", log_out),
    spec("close", close),
    spec("getFile", get_file, "file_id"),
    spec("answerCallbackQuery", answer_callback_query, "callback_query_id text show_alert url"),
)
