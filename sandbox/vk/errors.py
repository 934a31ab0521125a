"""VK's refusals: code and text as errors.json of VKCOM/vk-api-schema 5.199 gives them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from sandbox.api import Refusal

TEXTS: Mapping[int, str] = MappingProxyType(
    {
        3: "Unknown method passed",
        5: "User authorization failed",
        6: "Too many requests per second",
        8: "Invalid request",
        9: "Flood control",
        10: "Internal server error",
        12: "Unable to compile code",
        13: "Runtime error occurred during code invocation",
        15: "Access denied",
        18: "User was deleted or banned",
        27: "Group authorization failed",
        29: "Rate limit reached",
        100: "One of the parameters specified was missing or invalid",
        104: "Not found",
        105: "Couldn't save file",
        113: "Invalid user id",
        118: "Invalid server",
        121: "Invalid hash",
        125: "Invalid group id",
        129: "Invalid photo",
        203: "Access to group denied",
        210: "Access to wall's post denied",
        214: "Access to adding post denied",
        212: "Access to post comments denied",
        213: "Access to status replies denied",
        225: "Donut is disabled",
        250: "Access to poll denied",
        251: "Invalid poll id",
        252: "Invalid answer id",
        900: "Can't send messages for users from blacklist",
        901: "Can't send messages for users without permission",
        902: "Can't send messages to this user due to their privacy settings",
        909: "Can't edit this message, because it's too old",
        911: "Keyboard format is invalid",
        912: "This is a chat bot feature, change this status in settings",
        913: "Too many forwarded messages",
        914: "Message is too long",
        917: "You don't have access to this chat",
        919: "You can't see invite link for this chat",
        920: "Can't edit this kind of message",
        921: "Can't forward these messages",
        922: "You left this chat",
        924: "Can't delete this message for everybody",
        925: "You are not admin of this chat",
        927: "Chat does not exist",
        931: "You can't change invite link for this chat",
        932: "Your community can't interact with this peer",
        935: "User not found in chat",
        936: "Contact not found",
        943: "Cannot use this intent",
        945: "Chat was disabled",
        946: "Chat not supported",
        1009: "Unknown reaction passed",
        2000: "Servers number limit is reached",
    }
)
WRONG_KEY = "method is unavailable with group auth."
NO_RIGHT = "no access to call this method. It cannot be called with current scopes."
NOT_ADMIN = "you should be a group administrator"


def refuse(code: int, detail: str = "", **extra: Any) -> Refusal:
    """Return VK's refusal of that code; VK adds a detail after a colon."""
    text = TEXTS[code]
    return Refusal(200, code, f"{text}: {detail}" if detail else text, **extra)


def missing(name: str) -> Refusal:
    """Return the refusal of a call without a parameter it needs."""
    return refuse(100, f"{name} is undefined")


def invalid(name: str) -> Refusal:
    """Return the refusal of a parameter's value."""
    return refuse(100, f"{name} is invalid")
