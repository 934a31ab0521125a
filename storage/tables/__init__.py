"""Every table, as it stands after the last migration.

Times are milliseconds since 1970 (UTC) in columns named `…_at` or `…_until`; a `…_minute` is minutes
after midnight of the chat's local day. Enums are the integers of core.words, defended by CHECKs.
Hot tables (wave, delivery, part) have integer keys only: 1,000,000 rows stay near 40 MB.
"""

from storage.tables.carriage import delivery, digest_item, hold, part, wave
from storage.tables.columns import metadata
from storage.tables.news import item, media, post, revision, revision_media, source, upload
from storage.tables.people import (
    account,
    chat,
    consent,
    identity,
    organization,
    person,
    rubric,
    subscription,
    subscription_organization,
    subscription_rubric,
)
from storage.tables.talk import dialog, inbox, journal, reply, screen

__all__ = [
    "account",
    "chat",
    "consent",
    "delivery",
    "dialog",
    "digest_item",
    "hold",
    "identity",
    "inbox",
    "item",
    "journal",
    "media",
    "metadata",
    "organization",
    "part",
    "person",
    "post",
    "reply",
    "revision",
    "revision_media",
    "rubric",
    "screen",
    "source",
    "subscription",
    "subscription_organization",
    "subscription_rubric",
    "upload",
    "wave",
]
