"""Links of a published plan are not dropped: they are kept beside the plan, with their words and lines."""

from datetime import date

import pytest

from plan.published.imported import import_plan
from plan.published.linked import links_of
from plan.published.named import Asked
from tests.published_builders import PUBLISHED


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("see\n[the survey](https://example.org/s)", [(2, "the survey: https://example.org/s")], id="markdown"),
        pytest.param("![seal](seal.png)", [(1, "seal: seal.png")], id="picture"),
        pytest.param(
            '<p>\n<a class="x" href="https://example.org/">the  survey</a>',
            [(2, "the survey: https://example.org/")],
            id="html",
        ),
        pytest.param('<img src="a.png"/>', [(1, "a.png")], id="picture-without-words"),
        pytest.param("[a](x) [b](x)", [(1, "a: x")], id="once"),
        pytest.param('[up](#top) <a href="#">here</a> <img src="data:image/png,x">', [], id="nowhere"),
    ],
)
def test_where_a_link_leads_is_told_with_its_line(text: str, found: list[tuple[int, str]]) -> None:
    assert list(links_of(text)) == found


def test_a_link_is_kept_as_a_comment_and_reported() -> None:
    document = (PUBLISHED / "lakeview-numbered-goals.md").read_text(
        encoding="utf-8"
    ) + "\n\nRead the [survey of families](https://example.org/survey).\n"
    found = import_plan(document, Asked(), file="plan.md", as_of=date(2026, 11, 25))
    assert "survey of families: https://example.org/survey" in found.text
    assert any("is kept as a comment" in doubt.sentence and "survey of families:" in doubt.sentence for doubt in found.doubts)
