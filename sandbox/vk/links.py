"""Methods about addresses and names: utils.*."""

from __future__ import annotations

from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from sandbox.values import whole
from sandbox.vk import groups
from sandbox.vk.ask import Ask
from sandbox.vk.errors import invalid
from sandbox.vk.spec import ANY, method
from sandbox.world import World


def shorten(ask: Ask) -> dict[str, str]:
    """utils.getShortLink: leads back through the sandbox (on VK through vk.cc); one per address."""
    url = _web_address(ask)
    key = sha256(url.encode()).hexdigest()[:6]
    ask.account.settings.setdefault("short_links", {})[key] = url
    ask.changed(None)
    link = {"key": key, "short_url": f"{ask.base}/vk/cc/{key}", "url": url}
    if ask.params.flag("private"):
        link["access_key"] = sha256(f"{ask.account.id}/{key}".encode()).hexdigest()[:18]
    return link


def target(world: World, key: str) -> str | None:
    """Return the address to which a short link leads."""
    for account in world.accounts.values():
        url = account.settings.get("short_links", {}).get(key)
        if url is not None:
            return str(url)
    return None


def check(ask: Ask) -> dict[str, str]:
    """utils.checkLink: no address is banned here."""
    return {"status": "not_banned", "link": _web_address(ask)}


def resolve(ask: Ask) -> Any:
    """utils.resolveScreenName: a community or a person; an empty list for a name nobody has."""
    name = ask.params.need_text("screen_name")
    account = groups.named(ask.world, name) if whole(name) is None else None
    if account is not None:
        return {"type": "group", "object_id": account.id, "group_id": account.id}
    number = whole(name.removeprefix("id"))
    if name.startswith("id") and number in ask.world.people:
        return {"type": "user", "object_id": number}
    return []


def server_time(ask: Ask) -> int:
    """utils.getServerTime."""
    return int(ask.now)


def _web_address(ask: Ask) -> str:
    text = ask.params.need_text("url")
    url = text if "://" in text else f"http://{text}"
    try:
        parts = urlsplit(url)
    except ValueError:
        raise invalid("url") from None
    host = parts.hostname or ""
    if parts.scheme not in ("http", "https") or not ("." in host or host == "localhost"):
        raise invalid("url")
    return url


METHODS = {
    "utils.checkLink": method(check, ANY, "url", missing="no address is banned"),
    "utils.getServerTime": method(server_time, ANY),
    "utils.getShortLink": method(shorten, ANY, "url private", missing="statistics of clicks"),
    "utils.resolveScreenName": method(resolve, ANY, "screen_name"),
}
