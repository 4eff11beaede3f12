"""Draws the tips and textures that the brushes come with: run `python packaging/brush_images.py`.

All of them are computed here, from noise and simple shapes; nothing is taken from anywhere. 8-bit grey PNG: in `tips`
255 is where paint goes, in `textures`, which repeat without a seam, 255 is where the surface stands highest.
"""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

Plane = npt.NDArray[np.float64]

_BRUSHES = Path(__file__).resolve().parent.parent / "resources" / "brushes"


def noise(rng: np.random.Generator, shape: tuple[int, int], coarse: float, fine: float, steep: float = 0.0) -> Plane:
    """Noise 0..1, spread evenly, that repeats without a seam; features between `coarse` and `fine` pixels long."""
    white = np.fft.rfft2(rng.standard_normal(shape))
    f = np.hypot(np.fft.fftfreq(shape[0])[:, None], np.fft.rfftfreq(shape[1])[None])
    band = np.exp(-((f * fine) ** 2)) * (1.0 - np.exp(-((f * coarse) ** 2))) / np.maximum(f, 1e-6) ** steep
    plane = np.fft.irfft2(white * band, shape)
    ranks = np.empty(plane.size)
    ranks[np.argsort(plane, axis=None)] = np.linspace(0.0, 1.0, plane.size)
    return ranks.reshape(shape)


def radius(side: int) -> tuple[Plane, Plane, Plane]:
    """x and y of every pixel, -1..1, and the distance from the middle."""
    at = (np.arange(side) + 0.5) / side * 2.0 - 1.0
    x, y = np.meshgrid(at, at)
    return x, y, np.hypot(x, y)


def smooth(low: float, high: float, value: Plane) -> Plane:
    t = np.clip((value - low) / (high - low), 0.0, 1.0)
    return t * t * (3.0 - 2.0 * t)


def chalk(side: int = 128) -> Plane:
    """A crumbling disc."""
    rng = np.random.default_rng(1)
    _, _, r = radius(side)
    edge = noise(rng, (side, side), 40.0, 6.0) * 0.35
    grain = noise(rng, (side, side), 16.0, 2.0)
    return smooth(0.0, 0.12, 0.95 - edge - r) * (0.25 + 0.75 * smooth(0.3, 0.6, grain))


def charcoal(side: int = 128) -> Plane:
    """The broken side of a stick."""
    rng = np.random.default_rng(2)
    x, y, _ = radius(side)
    r = np.hypot(x, y * 1.5)
    edge = noise(rng, (side, side), 30.0, 5.0) * 0.4
    grain = noise(rng, (side, side), 10.0, 1.6)
    return smooth(0.0, 0.2, 0.95 - edge - r) * (0.2 + 0.8 * smooth(0.15, 0.6, grain))


def bristles(side: int = 128) -> Plane:
    """The ends of a round bunch of hairs."""
    rng = np.random.default_rng(3)
    x, y, _ = radius(side)
    plane = np.zeros((side, side))
    for _ in range(90):
        far, angle = np.sqrt(rng.random()) * 0.88, rng.random() * 2.0 * np.pi
        thick, strong = rng.uniform(0.03, 0.075), rng.uniform(0.35, 1.0)
        d = np.hypot(x - far * np.cos(angle), y - far * np.sin(angle))
        plane = np.maximum(plane, strong * smooth(0.0, 0.04, thick - d))
    return np.maximum(plane, 0.3 * smooth(0.0, 0.2, 0.9 - np.hypot(x, y)))


def flat(side: int = 128) -> Plane:
    """A flat brush: one row of hairs, thicker and thinner."""
    rng = np.random.default_rng(4)
    x, y, _ = radius(side)
    plane = np.zeros((side, side))
    for middle in np.linspace(-0.92, 0.92, 46):
        thick, strong = rng.uniform(0.016, 0.042), rng.uniform(0.3, 1.0)
        d = np.hypot((x - middle - rng.normal(0.0, 0.012)), np.maximum(np.abs(y) - 0.1, 0.0) * 0.6)
        plane = np.maximum(plane, strong * smooth(0.0, 0.02, thick - d))
    return plane


def dry(side: int = 128) -> Plane:
    """A bunch of hairs with little paint left: clumps and gaps."""
    rng = np.random.default_rng(5)
    clumps = noise(rng, (side, side), 24.0, 5.0)
    hairs = noise(rng, (side, side), 6.0, 1.5)
    _, _, r = radius(side)
    return smooth(0.0, 0.25, 0.98 - r) * smooth(0.5, 0.72, 0.6 * clumps + 0.4 * hairs)


