"""Replies are found by their chat and by their screen"""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("reply", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reply_chat_id"), ["chat_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_reply_screen_id"), ["screen_id"], unique=False)
