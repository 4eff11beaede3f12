"""Files are recognised by what is in them, and whatever is wrong with one is said in one sentence."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from canvas.formats import registry
from canvas.formats.errors import FormatError
from canvas.layers import Layer
from canvas.state import DocumentState
from canvas.tiles import ONE, Surface


@pytest.fixture
def small() -> DocumentState:
    pixels = np.random.default_rng(0).integers(0, ONE + 1, (30, 40, 4)).astype(np.uint16)
    pixels[..., 3] = ONE
    return DocumentState(40, 30, (Layer("Noise 音", surface=Surface.from_pixels(pixels)),))


def sentence(caught: pytest.ExceptionInfo[FormatError], path: Path) -> str:
    text = str(caught.value)
    assert str(path) in text
    assert text.endswith(".")
    assert "\n" not in text
    return text


@pytest.mark.parametrize("suffix", [".udraw", ".psd", ".png"])
def test_a_file_is_read_by_its_content_whatever_its_name(small, tmp_path, suffix):
    path = tmp_path / f"a{suffix}"
    registry.write(small, path)
    renamed = path.rename(tmp_path / "no extension")
    back = registry.read(renamed)
    assert (back.width, back.height, len(back.layers)) == (40, 30, 1)


@pytest.mark.parametrize(
    ("suffix", "saved_as"), [(".jpg", "JPEG"), (".webp", "WEBP"), (".tif", "TIFF"), (".bmp", "BMP"), (".gif", "GIF")]
)
def test_pictures_of_other_kinds_open_as_one_layer(tmp_path, suffix, saved_as):
    path = tmp_path / "picture"
    Image.new("RGB", (6, 4), (255, 0, 0)).save(path, saved_as)
    back = registry.read(path)
    assert (back.width, back.height, back.layers[0].name) == (6, 4, "Background")
    assert any(suffix in f.extensions for f in registry.FORMATS)


def test_every_format_says_what_it_is():
    for each in registry.FORMATS:
        assert each.name
        assert each.description
        assert all(extension.startswith(".") for extension in each.extensions)


@pytest.mark.parametrize("each", [f for f in registry.FORMATS if f.can_write], ids=lambda f: f.extensions[0])
def test_what_a_format_loses_of_a_document_is_named(rich, each):
    """Ours loses nothing; a format without layers names them, and layered ones do not."""
    lost = registry.losses(rich, each)
    assert all(phrase and not phrase.endswith(".") and "\n" not in phrase for phrase in lost)
    assert bool(lost) == (each is not registry.NATIVE)
    if not each.layered:
        assert any("layer" in phrase for phrase in lost)


def test_the_extension_names_the_format_to_write(small, tmp_path):
    registry.write(small, tmp_path / "A.PSD")
    assert (tmp_path / "A.PSD").read_bytes().startswith(b"8BPS")


@pytest.mark.parametrize("name", ["a.xcf", "a.gif", "a", "a.kra"])
def test_what_cannot_be_written_says_what_can(small, tmp_path, name):
    path = tmp_path / name
    with pytest.raises(FormatError) as caught:
        registry.write(small, path)
    assert ".udraw" in sentence(caught, path)
    assert not path.exists()


@pytest.mark.parametrize(
    ("content", "hint"),
    [(None, "no such file"), (b"", "empty"), (b"hello, I am text", "knows"), (b"8BPS\0\1", "damaged")],
)
def test_what_cannot_be_opened_says_why(tmp_path, content, hint):
    path = tmp_path / "file.psd"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(FormatError) as caught:
        registry.read(path)
    assert hint in sentence(caught, path)


def test_a_folder_is_no_file(small, tmp_path):
    for name in ("a.png", "a.psd", "a.udraw"):
        folder = tmp_path / name
        folder.mkdir()
        with pytest.raises(FormatError, match="folder") as caught:
            registry.read(folder)
        sentence(caught, folder)
        with pytest.raises(FormatError, match="folder") as caught:
            registry.write(small, folder)
        sentence(caught, folder)
        assert not list(folder.iterdir())


def test_a_missing_folder_is_named(small, tmp_path):
    for name in ("a.png", "a.psd", "a.udraw"):
        path = tmp_path / "missing" / name
        with pytest.raises(FormatError, match="no such file or folder") as caught:
            registry.write(small, path)
        sentence(caught, path)


@pytest.mark.parametrize("suffix", [".udraw", ".psd", ".png", ".jpg"])
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_damage_anywhere_gives_a_sentence_or_a_document(small, tmp_path, suffix):
    """Cut short or with bytes changed: never another exception, which would be a crash."""
    good = tmp_path / f"good{suffix}"
    if suffix == ".jpg":
        Image.new("RGB", (40, 30), (9, 200, 3)).save(good)
    else:
        registry.write(small, good)
    data = good.read_bytes()
    chance = random.Random(4)
    path = tmp_path / f"bad{suffix}"
    refused = 0
    for _ in range(60):
        broken = bytearray(data)
        for _ in range(chance.randint(1, 6)):
            broken[chance.randrange(min(len(data), 1500))] = chance.randrange(256)
        if chance.random() < 0.3:
            del broken[chance.randrange(len(broken)) :]
        path.write_bytes(broken)
        try:
            registry.read(path)
        except FormatError:
            refused += 1
    assert refused > 5


def test_choosing_a_format_imports_no_format():
    script = (
        "import sys, pathlib; from canvas.formats import registry; registry.format_to_write(pathlib.Path('a.psd'));"
        "print([m for m in ('psd_tools', 'PIL', 'numba', 'PySide6', 'torch') if m in sys.modules])"
    )
    root = Path(registry.__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", script], cwd=root, capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "[]", done.stderr
