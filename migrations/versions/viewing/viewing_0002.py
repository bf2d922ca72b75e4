"""A playback knows the sign-in that it ends with"""

import sqlalchemy as sa
from alembic import op

revision = 'viewing_0002'
down_revision = 'viewing_0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('playback_session', sa.Column('sign_in_id', sa.Uuid(), nullable=True), schema='viewing')
    op.create_index('playback_session_by_sign_in', 'playback_session', ['sign_in_id'], unique=False, schema='viewing', postgresql_where=sa.text('ended_at is null'))


def downgrade() -> None:
    op.drop_index('playback_session_by_sign_in', table_name='playback_session', schema='viewing', postgresql_where=sa.text('ended_at is null'))
    op.drop_column('playback_session', 'sign_in_id', schema='viewing')
