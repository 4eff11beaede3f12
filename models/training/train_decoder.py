"""Phase: sharpen the decoder with a patch discriminator; the encoder and so all latents stay as they are.

Crops of latents are decoded with their surroundings missing, so 8 px around a crop do not count, except where the
crop touches the picture's true border, which the decoder must learn too.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as functional
from numpy.typing import NDArray
from torch import nn

from models.training.autoencoder import (
    PIXELS_PER_LATENT,
    build_autoencoder,
    picture_loss,
    reconstruction_psnr,
    to_tensor,
)
from models.training.budget import Budget, learning_rate, load_checkpoint, save_checkpoint, set_learning_rate
from models.training.elastic import MEET_EVERY, Worker, centre_of, run_workers
from models.training.picture_set import open_latents
from models.training.progress import say

BATCH = 6
CROP = 12
PEAK_RATE, JUDGE_RATE = 8e-4, 4e-4
REALISM_WEIGHT = 0.05
LATENT_NOISE = 0.1
ALONE_SHARE = 0.05
"""The discriminator only counts after this share of the budget."""
SAVE_EVERY_S = 90.0

Window = tuple[slice, slice]
"""Rows and columns of a crop that count."""


def build_judge() -> nn.Sequential:
    """A patch discriminator with a receptive field of about 30 px."""
    return nn.Sequential(
        nn.Conv2d(3, 32, 4, 2, 1),
        nn.LeakyReLU(0.2),
        nn.Conv2d(32, 64, 4, 2, 1),
        nn.GroupNorm(8, 64),
        nn.LeakyReLU(0.2),
        nn.Conv2d(64, 128, 3, 1, 1),
        nn.GroupNorm(8, 128),
        nn.LeakyReLU(0.2),
        nn.Conv2d(128, 1, 3, 1, 1),
    )


def draw_crops(
    pictures: NDArray[np.uint8], latents: NDArray[np.float16], rng: np.random.Generator, count: int = BATCH
) -> tuple[torch.Tensor, torch.Tensor, Window]:
    """Latents (N, 4, CROP, CROP), their pictures, and which rows and columns count.

    In a third of the batches all crops touch one corner of the picture, and there the border counts.
    """
    chosen = rng.integers(0, len(latents), count)
    limit = latents.shape[-1] - CROP
    size, edge = CROP * PIXELS_PER_LATENT, PIXELS_PER_LATENT
    ys, xs = rng.integers(0, limit + 1, count), rng.integers(0, limit + 1, count)
    window = (slice(edge, size - edge), slice(edge, size - edge))
    if rng.random() < 0.33:
        at_bottom, at_right = rng.random() < 0.5, rng.random() < 0.5
        ys[:], xs[:] = limit * at_bottom, limit * at_right
        window = (
            slice(edge, size) if at_bottom else slice(0, size - edge),
            slice(edge, size) if at_right else slice(0, size - edge),
        )
    pieces, wanted = [], []
    for index, y, x in zip(chosen, ys, xs, strict=True):
        pieces.append(latents[index, :, y : y + CROP, x : x + CROP])
        top, left = y * PIXELS_PER_LATENT, x * PIXELS_PER_LATENT
        wanted.append(pictures[index, top : top + size, left : left + size])
    return torch.from_numpy(np.stack(pieces).astype(np.float32)), to_tensor(np.stack(wanted)), window


class Sharpener:
    """The autoencoder whose decoder learns, the judge it has to please, and both optimizers."""

    def __init__(self, device: str = "cpu") -> None:
        self.autoencoder, self.judge = build_autoencoder().to(device), build_judge().to(device)
        self.parameters = [*self.autoencoder.decoder.parameters(), *self.judge.parameters()]
        self.painter_steps = torch.optim.AdamW(self.autoencoder.decoder.parameters(), lr=PEAK_RATE, betas=(0.5, 0.99))
        self.judge_steps = torch.optim.AdamW(self.judge.parameters(), lr=JUDGE_RATE, betas=(0.5, 0.99))

    def step(self, pieces: torch.Tensor, wanted: torch.Tensor, window: Window, realism: float) -> tuple[float, float]:
        """One step of each side; the picture loss and the judge's loss."""
        rows, columns = window
        inner, real = self.autoencoder.decoder(pieces)[..., rows, columns], wanted[..., rows, columns]
        loss = picture_loss(inner, real)
        self.judge.requires_grad_(False)
        opinion = self.judge(inner).mean()
        self.judge.requires_grad_(True)
        self.painter_steps.zero_grad()
        torch.autograd.backward(loss - realism * opinion)
        torch.nn.utils.clip_grad_norm_(self.autoencoder.decoder.parameters(), 1.0)
        self.painter_steps.step()
        against = functional.relu(1 - self.judge(real)).mean() + functional.relu(1 + self.judge(inner.detach())).mean()
        self.judge_steps.zero_grad()
        torch.autograd.backward(against)
        self.judge_steps.step()
        return loss.item(), against.item()

    def state(self) -> dict[str, Any]:
        return {
            "model": self.autoencoder.state_dict(),
            "judge": self.judge.state_dict(),
            "optimizer": self.painter_steps.state_dict(),
            "judge_optimizer": self.judge_steps.state_dict(),
        }

    def load(self, state: dict[str, Any]) -> None:
        self.autoencoder.load_state_dict(state["model"])
        self.judge.load_state_dict(state["judge"])
        self.painter_steps.load_state_dict(state["optimizer"])
        self.judge_steps.load_state_dict(state["judge_optimizer"])


