"""The exported model behind one call, through the stock diffusers pipelines only.

The app's own loop gives the same pictures (`tests/inference/test_sd15.py` holds it to that). Pictures and maps are
uint8 RGB (H, W, 3), sides multiples of 8; sizes are (width, height).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from diffusers import (
    ControlNetModel,
    StableDiffusionControlNetPipeline,
    StableDiffusionInpaintPipeline,
    StableDiffusionPipeline,
)
from numpy.typing import NDArray
from PIL import Image

from models.training.autoencoder import PIXELS_PER_LATENT, to_pictures, to_tensor

Pictures = list[NDArray[np.uint8]]
Mask = NDArray[np.bool_]


class Studio:
    """Paints batches with the model of one folder."""

    def __init__(self, folder: Path) -> None:
        manifest = json.loads((folder / "underdraw.json").read_text())
        self.native_px = int(manifest["native_size"])
        self.preview_steps, self.settle_steps = int(manifest["preview_steps"]), int(manifest["settle_steps"])
        self.plain = StableDiffusionPipeline.from_pretrained(folder, dtype=torch.float32, local_files_only=True)
        self.plain.set_progress_bar_config(disable=True)
        places: dict[str, str] = manifest["controls"]
        networks = {
            place: ControlNetModel.from_pretrained(folder / place, dtype=torch.float32, local_files_only=True)
            for place in sorted(set(places.values()))
        }
        self.controls = {kind: networks[place] for kind, place in places.items()}
        adapter: dict[str, str] = manifest["ip_adapter"]
        self.plain.load_ip_adapter(str(folder), **adapter, local_files_only=True)

    def paint(
        self,
        captions: Sequence[str],
        controls: Mapping[str, Sequence[NDArray[np.uint8]]],
        steps: int = 4,
        seed: int = 0,
        reference: Pictures | None = None,
        batch: int = 8,
        size: tuple[int, int] | None = None,
    ) -> Pictures:
        """One picture a caption. `controls` maps a kind to one map a caption, of the picture's size; a reference for
        each caption or none at all. The same place in the list and the same seed give the same noise."""
        made: Pictures = []
        if reference is not None:
            batch = 1  # the stock pipelines do not keep the references of a batch apart
        for start in range(0, len(captions), batch):
            window = slice(start, start + batch)
            given = {kind: maps[window] for kind, maps in controls.items()}
            shown = None if reference is None else reference[window]
            arguments = self._arguments(list(captions[window]), steps, seed + start, shown)
            width, height = size or (self.native_px, self.native_px)
            made += self._painted(given, {**arguments, "width": width, "height": height})
        return made

    def repaint(
        self,
        captions: Sequence[str],
        pictures: Pictures,
        masks: Sequence[Mask],
        strength: float,
        steps: int,
        seed: int = 0,
        batch: int = 8,
    ) -> Pictures:
        """What the mask covers made anew, as the app does it: a latent is free where any of its pixels is masked.

        Outside the mask the results show what the autoencoder makes of the pictures; `paste` puts those back.
        """
        pipeline = StableDiffusionInpaintPipeline(**self.plain.components, requires_safety_checker=False)
        pipeline.set_progress_bar_config(disable=True)
        made: Pictures = []
        for start in range(0, len(captions), batch):
            window = slice(start, start + batch)
            height, width = masks[start].shape
            images = pipeline(
                image=to_tensor(np.stack(pictures[window])) / 2 + 0.5,
                mask_image=torch.from_numpy(np.stack([_on_latents(mask) for mask in masks[window]]))[:, None].float(),
                strength=strength,
                height=height,
                width=width,
                **self._arguments(list(captions[window]), steps, seed + start, None),
            ).images
            made += [_bytes(image) for image in images]
        return made

    def _painted(self, controls: Mapping[str, Sequence[NDArray[np.uint8]]], arguments: dict[str, Any]) -> Pictures:
        if not controls:
            return [_bytes(image) for image in self.plain(**arguments).images]
        networks = [self.controls[kind] for kind in controls]
        maps = [torch.from_numpy(np.stack(given)).permute(0, 3, 1, 2).float() / 255 for given in controls.values()]
        pipeline = StableDiffusionControlNetPipeline(
            **self.plain.components,
            controlnet=networks if len(networks) > 1 else networks[0],
            requires_safety_checker=False,
        )
        pipeline.set_progress_bar_config(disable=True)
        images = pipeline(image=maps if len(maps) > 1 else maps[0], **arguments).images
        return [_bytes(image) for image in images]

    def _arguments(self, captions: list[str], steps: int, seed: int, reference: Pictures | None) -> dict[str, Any]:
        """What every pipeline is told alike."""
        shown = [Image.fromarray(np.zeros((64, 64, 3), np.uint8))] * len(captions)
        if reference is not None:
            shown = [Image.fromarray(picture) for picture in reference]
        self.plain.set_ip_adapter_scale(0.0 if reference is None else 1.0)
        return {
            "prompt": captions,
            "num_inference_steps": steps,
            "guidance_scale": 1.0,
            "generator": torch.Generator().manual_seed(seed),
            "output_type": "np",
            # Embeddings are given ready-made: a list of images would be read as several references of one picture.
            "ip_adapter_image_embeds": [self._embed(shown)],
        }

    @torch.no_grad()
    def _embed(self, pictures: list[Image.Image]) -> torch.Tensor:
        """(N, 1, width): one reference each."""
        pixels = self.plain.feature_extractor(pictures, return_tensors="pt").pixel_values
        embeds: torch.Tensor = self.plain.image_encoder(pixels).image_embeds[:, None]
        return embeds

    @torch.no_grad()
    def encode(self, pictures: Pictures) -> torch.Tensor:
        """Latents (N, 4, H / 8, W / 8) of pictures of one size."""
        latents: torch.Tensor = self.plain.vae.encode(to_tensor(np.stack(pictures))).latents
        return latents

    @torch.no_grad()
    def reconstruct(self, pictures: Pictures) -> Pictures:
        """Encode and decode: the ceiling of whatever the diffusion can do."""
        made: Pictures = []
        for start in range(0, len(pictures), 8):
            made += list(to_pictures(self.plain.vae.decode(self.encode(pictures[start : start + 8])).sample))
        return made


def paste(picture: NDArray[np.uint8], made: NDArray[np.uint8], mask: Mask, feather_px: int) -> NDArray[np.uint8]:
    """`made` over `picture` where the mask is, rising over `feather_px` from its edge inward, as the app pastes."""
    inside_px = cv2.distanceTransform(mask.astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    alpha = (
        np.minimum(inside_px / (feather_px + 1), 1.0)[..., None] if feather_px else mask[..., None].astype(np.float32)
    )
    return np.asarray((picture * (1 - alpha) + made * alpha).round(), np.uint8)


def _on_latents(mask: Mask) -> Mask:
    """The mask with every square of a latent filled that it touches."""
    height, width = mask.shape
    px = PIXELS_PER_LATENT
    touched = mask.reshape(height // px, px, width // px, px).any(axis=(1, 3))
    return np.repeat(np.repeat(touched, px, axis=0), px, axis=1)


def _bytes(image: NDArray[np.float32]) -> NDArray[np.uint8]:
    return np.asarray((image * 255).round(), np.uint8)
