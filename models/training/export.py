"""Write the trained networks as a stock diffusers folder, plus the app's manifest and word list."""

from __future__ import annotations

import argparse
import json
import shutil
from collections.abc import Sequence
from pathlib import Path

import torch
from diffusers import StableDiffusionPipeline
from safetensors.torch import save_file

from models.training.captions import WORD, taught_words, word_groups
from models.training.encode_set import load_autoencoder
from models.training.geometry import SIZE
from models.training.networks import CONTROL, IMAGE_PX, SHAPES, Networks, build_scheduler, build_unet
from models.training.picture_set import open_set
from models.training.progress import say
from models.training.sayings import AMERICAN, GROUPS, OWNED, SYNONYMS
from models.training.text import build_tokenizer
from models.training.trainer import load_average

CONTROL_KINDS = ("scribble", "lineart", "canny", "depth", "segmentation", "tile", "pose")
"""What the one ControlNet follows, by the app's names."""
OTHER = "other"
ANOTHER = {**AMERICAN, **SYNONYMS}
ADAPTER_FOLDER, ADAPTER_FILE, IMAGE_ENCODER_FOLDER = "ip_adapter", "ip-adapter.safetensors", "image_encoder"


def adapter_state(networks: Networks) -> dict[str, torch.Tensor]:
    """The IP-Adapter inside the UNet, in the stock flat layout `image_proj.*`, `ip_adapter.*`."""
    projection = networks.unet.encoder_hid_proj.image_projection_layers[0].state_dict()
    state = {f"image_proj.{key.replace('image_embeds', 'proj')}": value for key, value in projection.items()}
    for index, processor in enumerate(networks.unet.attn_processors.values()):
        if hasattr(processor, "to_k_ip"):
            state[f"ip_adapter.{index}.to_k_ip.weight"] = processor.to_k_ip[0].weight
            state[f"ip_adapter.{index}.to_v_ip.weight"] = processor.to_v_ip[0].weight
    return {key: value.detach() for key, value in state.items()}


def plain_unet_state(networks: Networks) -> dict[str, torch.Tensor]:
    """The UNet's weights without the adapter's."""
    state = networks.unet.state_dict()
    return {
        key: value
        for key, value in state.items()
        if ".processor." not in key and not key.startswith("encoder_hid_proj")
    }


def manifest() -> dict[str, object]:
    """What the app needs to know; paths are relative to the folder."""
    return {
        "name": "Embedded studio",
        "family": "sd15",
        "native_size": SIZE,
        "preview_steps": 2,
        "settle_steps": 4,
        "guidance_scale": 1.0,
        "controls": dict.fromkeys(CONTROL_KINDS, f"controlnet/{CONTROL}"),
        "ip_adapter": {
            "subfolder": ADAPTER_FOLDER,
            "weight_name": ADAPTER_FILE,
            "image_encoder_folder": IMAGE_ENCODER_FOLDER,
        },
        "vocabulary": "vocabulary.json",
    }


def known_words(taught: frozenset[str]) -> dict[str, list[str]]:
    """What a model of these words can be told, by group, as an artist would say it: phrases stay whole, and the longer
    of two ways to say the same is left to the completer. The last group holds the taught words that remain."""
    groups: dict[str, list[str]] = {}
    for group, words in word_groups().items():
        ways = [way for said in GROUPS.get(group, {}).values() for way in _shortest(said)]
        own = [word for word in words if word in OWNED or group not in GROUPS]
        other = [ANOTHER[way] for way in (*ways, *own) if way in ANOTHER]
        groups[group] = sorted({way for way in (*ways, *own, *other) if taught.issuperset(WORD.findall(way))})
    listed = {word for ways in groups.values() for way in ways for word in WORD.findall(way)}
    groups[OTHER] = sorted({*groups.pop("joining word"), *(taught - listed)})
    return {group: ways for group, ways in groups.items() if ways}


def _shortest(ways: Sequence[str]) -> list[str]:
    """Those that do not contain another one."""
    sets = [set(WORD.findall(way)) for way in ways]
    return [way for way, words in zip(ways, sets, strict=True) if not any(other < words for other in sets)]


def export(
    networks: Networks,
    shape: str,
    autoencoder_checkpoint: Path,
    taught: frozenset[str],
    folder: Path,
    dtype: torch.dtype = torch.bfloat16,
) -> None:
    """Replace the model's files in `folder`; README and sheets there are left alone."""
    for part in ("unet", "vae", "text_encoder", "tokenizer", "scheduler", "controlnet", ADAPTER_FOLDER):
        shutil.rmtree(folder / part, ignore_errors=True)
    unet = build_unet(SHAPES[shape])
    unet.load_state_dict(plain_unet_state(networks))
    pipeline = StableDiffusionPipeline(
        vae=load_autoencoder(autoencoder_checkpoint).to(dtype),
        text_encoder=networks.text.to(dtype),
        tokenizer=build_tokenizer(),
        unet=unet.to(dtype),
        scheduler=build_scheduler(),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )
    pipeline.save_pretrained(folder)
    networks.control.to(dtype).save_pretrained(folder / "controlnet" / CONTROL)
    adapter = folder / ADAPTER_FOLDER
    networks.image.to(dtype).save_pretrained(adapter / IMAGE_ENCODER_FOLDER)
    save_file(
        {key: value.to(dtype).contiguous() for key, value in adapter_state(networks).items()}, adapter / ADAPTER_FILE
    )
    processor = {
        "image_processor_type": "CLIPImageProcessor",
        "size": {"shortest_edge": IMAGE_PX},
        "crop_size": {"height": IMAGE_PX, "width": IMAGE_PX},
        "image_mean": [0.48145466, 0.4578275, 0.40821073],
        "image_std": [0.26862954, 0.26130258, 0.27577711],
    }
    (adapter / IMAGE_ENCODER_FOLDER / "preprocessor_config.json").write_text(json.dumps(processor, indent=2) + "\n")
    (folder / "underdraw.json").write_text(json.dumps(manifest(), indent=2) + "\n")
    (folder / "vocabulary.json").write_text(json.dumps(known_words(taught), indent=1) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--diffusion", type=Path, required=True, help="checkpoint of train_diffusion")
    parser.add_argument("--autoencoder", type=Path, required=True, help="checkpoint of encode_set or train_decoder")
    parser.add_argument("--data", type=Path, required=True, help="the set it was trained on: what words it has heard")
    parser.add_argument("--folder", type=Path, required=True)
    arguments = parser.parse_args()
    taught = taught_words(open_set(arguments.data).scenes)
    export(*load_average(arguments.diffusion), arguments.autoencoder, taught, arguments.folder)
    total = sum(path.stat().st_size for path in arguments.folder.rglob("*") if path.is_file())
    say(f"{arguments.folder}: {total / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
