"""Which models there are: the embedded one first, then every folder in diffusers layout among the user's models.

Looks at configs and safetensors headers only (`models.probe`). What cannot be used is listed too, with the reason.
Plain Python: any thread, any process; must not import torch, diffusers or transformers.

A model folder may hold `underdraw.json`, which says what the diffusers layout cannot:

    {"name": "...", "native_size": 512,
     "preview_steps": 4, "settle_steps": 20, "guidance_scale": 7.5,
     "controls": {"scribble": "controlnet/scribble"},
     "ip_adapter": {"subfolder": "ip_adapter", "weight_name": "x.safetensors", "image_encoder_folder": "image_encoder"},
     "vocabulary": "vocabulary.json"}

All keys are optional and all paths lie inside the folder; the vocabulary is a JSON object of group titles to lists
of words, or one list. Without the manifest, ControlNets and the IP-Adapter are looked for in `controlnet/<kind>*` and
`ip_adapter/` of the model's own folder, then of the user's models folder.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeGuard

from models.probe import (
    Json,
    ProbeError,
    controlnet_problem,
    identify,
    parse_json,
    read_component,
    read_header,
    read_json,
)  # fmt: skip
from models.vocabulary import Vocabulary

EMBEDDED_ID = "embedded"
EMBEDDED_FOLDER = Path(__file__).parent / "embedded"
MANIFEST = "underdraw.json"

#: How deep below the models folder a model may lie (`models/vendor/model`).
MAX_DEPTH = 3

#: Parts of ControlNet folder names and the control kinds they stand for, the more particular first.
KIND_BY_NAME_PART = (
    ("scribble", "scribble"),
    ("openpose", "pose"),
    ("pose", "pose"),
    ("lineart", "lineart"),
    ("softedge", "softedge"),
    ("hed", "softedge"),
    ("canny", "canny"),
    ("depth", "depth"),
    ("normal", "normal"),
    ("seg", "segmentation"),
    ("tile", "tile"),
    ("inpaint", "inpaint"),
)


@dataclass(frozen=True, slots=True)
class IpAdapterInfo:
    """`weights`: one safetensors file. `image_encoder`: a CLIP vision model in diffusers layout, with its processor."""

    weights: Path
    image_encoder: Path


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """A model as the catalogue knows it. `native_size`: the edge in pixels it was trained at.

    `preview_steps`, `steps`, `guidance`: what suits it. `controls`: ControlNet folders by control kind.
    `vocabulary`: the words it understands, where these are few; empty for a model of normal language.
    `problem`: why it cannot be used, as one sentence; "" when it can.
    """

    id: str
    name: str
    folder: Path
    family: str
    native_size: int = 512
    preview_steps: int = 8
    steps: int = 20
    guidance: float = 7.5
    controls: Mapping[str, Path] = field(default_factory=lambda: MappingProxyType({}))
    ip_adapter: IpAdapterInfo | None = None
    vocabulary: Vocabulary = field(default_factory=Vocabulary)
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What a scan found. `folder`: the user's models folder, which need not exist."""

    models: tuple[ModelInfo, ...]
    folder: Path

    def find(self, model: str) -> ModelInfo:
        """The model with this id or name, or in this folder. Raises LookupError with a sentence for the artist."""
        for info in self.models:
            if model == info.id:
                return info
        for info in self.models:
            if model.casefold() == info.name.casefold():
                return info
        folder = Path(model).expanduser()
        if (folder / "model_index.json").is_file():
            return describe(folder.resolve(), str(folder.resolve()), self.folder)
        names = ", ".join(info.name for info in self.models if not info.problem)
        raise LookupError(f"There is no model “{model}” in {self.folder}; there are: {names or 'none'}.")


