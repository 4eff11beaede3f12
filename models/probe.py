"""Find out what a model folder holds without loading it: configs as JSON, weights by their safetensors headers.

Reads at most a few MB, never unpickles, never trusts a size it has not checked. Plain Python: any thread, any process;
must not import torch, diffusers or transformers.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any, TypeAlias

Json: TypeAlias = Mapping[str, Any]

#: The safetensors format allows headers of 100 MB; those of real models stay far below this.
MAX_HEADER_BYTES = 16 << 20
MAX_CONFIG_BYTES = 4 << 20

BITS_BY_DTYPE = {
    "BOOL": 8, "U8": 8, "I8": 8, "F8_E4M3": 8, "F8_E5M2": 8, "U16": 16, "I16": 16, "F16": 16, "BF16": 16,
    "U32": 32, "I32": 32, "F32": 32, "U64": 64, "I64": 64, "F64": 64,
}  # fmt: skip


class ProbeError(Exception):
    """A file or folder is not what it should be; the text is one sentence for the artist."""


@dataclass(frozen=True, slots=True)
class TensorInfo:
    dtype: str
    shape: tuple[int, ...]


def parse_json(path: Path) -> Any:
    """A JSON file. Raises ProbeError when it is missing, too large or damaged."""
    try:
        if path.stat().st_size > MAX_CONFIG_BYTES:
            raise ProbeError(f"{path} is too large for a configuration file.")
        return json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise ProbeError(f"{path} is missing; copy the model again.") from None
    except (OSError, ValueError, RecursionError) as error:
        raise ProbeError(f"{path} cannot be read ({error}); copy the model again.") from error


def read_json(path: Path) -> Json:
    """A JSON object. Raises ProbeError as `parse_json`, and for anything that is not an object."""
    data = parse_json(path)
    if not isinstance(data, dict):
        raise ProbeError(f"{path} does not hold a JSON object; copy the model again.")
    return data


def read_header(path: Path) -> dict[str, TensorInfo]:
    """Tensors by name, from the header of a safetensors file.

    The file must be exactly as long as its header says (a broken download is not). Raises ProbeError.
    Layout: 8 bytes little-endian header length, a JSON header, the data.
    """
    damaged = f"{path} is damaged or incomplete; download it again."
    try:
        size_bytes = path.stat().st_size
        with path.open("rb") as file:
            start = file.read(8)
            if len(start) < 8:
                raise ProbeError(damaged)
            (header_bytes,) = struct.unpack("<Q", start)
            if header_bytes > min(MAX_HEADER_BYTES, size_bytes - 8):
                raise ProbeError(damaged)
            header = json.loads(file.read(header_bytes))
        tensors = {name: entry for name, entry in header.items() if name != "__metadata__"}
        data_bytes = 0
        out: dict[str, TensorInfo] = {}
        for name, entry in tensors.items():
            shape = tuple(int(length) for length in entry["shape"])
            begin, end = (int(offset) for offset in entry["data_offsets"])
            bits = BITS_BY_DTYPE.get(entry["dtype"])
            if begin < 0 or min(shape, default=0) < 0 or (bits and (end - begin) * 8 != prod(shape) * bits):
                raise ProbeError(damaged)
            data_bytes = max(data_bytes, end)
            out[name] = TensorInfo(str(entry["dtype"]), shape)
    except FileNotFoundError:
        raise ProbeError(f"{path} is missing; copy the model again.") from None
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ProbeError(damaged) from error
    if size_bytes != 8 + header_bytes + data_bytes:
        raise ProbeError(damaged)
    return out


def weight_files(folder: Path) -> tuple[Path, ...]:
    """The safetensors files of one component in the diffusers layout, full precision before variants.

    Raises ProbeError when there are none, naming the remedy where only pickled weights were found.
    """
    found = sorted(folder.glob("*.safetensors"), key=lambda path: (path.name.count("."), path.name))
    if found:
        plain = [path for path in found if path.name.count(".") == found[0].name.count(".")]
        return tuple(plain)
    if any(folder.glob("*.bin")):
        raise ProbeError(f"{folder} holds pickled weights (.bin), which can run code; convert them to safetensors.")
    raise ProbeError(f"{folder} holds no safetensors weights; copy the model again.")


def variant_of(folder: Path) -> str | None:
    """The diffusers `variant` of a component's weights: "fp16" for `model.fp16.safetensors`, None for plain names."""
    parts = weight_files(folder)[0].name.split(".")
    return parts[1] if len(parts) > 2 else None


