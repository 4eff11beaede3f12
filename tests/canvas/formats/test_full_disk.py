"""A disk that is really full: a file system of a few megabytes. The old file stays, one sentence says why."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from canvas.formats import registry
from canvas.formats.errors import FormatError
from canvas.formats.options import WriteOptions
from canvas.layers import Layer
from canvas.state import DocumentState
from canvas.tiles import ONE, Surface

DISK_BYTES = 3 << 20


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "small disk"
    folder.mkdir()
    mounted = (
        sys.platform == "linux"
        and not subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "tmpfs", str(folder)], capture_output=True, check=False
        ).returncode
    )
    if not mounted:
        pytest.skip("only root may mount a small file system")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def picture(side: int, seed: int) -> DocumentState:
    pixels = np.random.default_rng(seed).integers(0, ONE + 1, (side, side, 4)).astype(np.uint16)
    pixels[..., 3] = ONE
    return DocumentState(side, side, (Layer("Noise", surface=Surface.from_pixels(pixels)),))


@pytest.mark.parametrize("suffix", [f.extensions[0] for f in registry.FORMATS if f.can_write])
def test_what_does_not_fit_leaves_the_old_file(small_disk, suffix):
    path = small_disk / f"picture{suffix}"
    options = WriteOptions(quality=100, lossless=True)
    registry.write(picture(64, 1), path, options=options)
    before = path.read_bytes()
    with pytest.raises(FormatError, match=r"disk is full|no space left") as caught:
        registry.write(picture(1800, 2), path, options=options)
    assert "free some space" in str(caught.value)
    assert path.read_bytes() == before
    assert [p.name for p in small_disk.iterdir()] == [path.name]
    assert registry.read(path).width == 64
    registry.write(picture(48, 3), path, options=options)
    assert registry.read(path).width == 48
