"""Corrections that are not made in place, chats set aside, alarms"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("organization", sa.Column("corrections", sa.SmallInteger(), nullable=True))
    op.add_column(
        "account",
        sa.Column("failing_days", sa.SmallInteger(), server_default="3", nullable=False),
    )
    op.create_table(
        "amendment",
        sa.Column("delivery_id", _id, nullable=False),
        sa.Column("way", sa.SmallInteger(), nullable=True),
        sa.Column("adding", sa.SmallInteger(), nullable=True),
        sa.CheckConstraint("way IN (1, 2, 3)", name=op.f("ck_amendment_way_known")),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["delivery.id"], name=op.f("fk_amendment_delivery_id")
        ),
        sa.PrimaryKeyConstraint("delivery_id", name=op.f("pk_amendment")),
    )
    op.create_table(
        "renewal",
        sa.Column("delivery_id", _id, nullable=False),
        sa.Column("way", sa.SmallInteger(), nullable=False),
        sa.Column("from_number", sa.SmallInteger(), nullable=False),
        sa.CheckConstraint("way IN (1, 2, 3)", name=op.f("ck_renewal_way_known")),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["delivery.id"], name=op.f("fk_renewal_delivery_id")
        ),
        sa.PrimaryKeyConstraint("delivery_id", name=op.f("pk_renewal")),
    )
    op.create_table(
        "failing",
        sa.Column("chat_id", _id, nullable=False),
        sa.Column("reason", sa.SmallInteger(), nullable=False),
        sa.Column("days", sa.SmallInteger(), nullable=False),
        sa.Column("failed_at", sa.BigInteger(), nullable=False),
        sa.Column("aside_at", sa.BigInteger(), nullable=True),
        sa.Column("probe_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "reason IN (" + ", ".join(str(number) for number in range(1, 22)) + ")",
            name=op.f("ck_failing_reason_known"),
        ),
        sa.ForeignKeyConstraint(["chat_id"], ["chat.id"], name=op.f("fk_failing_chat_id")),
        sa.PrimaryKeyConstraint("chat_id", name=op.f("pk_failing")),
    )
    op.create_index(
        "ix_failing_probe_at",
        "failing",
        ["probe_at"],
        sqlite_where=sa.text("probe_at IS NOT NULL"),
        postgresql_where=sa.text("probe_at IS NOT NULL"),
    )
    op.create_table(
        "alarm",
        sa.Column("id", _id, nullable=False),
        sa.Column("kind", sa.SmallInteger(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), server_default="", nullable=False),
        sa.Column("raised_at", sa.BigInteger(), nullable=False),
        sa.Column("told_at", sa.BigInteger(), nullable=True),
        sa.Column("cleared_at", sa.BigInteger(), nullable=True),
        sa.Column("over_told_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("kind IN (1, 2, 3, 4, 5, 6)", name=op.f("ck_alarm_kind_known")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alarm")),
    )
    op.create_index(
        "uq_alarm_open",
        "alarm",
        ["kind", "subject"],
        unique=True,
        sqlite_where=sa.text("cleared_at IS NULL"),
        postgresql_where=sa.text("cleared_at IS NULL"),
    )
