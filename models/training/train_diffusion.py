"""Phase: train UNet, text encoder, ControlNet and IP-Adapter together, from nothing, on latents.

The first part of the budget sees pictures at half size (four times as many), the rest whole frames. On a CPU several
one-thread workers meet in the middle; on a GPU one process learns from large batches that the cores draw for it.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from models.training.batches import draw_timesteps, stream
from models.training.budget import Budget, learning_rate, set_learning_rate
from models.training.elastic import MEET_EVERY, Worker, centre_of, run_workers
from models.training.networks import INFERENCE_GRID, SHAPES
from models.training.picture_set import HALF_LATENTS, open_latents, open_set
from models.training.progress import say
from models.training.trainer import PEAK_RATE, keep, restored

SAVE_EVERY_S = 120.0


@dataclass(frozen=True)
class Options:
    """What differs between machines: `batch` whole frames a step, or 2.5 times as many at half size; `loaders` is in
    processes."""

    shape: str
    device: str
    batch: int
    loaders: int
    half_share: float
    rate: float


def train(worker: Worker, folder: Path, checkpoint: Path, minutes: float, options: Options) -> None:
    """Run until the budget is spent, resuming from `checkpoint`."""
    trainer, spent_s, seen = restored(checkpoint, options.shape, options.device)
    budget = Budget(minutes * 60, spent_s)
    seed = trainer.steps * worker.count + worker.number
    torch.manual_seed(seed)
    rng = np.random.default_rng((trainer.steps, worker.number))
    pictures, whole, half = open_set(folder), open_latents(folder), open_latents(folder, HALF_LATENTS)
    small = stream(pictures, half, seed, options.batch * 5 // 2, options.loaders)
    frames = stream(pictures, whole, seed + 1, options.batch, options.loaders)
    saved_s, running = budget.elapsed_s(), 1.0
    at_grid: dict[int, float] = {}

    while (fraction := budget.fraction()) < 1.0:
        set_learning_rate(trainer.optimizer, learning_rate(options.rate, trainer.steps, fraction, 150))
        is_half = fraction < options.half_share
        batch = next(small if is_half else frames).to(trainer.device)
        timesteps = draw_timesteps(rng, len(batch.latents)).to(trainer.device)
        losses = trainer.step(batch, timesteps, torch.randn_like(batch.latents))
        seen[0 if is_half else 1] += len(losses)
        if trainer.steps % MEET_EVERY == 0:
            worker.meet(trainer.parameters)
            if worker.leads:
                trainer.remember()
            running = 0.95 * running + 0.05 * losses.mean().item()
            for timestep, loss in zip(timesteps.tolist(), losses.tolist(), strict=True):
                if timestep in INFERENCE_GRID:
                    at_grid[timestep] = 0.96 * at_grid.get(timestep, loss) + 0.04 * loss
        if trainer.steps % 50 == 0:
            grid = {key: round(at_grid[key], 3) for key in sorted(at_grid)}
            spent = f"{worker.number} step {trainer.steps} {budget.elapsed_s():.0f} s"
            say(f"diffusion {spent} loss {running:.4f} {grid} own small, whole {seen}")
        if worker.leads and budget.elapsed_s() - saved_s > SAVE_EVERY_S:
            saved_s = budget.elapsed_s()
            keep(trainer, checkpoint, saved_s, seen)
    if worker.leads:
        keep(trainer, checkpoint, budget.elapsed_s(), seen)
    say(f"diffusion {worker.number} done, {trainer.steps} steps, own small and whole pictures {seen}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, required=True, help="the rendered and encoded set")
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--minutes", type=float, required=True, help="total, earlier runs of this checkpoint included")
    parser.add_argument("--workers", type=int, default=2, help="training processes; 1 with a GPU")
    parser.add_argument("--shape", choices=list(SHAPES), default="small", help="of a fresh start")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--batch", type=int, default=4, help="whole frames a step and worker")
    parser.add_argument("--loaders", type=int, default=0, help="processes that draw batches for each worker")
    parser.add_argument("--half-share", type=float, default=0.35, help="share of the minutes for pictures at half size")
    parser.add_argument("--rate", type=float, default=PEAK_RATE)
    given = parser.parse_args()
    options = Options(given.shape, given.device, given.batch, given.loaders, given.half_share, given.rate)
    if given.workers == 1:
        worker = Worker(0, 1, None, None)
        train(worker, given.folder, given.checkpoint, given.minutes, options)
        return
    centre = centre_of(restored(given.checkpoint, given.shape, "cpu")[0].parameters)
    run_workers(train, given.workers, centre, given.folder, given.checkpoint, given.minutes, options)


if __name__ == "__main__":
    main()
