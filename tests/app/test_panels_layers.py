"""The layers panel: what an artist sees in it, and what clicks, drags and keys on it do."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QColor, QDragEnterEvent, QDragMoveEvent, QDropEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

import resources
from app.glossary import load_glossary
from app.panels.layer_list import MIME, Drop, drop_at
from app.panels.layer_rows import LayerRows, rows_of, summary
from app.panels.layers import LayersPanel
from app.panels.thumbnails import ThumbnailCache
from app.session import Session
from app.theme import THEME_NAMES, Theme, load_tokens
from app.widgets.field import TextField
from app.widgets.slider import ValueSlider
from canvas import edits, layer_masks
from canvas.blend_modes import BlendMode
from canvas.filters.values import Invert
from canvas.layers import Adjustment, Group, LabelColour, Layer, LayerId, LayerMask, Node
from canvas.pose import Figure
from canvas.roles import Control, InpaintMask, Paint, Pose, Reference, Role, UnknownRole
from canvas.state import DocumentState
from canvas.tiles import ONE, Surface, from_rgba8

LEFT = Qt.MouseButton.LeftButton
NONE, SHIFT, CTRL, ALT = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.AltModifier,
)
A, B, G, D = (LayerId(name) for name in "ABGD")


def solid(colour: tuple[int, int, int], side: int = 64) -> Surface:
    pixels = np.full((side, side, 4), 255, np.uint8)
    pixels[..., :3] = colour
    return Surface.from_pixels(from_rgba8(pixels))


@pytest.fixture
def session() -> Session:
    """From the bottom: A red paint, a group G of B, D a scribble. D is active."""
    return Session(
        DocumentState(
            64,
            64,
            (
                Layer("A", A, solid((255, 0, 0))),
                Group("G", G, (Layer("B", B),)),
                Layer("D", D, role=Control("scribble", 0.85, 0.0, 0.8)),
            ),
        )
    )


@pytest.fixture
def layers(qtbot: QtBot, session: Session, theme: Theme) -> LayersPanel:
    panel = LayersPanel(session, theme, load_glossary(), ())
    qtbot.addWidget(panel)
    panel.resize(300, 480)
    panel.show()
    return panel


def click(qtbot: QtBot, panel: LayersPanel, rect: QRect, held: Qt.KeyboardModifier = NONE) -> None:
    qtbot.mouseClick(panel.list.viewport(), LEFT, held, rect.center())


def drag(panel: LayersPanel, *points: QPoint) -> None:
    """Press at the first point, move through the others, release at the last."""
    view = panel.list.viewport()
    kinds = [QEvent.Type.MouseButtonPress, *[QEvent.Type.MouseMove] * (len(points) - 1), QEvent.Type.MouseButtonRelease]
    for kind, point in zip(kinds, (*points, points[-1]), strict=True):
        button = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseMove else LEFT
        held = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseButtonRelease else LEFT
        at = QPointF(point)
        QApplication.sendEvent(view, QMouseEvent(kind, at, QPointF(view.mapToGlobal(point)), button, held, NONE))


def drop(panel: LayersPanel, names: str, at: QPoint, held: Qt.KeyboardModifier = NONE) -> None:
    """Let rows that were dragged go at a point of the list."""
    data = QMimeData()
    data.setData(MIME, "\n".join(names).encode())
    actions = Qt.DropAction.MoveAction | Qt.DropAction.CopyAction
    QApplication.sendEvent(panel.list.viewport(), QDragEnterEvent(at, actions, data, LEFT, held))
    QApplication.sendEvent(panel.list.viewport(), QDragMoveEvent(at, actions, data, LEFT, held))
    QApplication.sendEvent(panel.list.viewport(), QDropEvent(QPointF(at), actions, data, LEFT, held))


def order(session: Session) -> str:
    """The tree from the top down, groups as X(...)."""

    def text(nodes: tuple[Node, ...]) -> str:
        return "".join(f"{n.name}({text(n.children)})" if isinstance(n, Group) else n.name for n in reversed(nodes))

    return text(session.document.state.layers)


def names(panel: LayersPanel) -> str:
    return " ".join(row.node.name for row in panel.rows.rows)


def slider(panel: LayersPanel, name: str) -> ValueSlider:
    """The slider of that name that is in sight."""
    found = [s for s in panel.findChildren(ValueSlider) if s.accessibleName() == name and s.isVisible()]
    assert len(found) == 1
    return found[0]


@pytest.mark.parametrize(
    ("role", "second_line"),
    [
        (Paint(), "Multiply 45 %"),
        (Control("scribble", 0.85, 0.0, 0.8), "Scribble 0.85 0–80 %"),
        (Control("from the future", 1.0), "from the future 1.00 0–100 %"),
        (Pose((Figure.standing(10, 10, 20),), 0.7), "1 figure 0.70"),
        (Pose((), 0.7, 0.1, 0.5), "0 figures 0.70 10–50 %"),
        (InpaintMask(4, 12), "grow 4 feather 12"),
        (Reference("style", 0.6), "Style 0.60"),
        (UnknownRole("{}"), "made by a newer version"),
    ],
)
def test_a_row_says_what_matters_for_its_role(role: Role, second_line: str) -> None:
    assert summary(Layer("x", opacity=0.45, blend=BlendMode.MULTIPLY, role=role)) == second_line


def test_rows_run_from_the_top_down_and_closed_groups_keep_their_content_to_themselves(session: Session) -> None:
    state = session.document.state
    assert [(row.node.name, row.depth) for row in rows_of(state, frozenset())] == [
        ("D", 0),
        ("G", 0),
        ("B", 1),
        ("A", 0),
    ]
    assert [row.node.name for row in rows_of(state, frozenset({G}))] == ["D", "G", "A"]


def test_the_list_follows_the_document(session: Session) -> None:
    model = LayerRows(session)
    session.activate(A)
    session.add_node(Layer("New"), "Add")
    assert [row.node.name for row in model.rows] == ["D", "G", "B", "New", "A"]
    session.undo()
    assert [row.node.name for row in model.rows] == ["D", "G", "B", "A"]
    session.new(32, 32)
    assert [row.node.name for row in model.rows] == ["Sketch", "Paint", "Background"]


def test_activating_a_layer_in_a_closed_group_opens_it(session: Session, layers: LayersPanel) -> None:
    layers.rows.toggle(G)
    assert layers.rows.row_of(B) == 1
    session.activate(B)
    assert [row.node.name for row in layers.rows.rows] == ["D", "G", "B", "A"]
    assert layers.list.currentIndex().row() == 2


def test_a_click_on_the_eye_hides_without_changing_the_active_layer(
    qtbot: QtBot, session: Session, layers: LayersPanel
) -> None:
    click(qtbot, layers, layers.list.parts_of(A).eye)
    assert not session.document.state.find(A).visible
    assert session.active == D
    click(qtbot, layers, layers.list.parts_of(A).eye)
    assert session.document.state.find(A).visible


def test_a_click_on_a_row_makes_it_active_and_shows_its_settings(
    qtbot: QtBot, session: Session, layers: LayersPanel
) -> None:
    assert slider(layers, "Weight").value == 0.85
    click(qtbot, layers, layers.list.parts_of(A).name)
    assert session.active == A
    assert slider(layers, "Opacity").value == 100
    assert not [s for s in layers.findChildren(ValueSlider) if s.accessibleName() == "Weight" and s.isVisible()]


def test_rows_stay_under_the_pointer_when_another_role_shows_other_settings(
    qtbot: QtBot, session: Session, layers: LayersPanel
) -> None:
    before = layers.list.mapTo(layers, layers.list.parts_of(A).name.topLeft())
    click(qtbot, layers, layers.list.parts_of(A).name)
    QApplication.processEvents()
    assert layers.list.mapTo(layers, layers.list.parts_of(A).name.topLeft()) == before


def test_a_group_opens_and_closes_by_its_arrow(qtbot: QtBot, layers: LayersPanel) -> None:
    click(qtbot, layers, layers.list.parts_of(G).arrow)
    assert [row.node.name for row in layers.rows.rows] == ["D", "G", "A"]
    click(qtbot, layers, layers.list.parts_of(G).arrow)
    assert [row.node.name for row in layers.rows.rows] == ["D", "G", "B", "A"]


def test_a_name_is_typed_in_place(qtbot: QtBot, session: Session, layers: LayersPanel) -> None:
    qtbot.mouseDClick(layers.list.viewport(), LEFT, pos=layers.list.parts_of(A).name.center())
    editor = layers.list.findChild(TextField)
    editor.setText("Sky 空")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    QApplication.processEvents()
    assert session.document.state.find(A).name == "Sky 空"
    session.undo()
    assert session.document.state.find(A).name == "A"


def test_an_empty_name_is_not_taken(qtbot: QtBot, session: Session, layers: LayersPanel) -> None:
    layers.list.start_renaming(A)
    editor = layers.list.findChild(TextField)
    qtbot.keyClick(editor, Qt.Key.Key_Backspace)
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    QApplication.processEvents()
    assert session.document.state.find(A).name == "A"


def test_the_badge_offers_the_roles_with_an_explanation_each(session: Session, layers: LayersPanel) -> None:
    menu = layers.role_menu(A)
    names = [action.text() for action in menu.actions()]
    assert names == ["Paint", "Control", "Pose", "Mask", "Reference"]
    assert [action.text() for action in menu.actions() if action.isChecked()] == ["Paint"]
    assert all(len(action.toolTip()) > 30 for action in menu.actions())
    menu.actions()[3].trigger()
    assert session.document.state.find(A).role == InpaintMask()


def test_role_settings_change_the_layer_in_place(session: Session, layers: LayersPanel) -> None:
    slider(layers, "Weight").changed.emit(0.4)
    slider(layers, "Start").changed.emit(90.0)
    assert session.document.state.find(D).role == Control("scribble", 0.4, 0.9, 0.9)
    slider(layers, "Opacity").changed.emit(30.0)
    assert session.document.state.find(D).opacity == pytest.approx(0.3)


@pytest.mark.parametrize(
    ("name", "share", "expected"),
    [
        ("A", 0.2, Drop(A, "above")),
        ("A", 0.8, Drop(A, "below")),
        ("G", 0.1, Drop(G, "above")),
        ("G", 0.5, Drop(G, "into")),
        ("G", 0.9, Drop(G, "into")),
    ],
)
def test_where_a_row_is_dropped_says_where_it_goes(session: Session, name: str, share: float, expected: Drop) -> None:
    row = next(row for row in rows_of(session.document.state, frozenset()) if row.node.name == name)
    assert drop_at(row, share) == expected


def test_below_a_closed_group_means_below_it(session: Session) -> None:
    row = next(row for row in rows_of(session.document.state, frozenset({G})) if row.node.name == "G")
    assert drop_at(row, 0.9) == Drop(G, "below")


def test_a_dropped_row_moves_the_layer_and_what_cannot_be_is_said(session: Session, layers: LayersPanel) -> None:
    layers.list.dropped.emit((D,), Drop(G, "into"), False)
    assert [parent.id for parent in session.document.state.parents(D)] == [G]
    said: list[str] = []
    session.message.connect(said.append)
    layers.list.dropped.emit((G,), Drop(D, "above"), False)
    assert "itself" in said[0]


def test_a_thumbnail_shows_the_layer_and_renews_only_what_changed(session: Session, theme: Theme) -> None:
    cache = ThumbnailCache()
    state = session.document.state

    def middle(current: DocumentState) -> QColor:
        return cache.picture(current.find(A), current.rect, theme.tokens, 1.0).toImage().pixelColor(17, 13)

    assert middle(state).name() == "#ff0000"
    assert middle(edits.set_pixels(state, A, solid((0, 0, 255)))).name() == "#0000ff"


@pytest.mark.parametrize("size", [(1, 1), (30_000, 4), (7, 3000), (4096, 4096)])
def test_every_size_of_document_has_thumbnails(theme: Theme, size: tuple[int, int]) -> None:
    layer = Layer("x", surface=solid((9, 9, 9)))
    state = DocumentState(*size, (layer,))
    assert not ThumbnailCache().picture(layer, state.rect, theme.tokens, 2.0).isNull()


def test_every_kind_of_node_has_a_thumbnail(theme: Theme) -> None:
    nodes: tuple[Node, ...] = (
        Group("g"),
        Layer("p", role=Pose((Figure.standing(30, 30, 50),))),
        Layer("m", role=InpaintMask()),
        Adjustment("a", Invert()),
    )
    for node in nodes:
        assert not ThumbnailCache().picture(node, DocumentState(64, 64).rect, theme.tokens, 1.0).isNull()


def test_the_thumbnail_of_a_group_is_what_is_composed_in_it(theme: Theme) -> None:
    red, blue = Layer("r", surface=solid((255, 0, 0), 600)), Layer("b", surface=solid((0, 0, 255), 600))
    covered = edits.set_visible(DocumentState(600, 600, (red, blue)), blue.id, False)
    cache = ThumbnailCache()
    for children, name in (
        ((red, blue), "#0000ff"),
        (covered.layers, "#ff0000"),
        ((red, Adjustment("i", Invert())), "#00ffff"),
    ):
        picture = cache.picture(Group("g", G, children), covered.rect, theme.tokens, 2.0)
        assert picture.toImage().pixelColor(34, 26).name() == name


def test_the_thumbnail_of_a_mask_is_grey_and_crossed_out_when_it_is_off(theme: Theme) -> None:
    cache, state = ThumbnailCache(), DocumentState(300, 200, (Layer("a", A),))
    half = Surface.from_pixels(np.full((200, 150, 1), ONE, np.uint16))
    masked = layer_masks.add(state, A, layer_masks.revealing())
    mask = masked.find(A).mask
    assert mask is not None
    picture = cache.mask_picture(masked.find(A), mask, state.rect, theme.tokens, 1.0).toImage()
    assert picture.pixelColor(17, 13).name() == "#ffffff"
    painted = edits.set_mask(state, A, LayerMask(half))
    mask = painted.find(A).mask
    assert mask is not None
    picture = cache.mask_picture(painted.find(A), mask, state.rect, theme.tokens, 1.0).toImage()
    assert (picture.pixelColor(8, 13).name(), picture.pixelColor(26, 13).name()) == ("#ffffff", "#000000")
    off = layer_masks.set_enabled(painted, A, False).find(A)
    assert off.mask is not None
    crossed = cache.mask_picture(off, off.mask, state.rect, theme.tokens, 1.0).toImage()
    assert crossed.pixelColor(17, 13).red() > crossed.pixelColor(17, 13).green()


def test_thumbnails_are_made_in_slices(theme: Theme) -> None:
    cache, state = ThumbnailCache(), DocumentState(1024, 1024, (Layer("a", A, solid((0, 255, 0), 1024)),))
    slices = 0
    done = False
    while not done:
        left = iter([True] * 10)
        done = cache.prepare(state.find(A), state.rect, lambda left=left: next(left, False))  # type: ignore[misc]
        slices += 1
    assert slices == 7
    assert cache.picture(state.find(A), state.rect, theme.tokens, 1.0).toImage().pixelColor(17, 13).name() == "#00ff00"


# Choosing several


def test_shift_chooses_the_rows_between_and_ctrl_one_more_or_less(
    qtbot: QtBot, session: Session, layers: LayersPanel
) -> None:
    click(qtbot, layers, layers.list.parts_of(D).name)
    click(qtbot, layers, layers.list.parts_of(B).name, SHIFT)
    assert (session.chosen, session.active) == ((D, G, B), B)
    click(qtbot, layers, layers.list.parts_of(G).name, CTRL)
    assert (session.chosen, session.active) == ((D, B), B)
    click(qtbot, layers, layers.list.parts_of(A).name, CTRL)
    assert (session.chosen, session.active) == ((D, B, A), A)
    click(qtbot, layers, layers.list.parts_of(A).name, CTRL)
    assert (session.chosen, session.active) == ((D, B), B)
    assert sorted(index.row() for index in layers.list.selectedIndexes()) == [0, 2]
    click(qtbot, layers, layers.list.parts_of(D).name)
    assert session.chosen == (D,)


def test_the_strip_works_on_all_that_are_chosen(qtbot: QtBot, session: Session, layers: LayersPanel) -> None:
    session.choose((A, B), A)
    slider(layers, "Opacity").changed.emit(40.0)
    layers.strip.blend.chosen.emit(BlendMode.SCREEN)
    qtbot.mouseClick(layers.strip.lock, LEFT)
    qtbot.mouseClick(layers.strip.alpha_lock, LEFT)
    for layer in (session.document.state.layer(A), session.document.state.layer(B)):
        assert (layer.opacity, layer.blend, layer.locked, layer.alpha_locked) == (0.4, BlendMode.SCREEN, True, True)
    assert layers.strip.lock.isChecked()
    qtbot.mouseClick(layers.strip.lock, LEFT)
    assert not session.document.state.find(B).locked


def test_the_wheel_over_the_blend_mode_tries_the_next_one_and_all_of_it_is_one_step(
    session: Session, layers: LayersPanel
) -> None:
    session.activate(A)
    combo = layers.strip.blend
    for _ in range(3):
        at = QPointF(combo.rect().center())
        turn = QWheelEvent(
            at, combo.mapToGlobal(at), QPoint(), QPoint(0, -120), Qt.MouseButton.NoButton, NONE,
            Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(combo, turn)
    assert session.document.state.find(A).blend is BlendMode.MULTIPLY
    session.undo()
    assert session.document.state.find(A).blend is BlendMode.NORMAL


def test_pointing_at_a_mode_in_the_open_list_shows_it_and_closing_the_list_takes_it_back(
    session: Session, layers: LayersPanel
) -> None:
    session.activate(A)
    combo = layers.strip.blend
    combo.showPopup()
    combo.highlighted.emit(5)
    assert session.document.state.find(A).blend is not BlendMode.NORMAL
    combo.hidePopup()
    assert session.document.state.find(A).blend is BlendMode.NORMAL
    assert not session.document.undo_labels
    assert not session.document.in_gesture


def test_pass_through_is_offered_for_groups_only(session: Session, layers: LayersPanel) -> None:
    session.activate(G)
    assert layers.strip.blend.itemText(0) == "Pass through"
    session.activate(A)
    assert layers.strip.blend.itemText(0) == "Normal"


# Sweeping, solo


def test_drawing_down_the_eyes_hides_many_in_one_step(session: Session, layers: LayersPanel) -> None:
    drag(layers, layers.list.parts_of(D).eye.center(), layers.list.parts_of(A).eye.center())
    assert not any(session.document.state.find(node).visible for node in (D, G, B, A))
    drag(layers, layers.list.parts_of(A).eye.center(), layers.list.parts_of(B).eye.center())
    assert [session.document.state.find(node).visible for node in (D, G, B, A)] == [False, False, True, True]
    session.undo()
    session.undo()
    assert all(session.document.state.find(node).visible for node in (D, G, B, A))
    assert session.active == D


def test_drawing_over_the_locks_locks_many(session: Session, layers: LayersPanel) -> None:
    drag(layers, layers.list.parts_of(G).lock.center(), layers.list.parts_of(A).lock.center())
    assert [session.document.state.find(node).locked for node in (D, G, B, A)] == [False, True, True, True]


def test_an_alt_click_on_the_eye_shows_one_alone_and_again_all(
    qtbot: QtBot, session: Session, layers: LayersPanel
) -> None:
    click(qtbot, layers, layers.list.parts_of(B).eye, ALT)
    assert [session.document.state.find(node).visible for node in (D, G, B, A)] == [False, True, True, False]
    click(qtbot, layers, layers.list.parts_of(B).eye, ALT)
    assert all(session.document.state.find(node).visible for node in (D, G, B, A))


def test_a_row_in_a_hidden_group_is_shown_as_unseen(session: Session) -> None:
    hidden = edits.set_visible(session.document.state, G, False)
    assert [(row.node.name, row.seen) for row in rows_of(hidden, frozenset())][1:3] == [("G", False), ("B", False)]


# Dragging rows


def test_several_rows_are_dropped_between_others_in_their_order(session: Session, layers: LayersPanel) -> None:
    row = layers.list.parts_of(B).name
    drop(layers, "AD", QPoint(row.left(), row.top() - 2))
    assert order(session) == "G(DAB)"


def test_dropped_with_alt_they_are_copied(session: Session, layers: LayersPanel) -> None:
    drop(layers, "A", layers.list.parts_of(D).name.topLeft(), ALT)
    assert order(session) == "A copyDG(B)A"
    assert [session.document.state.find(node).name for node in session.chosen] == ["A copy"]


def test_below_the_last_row_of_a_group_the_place_across_says_whether_it_stays_inside(
    session: Session, layers: LayersPanel
) -> None:
    row = layers.list.parts_of(B)
    below = row.summary.bottom() + 1
    drop(layers, "D", QPoint(row.thumbnail.left() + 4, below))
    assert order(session) == "G(BD)A"
    session.undo()
    drop(layers, "D", QPoint(row.eye.left(), below))
    assert order(session) == "G(B)DA"


def test_below_all_rows_means_the_bottom(session: Session, layers: LayersPanel) -> None:
    drop(layers, "D", QPoint(100, layers.list.viewport().height() - 4))
    assert order(session) == "G(B)AD"


def test_a_drag_of_what_is_no_layer_is_not_taken(session: Session, layers: LayersPanel) -> None:
    drop(layers, "X", layers.list.parts_of(D).name.topLeft())
    assert order(session) == "DG(B)A"


def test_a_click_on_one_of_several_chosen_rows_means_it_alone_once_it_is_no_drag(
    qtbot: QtBot, session: Session, layers: LayersPanel
) -> None:
    session.choose((A, D), D)
    qtbot.mousePress(layers.list.viewport(), LEFT, NONE, layers.list.parts_of(A).name.center())
    assert (session.chosen, session.active) == ((A, D), A)
    qtbot.mouseRelease(layers.list.viewport(), LEFT, NONE, layers.list.parts_of(A).name.center())
    assert session.chosen == (A,)


# Masks


@pytest.fixture
def masked(session: Session, layers: LayersPanel) -> LayersPanel:
    """A has a mask that hides its right half, and is active."""
    half = Surface.from_pixels(np.full((64, 32, 1), ONE, np.uint16))
    session.activate(A)
    session.document.edit("mask", lambda s: layer_masks.add(s, A, LayerMask(half)))
    return layers


def test_clicks_on_the_thumbnails_choose_what_is_painted_on(
    qtbot: QtBot, session: Session, masked: LayersPanel
) -> None:
    click(qtbot, masked, masked.list.parts_of(A).mask)
    assert session.plane == "mask"
    click(qtbot, masked, masked.list.parts_of(A).thumbnail)
    assert session.plane == "pixels"
    session.activate(D)
    click(qtbot, masked, masked.list.parts_of(A).mask)
    assert (session.active, session.plane) == (A, "mask")


def test_a_shift_click_switches_the_mask_off_and_on(qtbot: QtBot, session: Session, masked: LayersPanel) -> None:
    for on in (False, True):
        click(qtbot, masked, masked.list.parts_of(A).mask, SHIFT)
        mask = session.document.state.find(A).mask
        assert mask is not None
        assert mask.enabled is on


def test_an_alt_click_shows_the_mask_on_the_canvas_until_another_layer_is_chosen(
    qtbot: QtBot, session: Session, masked: LayersPanel
) -> None:
    mask = masked.list.parts_of(A).mask
    click(qtbot, masked, mask, ALT)
    assert (session.look.mask, session.plane) == (A, "mask")
    click(qtbot, masked, mask, ALT)
    assert session.look.mask is None
    click(qtbot, masked, mask, ALT)
    click(qtbot, masked, masked.list.parts_of(D).name)
    assert session.look.mask is None


def test_ctrl_clicks_select_what_mask_and_pixels_show(qtbot: QtBot, session: Session, masked: LayersPanel) -> None:
    def width() -> int:
        selection = session.document.state.selection
        return selection.content_bounds().width if selection is not None else -1

    click(qtbot, masked, masked.list.parts_of(A).mask, CTRL)
    assert width() == 32
    click(qtbot, masked, masked.list.parts_of(A).thumbnail, CTRL)
    assert width() == 64
    click(qtbot, masked, masked.list.parts_of(A).mask, CTRL | ALT)
    assert width() == 32


def test_the_button_adds_a_mask_and_with_a_selection_one_that_shows_it(
    qtbot: QtBot, session: Session, layers: LayersPanel
) -> None:
    qtbot.mouseClick(layers.strip.add_mask, LEFT)
    mask = session.document.state.find(D).mask
    assert mask is not None
    assert mask.outside == ONE
    assert session.plane == "mask"
    assert not layers.strip.add_mask.isEnabled()
    session.activate(A)
    selection = Surface.from_pixels(np.full((9, 9, 1), ONE, np.uint16))
    session.document.edit("select", lambda s: edits.set_selection(s, selection))
    qtbot.mouseClick(layers.strip.add_mask, LEFT)
    mask = session.document.state.find(A).mask
    assert mask is not None
    assert (mask.outside, mask.surface.content_bounds()) == (0, selection.content_bounds())


# Names, keys, finding


def test_tab_goes_on_to_the_next_name_and_shift_tab_back(qtbot: QtBot, session: Session, layers: LayersPanel) -> None:
    layers.start_renaming()
    for key, name in ((Qt.Key.Key_Tab, "first"), (Qt.Key.Key_Tab, "second"), (Qt.Key.Key_Backtab, "third")):
        editor = [field for field in layers.list.findChildren(TextField) if field.isVisible()][-1]
        editor.setText(name)
        qtbot.keyClick(editor, key)
        QApplication.processEvents()
    assert [session.document.state.find(node).name for node in (D, G, B)] == ["first", "second", "third"]
    assert session.active == G


def test_the_arrow_keys_walk_and_open_and_close_groups(qtbot: QtBot, session: Session, layers: LayersPanel) -> None:
    qtbot.keyClick(layers.list, Qt.Key.Key_Down)
    assert session.active == G
    qtbot.keyClick(layers.list, Qt.Key.Key_Left)
    assert names(layers) == "D G A"
    qtbot.keyClick(layers.list, Qt.Key.Key_Right)
    assert names(layers) == "D G B A"
    qtbot.keyClick(layers.list, Qt.Key.Key_Down, SHIFT)
    assert session.chosen == (G, B)
    qtbot.keyClick(layers.list, Qt.Key.Key_Up)
    assert session.chosen == (G,)


def test_a_document_of_many_layers_can_be_searched(qtbot: QtBot, session: Session, layers: LayersPanel) -> None:
    assert not layers.strip.field.isVisible()
    many = tuple(Layer(f"Cloud {i}", LayerId(f"c{i}"), label=LabelColour.RED) for i in range(12))
    for layer in many:
        session.document.edit("add", lambda s, layer=layer: edits.add_layer(s, layer, B))  # type: ignore[misc]
    assert layers.strip.field.isVisible()
    qtbot.keyClicks(layers.strip.field, "cloud 1")
    assert names(layers) == "Cloud 1 Cloud 10 Cloud 11"
    for typed, expected in (("control", "D"), ("red 7", "Cloud 7"), ("zzz", ""), ("g", "G")):
        layers.strip.field.setText(typed)
        assert names(layers) == expected
    layers.strip.field.clear()
    assert len(layers.rows.rows) == 16


@pytest.mark.parametrize("name", THEME_NAMES)
def test_every_label_has_a_colour(name: str) -> None:
    tokens = load_tokens(resources.path("themes", f"{name}.toml"))
    assert set(tokens.labels) == set(LabelColour) - {LabelColour.NONE}


def test_labels_are_chosen_in_the_menu_of_the_rows(session: Session, layers: LayersPanel) -> None:
    session.choose((A, D), D)
    menu = layers.row_menu()
    labels = menu.actions()[-1].menu()
    labels.actions()[1].trigger()
    assert [session.document.state.find(node).label for node in (A, B, D)] == [
        LabelColour.RED, LabelColour.NONE, LabelColour.RED,
    ]  # fmt: skip


# Following the document


def test_rows_come_go_and_move_without_a_reset(session: Session) -> None:
    model = LayerRows(session)
    resets: list[None] = []
    model.modelReset.connect(lambda: resets.append(None))
    session.add_node(Layer("New"), "Add")
    session.document.edit("move", lambda s: edits.move(s, A, G, 0))
    session.document.edit("move", lambda s: edits.move(s, D, None, 0))
    session.document.edit("remove", lambda s: edits.remove(s, B))
    session.document.edit("both", lambda s: edits.add_layer(edits.remove(s, A), Layer("E"), G))
    session.undo()
    session.new(32, 32)
    assert [row.node.name for row in model.rows] == ["Sketch", "Paint", "Background"]
    assert not resets


def test_a_stroke_has_no_row_painted_again(session: Session) -> None:
    model = LayerRows(session)
    painted: list[int] = []
    model.dataChanged.connect(lambda first, _last: painted.append(first.row()))
    session.document.begin("stroke")
    session.document.update(edits.set_pixels(session.document.state, B, solid((0, 0, 255))))
    session.document.commit()
    assert not painted
    session.document.edit("hide", lambda s: edits.set_visible(s, G, False))
    assert painted == [1, 2]


def test_the_panel_stays_where_it_is_scrolled_to_when_a_layer_is_toggled(
    qtbot: QtBot, session: Session, layers: LayersPanel
) -> None:
    for i in range(30):
        layer = Layer(f"Layer {i}")
        session.document.edit("add", lambda s, layer=layer: edits.add_layer(s, layer, None))  # type: ignore[misc]
    bar = layers.list.verticalScrollBar()
    bar.setValue(bar.maximum() // 2)
    before = bar.value()
    middle = layers.list.indexAt(QPoint(60, layers.list.viewport().height() // 2)).row()
    click(qtbot, layers, layers.list.parts_of(layers.rows.rows[middle].node.id).eye)
    assert bar.value() == before
