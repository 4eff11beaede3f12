"""One illustration painted with every tool through the real window, with a pen; after every step the picture on screen
is that of the document, one step can be undone to the byte, and the engine has heard of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from desk import pen_device, tablet_event
from PySide6.QtCore import QEvent, QPointF, QSettings, Qt
from PySide6.QtGui import QImage, QKeyEvent
from PySide6.QtWidgets import QApplication

from app.canvas_view.view import CanvasView
from app.main_window import MainWindow
from app.session import NoEngine, Session
from app.theme import Theme
from app.tools.toolbox import Toolbox
from canvas import edits
from canvas.compositor import composite
from canvas.snapshot import Snapshot
from canvas.state import DocumentState, surfaces
from canvas.symmetry import SymmetryKind
from canvas.tiles import ONE, to_rgba8

SIDE = 256
#: The frame's dashes are painted over the edge of the picture.
EDGE = 3
Point = tuple[float, float]


class Listener(NoEngine):
    """An engine that remembers the newest canvas it heard of."""

    def __init__(self) -> None:
        self.heard: Snapshot | None = None

    def canvas_changed(self, snapshot: Snapshot, pen_down: bool) -> None:
        self.heard = snapshot

    def undone(self, snapshot: Snapshot) -> None:
        self.heard = snapshot


class Artist:
    """A person at the window: takes tools by their buttons, draws with a pen, presses keys, opens menus."""

    def __init__(self, theme: Theme, settings: QSettings) -> None:
        self.engine = Listener()
        self.session = Session(edits.new_document(SIDE, SIDE), self.engine)
        self.toolbox = Toolbox(self.session)
        self.view = CanvasView(self.session, self.toolbox, theme)
        self.window = MainWindow(self.session, self.toolbox, self.view, theme, (), settings)
        self.window.resize(1400, 880)
        self.window.show()
        self.view.set_viewport(replace(self.view.viewport, centre=(SIDE / 2, SIDE / 2), zoom=1.0))
        self.pen = pen_device()
        self.said: list[str] = []
        self.session.message.connect(self.said.append)

    @property
    def state(self) -> DocumentState:
        return self.session.document.state

    def take(self, tool_id: str) -> None:
        self.window.tools.buttons[tool_id].show_tool(tool_id)
        self.window.tools.buttons[tool_id].click()
        assert self.toolbox.selected_id == tool_id

    def order(self, command_id: str) -> None:
        self.window.actions_[command_id].trigger()

    def draw(self, *points: Point, keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """Pen down at the first point, through the others with a display frame after each, up at the last."""
        for i, (x, y) in enumerate(points):
            self._pen(QEvent.Type.TabletPress if i == 0 else QEvent.Type.TabletMove, x, y, 0.4 + 0.1 * (i % 5), keys)
            self.view.flush()
        self._pen(QEvent.Type.TabletRelease, *points[-1], 0.0, keys)
        self.view.flush()

    def _pen(self, kind: QEvent.Type, x: float, y: float, pressure: float, keys: Qt.KeyboardModifier) -> None:
        at = QPointF(*self.view.viewport.to_view(x, y))
        QApplication.sendEvent(self.view, tablet_event(kind, self.pen, at, pressure, keys))

    def press(self, key: Qt.Key, keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            QApplication.sendEvent(self.view, QKeyEvent(kind, key, keys))


def line(start: Point, end: Point, count: int = 12) -> list[Point]:
    return [
        (start[0] + (end[0] - start[0]) * i / (count - 1), start[1] + (end[1] - start[1]) * i / (count - 1))
        for i in range(count)
    ]


def assert_sound(artist: Artist) -> None:
    """Nothing half done, colours within their alpha, and the engine has heard of the newest canvas."""
    document = artist.session.document
    assert not document.in_gesture
    assert not artist.toolbox.pending
    assert artist.engine.heard is not None
    assert artist.engine.heard.state is document.state
    for surface in surfaces(document.state):
        for tile in surface.tiles.values():
            assert not tile.flags.writeable
            assert int(tile.max(initial=0)) <= ONE
            assert surface.channels == 1 or (tile[..., :3] <= tile[..., 3:]).all()


def assert_screen_shows_document(artist: Artist, label: str) -> None:
    artist.take("brush")  # the frames and handles of other tools lie over the picture
    artist.toolbox.leave()
    while not artist.view.exact:
        artist.view.flush()
    artist.view.flush()
    grabbed = artist.view.grab().toImage().convertToFormat(QImage.Format.Format_RGBA8888)
    screen = np.frombuffer(grabbed.constBits(), np.uint8).reshape(grabbed.height(), grabbed.width(), 4)
    state = artist.state
    x, y = (round(v) for v in artist.view.viewport.snapped().to_view(0, 0))
    shown = screen[y + EDGE : y + state.height - EDGE, x + EDGE : x + state.width - EDGE, :3].astype(int)
    wanted = to_rgba8(composite(state, state.rect))[EDGE:-EDGE, EDGE:-EDGE, :3].astype(int)
    worst = np.abs(shown - wanted).max(axis=2)
    assert worst.max() <= 1, f"{label}: the screen differs at {np.argwhere(worst > 1)[:3].tolist()} of the document"


@pytest.fixture
def theme(qapp: QApplication) -> Theme:
    return Theme(qapp)


@pytest.fixture
def artist(theme: Theme, tmp_path: Path) -> Iterator[Artist]:
    made = Artist(theme, QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat))
    yield made
    made.session.path = None
    made.session._saved_state = made.state  # nobody is asked about unsaved changes
    made.window.close()
    made.window.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


SHIFT, ALT, CTRL = (
    Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier,
)  # fmt: skip
BOX: Sequence[Point] = ((40, 40), (120, 60), (200, 190))


def mirrored_stroke(a: Artist) -> None:
    a.toolbox.symmetry.set(kind=SymmetryKind.VERTICAL)
    a.draw(*line((30, 200), (90, 150)))
    a.toolbox.symmetry.set(kind=SymmetryKind.NONE)


def polygon(a: Artist) -> None:
    a.take("select-polygon")
    for corner in ((60, 60), (200, 70), (190, 200), (70, 180)):
        a.draw(corner)
    a.press(Qt.Key.Key_Return)


def transform(a: Artist) -> None:
    a.take("transform")
    a.draw(*line((128, 128), (150, 120), 4))
    a.press(Qt.Key.Key_Return)


def crop(a: Artist) -> None:
    a.take("crop")
    a.draw(*line((16, 16), (240, 232), 4))
    a.press(Qt.Key.Key_Return)


def quick_mask(a: Artist) -> None:
    a.order("select.quick_mask")
    a.take("brush")
    a.draw(*line((60, 60), (180, 90)))


def paint_on_mask(a: Artist) -> None:
    a.take("brush")
    a.draw(*line((80, 80), (160, 160)))


def drawn(
    tool: str, *points: Point, keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
) -> Callable[[Artist], None]:
    def do(a: Artist) -> None:
        a.take(tool)
        a.draw(*points, keys=keys)

    return do


def ordered(command_id: str) -> Callable[[Artist], None]:
    return lambda a: a.order(command_id)


#: What the artist does, one undoable step each.
STEPS: Sequence[tuple[str, Callable[[Artist], None]]] = (
    ("brush", drawn("brush", *line((30, 30), (220, 80)))),
    ("straight line", drawn("brush", (40, 220), (210, 210), keys=SHIFT)),
    ("mirrored stroke", mirrored_stroke),
    ("eraser", drawn("eraser", *line((60, 30), (80, 90)))),
    ("smudge", drawn("smudge", *line((100, 40), (160, 110)))),
    ("fill", drawn("fill", (128, 128))),
    ("rectangle", drawn("select-rectangle", *BOX)),
    ("gradient inside it", drawn("gradient", *BOX)),
    ("ellipse added", drawn("select-ellipse", (20, 150), (60, 180), (110, 240), keys=SHIFT)),
    ("lasso taken away", drawn("select-lasso", (50, 50), (90, 60), (80, 100), (50, 90), keys=ALT)),
    ("polygon", polygon),
    ("wand", drawn("select-wand", (128, 128))),
    ("colour", drawn("select-colour", (128, 128))),
    ("inverted", ordered("select.invert")),
    ("quick mask", quick_mask),
    ("cleared", ordered("edit.clear")),
    ("everything", ordered("select.none")),
    ("move", drawn("move", *line((100, 100), (112, 96), 4))),
    ("transform", transform),
    ("new layer", ordered("layer.add_paint")),
    ("brush on it", drawn("brush", *line((60, 120), (200, 140)))),
    ("mask", ordered("layer.mask_reveal")),
    ("paint on the mask", paint_on_mask),
    ("adjustment", ordered("layer.adjust_levels")),
    ("back", ordered("layer.toggle_visible")),
    ("forth", ordered("layer.toggle_visible")),
    ("another layer", ordered("layer.add_paint")),
    ("filled", ordered("edit.fill")),
    ("multiply", ordered("layer.blend_multiply")),
    ("clip", ordered("layer.toggle_clip")),
    ("inverted pixels", ordered("filter.invert")),
    ("group", ordered("layer.group")),
    ("duplicate", ordered("layer.duplicate")),
    ("merge the group", ordered("layer.merge_group")),
    ("crop", crop),
    ("flipped", ordered("image.flip_horizontal")),
    ("turned", ordered("image.rotate_right")),
    ("flattened", ordered("layer.flatten")),
)


def test_an_illustration_with_every_tool(artist: Artist) -> None:
    artist.order("select.show_edge")  # the ants would be in the way of comparing the screen
    paint = next(node for node in artist.state.walk() if node.name == "Paint")
    artist.session.activate(paint.id)
    for label, act in STEPS:
        before, steps = artist.state, len(artist.session.document.undo_labels)
        act(artist)
        if artist.session.plane == "selection":
            artist.order("select.quick_mask")
        after = artist.state
        assert after is not before, f"{label}: nothing happened; {artist.said[-1:]}"
        assert len(artist.session.document.undo_labels) == steps + 1, f"{label}: not one step"
        assert_sound(artist)
        assert_screen_shows_document(artist, label)
        artist.order("edit.undo")
        assert artist.state is before, f"{label}: undo did not bring the same document back"
        assert_sound(artist)
        artist.order("edit.redo")
        assert artist.state is after, f"{label}: redo did not bring the same document back"
    assert_screen_shows_document(artist, "at the end")


def test_instructions_for_the_engine_are_drawn_and_leave_the_picture_alone(artist: Artist) -> None:
    picture = composite(artist.state, artist.state.rect)
    for act in (drawn("mask", *line((60, 60), (180, 90))), drawn("pose", (128, 60), (128, 62))):
        before = artist.state
        act(artist)
        assert artist.state is not before
        assert_sound(artist)
        np.testing.assert_array_equal(composite(artist.state, artist.state.rect), picture)


def test_looking_changes_no_document(artist: Artist) -> None:
    before = artist.state
    for tool in ("zoom", "hand", "rotate-view"):
        view = artist.view.viewport
        artist.take(tool)
        artist.draw(*line((60, 60), (180, 90), 5))
        assert artist.view.viewport != view, tool
    artist.take("picker")
    artist.draw((128, 128))
    assert artist.session.settings.colour == (1.0, 1.0, 1.0)
    assert artist.state is before
    assert not artist.session.document.undo_labels
