"""A status may move more than once a day, so that an answer given at noon is kept at noon."""

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Let an aspect have several rows a day; they are ordered by their id."""
    with op.batch_alter_table("judgement") as table:
        table.drop_constraint("judgement_plan_item_aspect_day_uq", type_="unique")
        table.create_index("judgement_plan_item_aspect_ix", ["plan", "item", "aspect"])
