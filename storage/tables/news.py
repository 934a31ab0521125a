"""What there is to tell."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Column, Table, UniqueConstraint

from core import words
from storage.tables.columns import Key, Moment, Text, enum, flag, key, metadata, ref

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
    # What may be shown to the public; None: nothing yet. (No foreign key: it would go in a circle.)
    Column("public_revision_id", Key),
    Column("retracted_at", Moment),
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
    Column("by_person_id", Key),  # who wrote it; None: a feed, or forgotten
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
    Column("look", sa.BigInteger),  # newsroom.likeness.look_of
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
