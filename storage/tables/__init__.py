"""Every table, as it stands after the last migration.

Times are milliseconds since 1970 (UTC) in columns named `…_at` or `…_until`; a `…_minute` is minutes
after midnight of the chat's local day. Enums are the integers of core.words, defended by CHECKs.
Hot tables (wave, delivery, part) have integer keys only: 1,000,000 rows stay near 40 MB.
"""

from storage.tables.alarms import alarm, failing
from storage.tables.amends import amendment, renewal
from storage.tables.carriage import delivery, digest_item, fanout, hold, part, wave
from storage.tables.cluster import lease, worker
from storage.tables.columns import metadata
from storage.tables.desk import (
    approval,
    invitation,
    joining,
    review,
    role,
    submission,
    submission_file,
    submission_message,
    submission_picture,
)
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
    "alarm",
    "amendment",
    "approval",
    "chat",
    "consent",
    "delivery",
    "dialog",
    "digest_item",
    "failing",
    "fanout",
    "hold",
    "identity",
    "inbox",
    "invitation",
    "item",
    "joining",
    "journal",
    "lease",
    "media",
    "metadata",
    "organization",
    "part",
    "person",
    "post",
    "renewal",
    "reply",
    "review",
    "revision",
    "revision_media",
    "role",
    "rubric",
    "screen",
    "source",
    "submission",
    "submission_file",
    "submission_message",
    "submission_picture",
    "subscription",
    "subscription_organization",
    "subscription_rubric",
    "upload",
    "wave",
    "worker",
]