def train(
    worker: Worker, folder: Path, normalised: Path, checkpoint: Path, minutes: float, device: str, batch: int
) -> None:
    """Run until the budget is spent, resuming from `checkpoint`."""
    pictures = np.load(folder / "pictures.npy", mmap_mode="r")
    latents = open_latents(folder)
    sharpener, step, spent_s = restored(normalised, checkpoint, device)
    budget = Budget(minutes * 60, spent_s)
    torch.manual_seed(step * worker.count + worker.number)
    rng = np.random.default_rng((step, worker.number))
    saved_s, running = budget.elapsed_s(), np.zeros(2)

    def save() -> None:
        save_checkpoint(checkpoint, {**sharpener.state(), "step": step, "spent_s": budget.elapsed_s()})

    while (fraction := budget.fraction()) < 1.0:
        set_learning_rate(sharpener.painter_steps, learning_rate(PEAK_RATE, step, fraction, 50, 0.3))
        pieces, wanted, window = draw_crops(pictures, latents, rng, batch)
        pieces, wanted = pieces.to(device), wanted.to(device)
        noisy = pieces + LATENT_NOISE * rng.random() * torch.randn_like(pieces)
        running = 0.97 * running + 0.03 * np.array(
            sharpener.step(noisy, wanted, window, REALISM_WEIGHT if fraction > ALONE_SHARE else 0.0)
        )
        step += 1
        if step % MEET_EVERY == 0:
            worker.meet(sharpener.parameters)
        if step % 50 == 0:
            say(f"decoder {worker.number} step {step} {budget.elapsed_s():.0f} s picture, judge {running.round(4)}")
        if worker.leads and budget.elapsed_s() - saved_s > SAVE_EVERY_S:
            saved_s = budget.elapsed_s()
            save()
    if worker.leads:
        save()
        psnr = reconstruction_psnr(sharpener.autoencoder, np.asarray(pictures[-48:]))
        say(f"decoder done, {step} steps, PSNR {psnr:.2f} dB")


def restored(normalised: Path, checkpoint: Path, device: str = "cpu") -> tuple[Sharpener, int, float]:
    """The state, steps and seconds of a checkpoint, or a start from the encoded set's autoencoder."""
    torch.manual_seed(0)
    sharpener = Sharpener(device)
    state = load_checkpoint(checkpoint)
    if state is not None:
        sharpener.load(state)
        return sharpener, state["step"], state["spent_s"]
    start = load_checkpoint(normalised)
    if start is None:
        raise FileNotFoundError(normalised)
    sharpener.autoencoder.load_state_dict(start["model"])
    return sharpener, 0, 0.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--normalised", type=Path, required=True, help="checkpoint of encode_set")
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--minutes", type=float, required=True, help="total, earlier runs of this checkpoint included")
    parser.add_argument("--workers", type=int, default=2, help="training processes; 1 with a GPU")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--batch", type=int, default=BATCH)
    arguments = parser.parse_args()
    paths = (arguments.folder, arguments.normalised, arguments.checkpoint)
    rest = (arguments.minutes, arguments.device, arguments.batch)
    if arguments.workers == 1:
        train(Worker(0, 1, None, None), *paths, *rest)
        return
    centre = centre_of(restored(arguments.normalised, arguments.checkpoint)[0].parameters)
    run_workers(train, arguments.workers, centre, *paths, *rest)


if __name__ == "__main__":
    main()
