"""The pen's settings and the tablet tester."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPointF, QSettings, Qt
from PySide6.QtGui import QEventPoint, QGuiApplication, QInputDevice, QMouseEvent, QPointingDevice, QTabletEvent
from PySide6.QtGui import QTouchEvent as Touch
from PySide6.QtWidgets import QApplication, QLabel

from app.canvas_view.view import CanvasView
from app.dialogs.pen import PenDialog
from app.dialogs.tablet_tester import EventRate, TabletTester
from app.main_window import MainWindow
from app.pen_settings import PRESETS, PenSettings
from app.session import Session
from app.theme import Theme
from app.tools.options import Held
from app.tools.toolbox import Toolbox
from app.widgets.scratch_pad import ScratchPad
from canvas import edits

ABLE = QInputDevice.Capability
LEFT, NONE, PLAIN = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier
PEN = QPointingDevice(
    "Studio pen", 1, QInputDevice.DeviceType.Stylus, QPointingDevice.PointerType.Pen,
    ABLE.Position | ABLE.Pressure | ABLE.XTilt | ABLE.YTilt, 1, 3,
)  # fmt: skip


@pytest.fixture
def pen() -> Held[PenSettings]:
    return Held(PenSettings())


@pytest.fixture
def dialog(theme: Theme, pen: Held[PenSettings]) -> Iterator[PenDialog]:
    made = PenDialog(theme, pen)
    made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    made.show()
    yield made
    made.deleteLater()


@pytest.fixture
def tester(theme: Theme, pen: Held[PenSettings]) -> Iterator[TabletTester]:
    made = TabletTester(theme, pen)
    made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    made.show()
    yield made
    made.close()
    made.deleteLater()


def stroke(pad: ScratchPad, pressure: float = 0.5, each_ms: int = 5) -> None:
    """40 points across the pad."""
    for index in range(40):
        kind = QEvent.Type.TabletMove if index > 0 else QEvent.Type.TabletPress
        at = QPointF(20 + 5 * index, 50)
        event = QTabletEvent(kind, PEN, at, at, pressure, 12, -7, 0, 0, 0, PLAIN, NONE if index else LEFT, LEFT)
        event.setTimestamp(1000 + each_ms * index)
        QApplication.sendEvent(pad, event)
    event = QTabletEvent(QEvent.Type.TabletRelease, PEN, at, at, 0, 12, -7, 0, 0, 0, PLAIN, LEFT, NONE)
    event.setTimestamp(1000 + each_ms * 40)
    QApplication.sendEvent(pad, event)


def thickness(pad: ScratchPad, x: int = 100) -> int:
    """How many pixels of a column are ink."""
    picture = pad.grab().toImage()
    return sum(picture.pixelColor(x, y).lightness() > 120 for y in range(5, picture.height() - 5))


class TestPen:
    def test_a_preset_counts_at_once_and_cancel_brings_back_what_there_was(
        self, dialog: PenDialog, pen: Held[PenSettings]
    ) -> None:
        before = pen.value
        dialog.presets["Firm"].click()
        assert pen.value.curve == PRESETS["Firm"]
        assert dialog.curve.curve == PRESETS["Firm"]
        assert [name for name, button in dialog.presets.items() if button.isChecked()] == ["Firm"]
        dialog.upper_button.chosen.emit("undo")
        assert pen.value.upper_button == "undo"
        dialog.reject()
        assert pen.value == before

    def test_ok_keeps_what_was_chosen(self, dialog: PenDialog, pen: Held[PenSettings]) -> None:
        dialog.presets["Soft"].click()
        dialog.accept()
        assert pen.value.curve == PRESETS["Soft"]

    def test_closing_the_window_is_cancel(self, dialog: PenDialog, pen: Held[PenSettings]) -> None:
        dialog.presets["Soft"].click()
        dialog.close()
        assert pen.value == PenSettings()

    def test_a_bent_curve_belongs_to_no_preset_and_strokes_follow_it(
        self, dialog: PenDialog, pen: Held[PenSettings]
    ) -> None:
        stroke(dialog.pad)
        thin = thickness(dialog.pad)
        dialog.curve.changed.emit(((0.0, 0.0), (0.5, 1.0), (1.0, 1.0)))
        assert not any(button.isChecked() for button in dialog.presets.values())
        assert thickness(dialog.pad) > 1.5 * thin > 6

    def test_an_empty_sheet_shows_what_the_curve_does(self, dialog: PenDialog, pen: Held[PenSettings]) -> None:
        empty = dialog.pad.grab().toImage()
        pen.set(curve=PRESETS["Soft"])
        assert dialog.pad.grab().toImage() != empty

    def test_the_curve_shows_where_the_pen_is(self, dialog: PenDialog) -> None:
        before = dialog.curve.grab().toImage()
        at = QPointF(40, 40)
        press = QTabletEvent(QEvent.Type.TabletPress, PEN, at, at, 0.4, 0, 0, 0, 0, 0, PLAIN, LEFT, LEFT)
        QApplication.sendEvent(dialog.pad, press)
        assert dialog.curve.grab().toImage() != before

    def test_reset_gives_the_defaults(self, theme: Theme) -> None:
        pen = Held(PenSettings(PRESETS["Firm"], "erase", "undo"))
        made = PenDialog(theme, pen)
        reset = next(b for b in made.children() if getattr(b, "text", str)() == "Reset")
        reset.click()
        assert pen.value == PenSettings()
        assert (made.lower_button.key, made.upper_button.key) == ("palette", "hand")
        made.close()


class TestTester:
    def test_it_shows_what_the_pen_reports(self, tester: TabletTester, pen: Held[PenSettings]) -> None:
        pen.set(curve=((0.0, 0.0), (0.5, 0.8), (1.0, 1.0)))
        stroke(tester.pad)
        at = QPointF(30, 40)
        event = QTabletEvent(QEvent.Type.TabletMove, PEN, at, at, 0.5, 12, -7, 0, 0, 0, PLAIN, NONE, LEFT)
        event.setTimestamp(1205)
        QApplication.sendEvent(tester.pad, event)
        tester.show_now()
        shown = {name: label.text() for name, label in tester.facts.items()}
        assert (shown["Device"], shown["Type"], shown["Pointer"]) == ("Studio pen", "Stylus", "Pen")
        assert (shown["Pressure"], shown["After the curve"]) == ("50.0 %", "80.0 %")
        assert (shown["Tilt"], shown["Rotation"], shown["Buttons"]) == ("12°, -7°", "not reported", "tip")
        assert shown["Events"] == "200 a second"
        assert "pressure" in shown["Reports"]

    def test_pressure_is_drawn_as_width(self, tester: TabletTester) -> None:
        stroke(tester.pad, 0.2)
        thin = thickness(tester.pad)
        tester.clear()
        assert thickness(tester.pad) < thin
        stroke(tester.pad, 0.9)
        assert thickness(tester.pad) > 2 * thin

    def test_the_log_can_be_copied(self, tester: TabletTester) -> None:
        at = QPointF(0, 0)
        QApplication.sendEvent(
            QApplication.instance(),
            QTabletEvent(QEvent.Type.TabletEnterProximity, PEN, at, at, 0, 0, 0, 0, 0, 0, PLAIN, NONE, NONE),
        )
        stroke(tester.pad)
        tester.copy_log()
        lines = QGuiApplication.clipboard().text().splitlines()
        assert any("Pen comes near, Studio pen" in line for line in lines)
        assert sum("pen move" in line and "pressure 0.5" in line for line in lines) == 39

    def test_it_works_with_a_mouse_and_ignores_the_echo_of_the_pen(self, tester: TabletTester) -> None:
        def move(ms: int) -> None:
            at = QPointF(30, 40)
            event = QMouseEvent(QEvent.Type.MouseMove, at, at, NONE, NONE, PLAIN)
            event.setTimestamp(ms)
            QApplication.sendEvent(tester.pad, event)

        stroke(tester.pad)
        move(1210)
        tester.show_now()
        assert tester.facts["Pointer"].text() == "Pen"
        move(5000)
        tester.show_now()
        assert tester.facts["Pressure"].text() == "not reported"
        assert tester.facts["Position"].text() == "30.00, 40.00"
        assert tester.facts["Buttons"].text() == "none"

    def test_two_fingers_draw_two_lines(self, tester: TabletTester) -> None:
        screen = QPointingDevice(
            "Studio screen", 9, QInputDevice.DeviceType.TouchScreen, QPointingDevice.PointerType.Finger,
            ABLE.Position, 10, 0,
        )  # fmt: skip
        state = QEventPoint.State
        for step, phase in enumerate((state.Pressed, state.Updated, state.Released)):
            kind = (QEvent.Type.TouchBegin, QEvent.Type.TouchUpdate, QEvent.Type.TouchEnd)[step]
            places = [QPointF(40 + 80 * min(step, 1), y) for y in (40, 120)]
            points = [QEventPoint(i, phase, at, tester.pad.mapToGlobal(at)) for i, at in enumerate(places)]
            QApplication.sendEvent(tester.pad, Touch(kind, screen, PLAIN, points))
        tester.show_now()
        assert tester.facts["Type"].text() == "Touch screen"
        assert tester.facts["Pointer"].text() == "Finger"
        assert thickness(tester.pad, 80) >= 2 * 16


def test_the_rate_counts_a_second_and_starts_anew_after_a_pause() -> None:
    rate = EventRate()
    for index in range(400):
        told = rate.told(index / 133)
    assert told == pytest.approx(133, abs=0.5)
    assert rate.told(10.0) == 0.0
    assert rate.told(10.01) == pytest.approx(100)


class TestWindow:
    @pytest.fixture
    def settings(self, tmp_path: Path) -> QSettings:
        return QSettings(str(tmp_path / "pen.ini"), QSettings.Format.IniFormat)

    def window(self, theme: Theme, settings: QSettings) -> MainWindow:
        session = Session(edits.new_document(64, 64))
        toolbox = Toolbox(session)
        return MainWindow(session, toolbox, CanvasView(session, toolbox, theme), theme, (), settings)

    def test_the_pen_is_remembered_and_both_dialogs_open_from_the_menu(self, theme: Theme, settings: QSettings) -> None:
        first = self.window(theme, settings)
        first.actions_["edit.pen"].trigger()
        dialog = first.findChild(PenDialog)
        assert dialog is not None
        dialog.presets["Soft"].click()
        dialog.lower_button.chosen.emit("erase")
        dialog.accept()
        first.actions_["edit.tablet_tester"].trigger()
        assert first.findChild(TabletTester) is not None
        settings.sync()
        second = self.window(theme, QSettings(settings.fileName(), QSettings.Format.IniFormat))
        assert second._toolbox.pen.value == PenSettings(PRESETS["Soft"], "erase", "hand")
        for window in (first, second):
            window.deleteLater()

    def test_damaged_settings_give_a_plain_pen(self, theme: Theme, settings: QSettings) -> None:
        settings.setValue("pen", ["{", "17"])
        window = self.window(theme, settings)
        assert window._toolbox.pen.value == PenSettings()
        window.deleteLater()


def test_every_word_fits(tester: TabletTester, dialog: PenDialog) -> None:
    for form in (tester, dialog):
        for label in form.findChildren(QLabel):
            if not label.wordWrap():
                assert label.width() >= label.sizeHint().width(), label.text()
