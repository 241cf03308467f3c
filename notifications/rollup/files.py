"""The four files of a rollup: page, paper, workbook and JSON, each made of the frozen text alone."""

from notifications.rollup.charts import draw
from notifications.rollup.page import page
from notifications.rollup.paper import paper
from notifications.rollup.workbook import workbook
from plan.rollup import read_rollup


def render(text: str, *, seal: str) -> dict[str, bytes]:
    """Return the files of a rollup by their ending; the same text always makes the same bytes.

    Args:      text: the rollup as it was frozen; seal: its SHA-256, printed on each of them
    """
    rollup = read_rollup(text)
    charts = draw(rollup)
    return {
        "html": page(rollup, charts, seal=seal),
        "pdf": paper(rollup, charts, seal=seal),
        "xlsx": workbook(rollup, seal=seal),
        "json": text.encode(),
    }
