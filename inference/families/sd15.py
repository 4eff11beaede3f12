"""The SD 1.5 family: UNet2DConditionModel, one CLIP text encoder, an autoencoder of 8 x 8 pixels a latent.

Everything that is special about such models, of any width: components, latent scaling, ControlNets, IP-Adapter,
inpainting. A run is a lean loop over tensors that gives what the stock diffusers pipelines give for equal settings.
Only inside the worker or the inline host, one thread at a time. Must not import Qt.
"""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any

import numpy as np
import torch
from diffusers import AutoencoderKL, AutoencoderTiny, ControlNetModel, UNet2DConditionModel
from torch import Tensor, nn
from transformers import CLIPTextModel, CLIPTokenizer, PreTrainedTokenizerFast

from inference.condition_set import Bytes
from inference.families.base import ControlHint, Denoising, Device, EncodedImage, Watch
from inference.families.components import bytes_of, load_component, load_part, load_scheduler
from inference.families.ip_adapter import IpAdapter
from inference.messages import EngineError
from models.catalogue import ModelInfo
from models.probe import read_json

#: Pixels a latent covers, each way.
LATENT_PX = 8

#: Classes that `model_index.json` may name for a component.
AUTOENCODERS: dict[str, type[Any]] = {"AutoencoderKL": AutoencoderKL, "AutoencoderTiny": AutoencoderTiny}
TOKENIZERS: dict[str, type[Any]] = {
    "CLIPTokenizer": CLIPTokenizer,
    "CLIPTokenizerFast": CLIPTokenizer,
    "PreTrainedTokenizerFast": PreTrainedTokenizerFast,
    "TokenizersBackend": PreTrainedTokenizerFast,
}


