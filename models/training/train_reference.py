"""Phase: give the IP-Adapter its start. Its tokens learn to say what the words for a picture's look would have said.

Trained from nothing beside the UNet, an image encoder takes far longer than the rest to mean anything. Here it is
shown pictures and learns the text encoder's states for "<style>, <time of day>"; its attention begins as a copy of the
one for text. The diffusion phase, resumed afterwards, then only has to fit it in.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from models.training.batches import reference_tensor, thumbnails
from models.training.budget import Budget, learning_rate, load_checkpoint, save_checkpoint, set_learning_rate
from models.training.networks import IMAGE_TOKENS, SHAPES, Networks, build_networks
from models.training.picture_set import PictureSet, open_set
from models.training.progress import say
from models.training.text import encode_captions, word_ids

PEAK_RATE = 1e-3
BATCH = 64


def look_states(networks: Networks, scenes: PictureSet) -> torch.Tensor:
    """What the text encoder makes of "<style>, <time>" of each scene: (N, IMAGE_TOKENS, width), begin to end token."""
    looks = [f"{scene.style}, {scene.time}" for scene in scenes.scenes]
    known = sorted(set(looks))
    ids = torch.from_numpy(encode_captions(word_ids(), known))
    with torch.no_grad():
        states = networks.text(input_ids=ids).last_hidden_state[:, :IMAGE_TOKENS]
    return torch.stack([states[known.index(look)] for look in looks])


def copy_text_attention(networks: Networks) -> None:
    """Let the adapter's keys and values begin as those for text."""
    for name, processor in networks.unet.attn_processors.items():
        if hasattr(processor, "to_k_ip"):
            attention = networks.unet.get_submodule(name.removesuffix(".processor"))
            processor.to_k_ip[0].load_state_dict(attention.to_k.state_dict())
            processor.to_v_ip[0].load_state_dict(attention.to_v.state_dict())


def image_tokens(networks: Networks, pictures: torch.Tensor) -> torch.Tensor:
    """(N, 3, 64, 64), normalised -> (N, IMAGE_TOKENS, width)."""
    embeds = networks.image(pictures).image_embeds
    tokens: torch.Tensor = projection_of(networks)(embeds)
    return tokens


def projection_of(networks: Networks) -> nn.Module:
    layer: nn.Module = networks.unet.encoder_hid_proj.image_projection_layers[0]
    return layer


def train(networks: Networks, pictures: PictureSet, minutes: float, seed: int = 0) -> float:
    """Fit image encoder and projection within `minutes`; the last running loss. Other networks are only read."""
    rng = np.random.default_rng(seed)
    wanted = look_states(networks, pictures)
    count = pictures.training_count
    shown = thumbnails(list(pictures.pictures[:count]))
    parameters = [*networks.image.parameters(), *projection_of(networks).parameters()]
    optimizer = torch.optim.AdamW(parameters, lr=PEAK_RATE, betas=(0.9, 0.99), weight_decay=0.01)
    budget, steps, running = Budget(minutes * 60), 0, 1.0
    while (fraction := budget.fraction()) < 1.0:
        set_learning_rate(optimizer, learning_rate(PEAK_RATE, steps, fraction, 50))
        chosen = rng.integers(0, count, BATCH)
        batch = shown[chosen]
        if rng.random() < 0.5:
            batch = batch[:, :, ::-1]
        loss = functional.mse_loss(image_tokens(networks, reference_tensor(batch)), wanted[chosen])
        optimizer.zero_grad()
        torch.autograd.backward(loss)
        optimizer.step()
        steps += 1
        running = 0.98 * running + 0.02 * loss.item()
        if steps % 100 == 0:
            say(f"reference step {steps} {budget.elapsed_s():.0f} s loss {running:.4f}")
    return running


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, required=True, help="the rendered set")
    parser.add_argument("--checkpoint", type=Path, required=True, help="of the diffusion phase; it is changed in place")
    parser.add_argument("--minutes", type=float, required=True)
    arguments = parser.parse_args()
    state = load_checkpoint(arguments.checkpoint)
    if state is None:
        raise SystemExit(f"{arguments.checkpoint} does not exist; run the diffusion phase first")
    networks = build_networks(len(word_ids()), SHAPES[state["shape"]])
    networks.load(state["average"])
    train(networks, open_set(arguments.folder), arguments.minutes)
    copy_text_attention(networks)
    fresh = networks.state()
    for place in ("networks", "average"):
        kept = state[place]
        kept["image"] = fresh["image"]
        for key, value in fresh["unet"].items():
            if ".processor." in key or key.startswith("encoder_hid_proj"):
                kept["unet"][key] = value
    save_checkpoint(arguments.checkpoint, state)


if __name__ == "__main__":
    main()
