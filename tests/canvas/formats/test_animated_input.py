"""Animations and pages open as layers: composed, in order, the first visible; and not more than memory has room for."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from canvas.formats import flat, registry
from canvas.formats.errors import FormatError
from canvas.formats.job import Cancelled, Job
from canvas.formats.limits import Limits
from canvas.formats.notes import Notes
from canvas.formats.picture import picture_rgba8
from canvas.layers import Layer
from canvas.state import DocumentState
from canvas.tiles import TILE_PX

KINDS = {"gif": "GIF", "png": "PNG", "webp": "WEBP", "avif": "AVIF"}
DURATIONS = (100, 50, 70, 200)


def frames(width: int = 60, height: int = 40) -> list[Image.Image]:
    """A square that wanders over a plain ground: programs store only what changes."""
    found = []
    for i in range(4):
        pixels = np.full((height, width, 3), (30, 60, 90), np.uint8)
        pixels[5 + 5 * i : 15 + 5 * i, 10 * i : 10 * i + 10] = (250, 200, 20 * i)
        found.append(Image.fromarray(pixels))
    return found


def animation(path: Path, pictures: list[Image.Image], **fields: object) -> Path:
    lossless = {"webp": {"lossless": True}, "avif": {"quality": 100, "subsampling": "4:4:4"}}
    kind = path.suffix.removeprefix(".")
    fields = {"duration": list(DURATIONS[: len(pictures)]), **lossless.get(kind, {}), **fields}
    if kind == "tif":
        fields = {}
    pictures[0].save(path, KINDS.get(kind, "TIFF"), save_all=True, append_images=pictures[1:], **fields)
    return path


def read(path: Path, limits: Limits | None = None) -> tuple[DocumentState, tuple[str, ...]]:
    notes = Notes()
    return registry.read(path, limits, notes=notes), notes.lost


def seen(state: DocumentState, layer: Layer) -> np.ndarray:
    return picture_rgba8(replace(state, layers=(replace(layer, visible=True),)))


@pytest.mark.parametrize("ending", KINDS)
def test_each_frame_is_a_layer_as_it_looks_in_the_animation(tmp_path, ending):
    state, lost = read(animation(tmp_path / f"wander.{ending}", frames()))
    assert [layer.name for layer in state.layers] == [f"Frame {i + 1} ({d} ms)" for i, d in enumerate(DURATIONS)]
    assert [layer.visible for layer in state.layers] == [True, False, False, False]
    assert (state.width, state.height) == (60, 40)
    assert lost == ("Its 4 frames came as layers, of which the first is visible",)
    for layer, frame in zip(state.layers, frames(), strict=True):
        assert np.abs(seen(state, layer)[..., :3].astype(int) - np.asarray(frame)).max() <= 3
        assert (seen(state, layer)[..., 3] == 255).all()


@pytest.mark.parametrize("ending", ["gif", "png", "webp"])
def test_frames_with_holes_do_not_show_the_one_before(tmp_path, ending):
    pictures = []
    for i in range(3):
        pixels = np.zeros((20, 30, 4), np.uint8)
        pixels[5:15, 10 * i : 10 * i + 10] = (200, 30, 40, 255)
        pictures.append(Image.fromarray(pixels))
    state, _ = read(animation(tmp_path / f"holes.{ending}", pictures, disposal=2))
    for i, layer in enumerate(state.layers):
        assert (seen(state, layer)[..., 3] == np.asarray(pictures[i])[..., 3]).all()


def test_pages_of_any_size_and_kind(tmp_path):
    pages = [
        Image.new("RGB", (50, 40), "red"),
        Image.new("L", (90, 20), 77),
        Image.new("RGBA", (10, 100), (1, 2, 3, 99)),
    ]
    state, lost = read(animation(tmp_path / "pages.tif", pages))
    assert [(layer.name, layer.visible) for layer in state.layers] == [
        ("Page 1", True), ("Page 2", False), ("Page 3", False),
    ]  # fmt: skip
    assert (state.width, state.height) == (90, 100)
    assert [layer.surface.content_bounds().size for layer in state.layers] == [(50, 40), (90, 20), (10, 100)]
    assert lost == ("Its 3 pages came as layers, of which the first is visible",)


def test_pages_have_the_names_that_the_file_gives_them_and_thumbnails_are_left_out(tmp_path):
    path = tmp_path / "named.tif"
    out = io.BytesIO()
    pictures = [Image.new("RGB", (20, 20), "red"), Image.new("RGB", (4, 4), "red"), Image.new("RGB", (20, 20), "blue")]
    for i, picture in enumerate(pictures):
        picture.encoderinfo = {"tiffinfo": {285: f"Sheet {i}", 254: 1 if i == 1 else 0}}
    pictures[0].save(out, "TIFF", save_all=True, append_images=pictures[1:], tiffinfo={285: "Sheet 0"})
    path.write_bytes(out.getvalue())
    state, _ = read(path)
    assert [layer.name for layer in state.layers] == ["Sheet 0", "Sheet 2"]


def test_a_picture_shown_by_programs_without_animation_is_no_frame(tmp_path):
    path = tmp_path / "default.png"
    animation(path, [Image.new("RGB", (8, 8), "black"), *frames(8, 8)[:2]], default_image=True, duration=[10, 20])
    state, _ = read(path)
    assert [layer.name for layer in state.layers] == ["Frame 1 (10 ms)", "Frame 2 (20 ms)"]


def test_equal_parts_of_frames_take_no_memory(tmp_path):
    pictures = [Image.new("RGB", (4 * TILE_PX, TILE_PX), (9, 9, 9)) for _ in range(4)]
    for i, picture in enumerate(pictures):
        picture.putpixel((0, 0), (i * 50, 0, 0))
    state, _ = read(animation(tmp_path / "still.png", pictures))
    tiles = [tile for layer in state.layers for tile in layer.surface.tiles.values()]
    assert len(tiles) == 16
    assert len({id(tile) for tile in tiles}) == 7


@pytest.mark.parametrize("ending", [*KINDS, "tif"])
def test_as_a_picture_an_animation_is_its_first_frame(tmp_path, ending):
    path = animation(tmp_path / f"wander.{ending}", frames())
    assert np.abs(flat.read_image_rgba(path)[..., :3].astype(int) - np.asarray(frames()[0])).max() <= 3


def test_an_animation_of_one_frame_is_a_picture(tmp_path):
    state, lost = read(animation(tmp_path / "one.gif", frames()[:1]))
    assert [layer.name for layer in state.layers] == ["Background"]
    assert lost == ()


# Bombs


def gif(count: int, width: int, height: int) -> bytes:
    """A GIF whose frames are one pixel each, as small as they can be."""
    screen = (
        b"GIF89a" + width.to_bytes(2, "little") + height.to_bytes(2, "little") + b"\x80\0\0" + b"\0\0\0\xff\xff\xff"
    )
    return screen + (b",\0\0\0\0\1\0\1\0\0\2\2\x44\1\0") * count + b";"


@pytest.mark.parametrize(
    ("count", "side", "why"),
    [(10_000, 16, "more than 1000 frames"), (2_000_000, 1, "more than 1000 frames"), (900, 2000, "memory"),
     (5, 30_000, "pixels|memory")],
)  # fmt: skip
def test_an_animation_bomb_gives_one_sentence(tmp_path, count, side, why):
    path = tmp_path / "bomb.gif"
    path.write_bytes(gif(count, side, side))
    with pytest.raises(FormatError, match=why):
        registry.read(path, Limits(30_000, 1 << 30))


@pytest.mark.parametrize("ending", ["png", "tif"])
def test_too_many_frames_or_pages_give_one_sentence(tmp_path, ending):
    path = animation(tmp_path / f"many.{ending}", [Image.new("L", (2, 2), i % 256) for i in range(1002)], duration=10)
    with pytest.raises(FormatError, match=r"more than 1000 frames or pages, .*; export a part"):
        registry.read(path)


def test_all_frames_together_must_fit_into_memory(tmp_path):
    path = animation(tmp_path / "wander.png", frames())
    one = 4 * TILE_PX * TILE_PX * 4 * 2
    registry.read(path, Limits(1000, 4 * one))
    with pytest.raises(FormatError, match="memory"):
        registry.read(path, Limits(1000, 4 * one - 1))


def test_a_frame_count_that_lies_is_damage(tmp_path):
    path = tmp_path / "lie.png"
    info = PngImagePlugin.PngInfo()
    info.add(b"acTL", (5).to_bytes(4, "big") + bytes(4))
    Image.new("RGB", (8, 8)).save(path, pnginfo=info)
    with pytest.raises(FormatError) as caught:
        registry.read(path)
    assert "\n" not in str(caught.value)


def test_pages_that_lead_in_a_circle_end(tmp_path):
    path = animation(tmp_path / "pages.tif", frames()[:1])
    data = bytearray(path.read_bytes())
    at = int.from_bytes(data[4:8], "little")
    count = int.from_bytes(data[at : at + 2], "little")
    data[at + 2 + 12 * count : at + 6 + 12 * count] = data[4:8]
    path.write_bytes(data)
    assert len(read(path)[0].layers) == 1


def test_opening_an_animation_can_be_called_off(tmp_path):
    path = animation(tmp_path / "wander.gif", frames())

    class CalledOff(Job):
        def reach(self, share: float) -> None:
            if share > 0.6:
                self.cancel()
            super().reach(share)

    with pytest.raises(Cancelled):
        registry.read(path, job=CalledOff())
