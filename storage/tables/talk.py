"""Conversations, and the journal of what people did."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Column, Table, UniqueConstraint

from core import words
from storage.tables.columns import Moment, Text, enum, flag, key, metadata, ref

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
    Column("subject", Text, index=True),  # "review:12": what all cards about one thing share
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    sqlite_autoincrement=True,  # what a messenger was told of an id must never mean another row
)

reply = Table(
    "reply",
    metadata,
    key(),
    ref("account_id", "account"),
    ref("chat_id", "chat", index=True),
    ref("screen_id", "screen", nullable=True, index=True),
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
    sqlite_autoincrement=True,  # what a messenger was told of an id must never mean another row
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
    Column("subject", Text, nullable=False, index=True),  # "chat:12", "hold:3"
    Column("detail", sa.JSON, nullable=False),
)
