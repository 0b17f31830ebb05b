"""Where the real sample lies, if it is there: it is not ours to keep in the repository."""

from __future__ import annotations

from pathlib import Path

import pytest

SAMPLE = Path(__file__).parents[4] / "shared" / "samples" / "stargate.md"
needs_sample = pytest.mark.skipif(not SAMPLE.exists(), reason="the sample is not at hand")
