"""What every style decides: its colours, how a part is filled and traced, and what happens to the whole sheet."""

from __future__ import annotations

from typing import Any

import skia  # type: ignore[import-not-found, unused-ignore]

from models.training import palette
from models.training.geometry import SIZE, Colour
from models.training.palette import mix
from models.training.shapes import Part, Scene
from models.training.styles.light import Sky, lit, sky_of
from models.training.styles.strokes import Canvas, extent, filled, is_ridge, path_of, vertical
from models.training.styles.textures import Pixels


class Style:
    """A style at work on one scene. Subclasses say `grade` and whichever of the others differ.

    `sky` (top, middle, horizon), `sun` (or moon) with the strength of its `halo`, `star`, `line` (birds), `light`
    (glints, flakes, rain) and `shadow` (under things, with its opacity) are what the painter uses itself.
    """

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        top, middle, low = sky_of(scene)
        self.sky: Sky = self.grade(top), self.grade(middle), self.grade(low)
        self.sun: Colour = self.grade(palette.SUN[scene.time])
        self.halo = 1.0
        self.star: Colour = self.grade(palette.SUN["night"])
        self.line: Colour = self.grade(mix(palette.INK, middle, 0.15))
        self.light: Colour = mix(self.sky[2], palette.rgb(255, 255, 255), 0.7)
        self.shadow: tuple[Colour, float] = (self.sky[0] * 0.35, 0.28)

    def grade(self, colour: Colour) -> Colour:
        """A colour of the lit scene in this style's palette."""
        return colour

    def tone(self, part: Part, gain: float = 1.0) -> Colour:
        """The colour of a part, `gain` times as bright."""
        return self.grade((lit(self.scene, part) * gain).astype("float32"))

    def paint_sky(self, canvas: Canvas) -> None:
        canvas.drawPaint(skia.Paint(Shader=vertical(0, self.scene.horizon + 10, self.sky)))

    def fill(self, canvas: Canvas, part: Part) -> None:
        """A part's surface: by default its shade from top to bottom, ridges fading into the horizon."""
        _, top, _, bottom = extent(part)
        paint = filled(self.sky[2])
        if part.shade >= 0 and not is_ridge(part):
            colours = [self.tone(part, 1 + part.shade), self.tone(part, 1 - part.shade)]
        else:
            base = self.tone(part)
            colours = [base, mix(base, self.sky[2], max(0.0, -part.shade) * 1.7)]
            bottom = min(bottom, max(top + 10, self.scene.horizon + 14, SIZE * (part.haze < 0.3)))
        paint.setShader(vertical(top, bottom + 0.1, colours))
        canvas.drawPath(path_of(part.points), paint)

    def trace(self, canvas: Canvas, part: Part) -> None:
        """The line around an outlined part, laid over the unoutlined parts that stand on it: by default none."""

    def trace_disc(self, canvas: Canvas, disc: Any) -> None:
        """The line around the skia path of the sun or moon: by default none."""

    def finish(self, pixels: Pixels) -> Pixels:
        """The whole sheet, float32 (SIZE, SIZE, 3) in 0..1: paper, brush, ink."""
        return pixels
