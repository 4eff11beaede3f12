"""Photoshop files from strangers: whatever is in them, a document or one sentence, in bounded memory and time."""

from __future__ import annotations

import random
import struct
import subprocess
import sys
import textwrap
import zlib
from pathlib import Path

import numpy as np
import psd_parts as parts
import pytest
from psd_parts import Part, mask_record, photoshop_file
from psd_tools import PSDImage

from canvas.formats import psd_read, psd_sections, psd_write
from canvas.formats.errors import FormatError
from canvas.formats.limits import Limits
from canvas.formats.options import WriteOptions

ROOT = Path(psd_read.__file__).parents[2]
#: What a reader may take beyond what Python, numba and their libraries have mapped.
ROOM_BYTES = 700 << 20


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "theirs.psd"


def refused(data: bytes, path: Path, limits: Limits | None = None) -> str:
    path.write_bytes(data)
    with pytest.raises(FormatError) as caught:
        psd_read.read(path, limits or Limits.of_this_machine())
    text = str(caught.value)
    assert str(path) in text
    assert "\n" not in text
    assert len(text) < len(str(path)) + 200
    return text


def plane(value: int, width=30, height=20) -> np.ndarray:
    return np.full((height, width), value, np.uint8)


def everything() -> bytes:
    """A file that uses most of what the reader knows."""
    pixels = {0: plane(10), 1: plane(20), 2: plane(30), -1: plane(200)}
    density = struct.pack(">BBd", 3, 100, 1.5)
    masked = Part("Masked", channels={**pixels, -2: plane(99, 9, 9)}, mask=mask_record((1, 1, 10, 10), 0, 16, density))
    adjusted = Part("Levels", blocks={b"levl": struct.pack(">H", 2) + struct.pack(">5H", 0, 255, 0, 255, 100) * 29})
    zipped = Part("Zipped", channels=pixels, compression=parts.PREDICTED)
    fill = Part("Text", channels=pixels, blocks={b"TySh": b"abc", b"lfx2": bytes(40), b"SoCo": bytes(30)})
    layers = [masked, *parts.group("Group", [adjusted, zipped]), fill]
    resources = {1005: bytes(16), 1039: bytes(200), 1045: parts.unicode_name("Selection"), 1060: b"<x/>"}
    return photoshop_file((30, 20), layers, [plane(i) for i in range(5)], resources=resources, transparent=True)


def made_by_psd_tools(path: Path) -> bytes:
    made = PSDImage.new("RGB", (24, 16), depth=16)
    group = made.create_group(name="Group")
    group.create_pixel_layer_from_array(np.full((9, 9, 4), 0.5, np.float32), name="Pixels", top=2, left=2)
    made.save(path)
    return path.read_bytes()


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("source", ["ours", "ours deep", "by hand", "psd-tools"])
def test_damage_anywhere_gives_a_sentence_or_a_document(rich, path, source, seed):
    if source == "by hand":
        data = everything()
    elif source == "psd-tools":
        data = made_by_psd_tools(path)
    else:
        psd_write.write(rich, path, WriteOptions(depth=16 if source == "ours deep" else 8))
        data = path.read_bytes()
    chance = random.Random(f"{source} {seed}")
    opened = 0
    for _ in range(20):
        broken = bytearray(data)
        for _ in range(chance.randint(1, 8)):
            at = chance.randrange(len(data) if chance.random() < 0.3 else min(len(data), 3000))
            if chance.random() < 0.5:
                broken[at] = chance.randrange(256)
            else:
                # Lengths and counts at the edge of what they may be.
                value = chance.choice((0, 1, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF, len(data)))
                broken[at : at + 4] = struct.pack(">I", value)
        if chance.random() < 0.2:
            del broken[chance.randrange(len(broken)) :]
        path.write_bytes(broken)
        try:
            psd_read.read(path, Limits(30_000, 200 << 20))
            opened += 1
        except FormatError:
            continue
    assert opened < 20


@pytest.mark.parametrize("share", [0.001, 0.01, 0.05, 0.1, 0.2, 0.3])
def test_a_file_cut_short_before_its_layers_end_is_refused(rich, path, share):
    psd_write.write(rich, path)
    data = path.read_bytes()
    assert "damaged" in refused(data[: int(len(data) * share)], path)


@pytest.mark.parametrize("data", [b"", b"8BPS", b"8BPS\0\3" + bytes(100), b"8BPS\0\1" + bytes(20), bytes(200)])
def test_no_photoshop_file_at_all(path, data):
    refused(data, path)


def test_counts_beyond_the_file_are_damage(path):
    data = everything()
    at = data.index(struct.pack(">h", -6), 26)
    assert "damaged" in refused(data[:at] + struct.pack(">h", 32767) + data[at + 2 :], path)


def test_a_channel_count_of_thousands_is_damage(path):
    part = Part("Many", channels=dict.fromkeys(range(3, 300), b"\x00\x00"))
    assert "channels" in refused(photoshop_file((4, 4), [part]), path)


