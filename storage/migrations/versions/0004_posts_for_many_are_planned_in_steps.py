"""Posts for many are planned in steps; a delivery is found by its wave, never through a chat's past"""

import sqlalchemy as sa
from alembic import op

from storage.tables.columns import Key

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "fanout",
        sa.Column("id", Key, nullable=False),
        sa.Column("post_id", Key, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("scheduled", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("first", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("organization_ids", sa.JSON(), nullable=False),
        sa.Column("waves", sa.JSON(), nullable=False),
        sa.Column("after_subscription_id", Key, nullable=False),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_fanout_post_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fanout")),
    )
    op.create_index(op.f("ix_fanout_post_id"), "fanout", ["post_id"])
    op.create_index("ix_wave_due", "wave", ["kind", "due_at"])
    op.drop_index("ix_delivery_chat", "delivery")
    op.drop_index("ix_delivery_chat_unsettled", "delivery")
    if op.get_bind().dialect.name == "sqlite":
        # SQLite keeps every row's id in every index: it stood there twice.
        op.drop_index("ix_delivery_unsettled", "delivery")
        op.create_index(
            "ix_delivery_unsettled",
            "delivery",
            ["wave_id"],
            sqlite_where=sa.text("state IN (1, 2)"),
        )
