"""Addresses that begin a dialog with a payload."""

from __future__ import annotations

import pytest

from core.messenger import Messenger
from messengers.telegram.adapter import Telegram
from messengers.vk.adapter import Vk

URL = "http://127.0.0.1:1"


def telegram() -> Messenger:
    """Return a bot that is never called."""
    return Telegram("77:token", URL)


def vk() -> Messenger:
    """Return a community that is never called."""
    return Vk(5, "key", None, URL)


def test_the_address_carries_name_and_payload() -> None:
    payload = "inv-" + "a_-B" * 15
    assert telegram().entry("vestnik_bot", payload) == f"https://t.me/vestnik_bot?start={payload}"
    assert vk().entry("vestnik", payload) == f"https://vk.me/vestnik?ref={payload}"


def test_a_bot_without_a_name_has_none_a_community_has_its_number() -> None:
    assert telegram().entry("", "inv-a") is None
    assert vk().entry("", "inv-a") == "https://vk.me/club5?ref=inv-a"


@pytest.mark.parametrize("payload", ["", "a" * 65, "a b", "a=b", "ы", "a\n"])
@pytest.mark.parametrize("of", [telegram, vk])
def test_what_a_link_cannot_carry_is_a_mistake_of_ours(of: object, payload: str) -> None:
    with pytest.raises(ValueError, match="payload"):
        of().entry("name", payload)  # type: ignore[operator]
