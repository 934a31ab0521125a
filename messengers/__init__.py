"""The adapters, one package a messenger; what is heavy is imported when an account is opened."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from core.clock import Clock
from core.messenger import Capabilities, Messenger
from core.words import ChatKind

DEFAULT_APIS: Mapping[str, str] = MappingProxyType(
    {"telegram": "https://api.telegram.org", "vk": "https://api.vk.ru/method/"}
)


def open_messenger(
    network: str,
    *,
    token: str,
    user_token: str | None = None,
    group: int | None = None,
    api: str | None = None,
    proxy: str | None = None,
    ca: Path | None = None,
    clock: Clock | None = None,
) -> Messenger:
    """Return the adapter of one account; nothing is connected yet.

    `group` and `user_token` are VK's: the community's number and the key for its wall; `ca` is a PEM
    file trusted beside the usual roots. Raises ValueError for an unknown network or a bad address,
    OSError when `ca` cannot be read.
    """
    address = api or DEFAULT_APIS.get(network, "")
    match network:
        case "telegram":
            from messengers.telegram.adapter import Telegram

            return Telegram(token, address, proxy=proxy, ca=ca, clock=clock)
        case "vk":
            from messengers.vk.adapter import Vk

            if group is None:
                raise ValueError("an account of VK needs its community's number")
            return Vk(group, token, user_token, address, proxy=proxy, ca=ca, clock=clock)
    raise ValueError(f"no messenger is called {network!r}")


def warm_up(network: str) -> None:
    """Import what an adapter needs for its first answer; takes seconds, so call it in a thread."""
    if network == "telegram":
        import messengers.telegram.session  # noqa: F401


def capabilities_of(network: str, kind: ChatKind) -> Capabilities:
    """Return what a messenger can do in a kind of chat, without an account.

    Raises ValueError for an unknown network and for a kind of chat that it does not have.
    """
    match network:
        case "telegram":
            from messengers.telegram.capabilities import capabilities
        case "vk":
            from messengers.vk.capabilities import capabilities
        case _:
            raise ValueError(f"no messenger is called {network!r}")
    return capabilities(kind)
