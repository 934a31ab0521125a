"""Try a create: look first whether it arrived when that is in doubt, then send."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from broadcaster.calls import Calls
from broadcaster.fate import Doubt, resolve_doubt
from core.messenger import Capabilities, Outcome, Part, Unknown
from core.words import ChatKind
from storage.ledger import Claim


class Tried(NamedTuple):
    """One outcome a claim; `looked_up` when the messenger was asked and could not tell."""

    outcomes: Sequence[Outcome]
    looked_up: bool = False


async def attempt(
    calls: Calls, claims: Sequence[Claim], part: Part, number: int, *, doubtful: bool, now: int
) -> Tried:
    """Send a part, unless it is in doubt and found to be there or only a person may say (`now` is ms)."""
    ended = await _resolved(calls, claims, part, number, now) if doubtful else None
    return ended or Tried(await calls.send(claims, part, number))


async def _resolved(
    calls: Calls, claims: Sequence[Claim], part: Part, number: int, now: int
) -> Tried | None:
    """Return what is known of a create in doubt without sending it; None if it is to be sent."""
    first = claims[0]
    if _last_try(first, calls.capabilities(first)):
        trouble = await calls.trouble()
        if trouble is not None:
            return Tried([trouble] * len(claims))
    if _verdict(calls, first, now, looked_up=False) is Doubt.LOOK_UP:
        found = await calls.look_up(first, part, number)
        if found is not None:
            return Tried([found])
        if _verdict(calls, first, now, looked_up=True) is Doubt.ASK:
            return Tried([Unknown("не удалось узнать, дошло ли")], looked_up=True)
    return None


def _last_try(claim: Claim, capabilities: Capabilities) -> bool:
    """Tell whether this is the one repeat there is: it must not be spent on a messenger that is down."""
    return claim.chat_kind is ChatKind.PRIVATE and not capabilities.idempotent


def _verdict(calls: Calls, claim: Claim, now: int, *, looked_up: bool) -> Doubt:
    return resolve_doubt(
        calls.capabilities(claim),
        claim.chat_kind,
        first_tried_at=claim.claimed_at or now,
        now=now,
        repeated=False,
        looked_up=looked_up,
    )
