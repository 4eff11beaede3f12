"""The part of the export form that depends on the format: depth, quality, background, and what is embedded."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.theme import Theme
from app.widgets.check import Check
from app.widgets.scale import Scale
from app.widgets.segments import Segments
from app.widgets.slider import ValueSlider
from canvas.formats.options import DEFAULT_OPTIONS, Depth, WriteOptions
from canvas.formats.registry import AVIF, JPEG, NATIVE, WEBP, Format

#: Formats of pictures that can also be written without loss, and those that know no transparency.
_LOSSLESS_TOO, _OPAQUE = (WEBP, AVIF), (JPEG,)
_QUALITY = Scale(1, 100)
#: Width of the names before the controls, also in the rest of the form.
LABEL_PX = 64

Colour = tuple[float, float, float]
_WHITE: Colour = (1.0, 1.0, 1.0)
_BLACK: Colour = (0.0, 0.0, 0.0)


class ExportSettings(QWidget):
    """`changed` for what the artist does. `background`: the artist's background colour, straight sRGB 0..1."""

    changed = Signal()

    def __init__(self, theme: Theme, background: Colour) -> None:
        super().__init__()
        self._options = DEFAULT_OPTIONS
        self._background = background
        self.bits = Segments(theme, "Bits a channel", (("8", "8 bits"), ("16", "16 bits")))
        self.bits.setToolTip("16 bits keep soft gradients smooth; files are two to four times as large")
        self.quality = ValueSlider(theme, "", _QUALITY, DEFAULT_OPTIONS.quality)
        self.quality.setAccessibleName("Quality")
        self.lossless = Check(theme, "Lossless")
        self.lossless.setToolTip("Every pixel stays exactly as it is; files are larger")
        words = (("white", "White"), ("black", "Black"), ("own", "Background colour"))
        self.background = Segments(theme, "Behind transparent parts", words)
        self.background.setToolTip("This format knows no transparency: what lies behind the picture")
        self.recipes = Check(theme, "How it was made")
        self.recipes.setToolTip("Prompt, model, seed and settings, as text that other programs read")
        self.mark_ai = Check(theme, "Mark AI use (IPTC)")
        self.mark_ai.setToolTip("Say in the file, in the way that newsrooms and shops read, where AI took part")
        self.roles = Check(theme, "Roles and prompts, for Underdraw")
        self.roles.setToolTip("What only Underdraw understands of the layers; other programs leave it alone")
        self._rows = {
            "depth": _row("Depth", self.bits),
            "quality": _row("Quality", self.quality, self.lossless),
            "background": _row("Behind it", self.background),
            "embedded": _row("Embed", self.recipes, self.mark_ai),
            "roles": _row("", self.roles),
        }
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for row in self._rows.values():
            column.addWidget(row)
        self.bits.chosen.connect(self._take)
        self.background.chosen.connect(self._take)
        self.quality.changed.connect(self._take)
        for check in (self.lossless, self.recipes, self.mark_ai, self.roles):
            check.clicked.connect(self._take)

    def show_format(self, chosen: Format, options: WriteOptions) -> None:
        """Show what a format takes, set to `options`."""
        self._options = options
        foreign = chosen is not NATIVE
        shown = {
            "depth": foreign and chosen.deep,
            "quality": chosen.lossy,
            "background": chosen in _OPAQUE,
            "embedded": foreign,
            "roles": foreign and chosen.layered,
        }
        for name, row in self._rows.items():
            row.setVisible(shown[name])
        self.setVisible(any(shown.values()))
        self.bits.show_key(str(options.depth))
        self.quality.set_value(options.quality)
        self.lossless.setVisible(chosen in _LOSSLESS_TOO)
        self.lossless.setChecked(options.lossless)
        self.quality.setEnabled(not (options.lossless and chosen in _LOSSLESS_TOO))
        self.background.show_key({_WHITE: "white", _BLACK: "black"}.get(options.background, "own"))
        self.recipes.setChecked(options.recipes)
        self.mark_ai.setChecked(options.mark_ai)
        self.roles.setChecked(options.roles)

    @property
    def options(self) -> WriteOptions:
        depth: Depth = 16 if self.bits.key == "16" else 8
        colours = {"white": _WHITE, "black": _BLACK, "own": self._background}
        return replace(
            self._options,
            depth=depth,
            quality=round(self.quality.value),
            lossless=self.lossless.isChecked(),
            background=colours[self.background.key],
            recipes=self.recipes.isChecked(),
            mark_ai=self.mark_ai.isChecked(),
            roles=self.roles.isChecked(),
        )

    def _take(self) -> None:
        self.quality.setEnabled(not (self.lossless.isVisibleTo(self) and self.lossless.isChecked()))
        self.changed.emit()


def _row(name: str, *widgets: QWidget) -> QWidget:
    row = QWidget()
    line = QHBoxLayout(row)
    line.setContentsMargins(0, 0, 0, 0)
    line.setSpacing(12)
    label = QLabel(name)
    label.setFixedWidth(LABEL_PX)
    line.addWidget(label)
    for widget in widgets:
        line.addWidget(widget)
    if all(isinstance(widget, Check) for widget in widgets):
        line.addStretch(1)
    return row
