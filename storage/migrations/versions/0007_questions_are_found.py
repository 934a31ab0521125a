"""Deliveries that somebody is to be asked about are found without reading all there ever were"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    asking = sa.text("state IN (5, 7)")
    op.create_index(
        "ix_delivery_asking",
        "delivery",
        ["asked_at"],
        sqlite_where=asking,
        postgresql_where=asking,
    )
