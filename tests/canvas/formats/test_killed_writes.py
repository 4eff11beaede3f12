"""Whatever the format and the moment of the kill, the file is the picture before or the picture after."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from canvas.formats import registry

KILLS = 14
_ROOT = Path(registry.__file__).parents[2]


@pytest.mark.skipif(sys.platform == "win32", reason="needs fork")
@pytest.mark.parametrize("suffix", [f.extensions[0] for f in registry.FORMATS if f.can_write])
def test_a_killed_save_leaves_a_whole_file(tmp_path, suffix):
    program = Path(__file__).with_name("killed_writes.py")
    done = subprocess.run(
        [sys.executable, str(program), str(tmp_path), suffix, str(KILLS)],
        cwd=_ROOT, env={**os.environ, "PYTHONPATH": str(_ROOT)}, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)["found"]
    assert len(found) >= KILLS
    assert -1 not in found
    registry.write(registry.read(tmp_path / f"picture{suffix}"), tmp_path / f"picture{suffix}")
