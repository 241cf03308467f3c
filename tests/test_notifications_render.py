"""Templates in, texts out."""

import re
from pathlib import Path

import pytest
from jinja2 import DictLoader, TemplateNotFound, UndefinedError
from jinja2.exceptions import TemplateAssertionError

from notifications.render import MAILS, environment, one_line, render


def text_of(folder: Path, name: str, source: str, **context: object) -> str:
    (folder / name).write_text(source)
    return environment(folder).get_template(name).render(context)


def test_html_is_escaped_and_plain_text_is_not(tmp_path: Path) -> None:
    assert text_of(tmp_path, "a.html", "{{ title }}", title="<b> & \"'") == "&lt;b&gt; &amp; &#34;&#39;"
    assert text_of(tmp_path, "a.txt", "{{ title }}", title="<b> & \"'") == "<b> & \"'"


def test_a_name_that_the_context_lacks_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UndefinedError, match="'owner' is undefined"):
        text_of(tmp_path, "a.html", "{{ owner }}")


@pytest.mark.parametrize("name", ["range", "dict", "lipsum", "cycler", "joiner", "namespace"])
def test_templates_have_no_globals(tmp_path: Path, name: str) -> None:
    with pytest.raises(UndefinedError):
        text_of(tmp_path, "a.html", f"{{{{ {name}() }}}}")


@pytest.mark.parametrize("name", ["safe", "random"])
def test_templates_cannot_mark_text_as_markup_or_depend_on_chance(tmp_path: Path, name: str) -> None:
    with pytest.raises(TemplateAssertionError, match=f"No filter named '{name}'"):
        text_of(tmp_path, "a.html", f"{{{{ [1] | {name} }}}}")


def test_a_template_outside_its_folder_is_not_found(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("secret")
    (tmp_path / "pages").mkdir()
    with pytest.raises(TemplateNotFound):
        environment(tmp_path / "pages").get_template("../secret.txt")


def test_text_put_into_a_template_is_not_a_template(tmp_path: Path) -> None:
    assert text_of(tmp_path, "a.txt", "{{ title }}", title="{{ 7 * 7 }}{% if %}") == "{{ 7 * 7 }}{% if %}"


def test_a_subject_is_one_line_without_hidden_characters() -> None:
    assert one_line("Plan\r\nBcc: x@example.org\u202e \u2066and\u2069\t more\x00 ") == "Plan Bcc: x@example.org and more"


def test_styles_stand_beside_the_elements_and_what_depends_on_the_screen_in_the_head(monkeypatch: pytest.MonkeyPatch) -> None:
    made = environment(MAILS)
    made.loader = DictLoader(
        {
            "k/subject.txt": "A\nsubject\n",
            "k/body.txt": "text",
            "k/body.html": '<style>p { color: #111111 }</style><link rel="stylesheet" href="http://127.0.0.1:9/x.css">'
            "<style data-css-inline='keep'>@media print { p { color: #000000 } }</style><p>{{ who }}</p>",
        }
    )
    monkeypatch.setattr("notifications.render._mails", lambda _: made)
    mail = render("k", who="<you>")
    assert mail.subject == "A subject"
    assert mail.text == "text"
    assert '<p style="color: #111111;">&lt;you&gt;</p>' in mail.html
    assert "@media print { p { color: #000000 } }</style></head>" in mail.html


def test_every_kind_of_mail_is_three_files() -> None:
    kinds = [folder for folder in MAILS.iterdir() if folder.name != "shared"]
    assert kinds
    assert all(sorted(file.name for file in kind.iterdir()) == ["body.html", "body.txt", "subject.txt"] for kind in kinds)


def test_every_rule_for_dark_screens_and_small_ones_overrides_what_is_inlined() -> None:
    rules = re.findall(r"[^{};]+:[^{};]+;", (MAILS / "shared/screens.css").read_text())
    assert rules
    assert all("!important" in rule for rule in rules)


@pytest.mark.parametrize(
    ("text", "ground"),
    [
        pytest.param(text, ground, id=f"{text} on {ground}")
        for ground, texts in {
            "#ffffff": ["#1d2a2c", "#55656a", "#12383f", "#0e5a66", "#a3341f", "#7a5200", "#8a2a5b", "#2b6a2e"],
            "#eef3f2": ["#1d2a2c"],
            "#0e5a66": ["#ffffff"],
            "#1a2325": ["#e4ebea", "#cfe6e8", "#7fcbd6", "#f2a08e", "#e6be6a", "#f0a0c4", "#93cf96", "#a9b9bc", "#8fd3dd"],
            "#243033": ["#e4ebea"],
            "#7fcbd6": ["#08282d"],
        }.items()
        for text in texts
    ],
)
def test_text_stands_out_from_its_ground(text: str, ground: str) -> None:
    styles = "".join((MAILS / "shared" / name).read_text() for name in ("mail.css", "screens.css"))
    assert text in styles
    assert ground in styles
    light, dark = sorted((luminance(text), luminance(ground)), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 4.5


def luminance(colour: str) -> float:
    """Return the relative luminance of a colour as WCAG 2 defines it."""
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
