"""IP-Adapter on a UNet2DConditionModel: reference pictures become tokens that its cross-attention also looks at.

Networks and processors are diffusers' own. Only inside the worker or the inline host. Must not import Qt.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from diffusers.models.attention_processor import IPAdapterAttnProcessor2_0
from diffusers.models.embeddings import ImageProjection
from PIL import Image
from safetensors import safe_open
from torch import Tensor, nn
from transformers import CLIPImageProcessor, CLIPVisionModelWithProjection

from inference.condition_set import Bytes
from inference.families.base import Device
from inference.families.components import bytes_of, load_component, load_part, prepare
from inference.messages import EngineError
from models.catalogue import IpAdapterInfo


class IpAdapter:
    """One adapter bound to one UNet. `attach(weights)` makes the UNet look at that many references.

    While attached, the UNet takes `(text, [tokens, ...])` as its encoder hidden states; detached, text alone.
    """

    def __init__(self, info: IpAdapterInfo, unet: Any, device: Device) -> None:
        self._unet = unet
        self._device = device
        self._plain = dict(unet.attn_processors)
        self._weights: tuple[float, ...] = ()
        self._encoder = load_component(CLIPVisionModelWithProjection, info.image_encoder, device)
        self._processor = _image_processor(info.image_encoder, self._encoder)
        self._projection = self._bind(info.weights)
        if unet.config.addition_embed_type == "text":
            unet.add_embedding.register_forward_pre_hook(_text_alone)

    def _bind(self, weights: Path) -> nn.Module:
        """Let diffusers build processors and projection, then take them off the UNet until they are needed."""
        unet = self._unet
        hid_dim_type = unet.config.encoder_hid_dim_type
        try:
            unet._load_ip_adapter_weights([_read(weights)])
        except (KeyError, RuntimeError, ValueError) as error:
            unet.set_attn_processor(dict(self._plain))
            raise EngineError(f"The IP-Adapter {weights} does not fit its model; copy the model again.") from error
        self._adapted = dict(unet.attn_processors)
        self._layers = [
            (processor, processor.to_k_ip[0], processor.to_v_ip[0])
            for processor in self._adapted.values()
            if isinstance(processor, IPAdapterAttnProcessor2_0)
        ]
        projection: nn.Module = unet.encoder_hid_proj.image_projection_layers[0]
        unet.encoder_hid_proj = None
        unet.config.encoder_hid_dim_type = hid_dim_type
        unet.set_attn_processor(dict(self._plain))
        return prepare(projection.to(dtype=self._device.dtype), self._device)

    @property
    def size_bytes(self) -> int:
        return bytes_of(self._encoder, self._projection, *(layer for _, *layers in self._layers for layer in layers))

    @torch.inference_mode()
    def embed(self, image: Bytes) -> tuple[Tensor, Tensor]:
        """Tokens (1, tokens, width) of a picture, and those of no picture. The middle square of the picture counts.

        As diffusers does it, "no picture" is a zero embedding for the plain adapter and a black picture for others.
        """
        pixels = self._processor(Image.fromarray(image), return_tensors="pt").pixel_values
        pixels = pixels.to(self._device.place, self._device.dtype)
        if isinstance(self._projection, ImageProjection):
            found = self._encoder(pixels).image_embeds
            none = torch.zeros_like(found)
        else:
            both = torch.cat([pixels, torch.zeros_like(pixels)])
            found, none = self._encoder(both, output_hidden_states=True).hidden_states[-2].chunk(2)
        return self._projection(found), self._projection(none)

    def attach(self, weights: Sequence[float]) -> None:
        """Every reference has its own attention and its own weight, as if the adapter were loaded once for each."""
        wanted = tuple(weights)
        if wanted == self._weights:
            return
        if not wanted or not self._weights:
            self._unet.set_attn_processor(dict(self._adapted if wanted else self._plain))
        if wanted:
            for processor, to_k, to_v in self._layers:
                processor.scale = list(wanted)
                processor.to_k_ip = nn.ModuleList([to_k] * len(wanted))
                processor.to_v_ip = nn.ModuleList([to_v] * len(wanted))
        self._weights = wanted


def _read(path: Path) -> dict[str, dict[str, Tensor]]:
    parts: dict[str, dict[str, Tensor]] = {"image_proj": {}, "ip_adapter": {}}
    with safe_open(path, framework="pt", device="cpu") as file:
        for key in file.keys():  # noqa: SIM118 - safe_open cannot be iterated
            part, _, name = key.partition(".")
            if part in parts:
                parts[part][name] = file.get_tensor(key)
    return parts


def _image_processor(folder: Path, encoder: Any) -> Any:
    if (folder / "preprocessor_config.json").is_file():
        return load_part(CLIPImageProcessor, folder)
    size = encoder.config.image_size
    return CLIPImageProcessor(size=size, crop_size=size)


def _text_alone(_: nn.Module, inputs: tuple[Any, ...]) -> tuple[Any, ...] | None:
    """For a UNet whose time embedding hears the whole text: what it takes of `(text, [tokens, ...])`."""
    hidden = inputs[0]
    return hidden[:1] if isinstance(hidden, tuple) else None
