"""Night neon: near-black violet whatever the hour, things as dark shapes in glowing tubes of their own colour."""

from __future__ import annotations

import numpy as np

from models.training.geometry import Colour
from models.training.palette import mix, rgb
from models.training.shapes import Part, Scene
from models.training.styles.light import lit, saturated
from models.training.styles.strokes import Canvas, filled, path_of, stroked, trace
from models.training.styles.style import Style
from models.training.styles.textures import Pixels, blurred

DARK = rgb(16, 8, 34)
LINE_PX = 2.8
HORIZON = {
    "day": rgb(0, 150, 210),
    "sunset": rgb(255, 84, 60),
    "dawn": rgb(255, 120, 190),
    "night": rgb(66, 30, 150),
    "misty": rgb(96, 150, 150),
}


class Neon(Style):
    def __init__(self, scene: Scene) -> None:
        super().__init__(scene)
        glow = HORIZON[scene.time]
        self.sky = (DARK, mix(DARK, glow, 0.16), mix(DARK, glow, 0.55))
        self.sun = mix(glow, rgb(255, 240, 220), 0.55)
        self.line = mix(glow, rgb(255, 255, 255), 0.3)
        self.light = mix(glow, rgb(255, 255, 255), 0.5)
        self.shadow = (DARK, 0.6)

    def grade(self, colour: Colour) -> Colour:
        return mix(DARK, saturated(colour, 1.5), 0.2)

    def _tube(self, part: Part) -> Colour:
        """The part's colour at full brightness; greys take the hour's."""
        colour = lit(self.scene, part)
        spread = float(colour.max() - colour.min())
        vivid = (colour - colour.min() * 0.9) / max(float(colour.max() - colour.min() * 0.9), 0.05)
        tinted = mix(HORIZON[self.scene.time], rgb(255, 255, 255), 0.35)
        return mix(tinted, vivid.astype(np.float32), min(1.0, spread * 4))

    def fill(self, canvas: Canvas, part: Part) -> None:
        shines = part.glows and part.haze == 0
        base = self.tone(part) if part.outlined or not part.named else mix(DARK, self._tube(part), 0.3)
        canvas.drawPath(path_of(part.points), filled(self._tube(part) * 0.4 if shines else base))

    def trace(self, canvas: Canvas, part: Part) -> None:
        trace(canvas, part, stroked(mix(self._tube(part), self.sky[1], part.haze * 0.5), LINE_PX))

    def finish(self, pixels: Pixels) -> Pixels:
        bright = pixels * np.clip(pixels.max(axis=2) * 2 - 0.7, 0, 1)[..., None]
        return np.asarray(pixels + 0.8 * blurred(bright, 3.0) + 0.9 * blurred(bright, 9.0), np.float32)
