"""Tiny models of the real classes with random weights, in the diffusers folder layout, for tests of the engine.

Small enough to run in milliseconds; a result that equals the stock pipelines' on these equals it on any weights.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from canvas.snapshot import Rect
from inference.condition_set import Bytes, ConditionSet, ControlInput, Part, Placement
from inference.messages import Job
from models.catalogue import Catalogue, scan

SIZE = 64
WIDTH = 64


def picture(seed: int, width: int = SIZE, height: int = SIZE) -> Bytes:
    """Smooth random colours, uint8 RGB (height, width, 3)."""
    rng = np.random.default_rng(seed)
    coarse = rng.integers(0, 256, (height // 8, width // 8, 3), np.uint8)
    return np.ascontiguousarray(coarse.repeat(8, axis=0).repeat(8, axis=1))


def drawing(seed: int, width: int = SIZE, height: int = SIZE) -> Bytes:
    """A few dark lines on white."""
    rng = np.random.default_rng(seed)
    image = np.full((height, width, 3), 255, np.uint8)
    for row in rng.integers(0, height, 3):
        image[row, width // 8 : -width // 8] = 20
    return image


def conditions(**changes: object) -> ConditionSet:
    settings: dict[str, object] = {
        "mode": "text", "model": "embedded", "size": (SIZE, SIZE), "prompt": "a hill", "negative": "", "steps": 3,
        "strength": 1.0, "guidance": 1.0, "seed": 7,
    }  # fmt: skip
    return ConditionSet(**{**settings, **changes})  # type: ignore[arg-type]


def scribble(seed: int = 1, weight: float = 1.0, start: float = 0.0, end: float = 1.0) -> ControlInput:
    return ControlInput("scribble", "lines", Part.of(drawing(seed)), weight, start, end)


def job(wanted: ConditionSet, id: int = 1) -> Job:
    return Job(id, 1, "preview", wanted, Placement(Rect(0, 0, *wanted.size)))


@dataclass(frozen=True)
class TinyModels:
    """`embedded`: with scribble and pose ControlNets and an IP-Adapter. `folder`: a models folder with more of them."""

    embedded: Path
    folder: Path

    def catalogue(self) -> Catalogue:
        return scan(self.folder, self.embedded)


def write_models(root: Path) -> TinyModels:
    embedded = root / "embedded"
    write_model(embedded, autoencoder="AutoencoderTiny")
    write_adapters(embedded)
    manifest = {
        "name": "Tiny studio",
        "native_size": SIZE,
        "preview_steps": 2,
        "settle_steps": 3,
        "guidance_scale": 1.0,
    }
    (embedded / "underdraw.json").write_text(json.dumps(manifest))
    write_model(root / "user" / "kl", autoencoder="AutoencoderKL")
    return TinyModels(embedded, root / "user")


def write_model(folder: Path, autoencoder: str) -> None:
    import diffusers
    import torch

    torch.manual_seed(0)
    unet = diffusers.UNet2DConditionModel(
        block_out_channels=(16, 32),
        layers_per_block=1,
        sample_size=SIZE // 8,
        in_channels=4,
        out_channels=4,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
        cross_attention_dim=WIDTH,
        attention_head_dim=4,
        norm_num_groups=8,
        addition_embed_type="text" if autoencoder == "AutoencoderTiny" else None,
    )
    unet.save_pretrained(folder / "unet")
    if autoencoder == "AutoencoderTiny":
        widths = (8, 8, 8, 8)
        vae = diffusers.AutoencoderTiny(
            encoder_block_out_channels=widths,
            decoder_block_out_channels=widths,
            num_encoder_blocks=(1, 1, 1, 1),
            num_decoder_blocks=(1, 1, 1, 1),
        )
    else:
        vae = diffusers.AutoencoderKL(
            block_out_channels=(8, 8, 8, 8),
            down_block_types=("DownEncoderBlock2D",) * 4,
            up_block_types=("UpDecoderBlock2D",) * 4,
            norm_num_groups=4,
            latent_channels=4,
        )
    vae.save_pretrained(folder / "vae")
    diffusers.DDIMScheduler(
        beta_schedule="scaled_linear",
        prediction_type="v_prediction",
        rescale_betas_zero_snr=True,
        timestep_spacing="trailing",
        clip_sample=False,
        set_alpha_to_one=False,
        steps_offset=1,
    ).save_pretrained(folder / "scheduler")
    write_text_encoder(folder)
    index = {
        "_class_name": "StableDiffusionPipeline",
        "_diffusers_version": diffusers.__version__,
        "unet": ["diffusers", "UNet2DConditionModel"],
        "vae": ["diffusers", autoencoder],
        "scheduler": ["diffusers", "DDIMScheduler"],
        "text_encoder": ["transformers", "CLIPTextModel"],
        "tokenizer": ["transformers", "CLIPTokenizer"],
    }
    (folder / "model_index.json").write_text(json.dumps(index))


def write_text_encoder(folder: Path) -> None:
    from transformers import CLIPTextConfig, CLIPTextModel

    letters = "abcdefghijklmnopqrstuvwxyz"
    words = [*letters, *(f"{letter}</w>" for letter in letters), "<|startoftext|>", "<|endoftext|>"]
    home = folder / "tokenizer"
    home.mkdir(parents=True)
    (home / "vocab.json").write_text(json.dumps({word: i for i, word in enumerate(words)}))
    (home / "merges.txt").write_text("#version: 0.2\n")
    settings = {"tokenizer_class": "CLIPTokenizer", "model_max_length": 16}
    (home / "tokenizer_config.json").write_text(json.dumps(settings))
    config = CLIPTextConfig(
        vocab_size=len(words),
        hidden_size=WIDTH,
        intermediate_size=WIDTH,
        num_hidden_layers=2,
        num_attention_heads=4,
        max_position_embeddings=16,
        bos_token_id=len(words) - 2,
        eos_token_id=len(words) - 1,
    )
    CLIPTextModel(config).save_pretrained(folder / "text_encoder")


def write_adapters(folder: Path) -> None:
    """ControlNets whose output layers are not zero, and an IP-Adapter with its image encoder."""
    import diffusers
    import torch
    from safetensors.torch import save_file
    from transformers import CLIPImageProcessor, CLIPVisionConfig, CLIPVisionModelWithProjection

    unet = diffusers.UNet2DConditionModel.from_pretrained(folder / "unet")
    for kind in ("scribble", "pose"):
        controlnet = diffusers.ControlNetModel.from_unet(unet, conditioning_embedding_out_channels=(4, 8, 8, 8))
        for parameter in controlnet.parameters():
            parameter.data += torch.randn_like(parameter) * 0.05
        controlnet.save_pretrained(folder / "controlnet" / kind)

    embedding = 24
    config = CLIPVisionConfig(
        hidden_size=WIDTH,
        projection_dim=embedding,
        intermediate_size=WIDTH,
        num_hidden_layers=2,
        num_attention_heads=4,
        image_size=32,
        patch_size=8,
    )
    home = folder / "ip_adapter"
    CLIPVisionModelWithProjection(config).save_pretrained(home / "image_encoder")
    CLIPImageProcessor(size={"shortest_edge": 32}, crop_size={"height": 32, "width": 32}).save_pretrained(
        home / "image_encoder"
    )
    tensors = {
        "image_proj.proj.weight": torch.randn(4 * WIDTH, embedding) * 0.3,
        "image_proj.proj.bias": torch.zeros(4 * WIDTH),
        "image_proj.norm.weight": torch.ones(WIDTH),
        "image_proj.norm.bias": torch.zeros(WIDTH),
    }
    for index, name in enumerate(unet.attn_processors):
        if "attn2" in name:
            module = unet.get_submodule(name.removesuffix(".processor"))
            for part in ("k", "v"):
                shape = (module.to_k.out_features, WIDTH)
                tensors[f"ip_adapter.{index}.to_{part}_ip.weight"] = torch.randn(shape) * 0.3
    save_file(tensors, home / "ip-adapter.safetensors")
