"""The exported model behind one call, through the stock diffusers pipelines only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from diffusers import ControlNetModel, StableDiffusionControlNetPipeline, StableDiffusionPipeline
from numpy.typing import NDArray
from PIL import Image

from models.training.autoencoder import to_tensor
from models.training.export import ADAPTER_FILE, ADAPTER_FOLDER, IMAGE_ENCODER_FOLDER
from models.training.networks import CONTROL_KINDS

Pictures = list[NDArray[np.uint8]]


class Studio:
    """Paints batches: `controls` maps a kind to one uint8 (256, 256, 3) map per caption."""

    def __init__(self, folder: Path) -> None:
        self.plain = StableDiffusionPipeline.from_pretrained(folder, dtype=torch.float32, local_files_only=True)
        self.plain.set_progress_bar_config(disable=True)
        self.controls = {
            kind: ControlNetModel.from_pretrained(folder / "controlnet" / kind, dtype=torch.float32)
            for kind in CONTROL_KINDS
        }
        self.plain.load_ip_adapter(
            str(folder),
            subfolder=ADAPTER_FOLDER,
            weight_name=ADAPTER_FILE,
            image_encoder_folder=IMAGE_ENCODER_FOLDER,
            local_files_only=True,
        )

    def paint(
        self,
        captions: Sequence[str],
        controls: Mapping[str, Pictures],
        steps: int = 4,
        seed: int = 0,
        reference: Pictures | None = None,
        batch: int = 8,
    ) -> Pictures:
        """uint8 (256, 256, 3) pictures, one a caption; a reference of each caption or none at all."""
        made: Pictures = []
        if reference is not None:
            batch = 1  # the stock pipelines do not keep the references of a batch apart
        for start in range(0, len(captions), batch):
            window = slice(start, start + batch)
            given = {kind: maps[window] for kind, maps in controls.items()}
            shown = None if reference is None else reference[window]
            made += self._paint_batch(list(captions[window]), given, steps, seed + start, shown)
        return made

    def _paint_batch(
        self, captions: list[str], controls: Mapping[str, Pictures], steps: int, seed: int, reference: Pictures | None
    ) -> Pictures:
        count = len(captions)
        shown = [Image.fromarray(np.zeros((64, 64, 3), np.uint8))] * count
        if reference is not None:
            shown = [Image.fromarray(picture) for picture in reference]
        self.plain.set_ip_adapter_scale(0.0 if reference is None else 1.0)
        arguments: dict[str, Any] = {
            "prompt": captions,
            "num_inference_steps": steps,
            "guidance_scale": 1.0,
            "generator": torch.Generator().manual_seed(seed),
            "output_type": "np",
            # Embeddings are given ready-made: a list of images would be read as several references of one picture.
            "ip_adapter_image_embeds": [self._embed(shown)],
        }
        if not controls:
            images = self.plain(height=256, width=256, **arguments).images
        else:
            networks = [self.controls[kind] for kind in controls]
            maps = [torch.from_numpy(np.stack(given)).permute(0, 3, 1, 2).float() / 255 for given in controls.values()]
            pipeline = StableDiffusionControlNetPipeline(
                **self.plain.components,
                controlnet=networks if len(networks) > 1 else networks[0],
                requires_safety_checker=False,
            )
            pipeline.set_progress_bar_config(disable=True)
            images = pipeline(image=maps if len(maps) > 1 else maps[0], **arguments).images
        return [np.asarray((image * 255).round(), np.uint8) for image in images]

    @torch.no_grad()
    def _embed(self, pictures: list[Image.Image]) -> torch.Tensor:
        """(N, 1, width): one reference each."""
        pixels = self.plain.feature_extractor(pictures, return_tensors="pt").pixel_values
        embeds: torch.Tensor = self.plain.image_encoder(pixels).image_embeds[:, None]
        return embeds

    @torch.no_grad()
    def reconstruct(self, pictures: Pictures) -> Pictures:
        """Encode and decode: the ceiling of whatever the diffusion can do."""
        made: Pictures = []
        for start in range(0, len(pictures), 8):
            latents = self.plain.vae.encode(to_tensor(np.stack(pictures[start : start + 8]))).latents
            decoded = self.plain.vae.decode(latents).sample.clamp(-1, 1)
            made += list((decoded.add(1).mul(127.5).round().byte().permute(0, 2, 3, 1)).numpy())
        return made
