"""Corrections that could not be made in place."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Column, Table

from core import words
from storage.tables.columns import enum, metadata, ref

amendment = Table(  # what is special about an amend; most have no row
    "amendment",
    metadata,
    ref("delivery_id", "delivery", primary_key=True),
    *enum("way", words.Corrections, nullable=True),  # what a person chose when asked
    Column("adding", sa.SmallInteger),  # the number of the part that is in the air just now
)

renewal = Table(  # what took the place of messages that cannot be edited
    "renewal",
    metadata,
    ref("delivery_id", "delivery", primary_key=True),  # the create
    *enum("way", words.Corrections),  # a note, or the whole post anew
    Column("from_number", sa.SmallInteger, nullable=False),  # its first part; those before are old
)
