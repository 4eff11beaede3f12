"""Pictures dropped into the window, and results and layers drawn out of it."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from desk import Desk
from PIL import Image, PngImagePlugin
from PySide6.QtCore import QByteArray, QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QImage, QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.canvas_view.drops import ELSEWHERE, NO_PICTURE
from app.drags import LAYERS_MIME, DragFiles, file_name, layers_mime, name_of_recipe, picture_of_layers, result_mime
from app.glossary import load_glossary
from app.panels.layers import LayersPanel
from app.panels.results import ResultsPanel
from app.theme import Theme
from canvas.formats import registry
from canvas.formats.recipes.found import recipe_object
from canvas.formats.recipes.reading import read_recipe
from canvas.geometry import Rect
from canvas.layers import Group, Layer
from canvas.roles import Control, Reference
from canvas.tiles import ONE, Surface
from inference.condition_set import Placement
from inference.result import Result

TEXT = "a mill at noon\nSteps: 4, Sampler: Euler, Seed: 9, Size: 8x8"
RECIPE = (
    '{"controls": [], "digest": "d", "digests": {}, "guidance": 1.0, "mode": "text", "model": "embedded", '
    '"negative": "", "prompt": "a mill: at noon, by the sea, with many boats", "references": [], "seed": 9, '
    '"size": [32, 24], "steps": 4, "strength": 1.0}'
)
COPY, LEFT, PLAIN = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
CTRL = Qt.KeyboardModifier.ControlModifier


def picture(path: Path, text: str = "", size: tuple[int, int] = (20, 10)) -> Path:
    info = PngImagePlugin.PngInfo()
    if text:
        info.add_text("parameters", text)
    Image.new("RGB", size, (0, 0, 255)).save(path, pnginfo=info)
    return path


def files(*paths: Path) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return data


def drop(widget: QWidget, data: QMimeData, at: QPointF, held: Qt.KeyboardModifier = PLAIN) -> bool:
    """Whether the widget wanted it."""
    enter = QDragEnterEvent(at.toPoint(), COPY, data, LEFT, held)
    enter.ignore()
    QApplication.sendEvent(widget, enter)
    if enter.isAccepted():
        QApplication.sendEvent(widget, QDropEvent(at, COPY, data, LEFT, held))
    return enter.isAccepted()


def on_canvas(desk: Desk, x: float, y: float) -> QPointF:
    return QPointF(*desk.view.viewport.to_view(x, y))


def added(desk: Desk, name: str) -> list[Layer]:
    return [n for n in desk.session.document.state.walk() if isinstance(n, Layer) and n.name == name]


# Into the window


def test_pictures_become_layers_where_they_are_dropped(desk: Desk, tmp_path: Path) -> None:
    paths = picture(tmp_path / "one.png", TEXT), picture(tmp_path / "two.png")
    assert drop(desk.view, files(*paths), on_canvas(desk, 100, 60))
    (one,), (two,) = added(desk, "one"), added(desk, "two")
    assert one.surface.content_bounds() == two.surface.content_bounds() == Rect(90, 55, 110, 65)
    assert one.recipe is not None
    assert recipe_object(one.recipe)["prompt"] == "a mill at noon"


def test_at_the_edge_a_picture_stays_on_the_canvas_and_a_large_one_covers_it(desk: Desk, tmp_path: Path) -> None:
    drop(desk.view, files(picture(tmp_path / "small.png")), on_canvas(desk, 255, 1))
    assert added(desk, "small")[0].surface.content_bounds() == Rect(236, 0, 256, 10)
    drop(desk.view, files(picture(tmp_path / "large.png", size=(400, 256))), on_canvas(desk, 0, 200))
    assert added(desk, "large")[0].surface.content_bounds() == Rect(-144, 0, 256, 256)


def test_with_ctrl_and_at_the_start_a_picture_is_opened(desk: Desk, tmp_path: Path) -> None:
    opened: list[Sequence[Path]] = []
    desk.view.open_files = opened.append
    path, document = picture(tmp_path / "a.png"), tmp_path / "b.udraw"
    drop(desk.view, files(path), on_canvas(desk, 9, 9))
    assert opened == [(path,)]
    desk.session.add_node(Layer("Mine"), "Add")
    drop(desk.view, files(path), on_canvas(desk, 9, 9))
    assert len(opened) == 1
    assert added(desk, "a")
    drop(desk.view, files(path), on_canvas(desk, 9, 9), CTRL)
    assert opened[1:] == [(path,)]
    registry.write(desk.session.document.state, document)
    drop(desk.view, files(path, document), on_canvas(desk, 9, 9))
    assert opened[2:] == [(document, path)]


def test_a_picture_of_another_program_becomes_a_layer(desk: Desk) -> None:
    out = io.BytesIO()
    Image.new("RGBA", (20, 10), (255, 0, 0, 128)).save(out, "PNG")
    data = QMimeData()
    data.setData("image/png", QByteArray(out.getvalue()))
    data.setUrls([QUrl("https://example.org/a.png")])
    desk.toolbox.select("reference")
    assert drop(desk.view, data, on_canvas(desk, 100, 60))
    (layer,) = added(desk, "Dropped")
    assert layer.surface.content_bounds() == Rect(90, 55, 110, 65)
    assert isinstance(layer.role, Reference)


def test_what_lies_on_a_network_is_told_in_one_sentence(desk: Desk) -> None:
    data = QMimeData()
    data.setUrls([QUrl("https://example.org/a.png")])
    state = desk.session.document.state
    assert drop(desk.view, data, on_canvas(desk, 9, 9))
    assert desk.messages[-1] == ELSEWHERE
    data.setUrls([QUrl("mailto:somebody")])
    drop(desk.view, data, on_canvas(desk, 9, 9))
    assert desk.messages[-1] == NO_PICTURE
    assert desk.session.document.state is state
    words = QMimeData()
    words.setText("words")
    assert not drop(desk.view, words, on_canvas(desk, 9, 9))


def test_rows_of_layers_are_not_taken_for_pictures(desk: Desk) -> None:
    data = layers_mime(desk.session, (desk.session.document.state.layers[0].id,), DragFiles(desk.messages.append))
    assert not drop(desk.view, data, on_canvas(desk, 9, 9))


# Into the strip of results


@pytest.fixture
def results(desk: Desk, theme: Theme) -> Iterator[ResultsPanel]:
    panel = ResultsPanel(desk.session, theme, desk.session.keep)
    panel.resize(300, 200)
    panel.show()
    yield panel
    panel.close()


def result(desk: Desk, width: int = 32, height: int = 24) -> Result:
    pixels = np.zeros((height, width, 3), np.uint8)
    pixels[..., 0] = 250
    return Result(
        pixels, Placement(desk.session.document.state.rect), "final", desk.session.document.snapshot(), RECIPE
    )


def test_a_picture_with_a_recipe_dropped_on_the_results_joins_them(
    desk: Desk, results: ResultsPanel, tmp_path: Path
) -> None:
    assert drop(results, files(picture(tmp_path / "a.png", TEXT, (64, 32))), QPointF(5, 5))
    (joined,) = desk.session.results
    assert joined.placement.rect == Rect(0, 64, 256, 192)
    assert (joined.pixels == (0, 0, 255)).all()
    desk.session.keep()
    kept = desk.session.document.state.layers
    assert any(isinstance(n, Layer) and n.recipe and "a mill at noon" in n.recipe for n in kept)


def test_a_picture_without_a_recipe_is_no_result(desk: Desk, results: ResultsPanel, tmp_path: Path) -> None:
    drop(results, files(picture(tmp_path / "a.png")), QPointF(5, 5))
    assert desk.session.results == ()
    assert "does not say how it was made" in desk.messages[-1]


# Out of the window


def test_a_result_is_drawn_out_as_a_png_with_its_recipe(desk: Desk) -> None:
    data = result_mime(result(desk), 0, DragFiles(desk.messages.append))
    (url,) = data.urls()
    path = Path(url.toLocalFile())
    assert path.name == "a mill at noon by the 9.png"
    found = read_recipe(path)
    assert found is not None
    assert (found.seed, found.size) == (9, (32, 24))
    assert bytes(data.data("image/png").data()) == path.read_bytes()
    image = data.imageData()
    assert isinstance(image, QImage)
    assert (image.width(), image.height()) == (32, 24)


def test_the_file_is_made_when_it_is_asked_for_and_only_once(desk: Desk, tmp_path: Path) -> None:
    class Counted(DragFiles):
        made = 0

        def written(self, *args: object) -> Path | None:
            self.made += 1
            return super().written(*args)  # type: ignore[arg-type]

    counted = Counted(desk.messages.append)
    data = result_mime(result(desk), 0, counted)
    assert data.hasUrls()
    assert data.hasImage()
    assert counted.made == 0
    assert data.urls() == data.urls()
    data.data("image/png")
    assert counted.made == 1


def test_a_result_drawn_onto_the_canvas_is_kept(desk: Desk) -> None:
    for _ in range(2):
        desk.session.show_result(result(desk))
    desk.session.clear_result()
    data = result_mime(desk.session.results[1], 1, DragFiles(desk.messages.append))
    assert drop(desk.view, data, on_canvas(desk, 9, 9))
    (kept,) = added(desk, "Result 1")
    assert kept.recipe == RECIPE


def test_layers_are_drawn_out_as_what_is_on_them(desk: Desk) -> None:
    session = desk.session
    red = np.zeros((10, 20, 4), np.uint16)
    red[...] = [ONE // 2, 0, 0, ONE // 2]
    lines = Layer('Lines: "a/b"', surface=Surface.from_pixels(red, 30, 40), role=Control(), visible=False)
    session.add_node(Group("All", children=(lines, Layer("Ink", surface=Surface.from_pixels(red, 35, 40)))), "Add")
    data = layers_mime(session, (lines.id,), DragFiles(desk.messages.append))
    assert bytes(data.data(LAYERS_MIME).data()).decode() == lines.id
    path = Path(data.urls()[0].toLocalFile())
    assert path.name == "Lines a b.png"
    with Image.open(path) as seen:
        assert (seen.size, seen.getpixel((5, 5))) == ((20, 10), (255, 0, 0, 128))
    group = next(n for n in session.document.state.layers if n.name == "All")
    alone = picture_of_layers(session.document.state, (group.id, lines.id))
    assert alone is not None
    assert alone.rect.size == (20, 10)


def test_an_empty_layer_gives_no_file(desk: Desk) -> None:
    empty = Layer("Empty")
    desk.session.add_node(empty, "Add")
    data = layers_mime(desk.session, (empty.id,), DragFiles(desk.messages.append))
    assert data.urls() == []


MAKE_AND_GO = """
import numpy as np
from app.drags import DragFiles
from canvas.layers import Layer
from canvas.state import DocumentState
from canvas.tiles import ONE, Surface
layer = Layer("a", surface=Surface.from_pixels(np.full((4, 4, 4), ONE, np.uint16)))
path = DragFiles(print).written(DocumentState(4, 4, (layer,)), "a")
assert path is not None and path.is_file()
print(path)
"""


def test_the_files_go_with_the_program() -> None:
    done = subprocess.run([sys.executable, "-c", MAKE_AND_GO], capture_output=True, text=True, check=True)
    path = Path(done.stdout.strip())
    assert path.name == "a.png"
    assert not path.parent.parent.exists()


def test_what_cannot_be_written_is_told(desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("app.drags.mkdtemp", lambda prefix: str(tmp_path / "gone"))
    data = result_mime(result(desk), 0, DragFiles(desk.messages.append))
    assert data.urls() == []
    assert "cannot be written" in desk.messages[-1]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("a/b\\c:d", "a b c d"), ("  ..dots.. ", "dots"), ("CON", "CON picture"), ("", "Layer"), ("夜の海", "夜の海"),
        ("x" * 200, "x" * 60), ("tab\tand\nline", "tab and line"),
    ],
)  # fmt: skip
def test_names_of_files_are_fit_for_every_system(text: str, name: str) -> None:
    assert file_name(text) == name


def test_a_recipe_without_words_still_has_a_name() -> None:
    assert name_of_recipe("{}") == "Result"
    assert name_of_recipe("no json") == "Result"


# The hand


def pull(widget: QWidget, start: QPoint, end: QPoint) -> None:
    none, kinds = Qt.MouseButton.NoButton, QEvent.Type
    for kind, at, button, held in (
        (kinds.MouseButtonPress, start, LEFT, LEFT),
        (kinds.MouseMove, end, none, LEFT),
        (kinds.MouseButtonRelease, end, LEFT, none),
    ):
        point = QPointF(at)
        QApplication.sendEvent(widget, QMouseEvent(kind, point, QPointF(widget.mapToGlobal(at)), button, held, PLAIN))


def test_a_thumbnail_is_drawn_away_only_by_some_way(
    desk: Desk, results: ResultsPanel, monkeypatch: pytest.MonkeyPatch
) -> None:
    carried: list[QMimeData] = []
    monkeypatch.setattr("app.panels.results.drag", lambda _widget, data, _pixmap: carried.append(data))
    desk.session.show_result(result(desk))
    grid, at = results.strip.widget(), results.strip.cell(0).center()
    pull(grid, at, at + QPoint(1, 1))
    assert carried == []
    pull(grid, at, at + QPoint(60, 0))
    assert len(carried) == 1
    assert carried[0].hasUrls()


def test_a_row_of_the_list_carries_both_the_layer_and_its_picture(
    desk: Desk, theme: Theme, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    carried: list[tuple[str, list[QUrl]]] = []

    class Carrying:
        def __init__(self, _source: QWidget) -> None: ...
        def setMimeData(self, data: QMimeData) -> None:
            carried.append((bytes(data.data(LAYERS_MIME).data()).decode(), data.urls()))

        def setPixmap(self, _pixmap: object) -> None: ...
        def setHotSpot(self, _point: QPoint) -> None: ...
        def exec(self, *_actions: Qt.DropAction) -> None: ...

    monkeypatch.setattr("app.panels.layer_list.QDrag", Carrying)
    panel = LayersPanel(desk.session, theme, load_glossary(), ())
    qtbot.addWidget(panel)
    panel.resize(300, 500)
    panel.show()
    background = desk.layer("Background")
    thumbnail = panel.list.parts_of(background.id).thumbnail.center()
    pull(panel.list.viewport(), thumbnail, thumbnail + QPoint(0, -60))
    ((ids, urls),) = carried
    assert ids == background.id
    assert Path(urls[0].toLocalFile()).name == "Background.png"


def test_a_document_that_was_only_directed_is_no_empty_start(desk: Desk, tmp_path: Path) -> None:
    opened: list[Sequence[Path]] = []
    desk.view.open_files = opened.append
    desk.session.set_direction(replace(desk.session.direction, prompt="mine"))
    drop(desk.view, files(picture(tmp_path / "a.png")), on_canvas(desk, 9, 9))
    assert opened == []