def test_a_row_that_says_too_little_is_an_error_and_not_black(path):
    short = struct.pack(">H2H", 1, 2, 2) + bytes([257 - 10, 7]) * 2
    part = Part(channels={0: short, 1: short, 2: short}, size=(20, 2))
    assert "damaged" in refused(photoshop_file((20, 2), [part]), path)


def test_rows_that_claim_gigabytes_are_damage(path):
    rows = struct.pack(">H2I", 1, 4_000_000_000, 9) + bytes(99)
    part = Part(channels={0: rows, 1: rows, 2: rows}, size=(20, 2))
    assert "damaged" in refused(photoshop_file((20, 2), [part], version=2), path)


@pytest.mark.parametrize("outside", [0, 128, 255])
def test_a_mask_that_spans_the_world_takes_no_more_than_its_layer(path, outside):
    side = 2**31 - 1
    mask = mask_record((-side, -side, side, side), outside)
    part = Part(channels={0: plane(9), 1: plane(9), 2: plane(9), -2: b"\0\0"}, mask=mask)
    path.write_bytes(photoshop_file((30, 20), [part]))
    with pytest.raises(FormatError, match="damaged"):
        psd_read.read(path, Limits.of_this_machine())


def test_a_file_that_would_not_fit_in_memory_says_so(path):
    huge = [Part(f"{i}", channels=dict.fromkeys((0, 1, 2), bytes(64)), size=(30_000, 30_000)) for i in range(100)]
    assert "memory" in refused(photoshop_file((30_000, 30_000), huge, b"\0\0"), path)


def test_more_blocks_than_any_program_writes_are_damage(path, monkeypatch):
    monkeypatch.setattr(psd_sections, "_MAX_ITEMS", 5000)
    data = photoshop_file((4, 4), [Part(blocks={b"zzzz": b""})], extra=(b"8BIMzzzz" + bytes(4)) * 6000)
    assert "parts" in refused(data, path)


_BOUNDED = """
import resource, sys
from pathlib import Path
from canvas.formats import psd_read
from canvas.formats.errors import FormatError
from canvas.formats.limits import Limits
from canvas.formats import psd_kernels as kernels
for kernel in (kernels.unpack_rows, kernels.undo_prediction8, kernels.lay8):
    kernel.load()
mapped = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (mapped + {room}, mapped + {room}))
for path in sys.argv[1:]:
    try:
        psd_read.read(Path(path), Limits(30_000, 500 << 30))
        print("opened")
    except FormatError as error:
        print("refused" if "damaged" in str(error) or "memory" in str(error) else error)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_bombs_go_off_in_little_memory(tmp_path):
    """Limits that would let all of it through: the files themselves give the bombs away."""
    bombs = {
        "nothing behind a large header": photoshop_file((30_000, 30_000), (), b"\0\0"),
        "little behind a large header": photoshop_file((30_000, 30_000), (), b"\0\1" + bytes(100)),
        "thousands of huge layers": photoshop_file(
            (30_000, 30_000),
            [Part(channels=dict.fromkeys((0, 1, 2), struct.pack(">H", 1) + bytes(9)), size=(30_000, 30_000))] * 8000,
            b"\0\0",
        ),
        "zip that is all zeros": photoshop_file(
            (9000, 9000), [Part(channels=dict.fromkeys((0, 1, 2), _zeros(1 << 20)), size=(9000, 9000))], b"\0\0"
        ),
        "picture zipped": photoshop_file((9000, 9000), (), _zeros(50 << 20)),
    }
    for i, data in enumerate(bombs.values()):
        (tmp_path / f"{i}.psd").write_bytes(data)
    files = [str(tmp_path / f"{i}.psd") for i in range(len(bombs))]
    script = textwrap.dedent(_BOUNDED.format(room=ROOM_BYTES))
    command = [sys.executable, "-c", script, *files]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.stdout.split() == ["refused"] * len(bombs), done.stderr


def _zeros(size: int) -> bytes:
    return struct.pack(">H", parts.ZIP) + zlib.compress(bytes(size), 9)


def test_ten_thousand_groups_in_one_another_open(path):
    records = [Part("End", blocks={b"lsct": struct.pack(">I", 3)})] * 10_000
    records += [Part("Pixels", channels={0: plane(9), 1: plane(9), 2: plane(9)})]
    records += [Part("Group", blocks={b"lsct": struct.pack(">I", 1)})] * 10_000
    path.write_bytes(photoshop_file((30, 20), records))
    state = psd_read.read(path, Limits.of_this_machine())
    assert "Pixels" in [node.name for node in state.walk()]


def test_a_folder_and_a_missing_file_say_what_they_are(tmp_path):
    with pytest.raises(FormatError, match="folder"):
        psd_read.read(tmp_path, Limits.of_this_machine())
    with pytest.raises(FormatError, match="no such file"):
        psd_read.read(tmp_path / "none.psd", Limits.of_this_machine())
