"""Who there is and what they want."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Column, Table, UniqueConstraint

from core import words
from storage.tables.columns import Moment, Text, enum, flag, key, metadata, ref

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
    Column(
        "approvals", sa.SmallInteger
    ),  # moderators who must agree; None: as config.yaml says for all
    Column("corrections", sa.SmallInteger),  # core.words.Corrections; None: REPLY
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
    # Days on which a chat may refuse before it is set aside.
    Column("failing_days", sa.SmallInteger, nullable=False, server_default="3"),
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
    Column("heard_at", Moment),  # private: when the person last said or pressed something
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
