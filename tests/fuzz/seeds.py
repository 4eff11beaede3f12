"""Good files of every format, small, each using what its format has: what damage starts from."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import numpy as np
from PIL import Image
from psd_tools import PSDImage

from canvas.blend_modes import BlendMode
from canvas.filters.values import Invert, Levels
from canvas.formats import registry
from canvas.formats.options import WriteOptions
from canvas.layers import Adjustment, Group, LabelColour, Layer, LayerMask
from canvas.pose import Figure
from canvas.roles import Control, InpaintMask, Pose, Region
from canvas.state import DocumentState
from canvas.tiles import ONE, Surface

_RECIPE = (
    '{"controls": [], "guidance": 1.0, "mode": "text", "model": "m", "negative": "fog", "prompt": "a house, red", '
    '"references": [], "seed": 7, "size": [64, 48], "steps": 8, "strength": 1.0}'
)


def document() -> DocumentState:
    """Groups, masks, clipping, adjustments, roles and a selection in 150 x 140 pixels."""
    rng = np.random.default_rng(3)

    def pixels(width: int, height: int) -> np.ndarray:
        out = rng.integers(0, ONE + 1, (height, width, 4)).astype(np.uint16)
        out[..., 3] = ONE
        out[: height // 2] = out[0, 0]
        return out

    mask = LayerMask(Surface.from_pixels(np.full((60, 70, 1), ONE // 2, np.uint16), 10, 10))
    ink = Layer("Ink 線", surface=Surface.from_pixels(pixels(60, 50), -10, 20), mask=mask, opacity=0.7)
    glow = Layer("Glow", surface=Surface.from_pixels(pixels(30, 30), 20, 30), blend=BlendMode.SCREEN, clip=True)
    group = Group("Group", children=(ink, glow), blend=BlendMode.NORMAL, label=LabelColour.RED)
    layers = (
        Layer("Paper", surface=Surface.from_pixels(pixels(150, 140)), recipe=_RECIPE),
        group,
        Adjustment("Levels", Levels(), mask=mask),
        Adjustment("Invert", Invert(), visible=False),
        Layer("Lines", surface=Surface.from_pixels(pixels(20, 20), 5, 5), role=Control("lineart", 0.7, 0.1, 0.9)),
        Layer("Figure", role=Pose((Figure.standing(70, 70, 90),), 0.8)),
        Layer("Where", surface=Surface.from_pixels(pixels(9, 9), 90, 90), role=InpaintMask(4, 12)),
        Group("There", role=Region("a tree", "fog")),
    )
    return DocumentState(150, 140, layers, Surface.from_pixels(np.full((20, 20, 1), ONE, np.uint16)))


def seeds(folder: Path) -> dict[str, tuple[bytes, ...]]:
    """By the name of a format: files of it, ours in all depths and those of other programs."""
    state = document()
    found: dict[str, tuple[bytes, ...]] = {}
    for each in registry.FORMATS:
        if each.can_write:
            files = []
            for depth in (8, 16) if each.deep and each is not registry.NATIVE else (8,):
                path = folder / f"seed{each.extensions[0]}"
                registry.write(state, path, options=WriteOptions(depth=depth))
                files.append(path.read_bytes())
                path.unlink()
            found[each.name] = tuple(files)
    found["Photoshop document"] += tuple(
        _psd_tools(mode, depth) for mode, depth in (("RGB", 8), ("L", 16), ("CMYK", 8))
    )
    found["PNG picture"] += tuple(_pillow(mode, "PNG") for mode in ("1", "L", "LA", "P", "I;16"))
    found["PNG picture"] += (_animated("PNG"),)
    found["JPEG picture"] += (_pillow("CMYK", "JPEG"), _pillow("L", "JPEG"))
    found["WebP picture"] += (_animated("WEBP"),)
    found["TIFF picture"] += (_pillow("CMYK", "TIFF"), _pillow("1", "TIFF"), _animated("TIFF"))
    found["BMP picture"] = (_pillow("RGB", "BMP"), _pillow("P", "BMP"))
    found["GIF picture"] = (_pillow("P", "GIF"), _animated("GIF"))
    found["Krita document"] = (_krita(),)
    return found


def _krita() -> bytes:
    """A group with a paint layer of one packed tile and a transparency mask, as Krita lays its files out."""
    paint = 'nodetype="paintlayer" colorspacename="RGBA" opacity="200" compositeop="multiply" visible="1"'
    mask = '<masks><mask nodetype="transparencymask" filename="m1" visible="1"/></masks>'
    layer = f'<layer {paint} name="Ink" filename="l1" x="5" y="-3">{mask}</layer>'
    group = f'<layer nodetype="grouplayer" name="Group" visible="1"><layers>{layer}</layers></layer>'
    packed = bytes([1, 1, 0x80, 0x80, *([0xE0, 0xF7, 0] * 15), 0xE0, 0xD5, 0])
    plain = b"\0" + bytes(range(256)) * 64
    head = b"VERSION 2\nTILEWIDTH 64\nTILEHEIGHT 64\nPIXELSIZE %d\nDATA 1\n%d,0,LZF,%d\n"
    entries = {
        "mimetype": b"application/x-kra",
        "maindoc.xml": f'<DOC><IMAGE name="P" width="90" height="80"><layers>{group}</layers></IMAGE></DOC>'.encode(),
        "P/layers/l1": head % (4, 64, len(plain)) + plain,
        "P/layers/m1.pixelselection": head % (1, 0, len(packed)) + packed,
        "mergedimage.png": _pillow("RGBA", "PNG"),
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in entries.items():
            archive.writestr(zipfile.ZipInfo(name), data)
    return out.getvalue()


def _pillow(mode: str, kind: str) -> bytes:
    out = io.BytesIO()
    Image.linear_gradient("L").resize((37, 23)).convert(mode).save(out, kind)
    return out.getvalue()


def _animated(kind: str) -> bytes:
    frames = [Image.new("RGB", (30, 20), (80 * i, 30, 200)) for i in range(3)]
    out = io.BytesIO()
    frames[0].save(out, kind, save_all=True, append_images=frames[1:], duration=50)
    return out.getvalue()


def _psd_tools(mode: str, depth: int) -> bytes:
    psd = PSDImage.new(mode, (40, 30), depth=depth)
    if depth == 8:
        psd.create_pixel_layer(Image.linear_gradient("L").resize((20, 20)).convert(mode), name="Layer", top=3, left=-4)
    out = io.BytesIO()
    psd.save(out)
    return out.getvalue()
