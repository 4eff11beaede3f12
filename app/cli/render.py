"""Build or open a document, let the engine make one image of it; write a PNG, or all layers as PSD or UDRAW."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

from app.cli import BadInput
from app.inline_engine import InlineEngine
from app.session import Session
from canvas.formats import registry
from canvas.formats.png import read_image_rgba
from canvas.layers import Layer, Node
from canvas.pose import Figure, figures_from_json
from canvas.roles import Control, InpaintMask, Pose, Reference, Role
from canvas.state import MAX_SIDE_PX, DocumentState
from canvas.tiles import Pixels8, Surface, from_rgba8
from inference.direction import Direction
from inference.messages import EngineState, FromHost, Progress
from models.catalogue import Catalogue, ModelInfo, scan
from models.control_kinds import control_kinds

#: Mask layers are seen as a red veil, whatever made them.
MASK_COLOUR = (200, 60, 50)
BAR_WIDTH = 30


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, nargs="?", metavar="FILE", help="a document or picture to start from")
    parser.add_argument("--paint", type=Path, metavar="PNG", help="a picture as a paint layer")
    parser.add_argument(
        "--control",
        action="append",
        default=[],
        metavar="KIND=PNG",
        help=f"lines drawn dark on white or on transparent, for one of: {', '.join(_line_kinds())}; may be repeated",
    )
    parser.add_argument("--pose", type=Path, metavar="JSON", help="figures as OpenPose JSON")
    parser.add_argument("--mask", type=Path, metavar="PNG", help="white where the image may change")
    parser.add_argument("--reference", type=Path, metavar="PNG", help="a picture whose style is followed")
    parser.add_argument("--prompt", metavar="T")
    parser.add_argument("--negative", metavar="T")
    parser.add_argument("--model", metavar="NAME|FOLDER", help="see: underdraw models")
    parser.add_argument("--steps", type=int, metavar="N")
    parser.add_argument("--strength", type=float, metavar="S", help="0 keeps the paint, 1 ignores it")
    parser.add_argument("--seed", type=int, metavar="N")
    parser.add_argument("--size", metavar="WxH", help="the document's size; pictures are scaled to it")
    parser.add_argument(
        "-o", "--output", type=Path, required=True, metavar="OUT", help="the file to write: its ending picks the format"
    )


def run(options: argparse.Namespace) -> int:
    registry.format_to_write(options.output)
    if not options.output.absolute().parent.is_dir():
        raise BadInput(f"{options.output}: the folder {options.output.absolute().parent} does not exist; make it first")
    catalogue = scan()
    opened = registry.read(options.file) if options.file is not None else None
    session = Session(opened or DocumentState(1, 1))
    direction = _direction(options, session.direction, catalogue, is_new=opened is None)
    model = _find(catalogue, direction.model)
    session = Session(_build(options, opened, model))
    bar = _Bar()
    engine = InlineEngine(catalogue, session.show_result, bar.show)
    try:
        session.attach(engine)
        session.set_direction(direction)
        session.generate()
        bar.close()
        session.keep()
        session.save(options.output)
    finally:
        bar.close()
        session.close()
    return 0


def _direction(options: argparse.Namespace, stored: Direction, catalogue: Catalogue, is_new: bool) -> Direction:
    """What the options say over what the document stores; the model's own steps and guidance for a new document."""
    model = _find(catalogue, options.model or stored.model)
    base = replace(stored, model=options.model or stored.model)
    if is_new or options.model is not None:
        base = replace(base, steps=model.steps, preview_steps=model.preview_steps, guidance=model.guidance)
    given = {
        name: getattr(options, name)
        for name in ("prompt", "negative", "steps", "strength", "seed")
        if getattr(options, name) is not None
    }
    return replace(base, **given)


def _find(catalogue: Catalogue, name: str) -> ModelInfo:
    try:
        model = catalogue.find(name)
    except LookupError as error:
        raise BadInput(str(error.args[0])) from error
    if model.problem:
        raise BadInput(model.problem)
    return model


def _line_kinds() -> list[str]:
    return [name for name in control_kinds() if name != "pose"]