class Sd15:
    """A loaded model of this family. ControlNets and the IP-Adapter are loaded when they are first asked for."""

    def __init__(self, info: ModelInfo, device: Device) -> None:
        folder = info.folder
        self.info = info
        self.device = device
        self.unet = load_component(UNet2DConditionModel, folder / "unet", device)
        self.vae = load_component(_class_of(info, "vae", AUTOENCODERS), folder / "vae", device)
        self.text_encoder = load_component(CLIPTextModel, folder / "text_encoder", device)
        self.tokenizer = load_part(_class_of(info, "tokenizer", TOKENIZERS), folder / "tokenizer")
        self.scheduler = load_scheduler(folder / "scheduler")
        if 2 ** (len(self.vae.config.block_out_channels) - 1) != LATENT_PX:
            raise EngineError(f"“{info.name}” has an autoencoder of another size than SD 1.5; pick another model.")
        self._controlnets: dict[Path, tuple[Any, nn.Module]] = {}
        self._ip_adapter: IpAdapter | None = None

    @property
    def size_bytes(self) -> int:
        controls = [part for pair in self._controlnets.values() for part in pair]
        adapter = self._ip_adapter.size_bytes if self._ip_adapter else 0
        return bytes_of(self.unet, self.vae, self.text_encoder, *controls) + adapter

    # Stages: each a function of its arguments alone

    @torch.inference_mode()
    def encode_text(self, text: str) -> Tensor:
        """Hidden states (1, tokens, width). Words that a model of few words was not taught are left out, and what does
        not fit into its number of tokens is cut off."""
        length = min(self.tokenizer.model_max_length, self.text_encoder.config.max_position_embeddings)
        heard = self.info.vocabulary.heard(text)
        tokens = self.tokenizer(heard, padding="max_length", max_length=length, truncation=True, return_tensors="pt")
        uses_mask = getattr(self.text_encoder.config, "use_attention_mask", False)
        mask = tokens.attention_mask.to(self.device.place) if uses_mask else None
        hidden: Tensor = self.text_encoder(tokens.input_ids.to(self.device.place), attention_mask=mask)[0]
        return hidden

    @torch.inference_mode()
    def embed_control(self, kind: str, image: Bytes) -> Tensor:
        """A control image as the ControlNet of `kind` sees it, made once for all steps and frames it stays the same."""
        _, embedder = self._controlnet(kind)
        pixels = self._pixels(image)
        embedded: Tensor = embedder(pixels.to(self.device.dtype))
        return embedded

    @torch.inference_mode()
    def embed_reference(self, image: Bytes) -> tuple[Tensor, Tensor]:
        return self._adapter().embed(image)

    @torch.inference_mode()
    def encode_image(self, image: Bytes) -> EncodedImage:
        pixels = self._pixels(image) * 2 - 1
        encoded = self.vae.encode(pixels.to(self.device.dtype))
        scale = float(self.vae.config.scaling_factor)
        if isinstance(self.vae, AutoencoderTiny):
            latents = encoded.latents.float() * scale
            return EncodedImage(lambda generator: latents, latents.nbytes)
        posterior = encoded.latent_dist
        return EncodedImage(lambda generator: posterior.sample(generator).float() * scale, posterior.parameters.nbytes)

    def latent_mask(self, mask: Bytes) -> Tensor:
        """uint8 (h, w) to bool (1, 1, h / 8, w / 8): a latent may change where any of its pixels may.

        Equal to the nearest-neighbour shrinking of the stock pipelines for masks on the latent grid; a thin mask,
        which that would lose, works here too.
        """
        height, width = mask.shape
        cells = mask.reshape(height // LATENT_PX, LATENT_PX, width // LATENT_PX, LATENT_PX)
        return torch.from_numpy(cells.max(axis=(1, 3)) >= 128)[None, None].to(self.device.place)

    @torch.inference_mode()
    def decode(self, latents: Tensor) -> Bytes:
        """Latents (1, c, h, w) to uint8 RGB (h * 8, w * 8, 3)."""
        image = self.vae.decode((latents / self.vae.config.scaling_factor).to(self.device.dtype), return_dict=False)[0]
        image = (image[0].float() / 2 + 0.5).clamp(0, 1).mul(255).round().to(torch.uint8)
        pixels: Bytes = np.ascontiguousarray(image.permute(1, 2, 0).cpu().numpy())
        return pixels

    # The loop

    @torch.inference_mode()
    def denoise(self, run: Denoising, watch: Watch) -> Tensor:
        """Float32 latents. Noise comes from a CPU generator seeded with `run.seed`, drawn in the stock order.

        Latents stay in float32 between the steps; only the networks run in the device's precision.
        """
        scheduler = self.scheduler
        scheduler.set_timesteps(run.steps, device=self.device.place)
        timesteps = self._timesteps(run)
        generator = torch.Generator("cpu").manual_seed(run.seed)
        base = run.base.sample(generator) if run.base is not None else None
        noise = self._noise(run.size, generator)
        latents = self._first_latents(run, base, noise, timesteps)
        text, references = self._hidden_states(run)
        if self._ip_adapter is not None:
            self._ip_adapter.attach([reference.weight for reference in run.references])
        extra = {"generator": generator} if "generator" in inspect.signature(scheduler.step).parameters else {}
        cond = self._guidance_embedding(run)

        for i, t in enumerate(timesteps):
            watch.step(i, len(timesteps))
            model_input = latents if text.shape[0] == 1 else torch.cat([latents] * 2)
            model_input = scheduler.scale_model_input(model_input, t).to(self.device.dtype)
            with watch.network():
                down, mid = self._control_residuals(run.hints, model_input, t, text, i, len(timesteps))
                predicted = self.unet(
                    model_input,
                    t,
                    encoder_hidden_states=(text, references) if references else text,
                    timestep_cond=cond,
                    down_block_additional_residuals=down,
                    mid_block_additional_residual=mid,
                    return_dict=False,
                )[0].float()
            if text.shape[0] == 2:
                without, with_prompt = predicted.chunk(2)
                predicted = without + run.guidance * (with_prompt - without)
            latents = scheduler.step(predicted, t, latents, **extra, return_dict=False)[0]
            if run.mask is not None and base is not None:
                latents = self._keep_outside(run.mask, latents, base, noise, timesteps[i + 1 : i + 2])
        watch.step(len(timesteps), len(timesteps))
        return latents

    def _timesteps(self, run: Denoising) -> Tensor:
        """With a base, the last `strength` share of the schedule, as `get_timesteps` of the stock pipelines has it,
        but never less than one step."""
        steps = run.steps
        if run.base is not None:
            steps = max(1, min(int(run.steps * run.strength), run.steps))
        first = (run.steps - steps) * self.scheduler.order
        if hasattr(self.scheduler, "set_begin_index"):
            self.scheduler.set_begin_index(first)
        timesteps: Tensor = self.scheduler.timesteps[first:]
        return timesteps

    def _noise(self, size: tuple[int, int], generator: torch.Generator) -> Tensor:
        width, height = size
        shape = (1, self.unet.config.in_channels, height // LATENT_PX, width // LATENT_PX)
        return torch.randn(shape, generator=generator).to(self.device.place)

    def _first_latents(self, run: Denoising, base: Tensor | None, noise: Tensor, timesteps: Tensor) -> Tensor:
        """Pure noise without a base, or when inpainting at full strength; otherwise the base with noise added."""
        latents: Tensor
        if base is None or (run.mask is not None and run.strength == 1.0):
            latents = noise * self.scheduler.init_noise_sigma
        else:
            latents = self.scheduler.add_noise(base, noise, timesteps[:1])
        return latents

    def _keep_outside(self, mask: Tensor, latents: Tensor, base: Tensor, noise: Tensor, upcoming: Tensor) -> Tensor:
        """Outside the mask, the base with as much noise as the next step expects; after the last step, the base."""
        known = self.scheduler.add_noise(base, noise, upcoming) if len(upcoming) else base
        return torch.where(mask, latents, known)

    def _hidden_states(self, run: Denoising) -> tuple[Tensor, list[Tensor]]:
        """Text and reference tokens, with guidance as batches of (negative, positive)."""
        if run.negative is None:
            return run.positive, [reference.tokens for reference in run.references]
        text = torch.cat([run.negative, run.positive])
        return text, [torch.cat([reference.empty, reference.tokens]) for reference in run.references]

    def _guidance_embedding(self, run: Denoising) -> Tensor | None:
        """For models with guidance distilled into them (LCM): sinusoidal embedding of guidance - 1.

        Formula: `get_guidance_scale_embedding` of diffusers, after google-research/vdm.
        """
        width = self.unet.config.time_cond_proj_dim
        if width is None:
            return None
        half = width // 2
        frequencies = torch.exp(torch.arange(half) * -(np.log(10000.0) / (half - 1)))
        angles = (run.guidance - 1) * 1000.0 * frequencies[None]
        embedding = torch.cat([torch.sin(angles), torch.cos(angles)], dim=1)
        return nn.functional.pad(embedding, (0, width % 2)).to(self.device.place, self.device.dtype)

    @property
    def distilled_guidance(self) -> bool:
        return self.unet.config.time_cond_proj_dim is not None

    # ControlNets and IP-Adapter

    def _control_residuals(
        self, hints: tuple[ControlHint, ...], latents: Tensor, t: Tensor, text: Tensor, step: int, steps: int
    ) -> tuple[list[Tensor] | None, Tensor | None]:
        """Sum of what all ControlNets that count at this step add to the UNet's skips and middle."""
        down: list[Tensor] | None = None
        mid: Tensor | None = None
        for hint in hints:
            if step / steps < hint.start or (step + 1) / steps > hint.end or hint.weight == 0:
                continue
            network, _ = self._controlnet(hint.kind)
            more_down, more_mid = network(
                latents,
                t,
                encoder_hidden_states=text,
                controlnet_cond=hint.embedding,
                conditioning_scale=hint.weight,
                return_dict=False,
            )
            if down is None or mid is None:
                down, mid = list(more_down), more_mid
            else:
                down = [a + b for a, b in zip(down, more_down, strict=True)]
                mid = mid + more_mid
        return down, mid

    def _controlnet(self, kind: str) -> tuple[Any, nn.Module]:
        """The ControlNet for `kind` and its hint embedder, which is taken out so that it need not run at every step."""
        folder = self.info.controls.get(kind)
        if folder is None:
            has = ", ".join(self.info.controls) or "none"
            raise EngineError(
                f"“{self.info.name}” has no ControlNet for {kind} (it has: {has}); "
                "change the layer's kind, or put one into the models folder."
            )
        if folder not in self._controlnets:  # one network may serve several kinds
            network = load_component(ControlNetModel, folder, self.device)
            embedder = network.controlnet_cond_embedding
            if network.config.controlnet_conditioning_channel_order == "bgr":
                embedder = nn.Sequential(_SwapRedAndBlue(), embedder)
                network.register_to_config(controlnet_conditioning_channel_order="rgb")
            network.controlnet_cond_embedding = nn.Identity()
            self._controlnets[folder] = (network, embedder)
        return self._controlnets[folder]

    def _adapter(self) -> IpAdapter:
        if self._ip_adapter is None:
            if self.info.ip_adapter is None:
                raise EngineError(
                    f"“{self.info.name}” has no IP-Adapter for reference layers; "
                    "hide them, or put one into ip_adapter in the models folder."
                )
            self._ip_adapter = IpAdapter(self.info.ip_adapter, self.unet, self.device)
        return self._ip_adapter

    def _pixels(self, image: Bytes) -> Tensor:
        """uint8 (h, w, 3) to float32 (1, 3, h, w) from 0 to 1."""
        tensor = torch.from_numpy(np.array(image)).to(self.device.place)
        return tensor.permute(2, 0, 1)[None].float() / 255


class _SwapRedAndBlue(nn.Module):
    def forward(self, pixels: Tensor) -> Tensor:
        return pixels.flip(1)


def _class_of(info: ModelInfo, component: str, known: dict[str, type[Any]]) -> type[Any]:
    """The class that `model_index.json` names for a component, which must be one of `known`. Raises EngineError."""
    entry = read_json(info.folder / "model_index.json").get(component)
    name = str(entry[1]) if isinstance(entry, list) and len(entry) == 2 else str(entry)
    if name not in known:
        raise EngineError(f"“{info.name}” has a {component} of an unknown kind ({name}); pick another model.")
    return known[name]
