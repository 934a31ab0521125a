"""Who is looked for when a post is planned, as SQL: followers whose choice of organizations and rubrics fits."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from core.words import ChatKind, ChatState, Mode

END = 2**62  # behind every id


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of subscriptions by their ids: the first is not in it, the last is."""

    after: int = 0
    upto: int = END


@dataclass(frozen=True, slots=True)
class Sought:
    """Who is looked for: followers of organizations in a rubric, at a moment (ms UTC), in a stretch.

    Left out are those who have a delivery in the waves `had`, or `post_id` in one of the `selections`.
    """

    organization_ids: Collection[int]
    rubric_id: int | None
    now: int
    span: Span = field(default_factory=Span)
    post_id: int | None = None
    had: Collection[int] = ()
    selections: Collection[int] = ()


_FITTING = """
subscription.id IN (
  SELECT subscription_id FROM subscription_organization
  WHERE organization_id IN :organizations AND subscription_id > :after AND subscription_id <= :upto
)
AND subscription.ended_at IS NULL
AND (subscription.paused_until IS NULL OR subscription.paused_until <= :now)
AND chat.state = :active
AND (
  NOT EXISTS (SELECT 1 FROM subscription_rubric r WHERE r.subscription_id = subscription.id)
  OR EXISTS (
    SELECT 1 FROM subscription_rubric r
    WHERE r.subscription_id = subscription.id AND r.rubric_id = :rubric
  )
)"""
_NOT_HAD = """
AND NOT EXISTS (SELECT 1 FROM delivery h WHERE h.chat_id = chat.id AND h.wave_id IN :had)"""
_NOT_SELECTED = """
AND NOT EXISTS (
  SELECT 1 FROM delivery h JOIN digest_item i ON i.delivery_id = h.id
  WHERE h.chat_id = chat.id AND h.wave_id IN :selections AND i.post_id = :post
)"""


def fitting(sought: Sought) -> sa.TextClause:
    """Return whether a chat by its subscription is one of those looked for, if its account lives."""
    text, values = with_lists(fitting_sql(sought), fitting_values(sought))
    return text.bindparams(**values)


def fitting_sql(sought: Sought) -> str:
    """Return the same as text, for statements that `with_lists` makes."""
    had = _NOT_HAD if sought.had else ""
    return _FITTING + had + (_NOT_SELECTED if sought.selections else "")


def fitting_values(sought: Sought) -> dict[str, Any]:
    """Return the values of that text by their names."""
    values: dict[str, Any] = {
        "organizations": list(sought.organization_ids),
        "after": sought.span.after,
        "upto": sought.span.upto,
        "now": sought.now,
        "active": int(ChatState.ACTIVE),
        "rubric": sought.rubric_id,
    }
    if sought.had:
        values["had"] = sorted(sought.had)
    if sought.selections:
        values |= {"selections": sorted(sought.selections), "post": sought.post_id}
    return values


def with_lists(text: str, values: Mapping[str, Any]) -> tuple[sa.TextClause, dict[str, Any]]:
    """Return a statement with its lists of whole numbers written out, and the values that are left."""
    # There may be hundreds in a list, the same in every step: SQLAlchemy would take milliseconds each time.
    left: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, list):
            text = text.replace(f"IN :{name}", f"IN ({', '.join(map(str, value)) or 'NULL'})")
        else:
            left[name] = value
    return sa.text(text), left


_AWAKE = (
    "(subscription.night_from_minute IS NULL OR subscription.night_to_minute IS NULL"
    " OR subscription.night_from_minute = subscription.night_to_minute)"
)
_UNBOUND = f"({_AWAKE} AND subscription.day_limit IS NULL AND subscription.gap_s IS NULL)"


def at_once(*, urgent: bool, scheduled: bool) -> str:
    """Return, as SQL, whether a chat gets a post alone and now by its wish as it stands, whatever the hour.

    So much of newsroom.policy.choose, no more: whom this leaves out is decided about there.
    """
    if urgent:
        return f"(subscription.mode <> {int(Mode.ASK)} AND {_AWAKE})"
    unbound = _UNBOUND
    if scheduled:
        unbound = f"({unbound} OR chat.kind <> {int(ChatKind.PRIVATE)})"
    return f"(subscription.mode = {int(Mode.AT_ONCE)} AND {unbound})"
