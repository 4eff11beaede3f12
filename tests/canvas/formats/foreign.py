"""What other programs see in a file: their picture of it, and their list of layers. A missing program skips the test.

GIMP and Krita run as they do for an artist, without a window. Layers are listed from the top, groups before what they
hold; `depth` is 0 at the top level. Blend modes are in each program's own words.
"""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import zipfile
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

_TIMEOUT_S = 90


@dataclass(frozen=True)
class Seen:
    """A layer as another program lists it. `opacity` 0..1; `mask`: whether it has one."""

    depth: int
    name: str
    mode: str
    opacity: float
    visible: bool
    group: bool
    mask: bool


@dataclass(frozen=True)
class Opened:
    """`picture`: straight RGBA, uint8 (h, w, 4)."""

    picture: np.ndarray
    layers: tuple[Seen, ...]


_GIMP = """((lambda (in png out)
  (let* ((image (car (gimp-file-load RUN-NONINTERACTIVE in in))) (port (open-output-file out)))
    (define (walk layer depth)
      (let ((group (car (gimp-item-is-group layer))))
        (write (list depth (car (gimp-layer-get-mode layer)) (car (gimp-layer-get-opacity layer))
          (car (gimp-item-get-visible layer)) group (if (= -1 (car (gimp-layer-get-mask layer))) 0 1)) port)
        (display (car (gimp-item-get-name layer)) port) (newline port)
        (if (= 1 group) (several (gimp-item-get-children layer) (+ depth 1)))))
    (define (several found depth)
      (let loop ((i 0)) (if (< i (car found)) (begin (walk (vector-ref (cadr found) i) depth) (loop (+ i 1))))))
    (several (gimp-image-get-layers image) 0)
    (close-output-port port)
    (let ((merged (car (gimp-image-merge-visible-layers image CLIP-TO-IMAGE))))
      (gimp-layer-resize-to-image-size merged)
      (file-png-save RUN-NONINTERACTIVE image merged png png 0 3 0 0 0 0 0)))) "{file}" "{png}" "{text}")"""


def gimp(path: Path, tmp_path: Path) -> Opened:
    """GIMP's picture made from the layers, not the one stored in the file."""
    png, text = _fresh(tmp_path / "seen by gimp.png"), _fresh(tmp_path / "seen by gimp.txt")
    script = _GIMP.replace("{file}", str(path)).replace("{png}", str(png)).replace("{text}", str(text))
    _run(["gimp", "-i", "-d", "-f", "-s", "-b", script, "-b", "(gimp-quit 0)"])
    assert png.is_file(), f"GIMP cannot open {path.name}"
    layers = []
    for line in text.read_text("utf-8").splitlines():
        found = re.fullmatch(r"\((\d+) (\d+) ([\d.]+) ([01]) ([01]) ([01])\)(.*)", line)
        assert found, line
        depth, mode, opacity, visible, group, mask, name = found.groups()
        layers.append(Seen(int(depth), name, mode, float(opacity) / 100, visible == "1", group == "1", mask == "1"))
    return Opened(picture(png), tuple(layers))


def krita(path: Path, tmp_path: Path) -> Opened:
    """Krita's picture and layers: what it holds after opening the file is what it saves as its own document."""
    kra = _fresh(tmp_path / "seen by krita.kra")
    _krita(path, kra)
    with zipfile.ZipFile(kra) as archive:
        merged = _rgba(Image.open(io.BytesIO(archive.read("mergedimage.png"))))
        tree = ElementTree.fromstring(archive.read("maindoc.xml"))
    layers: list[Seen] = []

    def walk(parent: ElementTree.Element, depth: int) -> None:
        for node in parent:
            if not node.tag.endswith("layer"):
                continue
            inside = [child for child in node if child.tag.endswith("layers")]
            masks = [mask for child in node if child.tag.endswith("masks") for mask in child]
            has_mask = any(mask.get("nodetype") == "transparencymask" for mask in masks)
            layers.append(
                Seen(
                    depth,
                    node.get("name", ""),
                    node.get("compositeop", ""),
                    int(node.get("opacity", "255")) / 255,
                    node.get("visible") == "1",
                    node.get("nodetype") == "grouplayer",
                    has_mask,
                )
            )
            for child in inside:
                walk(child, depth + 1)

    image = next(child for child in tree if child.tag.endswith("IMAGE"))
    for child in image:
        if child.tag.endswith("layers"):
            walk(child, 0)
    return Opened(merged, tuple(layers))


def krita_converted(path: Path, target: Path) -> Path:
    """The file as Krita saves it again, in the format that the ending of `target` names."""
    _krita(path, target)
    return target


def magick(path: Path, tmp_path: Path, index: int = 0) -> np.ndarray:
    """ImageMagick's picture; of a layered file, 0 is the merged one and the layers follow."""
    png = _fresh(tmp_path / f"seen by magick {index}.png")
    _run(["convert", f"{path}[{index}]", "-depth", "8", f"PNG32:{png}"])
    assert png.is_file(), f"ImageMagick cannot open {path.name}"
    return picture(png)


def identified(path: Path, what: str) -> list[str]:
    """What ImageMagick's `identify -format` says, a line for each picture in the file."""
    done = _run(["identify", "-format", what + "\\n", str(path)])
    return [line for line in done.stdout.splitlines() if line]


def picture(path: Path) -> np.ndarray:
    with Image.open(path) as image:
        return _rgba(image)


def differs(one: np.ndarray, other: np.ndarray) -> float:
    """The largest difference, 0..255, of two pictures laid on white: what an eye compares."""
    assert one.shape == other.shape
    return float(np.abs(_on_white(one) - _on_white(other)).max())


def _on_white(rgba: np.ndarray) -> np.ndarray:
    alpha = rgba[..., 3:].astype(np.float64) / 255
    return rgba[..., :3] * alpha + 255 * (1 - alpha)


def _rgba(image: Image.Image) -> np.ndarray:
    return np.array(image.convert("RGBA"))


def _krita(path: Path, target: Path) -> None:
    # Krita insists on a display; xvfb-run gives each call one of its own.
    if shutil.which("xvfb-run") is None:
        pytest.skip("xvfb-run is not installed")
    _run(["xvfb-run", "-a", "krita", "--nosplash", "--export", "--export-filename", str(target), str(path)], "krita")
    assert target.is_file(), f"Krita cannot open {path.name}"


def _fresh(path: Path) -> Path:
    """A name that no earlier call has left a file at."""
    path.unlink(missing_ok=True)
    return path


def _run(command: list[str], program: str | None = None) -> subprocess.CompletedProcess[str]:
    if shutil.which(program or command[0]) is None:
        pytest.skip(f"{program or command[0]} is not installed")
    return subprocess.run(
        command, capture_output=True, text=True, timeout=_TIMEOUT_S, stdin=subprocess.DEVNULL, check=False
    )