def spray(side: int = 128) -> Plane:
    """Droplets, denser in the middle."""
    rng = np.random.default_rng(6)
    x, y, _ = radius(side)
    plane = np.zeros((side, side))
    for _ in range(70):
        far, angle = rng.random() ** 0.7 * 0.92, rng.random() * 2.0 * np.pi
        thick = rng.uniform(0.012, 0.05) * (1.15 - far)
        d = np.hypot(x - far * np.cos(angle), y - far * np.sin(angle))
        plane = np.maximum(plane, rng.uniform(0.6, 1.0) * smooth(0.0, 0.025, thick + 0.012 - d))
    return plane


def leaf(side: int = 128) -> Plane:
    """A leaf that points to the right, with a bare midrib."""
    x, y, _ = radius(side)
    width = 0.46 * np.sin(np.clip((x + 0.8) / 1.7, 0.0, 1.0) * np.pi) ** 0.8
    blade = smooth(0.0, 0.03, width - np.abs(y - 0.06 * np.sin(x * 3.0)))
    rib = smooth(0.0, 0.02, np.abs(y - 0.06 * np.sin(x * 3.0)) - 0.018)
    veins = smooth(0.0, 0.3, np.abs(np.sin((x + np.abs(y) * -0.9) * 16.0)))
    stalk = smooth(0.0, 0.02, 0.028 - np.abs(y)) * (x < -0.7) * (x > -0.98)
    return np.maximum(blade * rib * (0.72 + 0.28 * veins), stalk)


def sponge(side: int = 128) -> Plane:
    """Blots and holes with a soft rim."""
    rng = np.random.default_rng(7)
    _, _, r = radius(side)
    holes = 0.65 * noise(rng, (side, side), 40.0, 8.0) + 0.35 * noise(rng, (side, side), 12.0, 3.0)
    return smooth(0.0, 0.45, 1.0 - r) * smooth(0.42, 0.62, holes)


def star(side: int = 96) -> Plane:
    """Four soft rays."""
    x, y, r = radius(side)
    rays = 0.012 / (np.abs(x) * np.abs(y) + 0.006) * np.exp(-3.0 * r)
    return np.clip(rays * 0.75 + np.exp(-30.0 * r * r), 0.0, 1.0) * smooth(0.0, 0.2, 1.0 - r)


def paper(side: int = 256) -> Plane:
    """Drawing paper: a fine tooth."""
    rng = np.random.default_rng(11)
    return 0.7 * noise(rng, (side, side), 12.0, 2.2) + 0.3 * noise(rng, (side, side), 40.0, 6.0)


def rough(side: int = 256) -> Plane:
    """Rough paper: a coarse tooth with pits."""
    rng = np.random.default_rng(12)
    return 0.75 * noise(rng, (side, side), 28.0, 5.5) + 0.25 * noise(rng, (side, side), 8.0, 1.8)


def linen(side: int = 128) -> Plane:
    """A plain weave of uneven threads."""
    rng = np.random.default_rng(13)
    at = np.arange(side) / side * 2.0 * np.pi * 16.0
    x, y = np.meshgrid(at, at)
    over = np.sign(np.sin(x / 2.0) * np.sin(y / 2.0))
    weave = np.where(over > 0, np.abs(np.sin(x / 2.0)), np.abs(np.sin(y / 2.0)))
    return 0.72 * weave + 0.28 * noise(rng, (side, side), 10.0, 2.0)


def wash(side: int = 256) -> Plane:
    """Pigment that settled unevenly: soft clouds and a little grain."""
    rng = np.random.default_rng(14)
    return 0.7 * noise(rng, (side, side), 120.0, 10.0, 1.0) + 0.3 * noise(rng, (side, side), 8.0, 2.0)


def main() -> None:
    for folder, drawn in (
        ("tips", (chalk, charcoal, bristles, flat, dry, spray, leaf, sponge, star)),
        ("textures", (paper, rough, linen, wash)),
    ):
        (_BRUSHES / folder).mkdir(exist_ok=True)
        for draw in drawn:
            plane = draw()
            if folder == "textures":
                plane = (plane - plane.min()) / (plane.max() - plane.min())
            levels = np.clip(np.rint(plane * 255.0), 0, 255).astype(np.uint8)
            done, png = cv2.imencode(".png", levels, [cv2.IMWRITE_PNG_COMPRESSION, 9])
            assert done
            (_BRUSHES / folder / f"{draw.__name__}.png").write_bytes(png.tobytes())


if __name__ == "__main__":
    main()
