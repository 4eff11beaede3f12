"""Phase: fold the latents' normalisation into the trained autoencoder and encode the whole set.

Writes `latents.npy`, float16 (N, 4, 32, 32), beside the pictures, and the normalised autoencoder's weights.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import torch
from diffusers import AutoencoderTiny
from numpy.lib.format import open_memmap

from models.training.autoencoder import (
    LATENT_CHANNELS,
    PIXELS_PER_LATENT,
    build_autoencoder,
    fold_normalisation,
    to_tensor,
)
from models.training.budget import load_checkpoint, save_checkpoint
from models.training.progress import say

BATCH = 16


def load_autoencoder(path: Path) -> AutoencoderTiny:
    """The autoencoder of a checkpoint written by any phase."""
    state = load_checkpoint(path)
    if state is None:
        raise FileNotFoundError(path)
    autoencoder = build_autoencoder()
    autoencoder.load_state_dict(state["model"])
    return autoencoder.eval()


@torch.no_grad()
def encode(folder: Path, trained: Path, normalised: Path) -> None:
    pictures = np.load(folder / "pictures.npy", mmap_mode="r")
    autoencoder = load_autoencoder(trained)
    mean, deviation = fold_normalisation(autoencoder, np.asarray(pictures[:512]))
    say(f"latents had mean {mean.tolist()} deviation {deviation.tolist()}")
    save_checkpoint(normalised, {"model": autoencoder.state_dict()})
    side = pictures.shape[1] // PIXELS_PER_LATENT
    latents = open_memmap(
        folder / "latents.partial.npy", "w+", np.float16, (len(pictures), LATENT_CHANNELS, side, side)
    )
    for start in range(0, len(pictures), BATCH):
        batch = autoencoder.encoder(to_tensor(pictures[start : start + BATCH]))
        latents[start : start + BATCH] = batch.half().numpy()
    latents.flush()
    (folder / "latents.partial.npy").rename(folder / "latents.npy")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--trained", type=Path, required=True, help="checkpoint of train_autoencoder")
    parser.add_argument("--normalised", type=Path, required=True, help="checkpoint to write")
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    encode(arguments.folder, arguments.trained, arguments.normalised)


if __name__ == "__main__":
    main()
