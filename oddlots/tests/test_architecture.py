"""What the layout of the code promises, held by reading it."""

import ast
import re
from pathlib import Path

import pytest

from episodes.workflow import TRANSITIONS

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = [
    path
    for app in ("oddlots", "episodes", "glossary")
    for path in sorted((ROOT / app).rglob("*.py"))
    if "tests" not in path.parts and "migrations" not in path.parts
]
NAMES = [str(path.relative_to(ROOT)) for path in PRODUCT]


@pytest.mark.parametrize("path", PRODUCT, ids=NAMES)
def test_a_module_stays_readable(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 450


def test_html_is_declared_safe_in_one_place() -> None:
    users = [
        name
        for path, name in zip(PRODUCT, NAMES, strict=True)
        if "mark_safe" in path.read_text(encoding="utf-8")
    ]
    assert users == ["episodes/rendering.py"]


def test_a_status_is_written_in_one_module() -> None:
    writers = set()
    for path, name in zip(PRODUCT, NAMES, strict=True):
        if name.startswith("episodes/sources/"):
            continue  # a status of HTTP
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Assign) and any(
                isinstance(target, ast.Attribute) and target.attr == "status"
                for target in node.targets
            ):
                writers.add(name)
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in {"update", "update_or_create"}
                and any(keyword.arg == "status" for keyword in node.keywords)
            ):
                writers.add(name)
    assert writers == {"episodes/workflow.py"}


def test_nothing_listens_to_signals_and_no_model_overrides_save() -> None:
    listening = [
        name
        for path, name in zip(PRODUCT, NAMES, strict=True)
        if re.search(r"\b(post_save|pre_save)\b|@receiver", path.read_text(encoding="utf-8"))
    ]
    overriding = [
        name
        for path, name in zip(PRODUCT, NAMES, strict=True)
        if "models" in name and "    def save(" in path.read_text(encoding="utf-8")
    ]
    assert (listening, overriding) == ([], [])


def test_templates_hold_no_script_style_or_handler_of_their_own() -> None:
    offending = []
    for template in sorted((ROOT / "templates").rglob("*.html")):
        text = template.read_text(encoding="utf-8")
        if re.search(r"<style|\sstyle=|\son[a-z]+=\"|<script(?![^>]*\ssrc=)[^>]*>", text):
            offending.append(str(template.relative_to(ROOT)))
    assert offending == []


def test_the_state_diagram_shows_the_table_of_transitions() -> None:
    text = (ROOT / "docs" / "ARCHITECTURE.md").read_text(encoding="utf-8")
    drawn = set(re.findall(r"^ *(draft|review|evergreen|archived) --> (\w+)", text, re.MULTILINE))
    assert drawn == {(str(step.from_status), str(step.to_status)) for step in TRANSITIONS}
