"""The golden documents: ``golden/NAME.md`` and what it reads as, ``golden/NAME.json``.

``python -m episodes.tests.transcripts.golden`` writes the expectations anew; read the difference
before you keep it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from episodes.transcripts.markdown import read, to_json

FOLDER = Path(__file__).parent.parent / "golden"


def reading(data: bytes) -> dict[str, Any]:
    """What a file reads as: the document without empty values, the diagnostics, the residue."""
    document = read(data)
    whole = to_json(document)
    return {
        "front": {key: value for key, value in whole["front"].items() if value},
        "chapters": [
            {
                "title": chapter["title"],
                "level": chapter["level"],
                "turns": [
                    {key: value for key, value in turn.items() if value not in ("", None)}
                    for turn in chapter["turns"]
                ],
            }
            for chapter in whole["chapters"]
        ],
        "diagnostics": [[d.line, d.code] for d in document.diagnostics],
        "residue": [[r.line, r.code, r.text] for r in document.residue],
    }


def text_of(expected: dict[str, Any]) -> str:
    return json.dumps(expected, ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    for path in sorted(FOLDER.glob("*.md")):
        path.with_suffix(".json").write_text(text_of(reading(path.read_bytes())), encoding="utf-8")
