"""Every table, as it stands after the last migration.

Times are milliseconds since 1970 (UTC) in columns named `…_at` or `…_until`; a `…_minute` is minutes
after midnight of the chat's local day. Enums are the integers of core.words, defended by CHECKs.
Hot tables (wave, delivery, part) have integer keys only: 1,000,000 rows stay near 40 MB.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Column, ForeignKey, Table, UniqueConstraint

from core import words

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite gives rowids only to INTEGER; PostgreSQL wants 64 bits.
Key = sa.BigInteger().with_variant(sa.Integer, "sqlite")
Moment = sa.BigInteger
Text = sa.Text


def key() -> Column[Any]:
    """Return an integer primary key."""
    return Column("id", Key, primary_key=True)


def ref(name: str, to: str, **kwargs: Any) -> Column[Any]:
    """Return a column that points at another table's id."""
    return Column(name, Key, ForeignKey(f"{to}.id"), **{"nullable": False, **kwargs})


def enum(name: str, kind: type[IntEnum], **kwargs: Any) -> tuple[Column[Any], sa.CheckConstraint]:
    """Return an integer column and the CHECK that it holds a member of `kind`."""
    allowed = ", ".join(str(int(member)) for member in kind)
    return (
        Column(name, sa.SmallInteger, **{"nullable": False, **kwargs}),
        sa.CheckConstraint(f"{name} IN ({allowed})", name=f"{name}_known"),
    )


def flag(name: str, default: bool = False) -> Column[Any]:
    """Return a yes-no column."""
    return Column(
        name, sa.Boolean, nullable=False, server_default=sa.true() if default else sa.false()
    )


# Who there is

