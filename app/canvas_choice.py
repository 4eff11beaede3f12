"""Which canvas paints: what the artist or the environment asks for, else what the machine has. GUI thread only.

`UNDERDRAW_CANVAS=auto|opengl|software` overrides the setting of the View menu for one run. By itself the program takes
OpenGL only from a graphics card; whether there is one it finds out once, after the first window is on screen, since
asking the driver takes a moment.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Literal, TypeAlias, cast

from PySide6.QtCore import QSettings

from app.canvas_view.view import CanvasKind, CanvasView

Wish: TypeAlias = Literal["auto", "opengl", "software"]
_WISHES = ("auto", "opengl", "software")
VARIABLE = "UNDERDRAW_CANVAS"


class CanvasChoice:
    """`views` gives all canvas views there are. `message` takes sentences for the artist."""

    def __init__(
        self,
        settings: QSettings,
        environment: Mapping[str, str],
        views: Callable[[], Iterable[CanvasView]],
        message: Callable[[str], None],
    ) -> None:
        self._settings, self._views, self._message = settings, views, message
        asked = environment.get(VARIABLE, "")
        if asked and asked not in _WISHES:
            message(f"{VARIABLE} can be auto, opengl or software, not “{asked}”; the setting is used")
        self._asked = cast(Wish, asked) if asked in _WISHES else None

    @property
    def wish(self) -> Wish:
        kept = str(self._settings.value("canvas", "auto"))
        return self._asked or (cast(Wish, kept) if kept in _WISHES else "auto")

    @property
    def _has_card(self) -> bool | None:
        """Whether there is a graphics card for OpenGL; None before the driver was asked."""
        known = self._settings.value("graphics_card")
        return None if known is None else str(known) == "true"

    @property
    def chosen(self) -> CanvasKind:
        """The canvas that paints from now on, as far as is known without asking the driver."""
        if self.wish == "auto":
            return "opengl" if self._has_card else "software"
        return "opengl" if self.wish == "opengl" else "software"

    def apply(self) -> None:
        """Paint all views with the chosen canvas."""
        for view in self._views():
            view.opengl_failed = self._remember_failure
            view.paint_with(self.chosen)

    def look_for_card(self) -> None:
        """Ask the driver if nobody has yet, and take OpenGL if there is a graphics card."""
        if self.wish != "auto" or self._has_card is not None:
            return
        from app.canvas_view.gl_surface import is_hardware, renderer

        self._remember_card(is_hardware(renderer()))
        self.apply()

    def toggle_opengl(self) -> None:
        """The artist wants the other canvas, also in later runs."""
        wanted: Wish = "software" if self.chosen == "opengl" else "opengl"
        if wanted == "opengl":
            from app.canvas_view.gl_surface import is_hardware, renderer

            name = renderer()
            if not name:
                self._message("There is no OpenGL on this computer; the software canvas goes on")
                return
            if not is_hardware(name):
                self._message(f"OpenGL has no graphics card here ({name}); the software canvas may be faster")
        self._asked = None
        self._settings.setValue("canvas", wanted)
        self.apply()

    def _remember_failure(self) -> None:
        self._settings.remove("canvas")
        self._remember_card(False)

    def _remember_card(self, there: bool) -> None:
        self._settings.setValue("graphics_card", "true" if there else "false")
