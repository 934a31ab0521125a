"""How it gets there, and what holds it."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Column, Table, UniqueConstraint

from core import words
from storage.tables.columns import Key, Moment, Text, enum, flag, key, metadata, ref

wave = Table(
    "wave",
    metadata,
    key(),
    ref("account_id", "account"),
    *enum("kind", words.WaveKind),
    *enum("lane", words.Lane),
    Column("due_at", Moment, nullable=False),
    ref("post_id", "post", nullable=True),  # None: a digest
    ref("revision_id", "revision", nullable=True),
    flag("open", default=True),
    Column("created_at", Moment, nullable=False),
)
sa.Index(
    "ix_wave_open",
    wave.c.account_id,
    wave.c.lane,
    wave.c.due_at,
    sqlite_where=sa.text("open"),
    postgresql_where=sa.text("open"),
)
sa.Index("ix_wave_post", wave.c.post_id)
sa.Index("ix_wave_due", wave.c.kind, wave.c.due_at)

fanout = Table(  # a post for so many that it is planned in steps, until it is planned to its end
    "fanout",
    metadata,
    key(),
    ref("post_id", "post", index=True),
    Column("at", Moment, nullable=False),  # the moment it is planned for
    flag("scheduled"),
    flag("first"),  # nobody else has planned the post
    Column("organization_ids", sa.JSON, nullable=False),
    Column("waves", sa.JSON, nullable=False),  # ids of those it has made
    Column("after_subscription_id", Key, nullable=False),  # the last one it has looked at
)

delivery = Table(
    "delivery",
    metadata,
    key(),
    ref("wave_id", "wave"),
    ref("chat_id", "chat"),
    *enum("state", words.DeliveryState),
    Column("reason", sa.SmallInteger),  # core.words.Reason
    Column("detail", Text),  # the messenger's own words
    Column("attempts", sa.SmallInteger, nullable=False, server_default="0"),
    Column("generation", sa.SmallInteger, nullable=False, server_default="0"),
    flag("doubt"),  # may have arrived already: look it up, or this is the one marked repeat
    Column("of_id", Key),  # amends: the delivery whose messages it changes
    Column("not_before", Moment),
    Column("claimed_at", Moment),
    Column("asked_at", Moment),  # asking, unknown: when a person was asked what to do
    Column("settled_at", Moment),
    Column("message", Text),  # the messenger's id of the first message made
    UniqueConstraint("wave_id", "chat_id"),
)
_unsettled = delivery.c.state.in_((1, 2))
# SQLite keeps every row's id in every index: named, it would stand there twice.
sa.Index("ix_delivery_unsettled", delivery.c.wave_id, sqlite_where=_unsettled).ddl_if("sqlite")
sa.Index(
    "ix_delivery_unsettled",
    delivery.c.wave_id,
    delivery.c.id,
    postgresql_where=_unsettled,
).ddl_if("postgresql")

_asking = delivery.c.state.in_((5, 7))
sa.Index("ix_delivery_asking", delivery.c.asked_at, sqlite_where=_asking, postgresql_where=_asking)

part = Table(  # messages beyond the first: further parts, further items of an album
    "part",
    metadata,
    ref("delivery_id", "delivery", primary_key=True),
    Column("number", sa.SmallInteger, primary_key=True),  # which call, from 0
    Column("item", sa.SmallInteger, primary_key=True),  # which message of that call, from 0
    Column("message", Text, nullable=False),
)

digest_item = Table(
    "digest_item",
    metadata,
    ref("delivery_id", "delivery", primary_key=True),
    ref("post_id", "post", primary_key=True),
    ref("revision_id", "revision", nullable=True),  # what was shown, once it is sent
)

hold = Table(
    "hold",
    metadata,
    key(),
    *enum("scope", words.HoldScope),
    Column("network", Text),
    ref("organization_id", "organization", nullable=True),
    ref("by_person_id", "person", nullable=True),
    Column("at", Moment, nullable=False),
    Column("lifted_at", Moment),
    ref("lifted_by_person_id", "person", nullable=True),
)
