"""Reasons in plain Russian, for the list of deliveries and an account's health."""

from __future__ import annotations

from core.words import DeliveryState, Reason
from newsroom.reasons import DELETED as DELETED
from newsroom.reasons import NOT_KNOWN as NOT_KNOWN
from newsroom.reasons import NUMBERS_NOT_KNOWN as NUMBERS_NOT_KNOWN
from newsroom.reasons import OLD_STAYS as OLD_STAYS
from newsroom.reasons import PICTURES_STAY as PICTURES_STAY
from newsroom.reasons import REASONS as REASONS
from newsroom.reasons import REPLACED as REPLACED
from newsroom.reasons import REPLACED_PICTURES_STAY as REPLACED_PICTURES_STAY
from newsroom.reasons import REPLIED as REPLIED
from newsroom.reasons import SENT_ANEW as SENT_ANEW

STATES = {
    DeliveryState.PENDING: "ждёт отправки",
    DeliveryState.IN_FLIGHT: "отправляется",
    DeliveryState.SENT: "доставлено",
    DeliveryState.REFUSED: "не доставлено",
    DeliveryState.UNKNOWN: "неизвестно, дошло ли",
    DeliveryState.CANCELLED: "отменено",
    DeliveryState.ASKING: "ждёт решения владельца",
}

PICTURE_MISSING = "снимок не найден"  # in a reply, in place of the picture

_WALL = (Reason.NO_WALL_KEY, Reason.CAPTCHA)
_ACCOUNT = {Reason.TOKEN_DEAD, Reason.NO_WALL_KEY, Reason.CAPTCHA}


def account_trouble(reason: Reason | None) -> str | None:
    """Return the sentence for an account that stands still for this reason, None if it works on."""
    return REASONS[reason].capitalize() + "." if reason in _ACCOUNT and reason else None


# What stands still is then the account's wall alone, and why.
WALL_TROUBLES = {account_trouble(reason): reason for reason in _WALL}
