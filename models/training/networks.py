"""The diffusion networks' shapes and how they are called together. All are stock diffusers/transformers classes.

Small on purpose: a 256 x 256 frame of four steps has to fit in half a second of two CPU cores. One ControlNet serves
every kind of map: scribbles, depth, class colours and skeletons look so unlike that nothing else has to tell them
apart, and what it learns from one kind it knows for the others.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

import torch
from diffusers import ControlNetModel, DDIMScheduler, UNet2DConditionModel
from diffusers.models.attention_processor import AttnProcessor, IPAdapterAttnProcessor
from diffusers.models.embeddings import ImageProjection
from torch import nn
from transformers import CLIPTextConfig, CLIPTextModel, CLIPVisionConfig, CLIPVisionModelWithProjection

from models.training.autoencoder import LATENT_CHANNELS
from models.training.text import BEGIN_ID, END_ID, LENGTH, PAD_ID


@dataclass(frozen=True)
class Shape:
    """Channels of the UNet's and the ControlNet's three levels, and of the ControlNet's hint encoder."""

    channels: tuple[int, int, int]
    hint_channels: tuple[int, int, int, int]


SHAPES: Final = MappingProxyType(
    {
        "small": Shape((48, 80, 128), (4, 8, 32, 64)),
        "wide": Shape((80, 160, 240), (8, 16, 48, 96)),
    }
)
"""`small` is what CPU cores can train; `wide` needs a GPU and still paints a live frame on a CPU."""

HEADS = (4, 4, 4)
TEXT_WIDTH = 128
IMAGE_WIDTH = 96
IMAGE_PX = 64
IMAGE_TOKENS = 4
CONTROL = "union"
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


def build_unet(shape: Shape) -> UNet2DConditionModel:
    """The whole text also reaches every block through the time embedding: a look is everywhere, not somewhere."""
    unet = UNet2DConditionModel(
        sample_size=32,
        in_channels=LATENT_CHANNELS,
        out_channels=LATENT_CHANNELS,
        block_out_channels=shape.channels,
        layers_per_block=1,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
        mid_block_type="UNetMidBlock2DCrossAttn",
        up_block_types=("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
        cross_attention_dim=TEXT_WIDTH,
        attention_head_dim=HEADS,
        norm_num_groups=16,
        addition_embed_type="text",
        addition_embed_type_num_heads=4,
    )
    _start_silent(unet)
    return unet


def _start_silent(network: UNet2DConditionModel | ControlNetModel) -> None:
    """What the text adds to the time embedding starts at nothing."""
    nn.init.zeros_(network.add_embedding.norm2.weight)


def build_control(shape: Shape) -> ControlNetModel:
    """A ControlNet without attention. Trained from nothing with the UNet, so its outputs start small, not zero."""
    control = ControlNetModel(
        in_channels=LATENT_CHANNELS,
        conditioning_channels=3,
        block_out_channels=shape.channels,
        layers_per_block=1,
        down_block_types=("DownBlock2D",) * 3,
        mid_block_type="UNetMidBlock2D",
        cross_attention_dim=TEXT_WIDTH,
        attention_head_dim=HEADS,
        norm_num_groups=16,
        conditioning_embedding_out_channels=shape.hint_channels,
        addition_embed_type="text",
        addition_embed_type_num_heads=4,
    )
    _start_silent(control)
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
    control: ControlNetModel

    def modules(self) -> dict[str, nn.Module]:
        return {"unet": self.unet, "text": self.text, "image": self.image, CONTROL: self.control}

    def to(self, device: torch.device | str) -> Networks:
        for module in self.modules().values():
            module.to(device)
        return self

    def state(self) -> dict[str, StateDict]:
        return {name: module.state_dict() for name, module in self.modules().items()}

    def load(self, state: dict[str, StateDict]) -> None:
        for name, module in self.modules().items():
            module.load_state_dict(state[name])

    def parameters(self) -> list[nn.Parameter]:
        return [parameter for module in self.modules().values() for parameter in module.parameters()]


def build_networks(words: int, shape: Shape) -> Networks:
    """Untrained networks with plain attention and the adapter in place."""
    unet = build_unet(shape)
    unet._load_ip_adapter_weights([fresh_adapter(unet)], low_cpu_mem_usage=False)
    use_plain_attention(unet)
    return Networks(unet, build_text_encoder(words), build_image_encoder(), build_control(shape))


def set_reference_scale(unet: UNet2DConditionModel, scale: float) -> None:
    """0 leaves the adapter out exactly, as `set_ip_adapter_scale` does."""
    for processor in unet.attn_processors.values():
        if hasattr(processor, "to_k_ip"):
            processor.scale = [scale]


@dataclass
class Conditions:
    """What one batch is told. `maps`, uint8 (M, 3, H, W), are the control maps and `rows` (M,) the samples they belong
    to, a sample's maps adding up as several ControlNets do; `reference` is (N, 3, 64, 64), normalised for the image
    encoder, or None for the whole batch."""

    token_ids: torch.Tensor
    rows: torch.Tensor
    maps: torch.Tensor
    reference: torch.Tensor | None

    def to(self, device: torch.device | str) -> Conditions:
        shown = None if self.reference is None else self.reference.to(device, non_blocking=True)
        ids, rows, maps = (part.to(device, non_blocking=True) for part in (self.token_ids, self.rows, self.maps))
        return Conditions(ids, rows, maps, shown)


def predict(networks: Networks, noisy: torch.Tensor, timesteps: torch.Tensor, told: Conditions) -> torch.Tensor:
    """The v-prediction for `noisy` latents (N, 4, h, w)."""
    states = networks.text(input_ids=told.token_ids).last_hidden_state
    totals: list[torch.Tensor] | None = None
    if len(told.rows):
        rows = told.rows
        down, middle = networks.control(
            noisy[rows],
            timesteps[rows],
            encoder_hidden_states=states[rows],
            controlnet_cond=told.maps.to(noisy.dtype) / 255,
            return_dict=False,
        )
        totals = [
            piece.new_zeros((len(noisy), *piece.shape[1:])).index_add(0, rows, piece) for piece in (*down, middle)
        ]
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
