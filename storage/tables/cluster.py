"""Who does what, where several processes share the work."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Column, ForeignKey, Table

from storage.tables.columns import Key, Moment, Text, flag, key, metadata

worker = Table(  # a process that works, or stands by
    "worker",
    metadata,
    key(),
    Column("name", Text, nullable=False),  # its machine and process, for people
    Column("process", Text, nullable=False),  # for others on that machine; "" if it cannot be told
    Column("config", Text, nullable=False),  # a digest of the settings it goes by
    flag("admitted"),  # it goes by the same settings as the others
    flag("ready"),  # everything is open: it takes its share
    Column(
        "until_at", Moment, nullable=False
    ),  # by the database's own clock; later it counts as gone
)

lease = Table(
    "lease",
    metadata,
    Column("name", Text, primary_key=True),  # "account:12", "conversations", "sources", "clock"
    Column("worker_id", Key, ForeignKey("worker.id", ondelete="SET NULL")),  # NULL: it is free
    Column("fence", sa.BigInteger, nullable=False),  # grows each time that it is taken
)
sa.Index("ix_lease_worker_id", lease.c.worker_id)
