"""Which tile size and which pixel format: run `python tests/bench/tile_size.py` and read the table (half a minute).

For each candidate it times what a display frame of a stroke does to every tile it touches: draw a dab into the stroke
mask, copy the tile before the write, apply the mask, compose below + active + above, convert to 8 bit; and what it does
once: copy the dictionary of tiles of a full 4096 x 4096 layer. Figures are medians in milliseconds a frame for a brush
of 50 px that moves 20 px and one of 500 px that moves 80 px; `undo` is the memory one frame of the stroke adds.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from statistics import median
from time import perf_counter
from typing import Any

import numpy as np
from numba import njit

SIDE_PX = 4096
TILES_PX = (64, 128, 256)
#: Name -> dtype and the value of 1.0.
FORMATS: dict[str, tuple[Any, int]] = {
    "8 bit": (np.uint8, 255),
    "16 bit": (np.uint16, 1 << 15),
    "float": (np.float32, 1),
}
BRUSHES = {50: 20, 500: 80}
FRAMES = 24


def integer_over(shift: int, one: int) -> Callable[..., None]:
    @njit(nogil=True)
    def over(dst: Any, src: Any) -> None:
        h, w, _ = dst.shape
        half = np.uint32(1 << (shift - 1))
        for y in range(h):
            d, s = dst[y].reshape(w * 4), src[y].reshape(w * 4)
            for x in range(w):
                rest = np.uint32(one - s[4 * x + 3])
                for c in range(4):
                    # In 8 bit the quotient by 255 is x + (x >> 8), rounded, >> 8; in fixed point a shift.
                    t = np.uint32(d[4 * x + c]) * rest + half
                    if shift == 8:
                        t += t >> np.uint32(8)
                    d[4 * x + c] = s[4 * x + c] + (t >> np.uint32(shift))

    return over


@njit(nogil=True)
def float_over(dst: Any, src: Any) -> None:
    h, w, _ = dst.shape
    for y in range(h):
        d, s = dst[y].reshape(w * 4), src[y].reshape(w * 4)
        for x in range(w):
            rest = np.float32(1) - s[4 * x + 3]
            for c in range(4):
                d[4 * x + c] = s[4 * x + c] + d[4 * x + c] * rest


@njit(nogil=True)
def dab(mask: Any, cx: float, cy: float, radius: float, one: float) -> None:
    h, w = mask.shape
    line = np.empty(w, np.float32)
    for y in range(h):
        yy, left = np.float32((y - cy) ** 2), np.float32(-cx)
        for x in range(w):
            dx = np.float32(np.int32(x)) + left
            t = (np.float32(radius) - np.sqrt(dx * dx + yy)) * np.float32(4 / radius)
            t = np.float32(0) if t < np.float32(0) else t
            t = np.float32(1) if t > np.float32(1) else t
            line[x] = t * t * (np.float32(3) - t - t) * np.float32(one)
        for x in range(w):
            old = np.float32(mask[y, x])
            mask[y, x] = line[x] if line[x] > old else old


@njit(nogil=True)
def apply(out: Any, base: Any, mask: Any, one: float) -> None:
    h, w, _ = out.shape
    for y in range(h):
        o, b = out[y].reshape(w * 4), base[y].reshape(w * 4)
        for x in range(w):
            a = np.float32(mask[y, x]) / np.float32(one)
            for c in range(4):
                o[4 * x + c] = np.float32(b[4 * x + c]) * (np.float32(1) - a) + np.float32(mask[y, x])


@njit(nogil=True)
def to_8_bit(out: Any, src: Any, scale: float) -> None:
    h, w, _ = out.shape
    for y in range(h):
        o, s = out[y].reshape(w * 4), src[y].reshape(w * 4)
        for i in range(w * 4):
            o[i] = np.uint8(np.int32(np.float32(s[i]) * np.float32(scale) + np.float32(0.5)))


def frames_ms(tile_px: int, name: str, brush_px: int, step_px: int) -> tuple[float, float, float]:
    """Median milliseconds a frame, the share of it outside compiled code, and MiB of new tiles a frame."""
    dtype, one = FORMATS[name]
    over = {"8 bit": integer_over(8, 255), "16 bit": integer_over(15, 1 << 15), "float": float_over}[name]
    rng = np.random.default_rng(1)
    alpha = rng.random((tile_px, tile_px, 1))
    tile = (np.concatenate([rng.random((tile_px, tile_px, 3)) * alpha, alpha], -1) * one).astype(dtype)
    count = SIDE_PX // tile_px
    surface = {(x, y): tile for y in range(count) for x in range(count)}
    masks: dict[tuple[int, int], Any] = {}
    shown = np.empty((tile_px, tile_px, 4), np.uint8)
    times, shares, sizes = [], [], []
    for frame in range(FRAMES):
        x, y, radius = 600.0 + frame * step_px, 700.0 + frame * step_px / 3, brush_px / 2
        start, compiled = perf_counter(), 0.0
        columns = range(int(x - radius) // tile_px, int(x + radius) // tile_px + 1)
        keys = [(c, r) for r in range(int(y - radius) // tile_px, int(y + radius) // tile_px + 1) for c in columns]
        for key in keys:
            if key not in masks:
                masks[key] = np.zeros((tile_px, tile_px), dtype)
            entered = perf_counter()
            dab(masks[key], x - key[0] * tile_px, y - key[1] * tile_px, radius, float(one))
            new = surface[key].copy()
            apply(new, tile, masks[key], float(one))
            composed = tile.copy()
            over(composed, new)
            over(composed, tile)
            to_8_bit(shown, composed, 255 / one)
            compiled += perf_counter() - entered
            surface[key] = new
        surface = dict(surface)
        took = perf_counter() - start
        if frame >= 4:  # the first ones compile
            times.append(took * 1e3)
            shares.append(1 - compiled / took)
            sizes.append(len(keys) * tile.nbytes / 2**20)
    return median(times), median(shares), median(sizes)


def main() -> None:
    write = sys.stdout.write
    write(f"{'format':8}{'tile':>6}{'layer MiB':>11}")
    write("".join(f"{f'{brush} px ms':>12}{'python':>8}{'undo MiB':>10}" for brush in BRUSHES) + "\n")
    for name, (dtype, _) in FORMATS.items():
        for tile_px in TILES_PX:
            write(f"{name:8}{tile_px:>6}{SIDE_PX**2 * 4 * np.dtype(dtype).itemsize / 2**20:>11.0f}")
            for brush_px, step_px in BRUSHES.items():
                ms, share, mib = frames_ms(tile_px, name, brush_px, step_px)
                write(f"{ms:>12.2f}{share:>8.0%}{mib:>10.2f}")
            write("\n")


if __name__ == "__main__":
    main()
