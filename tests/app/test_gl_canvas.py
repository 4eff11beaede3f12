"""The OpenGL canvas shows what the software canvas shows.

Widgets of OpenGL do not exist off screen: where the tests run off screen, one of them runs this file again on a
display, that of the desktop or an invisible one of its own.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from desk import Desk
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QColor, QImage, QMouseEvent
from PySide6.QtWidgets import QApplication

from app.canvas_view.gl_surface import is_hardware, renderer
from app.theme import Theme
from canvas import edits
from canvas.layers import Layer
from canvas.roles import Control, InpaintMask
from canvas.tiles import ONE, Surface

GREEN = (0, 200, 0)


@pytest.fixture
def desk(theme: Theme) -> Iterator[Desk]:
    if QApplication.platformName() in ("offscreen", "minimal"):
        pytest.skip("run on a display by test_on_a_display")
    if not renderer():
        pytest.skip("no OpenGL context can be made on this display")
    made = Desk(theme)
    yield made
    made.view.dispose()
    made.view.close()
    made.view.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def display() -> Iterator[str]:
    """The name of a display: that of the desktop, else an invisible one."""
    if name := os.environ.get("DISPLAY"):
        yield name
        return
    program = shutil.which("Xvfb")
    if program is None:
        pytest.skip("there is neither a display nor Xvfb to make one")
    reading, writing = os.pipe()
    command = [program, "-displayfd", str(writing), "-screen", "0", "1024x768x24"]
    with subprocess.Popen(command, pass_fds=(writing,), stderr=subprocess.DEVNULL) as server:
        os.close(writing)
        with os.fdopen(reading) as answer:
            yield f":{answer.readline().strip()}"
        server.terminate()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems test on the desktop's own display")
def test_on_a_display(qapp: QApplication, display: str) -> None:
    if qapp.platformName() not in ("offscreen", "minimal"):
        pytest.skip("this is the display")
    environment = {**os.environ, "DISPLAY": display, "UNDERDRAW_TEST_PLATFORM": "xcb"}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", __file__]
    done = subprocess.run(
        command,
        cwd=Path(__file__).parents[2],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:]
    if "no OpenGL context" in done.stdout:
        pytest.skip("no OpenGL context can be made on this display")


def picture(desk: Desk) -> np.ndarray:
    """What is on the screen, (height, width, 3)."""
    desk.view.flush()
    image = desk.view.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).astype(int)


def pictures(desk: Desk) -> tuple[np.ndarray, np.ndarray]:
    """The same by both canvases, the software one first."""
    desk.view.paint_with("software")
    software = picture(desk)
    desk.view.paint_with("opengl")
    assert desk.view.canvas == "opengl"
    return software, picture(desk)


def noisy(desk: Desk) -> None:
    """A picture of half-transparent blobs over a transparent document, a mask, lines and ink newer than the result."""
    rng = np.random.default_rng(5)
    alpha = np.kron(rng.integers(0, ONE + 1, (16, 16, 1)), np.ones((16, 16, 1), np.int64))
    colour = np.kron(rng.integers(0, ONE + 1, (32, 32, 3)), np.ones((8, 8, 1), np.int64))
    pixels = np.concatenate([colour * alpha >> 15, alpha], -1).astype(np.uint16)
    paint = desk.layer("Paint")
    desk.session.document.edit("Blobs", lambda s: edits.set_pixels(s, paint.id, Surface.from_pixels(pixels)))
    desk.session.document.edit("Hide", lambda s: edits.set_visible(s, s.layers[0].id, False))
    mask = Surface.from_pixels(np.full((60, 60, 4), ONE, np.uint16), 20, 30)
    lines = Surface.from_pixels(np.full((4, 200, 4), ONE, np.uint16), 20, 200)
    desk.session.add_node(Layer("Mask", surface=mask, role=InpaintMask()), "Mask")
    desk.session.add_node(Layer("Lines", surface=lines, role=Control()), "Lines")
    desk.activate("Paint")


def upright(desk: Desk) -> None:
    """100 %, as the desk begins."""


def magnified(desk: Desk) -> None:
    desk.view.set_viewport(replace(desk.view.viewport, zoom=5.0, centre=(40.5, 51.25)))


def small(desk: Desk) -> None:
    desk.view.set_viewport(replace(desk.view.viewport, zoom=0.4))


def turned(desk: Desk) -> None:
    desk.view.turn(30.0)


def mirrored(desk: Desk) -> None:
    desk.view.mirror()
    desk.view.pan(30.0, -22.0)


def with_result(desk: Desk) -> None:
    desk.show_result(GREEN)
    desk.stroke((60, 128), (200, 128))


def side_by_side(desk: Desk) -> None:
    desk.show_result(GREEN)
    desk.session.set_look(replace(desk.session.look, side_by_side=True))


@pytest.mark.parametrize(
    "look", [upright, magnified, small, turned, mirrored, with_result, side_by_side], ids=lambda look: look.__name__
)
def test_both_canvases_show_the_same(desk: Desk, look: Callable[[Desk], None]) -> None:
    noisy(desk)
    look(desk)
    software, opengl = pictures(desk)
    seen = inside(desk)
    difference = np.abs(software - opengl)[seen]
    # Resampling and the antialiasing of outlines round differently.
    assert software[seen].std() > 20
    assert difference.mean() < 0.6
    assert (difference.max(axis=-1) > 12).mean() < 0.004


def inside(desk: Desk) -> np.ndarray:
    """The pixels well inside the document: the dashes along its edge differ by half a pixel."""
    view = desk.view.viewport
    if desk.session.look.side_by_side:
        view = view.resized(view.width / 2, view.height, 1.0).fitted(desk.session.document.state.rect)
    y, x = np.mgrid[0:400, 0:400] + 0.5
    m11, m12, m21, m22, dx, dy = view.matrix()
    x, y = x % view.width - dx, y - dy
    u, v = m11 * x + m12 * y, m21 * x + m22 * y  # document pixels times the square of the zoom
    far = 3 * view.zoom
    mask = (np.minimum(u, v) > far) & (np.maximum(u, v) < 256 * view.zoom**2 - far)
    assert mask.sum() > 5000
    return mask


def test_strokes_appear_on_the_opengl_canvas_as_they_are_drawn(desk: Desk) -> None:
    desk.view.paint_with("opengl")
    picture(desk)
    desk.session.set_colour((1.0, 0.0, 0.0))
    desk.session.set_brush(replace(desk.session.settings.brush, size_px=30.0, hardness=1.0))
    desk.tablet(QEvent.Type.TabletPress, 60, 128)
    desk.tablet(QEvent.Type.TabletMove, 128, 128)
    desk.tablet(QEvent.Type.TabletMove, 200, 128)
    assert desk.seen(128, 128) == (255, 0, 0)
    desk.tablet(QEvent.Type.TabletRelease, 200, 128, 0.0)
    desk.session.undo()
    assert desk.seen(128, 128) == (255, 255, 255)


def test_the_surface_takes_no_input_from_the_canvas(desk: Desk) -> None:
    desk.view.paint_with("opengl")
    assert desk.view.childAt(QPoint(100, 100)) is None
    at = desk.view.mapToGlobal(QPoint(200, 200))
    press = QMouseEvent(
        QEvent.Type.MouseButtonPress, QPoint(200, 200), at, Qt.MouseButton.LeftButton, Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )  # fmt: skip
    press.setTimestamp(10**9)
    QApplication.sendEvent(desk.view, press)
    assert desk.session.document.in_gesture


def test_the_canvas_can_be_changed_back_and_forth(desk: Desk) -> None:
    for _ in range(3):
        desk.view.paint_with("opengl")
        assert desk.seen(128, 128) == (255, 255, 255)
        desk.view.paint_with("software")
        assert desk.seen(128, 128) == (255, 255, 255)
    assert not [child for child in desk.view.children() if type(child).__name__ == "GlSurface" and child.isVisible()]


def test_a_second_view_is_painted_like_the_first(desk: Desk) -> None:
    desk.view.paint_with("opengl")
    twin = desk.view.twin()
    assert twin.canvas == "opengl"
    twin.resize(300, 300)
    twin.show()
    twin.fit()
    twin.flush()
    assert QColor(twin.grab().toImage().pixel(150, 150)) == QColor(255, 255, 255)
    twin.dispose()
    assert twin.canvas == "software"
    twin.deleteLater()


@pytest.mark.parametrize(
    ("name", "hardware"),
    [
        ("NVIDIA GeForce RTX 3060/PCIe/SSE2", True),
        ("Mesa Intel(R) UHD Graphics 620 (KBL GT2)", True),
        ("AMD Radeon RX 6600 (navi23, LLVM 15.0.7, DRM 3.54)", True),
        ("llvmpipe (LLVM 15.0.6, 256 bits)", False),
        ("softpipe", False),
        ("GDI Generic", False),
        ("Microsoft Basic Render Driver", False),
        ("", False),
    ],
)
def test_a_renderer_that_computes_on_the_processor_counts_as_none(name: str, hardware: bool) -> None:
    assert is_hardware(name) is hardware