def _build(options: argparse.Namespace, opened: DocumentState | None, model: ModelInfo) -> DocumentState:
    """The document of the options: what was opened, and on top of it a layer for each picture."""
    pictures: list[tuple[str, Role, Path]] = []
    if options.paint is not None:
        pictures.append(("Paint", Layer("").role, options.paint))
    for control in options.control:
        kind, equals, path = control.partition("=")
        if not equals or kind not in _line_kinds():
            raise BadInput(f"--control {control}: write KIND=PNG with one of the kinds {', '.join(_line_kinds())}")
        pictures.append((kind.capitalize(), Control(kind), Path(path)))
    if options.reference is not None:
        pictures.append(("Reference", Reference(), options.reference))
    loaded = [(name, role, path, read_image_rgba(path)) for name, role, path in pictures]
    mask = read_image_rgba(options.mask) if options.mask is not None else None

    fitting = [pixels for _, role, _, pixels in loaded if not isinstance(role, Reference)]
    fitting += [mask] if mask is not None else []
    width, height = _size(options, opened, fitting, model)
    layers: list[Node] = list(opened.layers) if opened is not None else []
    for name, role, path, pixels in loaded:
        placed = pixels if isinstance(role, Reference) else _fitted(pixels, (width, height), path)
        layers.append(Layer(name, surface=Surface.from_pixels(from_rgba8(placed)), role=role))
    if options.pose is not None:
        layers.append(Layer("Pose", role=Pose(_figures(options.pose, (width, height)))))
    if mask is not None:
        layers.append(_mask_layer(_fitted(mask, (width, height), options.mask)))
    metadata = opened.metadata if opened is not None else {}
    return DocumentState(width, height, tuple(layers), opened.selection if opened else None, metadata)


def _size(
    options: argparse.Namespace, opened: DocumentState | None, pictures: list[Pixels8], model: ModelInfo
) -> tuple[int, int]:
    if opened is not None:
        if options.size is not None:
            raise BadInput(f"--size: the document {options.file} has its own size; leave the option out")
        return opened.width, opened.height
    if options.size is not None:
        numbers = options.size.lower().split("x")
        if len(numbers) != 2 or not all(n.isdecimal() and 1 <= int(n) <= MAX_SIDE_PX for n in numbers):
            raise BadInput(f"--size {options.size}: write it as WIDTHxHEIGHT in pixels, each from 1 to {MAX_SIDE_PX}")
        return int(numbers[0]), int(numbers[1])
    if pictures:
        return pictures[0].shape[1], pictures[0].shape[0]
    return model.native_size, model.native_size


def _fitted(pixels: Pixels8, size: tuple[int, int], path: Path) -> Pixels8:
    """The picture at the size of the document; one that has it already comes back as it is."""
    if (pixels.shape[1], pixels.shape[0]) == size:
        return pixels
    sys.stderr.write(f"{path}: scaled from {pixels.shape[1]}x{pixels.shape[0]} to {size[0]}x{size[1]}\n")
    shrinks = pixels.shape[1] >= size[0]
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC))


def _mask_layer(pixels: Pixels8) -> Layer:
    """A mask layer from a picture that is white where the image may change; transparent counts as black."""
    white = pixels[..., :3].max(axis=2).astype(np.uint16) * pixels[..., 3] // 255
    rgba = np.empty(pixels.shape, np.uint8)
    rgba[..., :3] = MASK_COLOUR
    rgba[..., 3] = white
    return Layer("Mask", surface=Surface.from_pixels(from_rgba8(rgba)), role=InpaintMask(grow_px=0))


def _figures(path: Path, size: tuple[int, int]) -> tuple[Figure, ...]:
    try:
        return figures_from_json(json.loads(path.read_text(encoding="utf-8")), size)
    except (ValueError, UnicodeDecodeError) as error:
        raise BadInput(f"{path}: {error}; save it again from a pose editor as OpenPose JSON") from error


class _Bar:
    """A progress bar on stderr: one line that is rewritten, or nothing when stderr is no terminal."""

    def __init__(self) -> None:
        self._shown = False

    def show(self, message: FromHost) -> None:
        if not sys.stderr.isatty():
            return
        if isinstance(message, Progress):
            done = BAR_WIDTH * message.step // message.steps
            text = f"[{'#' * done}{'.' * (BAR_WIDTH - done)}] step {message.step} of {message.steps}"
        elif isinstance(message, EngineState):
            text = message.sentence
        else:
            return
        self._shown = True
        sys.stderr.write(f"\r\x1b[K{text}")
        sys.stderr.flush()

    def close(self) -> None:
        if self._shown:
            sys.stderr.write("\r\x1b[K")
            self._shown = False