def user_models_folder(environ: Mapping[str, str]) -> Path:
    """`UNDERDRAW_MODELS`, or `underdraw/models` in the platform's folder for user data."""
    if chosen := environ.get("UNDERDRAW_MODELS"):
        return Path(chosen).expanduser()
    home = Path.home()
    if sys.platform == "win32":
        base = Path(environ.get("LOCALAPPDATA") or home / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = home / "Library" / "Application Support"
    else:
        base = Path(environ.get("XDG_DATA_HOME") or home / ".local" / "share")
    return base / "underdraw" / "models"


def scan(folder: Path | None = None, embedded: Path = EMBEDDED_FOLDER) -> Catalogue:
    """Look through the user's models folder. Never raises for what it finds there."""
    folder = user_models_folder(os.environ) if folder is None else folder
    found = [describe(embedded, EMBEDDED_ID, folder)]
    found += [describe(path, path.relative_to(folder).as_posix(), folder) for path in _model_folders(folder, MAX_DEPTH)]
    return Catalogue(tuple(found), folder)


def _model_folders(folder: Path, depth: int) -> Iterator[Path]:
    try:
        children = sorted(path for path in folder.iterdir() if path.is_dir() and not path.name.startswith("."))
    except OSError:
        return
    for child in children:
        if (child / "model_index.json").is_file():
            yield child
        elif depth > 1:
            yield from _model_folders(child, depth - 1)


def describe(folder: Path, id: str, shared: Path) -> ModelInfo:
    """One model folder; ControlNets and IP-Adapters that it lacks are looked for in `shared`."""
    identity = identify(folder)
    plain = ModelInfo(id, folder.name, folder, identity.family, problem=identity.problem)
    try:
        manifest = read_json(folder / MANIFEST) if (folder / MANIFEST).is_file() else {}
        info = _from_manifest(plain, manifest)
    except ProbeError as error:
        return ModelInfo(id, folder.name, folder, identity.family, problem=identity.problem or str(error))
    return info if info.problem else _with_adapters(info, manifest, shared)


def _from_manifest(plain: ModelInfo, manifest: Json) -> ModelInfo:
    def value(key: str, default: Any, lowest: float, highest: float) -> Any:
        found = manifest.get(key, default)
        if isinstance(found, bool) or not isinstance(found, int | float) or not lowest <= found <= highest:
            raise ProbeError(f"“{key}” in {plain.folder / MANIFEST} must be a number from {lowest} to {highest}.")
        return type(default)(found)

    return ModelInfo(
        id=plain.id,
        name=str(manifest.get("name", plain.name)),
        folder=plain.folder,
        family=plain.family,
        native_size=value("native_size", _native_size(plain.folder), 64, 4096),
        preview_steps=value("preview_steps", plain.preview_steps, 1, 200),
        steps=value("settle_steps", plain.steps, 1, 200),
        guidance=value("guidance_scale", plain.guidance, 0, 30),
        vocabulary=_vocabulary(plain.folder, manifest),
        problem=plain.problem,
    )


def _vocabulary(folder: Path, manifest: Json) -> Vocabulary:
    name = manifest.get("vocabulary")
    if name is None:
        return Vocabulary()
    path = _inside(folder, str(name))
    found = parse_json(path)
    if _are_words(found):
        return Vocabulary.of_words(found)
    if not isinstance(found, dict) or not all(map(_are_words, found.values())):
        raise ProbeError(f"{path} must be a list of words, or such lists by group; copy the model again.")
    return Vocabulary(tuple((str(title), tuple(words)) for title, words in found.items()))


def _are_words(found: object) -> TypeGuard[list[str]]:
    return isinstance(found, list) and all(isinstance(word, str) for word in found)


def _native_size(folder: Path) -> int:
    """`sample_size` of the UNet is in latents of 8 x 8 pixels."""
    try:
        size = read_json(folder / "unet" / "config.json").get("sample_size")
    except ProbeError:
        return 512
    return size * 8 if isinstance(size, int) and 8 <= size <= 512 else 512


def _with_adapters(info: ModelInfo, manifest: Json, shared: Path) -> ModelInfo:
    unet = read_json(info.folder / "unet" / "config.json")
    controls: dict[str, Path] = {}
    for root in (shared, info.folder):  # the model's own come last and win
        controls |= _controls_below(root / "controlnet", unet)
    try:
        named = {kind: _inside(info.folder, path) for kind, path in _table(manifest, "controls", info.folder).items()}
        controls = {kind: path for kind, path in controls.items() if path.resolve() not in named.values()} | named
        for kind, path in controls.items():
            if problem := controlnet_problem(path, unet):
                raise ProbeError(f"{problem} ({kind})")
        adapter = _ip_adapter(info.folder, manifest, unet) or _ip_adapter(shared, {}, unet)
    except ProbeError as error:
        return replace(info, problem=str(error))
    return replace(info, controls=MappingProxyType(controls), ip_adapter=adapter)


def _controls_below(folder: Path, unet: Json) -> dict[str, Path]:
    """ControlNets in `folder` that fit the UNet, by kind; the first in order of names wins."""
    out: dict[str, Path] = {}
    if not folder.is_dir():
        return out
    for path in sorted(folder.iterdir()):
        if (path / "config.json").is_file() and not controlnet_problem(path, unet):
            out.setdefault(kind_of_folder(path.name), path)
    return out


def kind_of_folder(name: str) -> str:
    """The control kind a ControlNet folder is for, from its name.

    >>> kind_of_folder("control_v11p_sd15_openpose"), kind_of_folder("sd-controlnet-canny"), kind_of_folder("glow")
    ('pose', 'canny', 'glow')
    """
    plain = re.sub(r"[^a-z]", "", name.lower())
    return next((kind for part, kind in KIND_BY_NAME_PART if part in plain), name)


def _ip_adapter(folder: Path, manifest: Json, unet: Json) -> IpAdapterInfo | None:
    """What the manifest names, which must fit; or what lies in `ip_adapter/`, if it fits."""
    table = _table(manifest, "ip_adapter", folder)
    home = _inside(folder, table.get("subfolder", "ip_adapter"))
    found = sorted(home.glob("*.safetensors"))
    weights = home / table["weight_name"] if "weight_name" in table else found[0] if found else None
    encoder = home / table.get("image_encoder_folder", "image_encoder")
    if weights is None or not (table or encoder.is_dir()):
        return None
    widths = {info.shape[-1] for name, info in read_header(weights).items() if name.endswith("to_k_ip.weight")}
    if widths == {unet.get("cross_attention_dim")}:
        read_component(encoder)
        return IpAdapterInfo(weights, encoder)
    if table:
        raise ProbeError(f"The IP-Adapter {weights} does not fit its model; copy the model again.")
    return None


def _table(manifest: Json, key: str, folder: Path) -> Mapping[str, str]:
    table = manifest.get(key) or {}
    if not isinstance(table, dict) or not all(isinstance(value, str) for value in table.values()):
        raise ProbeError(f"“{key}” in {folder / MANIFEST} must map names to paths.")
    return table


def _inside(folder: Path, relative: str) -> Path:
    path = (folder / relative).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise ProbeError(f"{folder / MANIFEST} points outside its folder ({relative}).")
    return path