def read_component(folder: Path) -> tuple[Json, dict[str, TensorInfo]]:
    """Config and tensors of one component folder. Raises ProbeError."""
    config = read_json(folder / "config.json")
    tensors: dict[str, TensorInfo] = {}
    for path in weight_files(folder):
        tensors.update(read_header(path))
    return config, tensors


#: Families told by the pipeline class alone. What is not here and not SD-1.5-shaped is "unknown".
FAMILY_BY_PIPELINE = {
    "StableDiffusionXL": ("sdxl", "an SDXL"),
    "StableDiffusion3": ("sd3", "a Stable Diffusion 3"),
    "Flux": ("flux", "a FLUX"),
    "QwenImage": ("qwen-image", "a Qwen-Image"),
    "ZImage": ("z-image", "a Z-Image"),
}


@dataclass(frozen=True, slots=True)
class Identity:
    """`family`: "sd15", "sdxl" ... or "unknown". `problem`: why it cannot be used here, or "" when it can."""

    family: str
    problem: str = ""


def identify(folder: Path) -> Identity:
    """What kind of model a folder in the diffusers layout holds. Never raises for what the folder contains."""
    try:
        pipeline = str(read_json(folder / "model_index.json").get("_class_name", ""))
        for prefix, (family, words) in FAMILY_BY_PIPELINE.items():
            if pipeline.startswith(prefix):
                return Identity(family, f"“{folder.name}” is {words} model; this version runs SD 1.5 models.")
        if not (folder / "unet").is_dir() and not pipeline.startswith("StableDiffusion"):
            return Identity("unknown", f"“{folder.name}” is of a family that this version does not run.")
        return _identify_unet(folder)
    except ProbeError as error:
        return Identity("unknown", str(error))


def _identify_unet(folder: Path) -> Identity:
    """By width of the cross-attention: 1024 is SD 2, the text encoder's own any size of SD 1.5."""
    name = f"“{folder.name}”"
    unet, unet_tensors = read_component(folder / "unet")
    text, _ = read_component(folder / "text_encoder")
    vae, _ = read_component(folder / "vae")
    read_json(folder / "scheduler" / "scheduler_config.json")
    if not (folder / "tokenizer").is_dir():
        raise ProbeError(f"{folder / 'tokenizer'} is missing; copy the model again.")

    width = unet.get("cross_attention_dim")
    if unet.get("addition_embed_type") == "text_time":
        return Identity("sdxl", f"{name} is an SDXL model; this version runs SD 1.5 models.")
    if width == 1024:
        return Identity("sd2", f"{name} is a Stable Diffusion 2 model; this version runs SD 1.5 models.")
    if width != text.get("hidden_size"):
        return Identity("unknown", f"The text encoder of {name} does not fit its UNet; copy the model again.")
    first = unet_tensors.get("conv_in.weight")
    if first is None or len(first.shape) != 4 or first.shape[1] != unet.get("in_channels"):
        return Identity("unknown", f"The UNet of {name} does not hold what its config.json says; download it again.")
    if unet.get("in_channels") != vae.get("latent_channels"):
        return Identity("sd15", f"{name} is a special inpainting model, which is not needed here; pick the plain one.")
    return Identity("sd15")


def controlnet_problem(folder: Path, unet_config: Json) -> str:
    """Why a ControlNet in diffusers layout does not fit a UNet, in one sentence, or "" when it does."""
    try:
        config, _ = read_component(folder)
    except ProbeError as error:
        return str(error)
    for key in ("cross_attention_dim", "block_out_channels"):
        if key in config and config[key] != unet_config.get(key):
            return f"The ControlNet “{folder.name}” was made for another family of models."
    return ""
