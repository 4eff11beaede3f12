"""Loading parts of a model folder in diffusers layout: from disk only, safetensors only, no code from the folder.

Also which device to use. Only inside the worker or the inline host. Must not import Qt.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import diffusers
import torch
import transformers
from diffusers import SchedulerMixin
from torch import nn

from inference.families.base import Device
from inference.messages import EngineError
from models.probe import ProbeError, read_json, variant_of


def choose_device(name: str = "auto") -> Device:
    """ "auto" takes a CUDA card when there is one. Raises EngineError for a device that is not there.

    On the CPU everything runs in float32: a frame of the embedded model took five times as long in bfloat16 on a
    processor without instructions for it, and no less time on one with them.
    """
    if name not in ("auto", "cpu", "cuda"):
        raise EngineError(f"There is no device “{name}”; choose auto, cpu or cuda.")
    if name == "cuda" and not torch.cuda.is_available():
        raise EngineError("No CUDA graphics card was found; choose the device cpu, or install its driver.")
    if name != "cpu" and torch.cuda.is_available():
        return Device(torch.device("cuda"), torch.float16, torch.cuda.get_device_name())
    return Device(torch.device("cpu"), torch.float32, "CPU")


def load_component(kind: type[Any], folder: Path, device: Device) -> Any:
    """A diffusers or transformers network of class `kind` from its folder, ready to run. Raises EngineError."""
    precision = "torch_dtype" if kind.__module__.startswith("diffusers") else "dtype"
    try:
        variant = variant_of(folder)
    except ProbeError as error:
        raise EngineError(str(error)) from error
    options = {"variant": variant, "use_safetensors": True, precision: device.dtype}
    return prepare(load_part(kind, folder, **options), device)


def load_part(kind: type[Any], folder: Path, **options: Any) -> Any:
    """`kind.from_pretrained` on a folder of this machine; what is wrong with it becomes one EngineError."""
    try:
        return kind.from_pretrained(folder, local_files_only=True, **options)
    except torch.OutOfMemoryError:
        raise
    except (OSError, ValueError, KeyError, TypeError, RuntimeError) as error:
        raise EngineError(f"{folder} cannot be loaded ({_first_line(error)}); copy the model again.") from error


def prepare(network: nn.Module, device: Device) -> nn.Module:
    """Move to the device, for inference only. Convolutions run channels-last, which is faster on CPU and GPU alike."""
    network.to(device.place)
    for module in network.modules():
        if isinstance(module, nn.Conv2d):
            module.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    return network.eval().requires_grad_(False)


def load_scheduler(folder: Path) -> Any:
    """The scheduler that the folder's config names: any of diffusers' own. Raises EngineError."""
    config = read_json(folder / "scheduler_config.json")
    name = str(config.get("_class_name", ""))
    kind = getattr(diffusers, name, None) if name.isidentifier() else None
    if not (isinstance(kind, type) and issubclass(kind, SchedulerMixin)):
        raise EngineError(f"{folder} names an unknown scheduler “{name}”; set _class_name to one of diffusers' own.")
    scheduler: Any = kind
    return scheduler.from_config(dict(config))


def quieten() -> None:
    """No progress bars and no advice from diffusers and transformers: their output is not for artists."""
    diffusers.logging.set_verbosity_error()
    diffusers.logging.disable_progress_bar()
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()


def bytes_of(*networks: nn.Module | None) -> int:
    """Bytes that the weights of networks occupy."""
    return sum(p.numel() * p.element_size() for n in networks if n is not None for p in n.parameters())


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0][:200] if str(error).strip() else type(error).__name__
