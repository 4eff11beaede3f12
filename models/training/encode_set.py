"""Phase: fold the latents' normalisation into the trained autoencoder and encode the whole set.

Writes `latents.npy`, float16 (N, 4, 32, 32), and `latents_half.npy`, (N, 4, 16, 16) of the pictures at half size,
beside the pictures, and the normalised autoencoder's weights.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import cv2
import numpy as np
import torch
from diffusers import AutoencoderTiny
from numpy.lib.format import open_memmap
from numpy.typing import NDArray
from torch.multiprocessing.spawn import spawn

from models.training.autoencoder import (
    LATENT_CHANNELS,
    PIXELS_PER_LATENT,
    build_autoencoder,
    fold_normalisation,
    to_tensor,
)
from models.training.budget import load_checkpoint, save_checkpoint
from models.training.picture_set import HALF_LATENTS, HELD_OUT, LATENTS
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
def normalise(pictures: NDArray[np.uint8], trained: Path, normalised: Path) -> None:
    autoencoder = load_autoencoder(trained)
    mean, deviation = fold_normalisation(autoencoder, np.asarray(pictures[:256]))
    say(f"latents had mean {mean.tolist()} deviation {deviation.tolist()}")
    save_checkpoint(normalised, {"model": autoencoder.state_dict()})


@torch.no_grad()
def encode_share(
    worker: int, workers: int, pictures_path: Path, normalised: Path, partial: Path, device: str = "cpu"
) -> None:
    """Encode every `workers`-th batch, at half size where `partial` has room for no more."""
    torch.set_num_threads(1)
    pictures = np.load(pictures_path, mmap_mode="r")
    autoencoder = load_autoencoder(normalised).to(device)
    latents = open_memmap(partial, "r+")
    size = (latents.shape[-1] * PIXELS_PER_LATENT,) * 2
    for start in range(worker * BATCH, len(latents), workers * BATCH):
        stop = min(start + BATCH, len(latents))
        shown = np.stack([cv2.resize(one, size, interpolation=cv2.INTER_AREA) for one in pictures[start:stop]])
        latents[start:stop] = autoencoder.encoder(to_tensor(shown).to(device)).half().cpu().numpy()
    latents.flush()


def encode(folder: Path, trained: Path, normalised: Path, most: int, workers: int, device: str) -> None:
    """Encode the first `most` training pictures."""
    path, partial = folder / "pictures.npy", folder / "latents.partial.npy"
    pictures = np.load(path, mmap_mode="r")
    normalise(pictures, trained, normalised)
    whole = pictures.shape[1] // PIXELS_PER_LATENT
    count = max(1, min(most, len(pictures) - HELD_OUT))
    for side, name in ((whole, LATENTS), (whole // 2, HALF_LATENTS)):
        open_memmap(partial, "w+", np.float16, (count, LATENT_CHANNELS, side, side))
        given = (workers, path, normalised, partial, device)
        spawn(encode_share, given, nprocs=workers)  # type: ignore[no-untyped-call]
        partial.rename(folder / name)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--trained", type=Path, required=True, help="checkpoint of train_autoencoder")
    parser.add_argument("--normalised", type=Path, required=True, help="checkpoint to write")
    parser.add_argument("--most", type=int, default=1_000_000, help="training pictures to encode")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--device", default="cpu")
    given = parser.parse_args()
    encode(given.folder, given.trained, given.normalised, given.most, given.workers, given.device)


if __name__ == "__main__":
    main()
