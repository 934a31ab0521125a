"""Webhooks: which bot has one, and the sending of its updates there.

What a webhook is lies in its account's settings under `webhook`, so that it outlives a restart. The
order, the repeats and the words are those of the Bot API server (tdlib/telegram-bot-api,
WebhookActor.cpp): one update at a time for each chat, several chats side by side.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from sandbox.api import Refusal, Upload
from sandbox.gate import Gate
from sandbox.outgoing import Errands, Unreachable, check_url
from sandbox.telegram.delivery import CarryOut, Delivery
from sandbox.telegram.params import bad
from sandbox.telegram.updates import Updates
from sandbox.world import Account, World

MAX_CERTIFICATE = 3 << 20  # bytes
_SECRET = re.compile(r"[A-Za-z0-9_-]*")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What setWebhook asks for; `max_connections` from 1 to 100."""

    url: str
    secret_token: str
    max_connections: int
    ip_address: str
    certificate: Upload | None


class Webhooks:
    """The webhooks of one world's bots."""

    def __init__(self, world: World, gate: Gate, updates: Updates, carry_out: CarryOut) -> None:
        """Send what `updates` hold; nothing is sent before `start`."""
        self._world, self._gate, self._updates, self._carry_out = world, gate, updates, carry_out
        self.timeout_s = 60.0  # of one delivery, in the machine's time
        self._errands = Errands()
        self._deliveries: dict[str, Delivery] = {}  # by account
        self._started = False

    def start(self) -> None:
        """Deliver for every bot that has a webhook."""
        self._started = True
        for account in self._world.accounts.values():
            if account.network == "telegram" and account.settings.get("webhook"):
                self._begin(account)

    async def stop(self) -> None:
        """End all deliveries; the webhooks stay set."""
        self._started = False
        await self._errands.stop()
        self._updates.hooks.clear()
        self._deliveries.clear()

    def too_often(self, account: Account) -> float:
        """Return the seconds until a webhook may be set again, 0 if it may now (and count it)."""
        if not self._gate.limits.on["telegram"]:
            return 0
        return self._gate.limits.allow(("telegram", "setWebhook", account.name), 1, 1)

    def set(self, account: Account, wanted: Wanted, *, drop: bool) -> bool:
        """Give a bot this webhook, and `drop` the updates that wait; refuses what is not possible.

        Returns False if the bot has just that webhook and nothing is to be dropped.
        """
        hook = _hook(wanted)
        before = account.settings.get("webhook")
        same = before and all(before.get(name) == value for name, value in hook.items())
        if same and not wanted.certificate and not drop:
            return False
        if drop:
            self._updates.drop(account)
        self._updates.end_for_hook(account)
        account.settings["webhook"] = hook
        self._begin(account)
        self._world.touch()
        return True

    def remove(self, account: Account) -> bool:
        """Take a bot's webhook away; returns False if it has none."""
        had = account.settings.pop("webhook", None)
        if (delivery := self._deliveries.pop(account.name, None)) is not None:
            delivery.end()
        if had:
            self._world.touch()
        return had is not None

    def info(self, account: Account) -> dict[str, Any]:
        """Return a bot's `WebhookInfo`."""
        hook: dict[str, Any] = account.settings.get("webhook") or {}
        info: dict[str, Any] = {
            "url": hook.get("url", ""),
            "has_custom_certificate": hook.get("has_custom_certificate", False),
            "pending_update_count": self._updates.pending(account),
        }
        shown = ("ip_address", "max_connections", "last_error_date", "last_error_message")
        info |= {name: hook[name] for name in shown if hook.get(name)}
        if allowed := account.settings.get("allowed_updates"):
            info["allowed_updates"] = allowed
        return info

    def _begin(self, account: Account) -> None:
        if (before := self._deliveries.pop(account.name, None)) is not None:
            before.end()
        if not self._started:
            return
        delivery = self._deliveries[account.name] = Delivery(
            self._world, self._gate, self._updates, account, self._carry_out, self.timeout_s
        )
        delivery.task = self._errands.start(delivery.run())


def _hook(wanted: Wanted) -> dict[str, Any]:
    """Return what is kept of a webhook; refuses in the server's words."""
    if len(wanted.secret_token.encode()) > 256:
        raise bad("secret token is too long")
    if not _SECRET.fullmatch(wanted.secret_token):
        raise bad("secret token contains unallowed characters")
    try:
        host = urlsplit(wanted.url).hostname or ""
    except ValueError:
        raise bad("invalid webhook URL specified") from None
    if not host:
        raise bad("invalid webhook URL specified")
    try:
        check_url(wanted.url)
    except Unreachable:
        raise bad(
            "bad webhook: the sandbox delivers to http:// addresses of 127.0.0.1, ::1 or localhost only"
        ) from None
    if wanted.certificate and len(wanted.certificate.content) > MAX_CERTIFICATE:
        size = len(wanted.certificate.content)
        raise Refusal(400, 400, f"Bad Request: certificate size is too big ({size} bytes)")
    return {
        "url": wanted.url,
        "secret_token": wanted.secret_token,
        "max_connections": wanted.max_connections,
        "ip_address": _address(wanted.ip_address or host, host),
        "has_custom_certificate": wanted.certificate is not None,
    }


def _address(given: str, host: str) -> str:
    if given == "localhost":
        return "127.0.0.1"
    try:
        return str(ip_address(given))
    except ValueError:
        raise bad("bad webhook: Invalid IP address specified") from None
