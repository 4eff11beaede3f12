"""The diffusion networks' shapes and how they are called together. All are stock diffusers/transformers classes.

Small on purpose: a 256 x 256 frame of four steps has to fit in half a second of two CPU cores.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from diffusers import ControlNetModel, DDIMScheduler, UNet2DConditionModel
from diffusers.models.attention_processor import AttnProcessor, IPAdapterAttnProcessor
from diffusers.models.embeddings import ImageProjection
from torch import nn
from transformers import CLIPTextConfig, CLIPTextModel, CLIPVisionConfig, CLIPVisionModelWithProjection

from models.training.autoencoder import LATENT_CHANNELS
from models.training.text import BEGIN_ID, END_ID, LENGTH, PAD_ID

CHANNELS = (48, 80, 128)
HEADS = (4, 4, 4)
TEXT_WIDTH = 128
IMAGE_WIDTH = 96
IMAGE_PX = 64
IMAGE_TOKENS = 4
CONTROL_KINDS = ("scribble", "pose")
HINT_CHANNELS = {"scribble": (4, 8, 32, 64), "pose": (8, 16, 32, 64)}
INFERENCE_GRID = (999, 749, 499, 249)

StateDict = dict[str, torch.Tensor]


def build_scheduler() -> DDIMScheduler:
    """v-prediction with zero terminal SNR: the first step really starts from noise, so few steps keep contrast."""
    return DDIMScheduler(
        beta_start=0.00085,
        beta_end=0.012,
        beta_schedule="scaled_linear",
        prediction_type="v_prediction",
        rescale_betas_zero_snr=True,
        timestep_spacing="trailing",
        clip_sample=False,
        steps_offset=1,
        set_alpha_to_one=True,
    )


def build_unet() -> UNet2DConditionModel:
    return UNet2DConditionModel(
        sample_size=32,
        in_channels=LATENT_CHANNELS,
        out_channels=LATENT_CHANNELS,
        block_out_channels=CHANNELS,
        layers_per_block=1,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
        mid_block_type="UNetMidBlock2DCrossAttn",
        up_block_types=("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
        cross_attention_dim=TEXT_WIDTH,
        attention_head_dim=HEADS,
        norm_num_groups=16,
    )


def build_control(kind: str) -> ControlNetModel:
    """A ControlNet without attention. Trained from nothing with the UNet, so its outputs start small, not zero."""
    control = ControlNetModel(
        in_channels=LATENT_CHANNELS,
        conditioning_channels=3,
        block_out_channels=CHANNELS,
        layers_per_block=1,
        down_block_types=("DownBlock2D",) * 3,
        mid_block_type="UNetMidBlock2D",
        cross_attention_dim=TEXT_WIDTH,
        attention_head_dim=HEADS,
        norm_num_groups=16,
        conditioning_embedding_out_channels=HINT_CHANNELS[kind],
    )
    starts = [*control.controlnet_down_blocks, control.controlnet_mid_block, control.controlnet_cond_embedding.conv_out]
    for convolution in starts:
        nn.init.kaiming_uniform_(convolution.weight, a=5**0.5)
        convolution.weight.data.mul_(0.5)
    return control


def build_text_encoder(words: int) -> CLIPTextModel:
    return CLIPTextModel(
        CLIPTextConfig(
            attn_implementation="eager",
            vocab_size=words,
            hidden_size=TEXT_WIDTH,
            intermediate_size=TEXT_WIDTH * 2,
            num_hidden_layers=2,
            num_attention_heads=4,
            max_position_embeddings=LENGTH,
            projection_dim=TEXT_WIDTH,
            bos_token_id=BEGIN_ID,
            eos_token_id=END_ID,
            pad_token_id=PAD_ID,
        )
    )


def build_image_encoder() -> CLIPVisionModelWithProjection:
    return CLIPVisionModelWithProjection(
        CLIPVisionConfig(
            attn_implementation="eager",
            hidden_size=IMAGE_WIDTH,
            intermediate_size=IMAGE_WIDTH * 2,
            projection_dim=IMAGE_WIDTH,
            num_hidden_layers=2,
            num_attention_heads=4,
            image_size=IMAGE_PX,
            patch_size=8,
        )
    )


def fresh_adapter(unet: UNet2DConditionModel) -> dict[str, StateDict]:
    """An untrained IP-Adapter for this UNet in the stock layout: {"image_proj": ..., "ip_adapter": ...}."""
    projection = ImageProjection(IMAGE_WIDTH, TEXT_WIDTH, IMAGE_TOKENS)
    image = {key.replace("image_embeds", "proj"): value for key, value in projection.state_dict().items()}
    attention: StateDict = {}
    for index, name in enumerate(unet.attn_processors):
        if name.endswith("attn2.processor"):
            width = unet.get_submodule(name.removesuffix(".processor")).to_k.weight.shape[0]
            for part in ("to_k_ip", "to_v_ip"):
                attention[f"{index}.{part}.weight"] = nn.Linear(TEXT_WIDTH, width, bias=False).weight.data
    return {"image_proj": image, "ip_adapter": attention}


def use_plain_attention(unet: UNet2DConditionModel) -> None:
    """Swap fused attention, whose backward is slow on CPU at these sizes, for matrix products; weights stay."""
    processors: dict[str, Any] = {}
    for name, old in unet.attn_processors.items():
        if not hasattr(old, "to_k_ip"):
            processors[name] = AttnProcessor()
            continue
        plain = IPAdapterAttnProcessor(old.hidden_size, old.cross_attention_dim, old.num_tokens)
        plain.load_state_dict(old.state_dict())
        processors[name] = plain
    unet.set_attn_processor(processors)


@dataclass
class Networks:
    """Everything that is trained with the UNet; the IP-Adapter lives inside `unet` as diffusers puts it."""

    unet: UNet2DConditionModel
    text: CLIPTextModel
    image: CLIPVisionModelWithProjection
    controls: dict[str, ControlNetModel]

    def modules(self) -> dict[str, nn.Module]:
        return {"unet": self.unet, "text": self.text, "image": self.image, **self.controls}

    def state(self) -> dict[str, StateDict]:
        return {name: module.state_dict() for name, module in self.modules().items()}

    def load(self, state: dict[str, StateDict]) -> None:
        for name, module in self.modules().items():
            module.load_state_dict(state[name])

    def parameters(self) -> list[nn.Parameter]:
        return [parameter for module in self.modules().values() for parameter in module.parameters()]


def build_networks(words: int) -> Networks:
    """Untrained networks with plain attention and the adapter in place."""
    unet = build_unet()
    unet._load_ip_adapter_weights([fresh_adapter(unet)], low_cpu_mem_usage=False)
    use_plain_attention(unet)
    return Networks(
        unet, build_text_encoder(words), build_image_encoder(), {kind: build_control(kind) for kind in CONTROL_KINDS}
    )


def set_reference_scale(unet: UNet2DConditionModel, scale: float) -> None:
    """0 leaves the adapter out exactly, as `set_ip_adapter_scale` does."""
    for processor in unet.attn_processors.values():
        if hasattr(processor, "to_k_ip"):
            processor.scale = [scale]


@dataclass
class Conditions:
    """What one batch is told. `controls` maps a kind to the rows that have it and their maps (rows, 3, H, W) in 0..1;
    `reference` is (N, 3, 64, 64), normalised for the image encoder, or None for the whole batch."""

    token_ids: torch.Tensor
    controls: dict[str, tuple[torch.Tensor, torch.Tensor]]
    reference: torch.Tensor | None


def predict(networks: Networks, noisy: torch.Tensor, timesteps: torch.Tensor, told: Conditions) -> torch.Tensor:
    """The v-prediction for `noisy` latents (N, 4, h, w); a ControlNet only runs for the rows that have its map."""
    states = networks.text(input_ids=told.token_ids).last_hidden_state
    totals: list[torch.Tensor] | None = None
    for kind, (rows, maps) in told.controls.items():
        down, middle = networks.controls[kind](
            noisy[rows], timesteps[rows], encoder_hidden_states=states[rows], controlnet_cond=maps, return_dict=False
        )
        if totals is None:
            totals = [piece.new_zeros((len(noisy), *piece.shape[1:])) for piece in (*down, middle)]
        totals = [total.index_add(0, rows, piece) for total, piece in zip(totals, (*down, middle), strict=True)]
    set_reference_scale(networks.unet, 0.0 if told.reference is None else 1.0)
    if told.reference is None:
        embeds = noisy.new_zeros((len(noisy), 1, IMAGE_WIDTH))
    else:
        embeds = networks.image(told.reference).image_embeds[:, None]
    result: torch.Tensor = networks.unet(
        noisy,
        timesteps,
        encoder_hidden_states=states,
        added_cond_kwargs={"image_embeds": [embeds]},
        down_block_additional_residuals=None if totals is None else totals[:-1],
        mid_block_additional_residual=None if totals is None else totals[-1],
        return_dict=False,
    )[0]
    return result
