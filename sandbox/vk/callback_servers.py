"""Methods about a community's own servers for events: groups.*Callback*."""

from __future__ import annotations

from typing import Any

from sandbox.vk import callback, events
from sandbox.vk.ask import Ask
from sandbox.vk.callback import Server
from sandbox.vk.errors import invalid, refuse
from sandbox.vk.objects import VERSION
from sandbox.vk.spec import ANY, method
from sandbox.world import Account

MAX_TITLE, MAX_SECRET = 14, 50  # characters


def confirmation_code(ask: Ask) -> dict[str, str]:
    """groups.getCallbackConfirmationCode: what the next new server has to answer."""
    account = ask.community(needed=True)
    code = callback.confirmation_code(account)
    ask.world.touch()
    return {"code": code}


def get(ask: Ask) -> dict[str, Any]:
    """groups.getCallbackServers: all, or those of server_ids."""
    known = callback.servers(ask.community(needed=True))
    wanted = ask.params.wholes("server_ids", callback.MAX_SERVERS)
    items = [callback.shown(one) for one in known.values() if not wanted or one["id"] in wanted]
    return {"count": len(items), "items": items}


def add(ask: Ask) -> dict[str, int]:
    """groups.addCallbackServer: the address is asked for the confirmation code at once.

    A new server wants no events until groups.setCallbackSettings says which.
    """
    account = ask.community(needed=True)
    known = callback.servers(account)
    address = _address(ask)
    if len(known) >= callback.MAX_SERVERS:
        raise refuse(2000)
    state = account.settings["callback"]
    number = state["last_id"] = int(state.get("last_id", 0)) + 1
    server: Server = {
        "id": number,
        "creator_id": ask.caller.person,
        "api_version": VERSION,
        "events": dict.fromkeys(events.NAMES, 0),
        "asked": 0,
    }
    _begin(server, address)
    known[str(number)] = server
    ask.changed(None)
    ask.courier.serve(account, server)
    return {"server_id": number}


def edit(ask: Ask) -> int:
    """groups.editCallbackServer: the address is confirmed anew; what waited for the old one is gone."""
    _, server = _meant(ask)
    _begin(server, _address(ask))
    ask.changed(None)
    return 1


def delete(ask: Ask) -> int:
    """groups.deleteCallbackServer."""
    account, server = _meant(ask)
    del callback.servers(account)[str(server["id"])]
    ask.changed(None)
    return 1


def settings(ask: Ask) -> dict[str, Any]:
    """groups.getCallbackSettings: version and events of one server."""
    _, server = _meant(ask)
    return {"api_version": server["api_version"], "events": dict(server["events"])}


def set_settings(ask: Ask) -> int:
    """groups.setCallbackSettings: only what is named changes; applies to events from now on."""
    _, server = _meant(ask)
    if ask.params.given("api_version"):
        server["api_version"] = ask.params.text("api_version")
    for name in events.NAMES:
        if ask.params.given(name):
            server["events"][name] = int(ask.params.flag(name))
    ask.changed(None)
    return 1


def _address(ask: Ask) -> dict[str, str]:
    url, title = ask.params.need_text("url"), ask.params.need_text("title")
    secret = ask.params.text("secret_key")
    if not url.startswith(("http://", "https://")):
        raise invalid("url")
    if len(title) > MAX_TITLE:
        raise invalid("title")
    if len(secret) > MAX_SECRET:
        raise invalid("secret_key")
    return {"url": url, "title": title, "secret_key": secret, "base": ask.base}


def _begin(server: Server, address: dict[str, str]) -> None:
    """Let a server begin anew: it waits for its confirmation."""
    server |= address | {"status": "wait", "asked": server["asked"] + 1}
    server |= {"queue": [], "tries": 0, "again_at": 0.0}


def _meant(ask: Ask) -> tuple[Account, Server]:
    account = ask.community(needed=True)
    server = callback.servers(account).get(str(ask.params.need_whole("server_id")))
    if server is None:
        raise refuse(104)
    return account, server


METHODS = {
    "groups.addCallbackServer": method(add, ANY, "group_id url title secret_key"),
    "groups.deleteCallbackServer": method(delete, ANY, "group_id server_id"),
    "groups.editCallbackServer": method(edit, ANY, "group_id server_id url title secret_key"),
    "groups.getCallbackConfirmationCode": method(confirmation_code, ANY, "group_id"),
    "groups.getCallbackServers": method(get, ANY, "group_id server_ids"),
    "groups.getCallbackSettings": method(settings, ANY, "group_id server_id"),
    "groups.setCallbackSettings": method(
        set_settings, ANY, " ".join(("group_id server_id api_version", *events.NAMES)),
        missing="the pauses after a failure, which VK does not publish",
    ),
}  # fmt: skip
