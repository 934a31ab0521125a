"""People who work for the newsroom: their roles, what they submit, and who decides about it."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Column, Table, UniqueConstraint

from core import words
from storage.tables.columns import Key, Moment, Text, enum, flag, key, metadata, ref

invitation = Table(
    "invitation",
    metadata,
    key(),
    Column("hash", Text, nullable=False, unique=True),  # SHA-256 of what the link carries
    *enum("role", words.RoleKind),
    ref("organization_id", "organization"),
    ref("by_person_id", "person", nullable=True),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("used_at", Moment),
    ref("used_by_person_id", "person", nullable=True),
    Column("revoked_at", Moment),
)

joining = Table(  # a one-time code by which a person is known in another messenger too
    "joining",
    metadata,
    key(),
    Column("hash", Text, nullable=False, unique=True),
    ref("person_id", "person"),
    Column("expires_at", Moment, nullable=False),
    Column("used_at", Moment),
)

role = Table(
    "role",
    metadata,
    key(),
    ref("person_id", "person", index=True),
    ref("organization_id", "organization", index=True),
    *enum("kind", words.RoleKind),
    ref("by_person_id", "person", nullable=True),  # who gave it
    Column("granted_at", Moment, nullable=False),
    Column("used_at", Moment),  # the last time the person spoke in this role
    Column("revoked_at", Moment),
    ref("revoked_by_person_id", "person", nullable=True),
)
_live = role.c.revoked_at.is_(None)
sa.Index(
    "uq_role_live",
    role.c.person_id,
    role.c.organization_id,
    role.c.kind,
    unique=True,
    sqlite_where=_live,
    postgresql_where=_live,
)

submission = Table(  # a post that a person makes; posts of feeds have none
    "submission",
    metadata,
    ref("post_id", "post", primary_key=True),
    ref("author_id", "person", nullable=True, index=True),  # None: the author was forgotten
    *enum("role", words.RoleKind),  # in which role it was made
    *enum("state", words.SubmissionState),
    *enum("reach", words.Reach),  # whom it is meant for; the post's own reach is what was granted
    *enum("pictured", words.Pictured, nullable=True),
    Column("consent_place", Text),  # children: where the parents' written consent is kept
    Column("wall", Text),  # planned: local wall time, «2026-11-23T18:00»
    Column("zone", Text),
    Column("due_at", Moment),  # the instant of wall and zone
    Column("not_after_at", Moment),
    Column("print", sa.JSON),  # what it is told from others by: newsroom.likeness
    ref("like_post_id", "post", nullable=True),  # a double of it: the author is asked
    # What the author has settled by hand: {"role": true, "theme": true, "other": [post ids]}.
    Column("settled", sa.JSON),
    Column("card_at", Moment),  # a draft's card is to be shown then
    Column("touched_at", Moment, nullable=False),  # the last thing that was added or changed
    Column("sent_at", Moment),
    Column("report_at", Moment),  # the author is to be told then how it went out
)
sa.Index(
    "ix_submission_card_at",
    submission.c.card_at,
    sqlite_where=submission.c.card_at.is_not(None),
    postgresql_where=submission.c.card_at.is_not(None),
)
sa.Index(
    "ix_submission_report_at",
    submission.c.report_at,
    sqlite_where=submission.c.report_at.is_not(None),
    postgresql_where=submission.c.report_at.is_not(None),
)

submission_message = Table(  # what the author wrote it with
    "submission_message",
    metadata,
    key(),
    Column("post_id", Key, sa.ForeignKey("submission.post_id"), nullable=False, index=True),
    ref("chat_id", "chat"),
    Column("message", Text, nullable=False),  # the messenger's id
    Column("album", Text),
    Column("at", Moment, nullable=False),
    Column("text", sa.JSON, nullable=False),  # core.richtext.to_json
    UniqueConstraint("chat_id", "message"),
)

submission_file = Table(
    "submission_file",
    metadata,
    key(),
    ref("message_id", "submission_message", index=True),
    Column("position", sa.SmallInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("ref", Text, nullable=False),  # what Messenger.download takes
    Column("name", Text, nullable=False, server_default=""),
    *enum("state", words.FileState),
    Column("attempts", sa.SmallInteger, nullable=False, server_default="0"),
    Column("not_before", Moment),
    Column("trouble", Text),  # a sentence for the author: what is wrong with it, or was left out
    Column("text", sa.JSON),  # a document's text
)
sa.Index(
    "ix_submission_file_waiting",
    submission_file.c.id,
    sqlite_where=submission_file.c.state == 1,
    postgresql_where=submission_file.c.state == 1,
)

submission_picture = Table(
    "submission_picture",
    metadata,
    ref("file_id", "submission_file", primary_key=True),
    Column("position", sa.SmallInteger, primary_key=True),
    ref("media_id", "media"),
)

review = Table(  # one desk's decision about one post
    "review",
    metadata,
    key(),
    ref("post_id", "post", index=True),
    *enum("level", words.Reach),
    ref("organization_id", "organization"),  # whose moderators decide
    *enum("state", words.ReviewState),
    Column("needed", sa.SmallInteger, nullable=False),  # how many must approve
    ref("revision_id", "revision"),  # what is to be decided about, or was
    flag("correction"),  # of what is out already
    ref("taken_by_person_id", "person", nullable=True),
    Column("publish_at", Moment),  # approved: when it goes out
    ref("decided_by_person_id", "person", nullable=True),
    Column("decided_at", Moment),
    Column("reason", Text),  # returned, refused: why
    Column("reminded", sa.SmallInteger, nullable=False, server_default="0"),
    Column("asked_at", Moment),  # overdue: when people were asked what to do
    Column("created_at", Moment, nullable=False),
)
_waiting_to_go = review.c.state == 2
sa.Index(
    "ix_review_publish_at",
    review.c.publish_at,
    sqlite_where=_waiting_to_go,
    postgresql_where=_waiting_to_go,
)

approval = Table(
    "approval",
    metadata,
    ref("review_id", "review", primary_key=True),
    ref("person_id", "person", primary_key=True),
    ref("revision_id", "revision", primary_key=True),
    Column("at", Moment, nullable=False),
)
