"""Filters in the artist's hands: tried, confirmed, dismissed, repeated; adjustments and their settings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from desk import Desk
from PySide6.QtCore import QEvent, QPointF, QSettings, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app import adjustment_intents
from app.canvas_view.view import CanvasView
from app.commands import COMMANDS
from app.dialogs.filter_dialog import FilterDialog, FilterProgress, FilterWindow
from app.dialogs.filters import form_for
from app.dialogs.filters.plain import ColourBalanceForm, HueSaturationForm
from app.dialogs.filters.tones import CurvesForm, LevelsForm
from app.filter_kinds import KINDS
from app.filtering import Filtering
from app.main_window import MainWindow
from app.panels.adjustment_settings import AdjustmentSettings
from app.session import Session
from app.theme import Theme
from app.tools.toolbox import Toolbox
from canvas import edits
from canvas.edits import EditError
from canvas.filters import values as f
from canvas.geometry import Rect
from canvas.layers import Adjustment, LayerMask
from canvas.tiles import ONE, Surface
from models.catalogue import ModelInfo

MODELS = (ModelInfo("embedded", "Embedded", Path("embedded"), "sd15", 256, 4, 8, 1.0),)
WHOLE = Rect(0, 0, 256, 256)


def fill(session: Session, tone: int = ONE // 4, side: int = 256) -> None:
    pixels = np.full((side, side, 4), tone, np.uint16)
    pixels[..., 3] = ONE
    session.document.edit("fill", lambda s: edits.set_pixels(s, session.active, Surface.from_pixels(pixels)))


def tone_at(session: Session, x: int = 100, y: int = 100) -> int:
    layer = session.active_node
    return int(layer.surface.read(Rect(x, y, x + 1, y + 1))[0, 0, 0])


@dataclass
class Window:
    """A whole window, whose document is new for every test."""

    session: Session
    toolbox: Toolbox
    main: MainWindow
    told: list[str]

    def order(self, command_id: str) -> None:
        self.main.run(next(command for command in COMMANDS if command.id == command_id))

    def shown(self, kind: type[FilterWindow] = FilterDialog) -> list[FilterWindow]:
        return [page for page in self.main._pages if isinstance(page, kind) and page.isVisible()]

    def dialog(self, kind: type[FilterWindow] = FilterDialog) -> FilterWindow:
        (page,) = self.shown(kind)
        return page


@pytest.fixture(scope="module")
def one_window(theme: Theme, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Window]:
    session = Session(edits.new_document(256, 256))
    toolbox = Toolbox(session)
    file = tmp_path_factory.mktemp("settings") / "settings.ini"
    settings = QSettings(str(file), QSettings.Format.IniFormat)
    window = MainWindow(session, toolbox, CanvasView(session, toolbox, theme), theme, MODELS, settings)
    told: list[str] = []
    session.message.connect(told.append)
    window.show()
    yield Window(session, toolbox, window, told)
    session.new(256, 256)
    window.close()
    window.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def window(one_window: Window) -> Window:
    one_window.session.new(256, 256)
    one_window.main.commands._groups["filter"]._last = None
    one_window.toolbox.select("brush")
    state = one_window.session.document.state
    one_window.session.activate(next(node.id for node in state.walk() if node.name == "Paint"))
    return one_window


def work(dialog: FilterWindow) -> None:
    """What its timer does."""
    while dialog._timer.isActive():
        dialog._work()


class TestFiltering:
    def test_what_is_tried_is_seen_and_cancelling_leaves_no_trace(self, desk: Desk) -> None:
        fill(desk.session)
        before, steps = desk.session.document.state, desk.session.document.undo_labels
        filtering = Filtering(desk.session, "Invert")
        filtering.use(f.Invert())
        while filtering.step(1.0):
            pass
        assert tone_at(desk.session) == ONE - ONE // 4
        filtering.dismiss()
        assert desk.session.document.state is before
        assert desk.session.document.undo_labels == steps
        assert not desk.session.document.in_gesture

    def test_confirming_does_what_is_left_as_one_step(self, desk: Desk) -> None:
        fill(desk.session)
        filtering = Filtering(desk.session, "Threshold")
        filtering.use(f.Invert())
        filtering.step(0.0)
        filtering.use(f.Threshold(0.1))
        filtering.confirm()
        assert tone_at(desk.session) == ONE
        assert desk.session.document.undo_labels[-1] == "Threshold"
        desk.session.undo()
        assert tone_at(desk.session) == ONE // 4

    def test_only_what_is_selected_changes(self, desk: Desk) -> None:
        fill(desk.session)
        half = np.zeros((256, 256, 1), np.uint16)
        half[:, :50] = ONE
        desk.session.document.edit("s", lambda s: edits.set_selection(s, Surface.from_pixels(half)))
        filtering = Filtering(desk.session, "Invert")
        filtering.use(f.Invert())
        filtering.confirm()
        assert (tone_at(desk.session, 10), tone_at(desk.session, 60)) == (ONE - ONE // 4, ONE // 4)

    def test_what_cannot_be_filtered_is_said(self, desk: Desk) -> None:
        session = desk.session

        def refused(reason: str) -> None:
            with pytest.raises(EditError, match=reason):
                Filtering(session, "Invert")
            assert not session.document.in_gesture

        refused("is empty")
        session.paint_on("mask")
        refused("has no mask")
        session.paint_on("pixels")
        fill(session)
        session.document.edit("lock", lambda s: edits.set_locked(s, session.active, True))
        refused("is locked")
        adjustment_intents.add(session, "Invert", f.Invert())
        refused("is an adjustment")

    def test_on_the_mask_the_mask_is_filtered(self, desk: Desk) -> None:
        fill(desk.session)
        mask = LayerMask(Surface.from_pixels(np.full((256, 256, 1), ONE // 4, np.uint16)), ONE)
        desk.session.document.edit("mask", lambda s: edits.set_mask(s, desk.session.active, mask))
        desk.session.paint_on("mask")
        filtering = Filtering(desk.session, "Levels")
        filtering.use(f.Levels(f.Tones(white=0.5)))
        filtering.confirm()
        node = desk.session.active_node
        assert (node.mask.surface.read(WHOLE) == ONE // 2).all()
        assert tone_at(desk.session) == ONE // 4

    def test_the_selection_is_softened_when_it_is_what_is_painted_on(self, desk: Desk) -> None:
        half = np.zeros((256, 256, 1), np.uint16)
        half[:, :100] = ONE
        desk.session.document.edit("s", lambda s: edits.set_selection(s, Surface.from_pixels(half)))
        desk.session.paint_on("selection")
        filtering = Filtering(desk.session, "Gaussian blur")
        filtering.use(f.GaussianBlur(5.0))
        filtering.confirm()
        row = desk.session.document.state.selection.read(WHOLE)[128, :, 0]
        assert row[0] == ONE
        assert ONE > row[95] > row[104] > row[200] == 0

    def test_settings_that_change_nothing_leave_no_step(self, desk: Desk) -> None:
        fill(desk.session)
        steps = desk.session.document.undo_labels
        filtering = Filtering(desk.session, "Levels")
        filtering.use(f.Levels())
        filtering.confirm()
        assert desk.session.document.undo_labels == steps

    def test_another_document_ends_it(self, desk: Desk) -> None:
        fill(desk.session)
        filtering = Filtering(desk.session, "Invert")
        filtering.use(f.Invert())
        ended = []
        filtering.ended.connect(ended.append)
        desk.session.new(64, 64)
        assert filtering.over
        assert ended == [False]
        assert not desk.session.document.in_gesture


class TestDialog:
    def test_a_slider_is_followed_and_ok_keeps_it(self, window: Window) -> None:
        fill(window.session)
        window.order("filter.brightness_contrast")
        shown = window.dialog()
        shown.form.take(f.BrightnessContrast(-1.0))
        work(shown)
        assert tone_at(window.session) == 0
        shown.preview.click()
        assert tone_at(window.session) == ONE // 4
        shown.ok.click()
        work(shown)
        assert tone_at(window.session) == 0
        assert window.session.document.undo_labels[-1] == "Brightness and contrast"
        assert window.toolbox.interlude is None

    def test_escape_and_closing_take_it_back(self, window: Window) -> None:
        fill(window.session)
        for leave in (FilterDialog.reject, FilterDialog.close):
            window.order("filter.posterise")
            shown = window.dialog()
            shown.form.take(f.Posterise(2))
            work(shown)
            leave(shown)
            assert tone_at(window.session) == ONE // 4
            assert not window.session.document.in_gesture
            assert window.session.document.undo_labels[-1] == "fill"

    def test_reset_goes_back_to_what_the_filter_comes_with(self, window: Window) -> None:
        fill(window.session)
        window.order("filter.levels")
        form = window.dialog().form
        form.take(f.Levels(f.Tones(0.5)))
        next(b for b in window.dialog().children() if getattr(b, "text", str)() == "Reset").click()
        assert form.value == f.Levels()
        window.dialog().reject()

    def test_another_command_applies_it_first(self, window: Window) -> None:
        fill(window.session)
        window.order("filter.threshold")
        window.dialog().form.take(f.Threshold(0.1))
        window.order("layer.add_paint")
        assert window.session.document.undo_labels[-2:] == ("Threshold", "Add paint layer")
        assert not window.shown()

    def test_undo_while_it_is_open_takes_the_filter_back(self, window: Window) -> None:
        fill(window.session)
        window.order("filter.threshold")
        window.dialog().form.take(f.Threshold(0.1))
        window.order("edit.undo")
        assert tone_at(window.session) == ONE // 4
        assert window.session.document.redo_labels == ("Threshold",)

    def test_the_view_may_be_moved_but_nothing_drawn(self, window: Window) -> None:
        fill(window.session)
        window.toolbox.select("brush")
        window.order("filter.threshold")
        at = QPointF(200, 200)
        for kind in (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonRelease):
            left = Qt.MouseButton.LeftButton
            event = QMouseEvent(kind, at, at, left, left, Qt.KeyboardModifier.NoModifier)
            QApplication.sendEvent(window.main.view, event)
        assert "OK or Cancel" in window.told[-1]
        window.toolbox.select("hand")
        assert window.dialog().isVisible()
        window.toolbox.select("brush")
        assert not window.session.document.in_gesture

    def test_a_filter_without_settings_is_applied_at_once_and_can_be_repeated(self, window: Window) -> None:
        fill(window.session)
        window.order("filter.invert")
        assert tone_at(window.session) == ONE - ONE // 4
        window.order("filter.repeat")
        assert tone_at(window.session) == ONE // 4
        assert window.session.document.undo_labels[-2:] == ("Invert", "Invert")

    def test_repeating_takes_the_last_settings(self, window: Window) -> None:
        fill(window.session)
        window.order("filter.repeat")
        assert window.session.document.undo_labels[-1] == "fill"
        window.order("filter.brightness_contrast")
        window.dialog().form.take(f.BrightnessContrast(-0.5))
        window.dialog().apply()
        work(window.dialog())
        window.order("filter.repeat")
        assert tone_at(window.session) == ONE // 16

    def test_a_long_one_shows_itself_and_can_be_cancelled(
        self, window: Window, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("app.commands.filter.UNNOTICED_MS", 0)
        window.session.document.edit("large", lambda s: replace(s, width=1500, height=1500))
        fill(window.session, side=1500)
        window.order("filter.invert")
        shown = window.dialog(FilterProgress)
        shown.reject()
        assert tone_at(window.session, 1400, 1400) == tone_at(window.session) == ONE // 4
        window.order("filter.invert")
        work(window.dialog(FilterProgress))
        assert tone_at(window.session, 1400, 1400) == tone_at(window.session) == ONE - ONE // 4


@pytest.mark.parametrize("kind", [kind for kind in KINDS.values() if not kind.immediate], ids=lambda kind: kind.id)
def test_every_filter_has_a_form_that_shows_what_it_is_given(kind, theme: Theme, qtbot: QtBot) -> None:
    form = form_for(theme, kind.first)
    qtbot.addWidget(form)
    heard = []
    form.changed.connect(heard.append)
    form.set_value(kind.first)
    assert form.value == kind.first
    assert not heard


class TestForms:
    def test_levels_by_markers_sliders_and_auto(self, theme: Theme, qtbot: QtBot) -> None:
        form = LevelsForm(theme, f.Levels())
        qtbot.addWidget(form)
        form.histogram.moved.emit(0, 0.2)
        form.histogram.moved.emit(2, 0.1)  # white stops just above black
        assert form.value.rgb.black == pytest.approx(0.2)
        assert form.value.rgb.white == pytest.approx(0.2 + 2 / 255)
        form.white.changed.emit(255.0)
        form.histogram.moved.emit(1, 0.6)
        assert form.value.rgb.gamma == pytest.approx(1.0)
        form.channels._choose("blue")
        form.ramp.moved.emit(0, 1.0)
        assert form.value.blue.out_black == 1.0
        assert form.value.rgb.black == pytest.approx(0.2)
        counts = np.zeros((4, 256))
        counts[1, 50:100] = counts[2, :] = 1.0
        form.set_histogram(counts)
        form.auto.click()
        assert (form.value.red.black, form.value.red.white) == (50 / 255, 99 / 255)
        assert form.value.green == form.value.blue == f.Tones()

    def test_curves_keep_each_channel_by_itself(self, theme: Theme, qtbot: QtBot) -> None:
        form = CurvesForm(theme, f.Curves())
        qtbot.addWidget(form)
        bent = ((0.0, 0.0), (0.5, 0.8), (1.0, 1.0))
        form.channels._choose("red")
        form.editor.changed.emit(bent)
        form.channels._choose("rgb")
        assert form.value == f.Curves(red=bent)
        assert form.editor.curve == f.Curves().rgb
        form.channels._choose("red")
        form.straighten.click()
        assert form.value == f.Curves()

    def test_colourising_shows_at_once_and_can_be_undone(self, theme: Theme, qtbot: QtBot) -> None:
        form = HueSaturationForm(theme, f.HueSaturation())
        qtbot.addWidget(form)
        form.take(f.HueSaturation(saturation=-0.5))
        form._colourise(True)
        assert form.value == f.HueSaturation(saturation=0.25, colourise=True)
        form._colourise(False)
        assert form.value == f.HueSaturation()

    def test_balance_moves_the_range_that_is_shown(self, theme: Theme, qtbot: QtBot) -> None:
        form = ColourBalanceForm(theme, f.ColourBalance())
        qtbot.addWidget(form)
        form._move("red", 40.0)
        form._show_range("shadows")
        form._move("blue", -100.0)
        assert form.value == f.ColourBalance(f.Balance(blue=-1.0), f.Balance(red=0.4))


class TestAdjustments:
    def test_one_is_added_above_with_the_selection_as_its_mask(self, window: Window) -> None:
        half = np.zeros((256, 256, 1), np.uint16)
        half[:, :100] = ONE
        window.session.document.edit("s", lambda s: edits.set_selection(s, Surface.from_pixels(half)))
        window.order("layer.adjust_hue_saturation")
        state = window.session.document.state
        node = window.session.active_node
        assert isinstance(node, Adjustment)
        assert node.mask.surface is state.selection
        assert [n.name for n in state.layers].index("Hue and saturation") == 2

    def test_its_settings_are_shown_and_dragging_is_one_step(self, desk: Desk, theme: Theme, qtbot: QtBot) -> None:
        settings = AdjustmentSettings(desk.session, theme)
        qtbot.addWidget(settings)
        assert settings.isHidden()
        adjustment_intents.add(desk.session, "Levels", f.Levels())
        assert not settings.isHidden()
        steps = len(desk.session.document.undo_labels)
        for black in (10, 40, 80):
            settings.form.black.changed.emit(float(black))
        assert desk.session.active_node.filter.rgb.black == 80 / 255
        assert len(desk.session.document.undo_labels) == steps + 1
        desk.session.undo()
        assert settings.form.value == f.Levels()
        desk.activate("Paint")
        assert settings.isHidden()

    def test_a_locked_one_stays_as_it_is(self, desk: Desk, theme: Theme, qtbot: QtBot) -> None:
        settings = AdjustmentSettings(desk.session, theme)
        qtbot.addWidget(settings)
        adjustment_intents.add(desk.session, "Posterise", f.Posterise(4))
        desk.session.document.edit("lock", lambda s: edits.set_locked(s, desk.session.active, True))
        assert not settings.form.isEnabled()
        settings.form.take(f.Posterise(9))
        assert "is locked" in desk.messages[-1]
        assert settings.form.value == f.Posterise(4)

    def test_what_has_nothing_to_set_says_so(self, desk: Desk, theme: Theme, qtbot: QtBot) -> None:
        settings = AdjustmentSettings(desk.session, theme)
        qtbot.addWidget(settings)
        adjustment_intents.add(desk.session, "Invert", f.Invert())
        assert settings.note.text() == "Invert has no settings."
        adjustment_intents.add(desk.session, "New", f.UnknownFilter('{"filter": "glow"}'))
        assert "newer version" in settings.note.text()

    def test_the_canvas_shows_it(self, desk: Desk) -> None:
        fill(desk.session, ONE)
        assert desk.seen(100, 100) == (255, 255, 255)
        adjustment_intents.add(desk.session, "Invert", f.Invert())
        assert desk.seen(100, 100) == (0, 0, 0)
