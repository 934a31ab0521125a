"""People speak"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "invitation",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("role", sa.SmallInteger(), nullable=False),
        sa.Column(
            "organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "by_person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.Column(
            "used_by_person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("role IN (1, 2, 3, 4, 5, 6)", name=op.f("ck_invitation_role_known")),
        sa.ForeignKeyConstraint(
            ["by_person_id"], ["person.id"], name=op.f("fk_invitation_by_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_invitation_organization_id")
        ),
        sa.ForeignKeyConstraint(
            ["used_by_person_id"], ["person.id"], name=op.f("fk_invitation_used_by_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("hash", name=op.f("uq_invitation_hash")),
    )
    op.create_table(
        "joining",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column(
            "person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_joining_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_joining")),
        sa.UniqueConstraint("hash", name=op.f("uq_joining_hash")),
    )
    op.create_table(
        "role",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("kind", sa.SmallInteger(), nullable=False),
        sa.Column(
            "by_person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("granted_at", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.Column(
            "revoked_by_person_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
        ),
        sa.CheckConstraint("kind IN (1, 2, 3, 4, 5, 6)", name=op.f("ck_role_kind_known")),
        sa.ForeignKeyConstraint(["by_person_id"], ["person.id"], name=op.f("fk_role_by_person_id")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_role_organization_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_role_person_id")),
        sa.ForeignKeyConstraint(
            ["revoked_by_person_id"], ["person.id"], name=op.f("fk_role_revoked_by_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role")),
    )
    with op.batch_alter_table("role", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_role_organization_id"), ["organization_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_role_person_id"), ["person_id"], unique=False)
        batch_op.create_index(
            "uq_role_live",
            ["person_id", "organization_id", "kind"],
            unique=True,
            sqlite_where=sa.text("revoked_at IS NULL"),
            postgresql_where=sa.text("revoked_at IS NULL"),
        )

    op.create_table(
        "submission",
        sa.Column("post_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("author_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("role", sa.SmallInteger(), nullable=False),
        sa.Column("state", sa.SmallInteger(), nullable=False),
        sa.Column("reach", sa.SmallInteger(), nullable=False),
        sa.Column("pictured", sa.SmallInteger(), nullable=True),
        sa.Column("consent_place", sa.Text(), nullable=True),
        sa.Column("wall", sa.Text(), nullable=True),
        sa.Column("zone", sa.Text(), nullable=True),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("not_after_at", sa.BigInteger(), nullable=True),
        sa.Column("print", sa.JSON(), nullable=True),
        sa.Column(
            "like_post_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("settled", sa.JSON(), nullable=True),
        sa.Column("card_at", sa.BigInteger(), nullable=True),
        sa.Column("touched_at", sa.BigInteger(), nullable=False),
        sa.Column("sent_at", sa.BigInteger(), nullable=True),
        sa.Column("report_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("pictured IN (1, 2, 3, 4)", name=op.f("ck_submission_pictured_known")),
        sa.CheckConstraint("reach IN (1, 2, 3)", name=op.f("ck_submission_reach_known")),
        sa.CheckConstraint("role IN (1, 2, 3, 4, 5, 6)", name=op.f("ck_submission_role_known")),
        sa.CheckConstraint("state IN (1, 2, 3, 4)", name=op.f("ck_submission_state_known")),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_submission_author_id")),
        sa.ForeignKeyConstraint(
            ["like_post_id"], ["post.id"], name=op.f("fk_submission_like_post_id")
        ),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_submission_post_id")),
        sa.PrimaryKeyConstraint("post_id", name=op.f("pk_submission")),
    )
    with op.batch_alter_table("submission", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_submission_author_id"), ["author_id"], unique=False)
        batch_op.create_index(
            "ix_submission_card_at",
            ["card_at"],
            unique=False,
            sqlite_where=sa.text("card_at IS NOT NULL"),
            postgresql_where=sa.text("card_at IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_submission_report_at",
            ["report_at"],
            unique=False,
            sqlite_where=sa.text("report_at IS NOT NULL"),
            postgresql_where=sa.text("report_at IS NOT NULL"),
        )

    op.create_table(
        "review",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("post_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("level", sa.SmallInteger(), nullable=False),
        sa.Column(
            "organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("state", sa.SmallInteger(), nullable=False),
        sa.Column("needed", sa.SmallInteger(), nullable=False),
        sa.Column(
            "revision_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("correction", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column(
            "taken_by_person_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
        ),
        sa.Column("publish_at", sa.BigInteger(), nullable=True),
        sa.Column(
            "decided_by_person_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
        ),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("reminded", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("level IN (1, 2, 3)", name=op.f("ck_review_level_known")),
        sa.CheckConstraint("state IN (1, 2, 3, 4, 5, 6, 7)", name=op.f("ck_review_state_known")),
        sa.ForeignKeyConstraint(
            ["decided_by_person_id"], ["person.id"], name=op.f("fk_review_decided_by_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_review_organization_id")
        ),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_review_post_id")),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["revision.id"], name=op.f("fk_review_revision_id")
        ),
        sa.ForeignKeyConstraint(
            ["taken_by_person_id"], ["person.id"], name=op.f("fk_review_taken_by_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review")),
    )
    with op.batch_alter_table("review", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_review_post_id"), ["post_id"], unique=False)
        batch_op.create_index(
            "ix_review_publish_at",
            ["publish_at"],
            unique=False,
            sqlite_where=sa.text("state = 2"),
            postgresql_where=sa.text("state = 2"),
        )

    op.create_table(
        "submission_message",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("post_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("chat_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("album", sa.Text(), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["chat_id"], ["chat.id"], name=op.f("fk_submission_message_chat_id")
        ),
        sa.ForeignKeyConstraint(
            ["post_id"], ["submission.post_id"], name=op.f("fk_submission_message_post_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submission_message")),
        sa.UniqueConstraint(
            "chat_id", "message", name=op.f("uq_submission_message_chat_id_message")
        ),
    )
    with op.batch_alter_table("submission_message", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_submission_message_post_id"), ["post_id"], unique=False
        )

    op.create_table(
        "approval",
        sa.Column(
            "review_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "revision_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_approval_person_id")),
        sa.ForeignKeyConstraint(["review_id"], ["review.id"], name=op.f("fk_approval_review_id")),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["revision.id"], name=op.f("fk_approval_revision_id")
        ),
        sa.PrimaryKeyConstraint("review_id", "person_id", "revision_id", name=op.f("pk_approval")),
    )
    op.create_table(
        "submission_file",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "message_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("state", sa.SmallInteger(), nullable=False),
        sa.Column("attempts", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("not_before", sa.BigInteger(), nullable=True),
        sa.Column("trouble", sa.Text(), nullable=True),
        sa.Column("text", sa.JSON(), nullable=True),
        sa.CheckConstraint("state IN (1, 2, 3)", name=op.f("ck_submission_file_state_known")),
        sa.ForeignKeyConstraint(
            ["message_id"], ["submission_message.id"], name=op.f("fk_submission_file_message_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submission_file")),
    )
    with op.batch_alter_table("submission_file", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_submission_file_message_id"), ["message_id"], unique=False
        )
        batch_op.create_index(
            "ix_submission_file_waiting",
            ["id"],
            unique=False,
            sqlite_where=sa.text("state = 1"),
            postgresql_where=sa.text("state = 1"),
        )

    op.create_table(
        "submission_picture",
        sa.Column("file_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("media_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["file_id"], ["submission_file.id"], name=op.f("fk_submission_picture_file_id")
        ),
        sa.ForeignKeyConstraint(
            ["media_id"], ["media.id"], name=op.f("fk_submission_picture_media_id")
        ),
        sa.PrimaryKeyConstraint("file_id", "position", name=op.f("pk_submission_picture")),
    )
    with op.batch_alter_table("chat", schema=None) as batch_op:
        batch_op.add_column(sa.Column("heard_at", sa.BigInteger(), nullable=True))

    with op.batch_alter_table("journal", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_journal_subject"), ["subject"], unique=False)

    with op.batch_alter_table("media", schema=None) as batch_op:
        batch_op.add_column(sa.Column("look", sa.BigInteger(), nullable=True))

    with op.batch_alter_table("organization", schema=None) as batch_op:
        batch_op.add_column(sa.Column("approvals", sa.SmallInteger(), nullable=True))

    with op.batch_alter_table("post", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "public_revision_id",
                sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
                nullable=True,
            )
        )
        batch_op.add_column(sa.Column("retracted_at", sa.BigInteger(), nullable=True))

    with op.batch_alter_table("revision", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "by_person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
            )
        )

    with op.batch_alter_table("screen", schema=None) as batch_op:
        batch_op.add_column(sa.Column("subject", sa.Text(), nullable=True))
        batch_op.create_index(batch_op.f("ix_screen_subject"), ["subject"], unique=False)
    # What was published so far is public in its newest revision.
    op.execute(
        "UPDATE post SET public_revision_id = (SELECT max(id) FROM revision WHERE post_id = post.id)"
    )
