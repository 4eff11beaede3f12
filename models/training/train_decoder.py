"""Phase: sharpen the decoder with a patch discriminator; the encoder and so all latents stay as they are.

Crops of latents are decoded with their surroundings missing, so 8 px around a crop do not count, except where the
crop touches the picture's true border, which the decoder must learn too.
"""

from __future__ import annotations

import argparse
from pathlib import Path

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
from models.training.progress import say

BATCH = 16
CROP = 12
PEAK_RATE, JUDGE_RATE = 8e-4, 4e-4
REALISM_WEIGHT = 0.05
LATENT_NOISE = 0.1
ALONE_S = 15.0
"""The discriminator only counts after this many seconds."""


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
) -> tuple[torch.Tensor, torch.Tensor, tuple[slice, slice]]:
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


def train(folder: Path, normalised: Path, checkpoint: Path, minutes: float, save_every_s: float = 120.0) -> None:
    pictures = np.load(folder / "pictures.npy", mmap_mode="r")
    latents = np.load(folder / "latents.npy", mmap_mode="r")
    autoencoder, judge = build_autoencoder(), build_judge()
    painter_steps = torch.optim.AdamW(autoencoder.decoder.parameters(), lr=PEAK_RATE, betas=(0.5, 0.99))
    judge_steps = torch.optim.AdamW(judge.parameters(), lr=JUDGE_RATE, betas=(0.5, 0.99))
    step, spent_s = 0, 0.0
    state = load_checkpoint(checkpoint)
    if state is None:
        start = load_checkpoint(normalised)
        if start is None:
            raise FileNotFoundError(normalised)
        autoencoder.load_state_dict(start["model"])
    else:
        autoencoder.load_state_dict(state["model"])
        judge.load_state_dict(state["judge"])
        painter_steps.load_state_dict(state["optimizer"])
        judge_steps.load_state_dict(state["judge_optimizer"])
        step, spent_s = state["step"], state["spent_s"]
    budget = Budget(minutes * 60, spent_s)
    rng = np.random.default_rng(step)
    saved_s = budget.elapsed_s()
    running = np.zeros(3)

    def save() -> None:
        save_checkpoint(
            checkpoint,
            {
                "model": autoencoder.state_dict(),
                "judge": judge.state_dict(),
                "optimizer": painter_steps.state_dict(),
                "judge_optimizer": judge_steps.state_dict(),
                "step": step,
                "spent_s": budget.elapsed_s(),
            },
        )

    while (fraction := budget.fraction()) < 1.0:
        set_learning_rate(painter_steps, learning_rate(PEAK_RATE, step, fraction, 50, 0.3))
        pieces, wanted, (rows, columns) = draw_crops(pictures, latents, rng)
        made = autoencoder.decoder(pieces + LATENT_NOISE * rng.random() * torch.randn_like(pieces))
        inner, real = made[..., rows, columns], wanted[..., rows, columns]
        loss = picture_loss(inner, real)
        opinion = torch.zeros(())
        if budget.elapsed_s() > ALONE_S:
            judge.requires_grad_(False)
            opinion = -judge(inner).mean()
            judge.requires_grad_(True)
        painter_steps.zero_grad()
        (loss + REALISM_WEIGHT * opinion).backward()
        torch.nn.utils.clip_grad_norm_(autoencoder.decoder.parameters(), 1.0)
        painter_steps.step()
        verdict = functional.relu(1 - judge(real)).mean() + functional.relu(1 + judge(inner.detach())).mean()
        judge_steps.zero_grad()
        verdict.backward()
        judge_steps.step()
        step += 1
        running = 0.97 * running + 0.03 * np.array([loss.item(), opinion.item(), verdict.item()])
        if step % 25 == 0:
            say(f"decoder step {step} {budget.elapsed_s():.0f} s picture, opinion, verdict {running.round(4)}")
        if budget.elapsed_s() - saved_s > save_every_s:
            saved_s = budget.elapsed_s()
            save()
    save()
    say(f"decoder done, {step} steps, PSNR {reconstruction_psnr(autoencoder, np.asarray(pictures[-96:])):.2f} dB")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--normalised", type=Path, required=True, help="checkpoint of encode_set")
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--minutes", type=float, required=True, help="total, earlier runs of this checkpoint included")
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    train(arguments.folder, arguments.normalised, arguments.checkpoint, arguments.minutes)


if __name__ == "__main__":
    main()
