"""Phase: train the autoencoder on crops of the painter's pictures. `python -m models.training.train_autoencoder -h`.

Small batches of small crops on purpose: at a fixed number of pixels a second, many steps beat big steps.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np
import torch
from diffusers import AutoencoderTiny
from numpy.typing import NDArray

from models.training.autoencoder import build_autoencoder, moment_loss, picture_loss, reconstruction_psnr, to_tensor
from models.training.budget import Budget, learning_rate, load_checkpoint, save_checkpoint, set_learning_rate
from models.training.elastic import MEET_EVERY, Worker, centre_of, run_workers
from models.training.picture_set import painted_so_far
from models.training.progress import say

BATCH = 8
CROP_PX = 64
PEAK_RATE = 1.6e-3
LATENT_NOISE = 0.05
SAVE_EVERY_S = 90.0
MEASURED = 64


def random_crops(pictures: NDArray[np.uint8], count: int, size_px: int, rng: np.random.Generator) -> NDArray[np.uint8]:
    """`count` square crops of random pictures, half mirrored, the livelier of two places: (count, size, size, 3)."""
    limit = pictures.shape[1] - size_px + 1
    crops = []
    for index in rng.integers(0, len(pictures), count):
        places = rng.integers(0, limit, (2, 2))
        candidates = [pictures[index, top : top + size_px, left : left + size_px] for top, left in places]
        crop = max(candidates, key=lambda pixels: float(pixels[::4, ::4].std()))
        crops.append(crop[:, ::-1] if rng.random() < 0.5 else crop)
    return np.stack(crops)


def training_loss(autoencoder: AutoencoderTiny, wanted: torch.Tensor) -> torch.Tensor:
    """Reconstruction through slightly noisy latents, plus the pull towards unit moments."""
    latents = autoencoder.encoder(wanted)
    noisy = latents + LATENT_NOISE * torch.randn_like(latents)
    return picture_loss(autoencoder.decoder(noisy), wanted) + 0.05 * moment_loss(latents)


def train(
    worker: Worker,
    folder: Path,
    checkpoint: Path,
    minutes: float,
    device: str,
    batch: int,
    crop_px: int,
    rate: float,
) -> None:
    """Run until the budget is spent, resuming from `checkpoint`, on what is painted so far.

    The first pictures are kept out and measured with: the set's own held-out ones may not be painted yet.
    """
    while (painted := painted_so_far(folder)) < 2 * MEASURED:
        time.sleep(2.0)
    pictures = np.load(folder / "pictures.npy", mmap_mode="r")
    autoencoder, optimizer, step, spent_s = restore(checkpoint, device)
    parameters = list(autoencoder.parameters())
    budget = Budget(minutes * 60, spent_s)
    rng = np.random.default_rng((step, worker.number))
    torch.manual_seed(step * worker.count + worker.number)
    training, held_out = pictures[MEASURED:painted], np.asarray(pictures[:MEASURED])
    saved_s, running = budget.elapsed_s(), 0.0

    def save() -> None:
        state = {"model": autoencoder.state_dict(), "optimizer": optimizer.state_dict()}
        save_checkpoint(checkpoint, {**state, "step": step, "spent_s": budget.elapsed_s()})

    while budget.fraction() < 1.0:
        set_learning_rate(optimizer, learning_rate(rate, step, budget.fraction(), hold=0.3))
        loss = training_loss(autoencoder, to_tensor(random_crops(training, batch, crop_px, rng)).to(device))
        optimizer.zero_grad()
        torch.autograd.backward(loss)
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        step += 1
        if step % MEET_EVERY == 0:
            running = 0.9 * running + 0.1 * loss.item() if running else loss.item()
            worker.meet(parameters)
        if step % 200 == 0:
            training = pictures[MEASURED : painted_so_far(folder)]
            say(f"autoencoder {worker.number} step {step} {budget.elapsed_s():.0f} s loss {running:.4f}")
        if worker.leads and budget.elapsed_s() - saved_s > SAVE_EVERY_S:
            saved_s = budget.elapsed_s()
            save()
            say(f"  held-out PSNR {reconstruction_psnr(autoencoder, held_out[:16]):.2f} dB")
    if worker.leads:
        save()
        say(f"autoencoder done, {step} steps, PSNR {reconstruction_psnr(autoencoder, held_out[:64]):.2f} dB")


def restore(checkpoint: Path, device: str = "cpu") -> tuple[AutoencoderTiny, torch.optim.AdamW, int, float]:
    """Model, optimizer, steps and seconds of a checkpoint, or fresh ones."""
    torch.manual_seed(0)
    autoencoder = build_autoencoder().to(device)
    optimizer = torch.optim.AdamW(autoencoder.parameters(), lr=PEAK_RATE, betas=(0.9, 0.99), weight_decay=1e-4)
    state = load_checkpoint(checkpoint)
    if state is None:
        return autoencoder, optimizer, 0, 0.0
    autoencoder.load_state_dict(state["model"])
    optimizer.load_state_dict(state["optimizer"])
    return autoencoder, optimizer, state["step"], state["spent_s"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, required=True, help="the set, while it is painted or after")
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--minutes", type=float, required=True, help="total, earlier runs of this checkpoint included")
    parser.add_argument("--workers", type=int, default=2, help="training processes; 1 with a GPU")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--batch", type=int, default=BATCH)
    parser.add_argument("--crop-px", type=int, default=CROP_PX)
    parser.add_argument("--rate", type=float, default=PEAK_RATE)
    arguments = parser.parse_args()
    paths = (arguments.folder, arguments.checkpoint)
    rest = (arguments.minutes, arguments.device, arguments.batch, arguments.crop_px, arguments.rate)
    if arguments.workers == 1:
        train(Worker(0, 1, None, None), *paths, *rest)
        return
    centre = centre_of(list(restore(arguments.checkpoint)[0].parameters()))
    run_workers(train, arguments.workers, centre, *paths, *rest)


if __name__ == "__main__":
    main()
