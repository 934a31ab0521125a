"""What is wrong, and who was told."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Column, Table

from core import words
from storage.tables.columns import Moment, Text, enum, key, metadata, ref

failing = Table(  # chats that refuse softly, until they take something again
    "failing",
    metadata,
    ref("chat_id", "chat", primary_key=True),
    *enum("reason", words.Reason),  # of the last failure
    Column("days", sa.SmallInteger, nullable=False),  # distinct ones, in UTC
    Column("failed_at", Moment, nullable=False),  # the last time
    Column("aside_at", Moment),  # since when its posts are no longer tried
    Column("probe_at", Moment),  # aside: when it is looked at next
)
sa.Index(
    "ix_failing_probe_at",
    failing.c.probe_at,
    sqlite_where=failing.c.probe_at.is_not(None),
    postgresql_where=failing.c.probe_at.is_not(None),
)

alarm = Table(
    "alarm",
    metadata,
    key(),
    *enum("kind", words.AlarmKind),
    Column("subject", Text, nullable=False),  # "account:3", "chat:12", "messenger:2", ""
    Column("detail", Text, nullable=False, server_default=""),  # a sentence for people, or a number
    Column("raised_at", Moment, nullable=False),
    Column("told_at", Moment),  # the last time
    Column("cleared_at", Moment),
    Column("over_told_at", Moment),
)
_open = alarm.c.cleared_at.is_(None)
sa.Index(
    "uq_alarm_open",
    alarm.c.kind,
    alarm.c.subject,
    unique=True,
    sqlite_where=_open,
    postgresql_where=_open,
)