organization = Table(
    "organization",
    metadata,
    key(),
    Column("slug", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("short", Text, nullable=False),
    *enum("kind", words.OrganizationKind),
    ref("parent_id", "organization", nullable=True),
    Column("industry", Text),
    Column("territory", Text),
    Column("zone", Text),  # IANA name; None inherits from the parent, at last from the region
    Column("locale", Text),
    Column("operator", Text),  # who answers for personal data; None: on the parent's order
    Column("position", sa.Integer, nullable=False, server_default="0"),
    flag("archived"),
)

rubric = Table(
    "rubric",
    metadata,
    key(),
    Column("slug", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("position", sa.Integer, nullable=False, server_default="0"),
    flag("archived"),
)

account = Table(
    "account",
    metadata,
    key(),
    Column("slug", Text, nullable=False, unique=True),
    Column("network", Text, nullable=False),
    ref("organization_id", "organization"),
    Column("title", Text, nullable=False, server_default=""),
    Column("handle", Text, nullable=False, server_default=""),  # what its deep links are made of
    Column("cursor", Text),  # where the updates are read on from
    Column("trouble", Text),  # why it stands still, None when it works
    Column("hold_until", Moment),  # the platform asked for this pause
    flag("archived"),
)

person = Table(
    "person",
    metadata,
    key(),
    Column("name", Text, nullable=False, server_default=""),
    Column("zone", Text),
    Column("locale", Text),
    Column("created_at", Moment, nullable=False),
)

identity = Table(
    "identity",
    metadata,
    key(),
    ref("person_id", "person", index=True),
    Column("network", Text, nullable=False),
    Column("external", Text, nullable=False),
    UniqueConstraint("network", "external"),
)

consent = Table(
    "consent",
    metadata,
    key(),
    ref("person_id", "person", index=True),
    ref("operator_id", "organization"),  # the organization that answers for the data
    Column("purpose", Text, nullable=False),
    Column("version", Text, nullable=False),
    Column("hash", Text, nullable=False),  # SHA-256 of the very text that was shown
    Column("at", Moment, nullable=False),
    Column("withdrawn_at", Moment),
)

chat = Table(
    "chat",
    metadata,
    key(),
    ref("account_id", "account"),
    Column("external", Text, nullable=False),
    Column("topic", Text, nullable=False, server_default=""),
    *enum("kind", words.ChatKind),
    *enum("state", words.ChatState),
    Column("reason", sa.SmallInteger),  # core.words.Reason, why the state is not active
    Column("title", Text, nullable=False, server_default=""),
    ref(
        "person_id", "person", nullable=True, index=True
    ),  # private: whose it is; else: who connected it
    ref("organization_id", "organization", nullable=True),  # a channel's or wall's organization
    Column("zone", Text),
    Column("locale", Text),
    Column("footer", sa.JSON),  # rich text under every post, as core.richtext.to_json
    Column("began_at", Moment),  # the person began with the bot, so the bot may speak
    Column("greeted_at", Moment),  # a stranger was offered a human, once
    Column("silent_until", Moment),  # a human of the community answers here
    flag("from_config"),
    UniqueConstraint("account_id", "external", "topic"),
)

# What they want

subscription = Table(
    "subscription",
    metadata,
    key(),
    ref("chat_id", "chat", unique=True),
    *enum("mode", words.Mode),
    Column("digest_minute", sa.SmallInteger, nullable=False),
    Column("night_from_minute", sa.SmallInteger),  # None: no quiet hours
    Column("night_to_minute", sa.SmallInteger),
    Column("paused_until", Moment),
    Column("day_limit", sa.SmallInteger),  # posts a day by itself; None: as many as there are
    Column("gap_s", sa.Integer),  # seconds between two of them
    Column("created_at", Moment, nullable=False),
    Column("ended_at", Moment),
)

subscription_organization = Table(
    "subscription_organization",
    metadata,
    ref("subscription_id", "subscription", primary_key=True),
    ref("organization_id", "organization", primary_key=True),
    sa.Index("ix_subscription_organization_by_organization", "organization_id", "subscription_id"),
)

subscription_rubric = Table(  # no row: every rubric
    "subscription_rubric",
    metadata,
    ref("subscription_id", "subscription", primary_key=True),
    ref("rubric_id", "rubric", primary_key=True),
)

# What there is to tell

source = Table(
    "source",
    metadata,
    key(),
    Column("slug", Text, nullable=False, unique=True),
    ref("organization_id", "organization"),
    Column("url", Text, nullable=False),
    Column("title", Text, nullable=False, server_default=""),
    Column("interval_s", sa.Integer, nullable=False),
    *enum("reach", words.Reach),
    *enum("kind", words.PostKind),
    ref("rubric_id", "rubric", nullable=True),
    Column("etag", Text),
    Column("last_modified", Text),
    Column("next_at", Moment, nullable=False),
    Column("polled_at", Moment),  # last time it was read well; None: never yet
    Column("failures", sa.Integer, nullable=False, server_default="0"),
    Column("trouble", Text),  # a sentence for people, None when all is well
    flag("archived"),
)

item = Table(
    "item",
    metadata,
    key(),
    ref("source_id", "source"),
    Column("key", Text, nullable=False),
    Column("digest", Text, nullable=False),
    ref("post_id", "post", nullable=True),
    Column("seen_at", Moment, nullable=False),
    Column("changes", sa.SmallInteger, nullable=False, server_default="0"),
    UniqueConstraint("source_id", "key"),
)

post = Table(
    "post",
    metadata,
    key(),
    ref("organization_id", "organization"),
    *enum("kind", words.PostKind),
    *enum("reach", words.Reach),
    ref("rubric_id", "rubric", nullable=True),
    flag("urgent"),
    Column("created_at", Moment, nullable=False),
    Column("at", Moment, nullable=False, index=True),  # its own date, what «latest» means
)

revision = Table(
    "revision",
    metadata,
    key(),
    ref("post_id", "post"),
    Column("number", sa.Integer, nullable=False),
    Column("title", Text, nullable=False),
    Column("body", sa.JSON, nullable=False),  # core.richtext.to_json
    Column("link", Text),
    Column("created_at", Moment, nullable=False),
    UniqueConstraint("post_id", "number"),
)

media = Table(
    "media",
    metadata,
    key(),
    Column("sha", Text, nullable=False, unique=True),
    Column("mime", Text, nullable=False),
    Column("size", sa.Integer, nullable=False),
    Column("width", sa.Integer, nullable=False),
    Column("height", sa.Integer, nullable=False),
)

revision_media = Table(
    "revision_media",
    metadata,
    ref("revision_id", "revision", primary_key=True),
    Column("position", sa.SmallInteger, primary_key=True),
    ref("media_id", "media"),
)

upload = Table(
    "upload",
    metadata,
    ref("account_id", "account", primary_key=True),
    ref("media_id", "media", primary_key=True),
    Column("scope", Text, primary_key=True),  # Capabilities.upload_scope
    Column("ref", Text, nullable=False),
    Column("at", Moment, nullable=False),
)

# How it gets there

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
sa.Index(
    "ix_delivery_unsettled",
    delivery.c.wave_id,
    delivery.c.id,
    sqlite_where=_unsettled,
    postgresql_where=_unsettled,
)
sa.Index(
    "ix_delivery_chat_unsettled",
    delivery.c.chat_id,
    sqlite_where=_unsettled,
    postgresql_where=_unsettled,
)
sa.Index("ix_delivery_chat", delivery.c.chat_id, delivery.c.wave_id)

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

# Conversations

inbox = Table(
    "inbox",
    metadata,
    key(),
    ref("account_id", "account"),
    Column("key", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("body", sa.JSON, nullable=False),  # core.incoming.to_json
    Column("received_at", Moment, nullable=False),
    Column("attempts", sa.SmallInteger, nullable=False, server_default="0"),
    Column("done_at", Moment),
    Column("error", Text),  # set aside: what went wrong with it
    UniqueConstraint("account_id", "key"),
)
sa.Index(
    "ix_inbox_undone",
    inbox.c.account_id,
    inbox.c.id,
    sqlite_where=inbox.c.done_at.is_(None),
    postgresql_where=inbox.c.done_at.is_(None),
)

dialog = Table(
    "dialog",
    metadata,
    ref("chat_id", "chat", primary_key=True),
    Column("script", Text, nullable=False),
    Column("version", sa.SmallInteger, nullable=False),
    Column("data", sa.JSON, nullable=False),
    Column("updated_at", Moment, nullable=False),
)

screen = Table(
    "screen",
    metadata,
    key(),
    ref("chat_id", "chat", index=True),
    ref("person_id", "person", nullable=True),
    Column("script", Text, nullable=False),
    Column("version", sa.SmallInteger, nullable=False),
    Column("choices", sa.JSON, nullable=False),  # what each button does, by index
    ref("revision_id", "revision", nullable=True),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
)

reply = Table(
    "reply",
    metadata,
    key(),
    ref("account_id", "account"),
    ref("chat_id", "chat"),
    ref("screen_id", "screen", nullable=True),
    Column(
        "body", sa.JSON, nullable=False
    ),  # {"text": rich text, "buttons": [[{text, data, url}]], "media": [sha]}
    Column("edits", Text),  # the message this one replaces, None for a new one
    *enum("state", words.DeliveryState),
    Column("reason", sa.SmallInteger),
    Column("attempts", sa.SmallInteger, nullable=False, server_default="0"),
    flag("doubt"),
    Column("created_at", Moment, nullable=False),
    Column("not_before", Moment),
    Column("claimed_at", Moment),
    Column("settled_at", Moment),
    Column("message", Text),
)
_reply_open = reply.c.state.in_((1, 2))
sa.Index(
    "ix_reply_open",
    reply.c.account_id,
    reply.c.id,
    sqlite_where=_reply_open,
    postgresql_where=_reply_open,
)

journal = Table(
    "journal",
    metadata,
    key(),
    Column("at", Moment, nullable=False),
    ref("person_id", "person", nullable=True),
    Column("action", Text, nullable=False),
    Column("subject", Text, nullable=False),  # "chat:12", "hold:3"
    Column("detail", sa.JSON, nullable=False),
)
