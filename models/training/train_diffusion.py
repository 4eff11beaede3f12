"""Phase: train UNet, text encoder, both ControlNets and the IP-Adapter together, from nothing, on latents.

The first part of the budget sees quarter frames (four times as many samples), the rest whole frames.
"""

from __future__ import annotations

import argparse
import copy
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch

from models.training.batches import Batch, BatchSource, draw_timesteps
from models.training.budget import Budget, learning_rate, load_checkpoint, save_checkpoint, set_learning_rate
from models.training.networks import INFERENCE_GRID, Networks, build_networks, build_scheduler, predict
from models.training.picture_set import open_set
from models.training.progress import say
from models.training.text import word_ids

PEAK_RATE = 7e-4
EMA = 0.998
CROP_SHARE = 0.4
CROP, CROP_BATCH = 16, 32
FRAME, FRAME_BATCH = 32, 16


class Trainer:
    """Networks, their moving average and the optimizer; `step` takes one batch."""

    def __init__(self) -> None:
        self.networks = build_networks(len(word_ids()))
        self.average = copy.deepcopy(self.networks)
        self.parameters = self.networks.parameters()
        self.optimizer = torch.optim.AdamW(
            self.parameters, lr=PEAK_RATE, betas=(0.9, 0.99), weight_decay=0.01, fused=True
        )
        self.signal = build_scheduler().alphas_cumprod.float().sqrt()
        self.noise = (1 - build_scheduler().alphas_cumprod.float()).sqrt()
        self.steps = 0

    def losses(self, batch: Batch, timesteps: torch.Tensor, noise: torch.Tensor) -> torch.Tensor:
        """Squared v-error of each sample: (N,)."""
        signal, spread = self.signal[timesteps][:, None, None, None], self.noise[timesteps][:, None, None, None]
        noisy = signal * batch.latents + spread * noise
        wanted = signal * noise - spread * batch.latents
        return (predict(self.networks, noisy, timesteps, batch.told) - wanted).square().mean(dim=(1, 2, 3))

    def step(self, batch: Batch, timesteps: torch.Tensor, noise: torch.Tensor) -> torch.Tensor:
        losses = self.losses(batch, timesteps, noise)
        self.optimizer.zero_grad()
        losses.mean().backward()
        torch.nn.utils.clip_grad_norm_(self.parameters, 1.0)
        self.optimizer.step()
        self.steps += 1
        decay = min(EMA, self.steps / (self.steps + 20))
        with torch.no_grad():
            torch._foreach_lerp_(self.average.parameters(), self.parameters, 1 - decay)
        return losses.detach()

    def state(self) -> dict[str, object]:
        return {
            "networks": self.networks.state(),
            "average": self.average.state(),
            "optimizer": self.optimizer.state_dict(),
            "steps": self.steps,
        }

    def load(self, state: dict[str, object]) -> None:
        self.networks.load(state["networks"])  # type: ignore[arg-type]
        self.average.load(state["average"])  # type: ignore[arg-type]
        self.optimizer.load_state_dict(state["optimizer"])  # type: ignore[arg-type]
        self.steps = int(state["steps"])  # type: ignore[call-overload]


def load_average(checkpoint: Path) -> Networks:
    """The moving average of a checkpoint, ready to measure or export."""
    state = load_checkpoint(checkpoint)
    if state is None:
        raise FileNotFoundError(checkpoint)
    networks = build_networks(len(word_ids()))
    networks.load(state["average"])
    for module in networks.modules().values():
        module.eval()
    return networks


def train(draw: Callable[[int, int], Batch], checkpoint: Path, minutes: float, save_every_s: float = 240.0) -> None:
    """Run until the budget is spent, resuming from `checkpoint`."""
    trainer, spent_s, seen = Trainer(), 0.0, [0, 0]
    state = load_checkpoint(checkpoint)
    if state is not None:
        trainer.load(state)
        spent_s, seen = state["spent_s"], state["seen"]
    budget = Budget(minutes * 60, spent_s)
    torch.manual_seed(trainer.steps)
    rng = np.random.default_rng(trainer.steps)
    saved_s, running = budget.elapsed_s(), 1.0
    at_grid: dict[int, float] = {}

    def save() -> None:
        save_checkpoint(checkpoint, {**trainer.state(), "spent_s": budget.elapsed_s(), "seen": seen})

    while (fraction := budget.fraction()) < 1.0:
        set_learning_rate(trainer.optimizer, learning_rate(PEAK_RATE, trainer.steps, fraction, 150))
        is_crop = fraction < CROP_SHARE
        batch = draw(CROP_BATCH, CROP) if is_crop else draw(FRAME_BATCH, FRAME)
        timesteps = draw_timesteps(rng, len(batch.latents))
        losses = trainer.step(batch, timesteps, torch.randn_like(batch.latents))
        seen[0 if is_crop else 1] += len(losses)
        running = 0.98 * running + 0.02 * losses.mean().item()
        for timestep, loss in zip(timesteps.tolist(), losses.tolist(), strict=True):
            if timestep in INFERENCE_GRID:
                at_grid[timestep] = 0.97 * at_grid.get(timestep, loss) + 0.03 * loss
        if trainer.steps % 25 == 0:
            grid = {key: round(at_grid[key], 3) for key in sorted(at_grid)}
            spent = f"{trainer.steps} {budget.elapsed_s():.0f} s"
            say(f"diffusion step {spent} loss {running:.4f} {grid} crops, frames {seen}")
        if budget.elapsed_s() - saved_s > save_every_s:
            saved_s = budget.elapsed_s()
            save()
    save()
    say(f"diffusion done, {trainer.steps} steps, crops and frames {seen}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, required=True, help="the rendered and encoded set")
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--minutes", type=float, required=True, help="total, earlier runs of this checkpoint included")
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    seed = int(arguments.checkpoint.stat().st_mtime) if arguments.checkpoint.exists() else 0
    source = BatchSource(open_set(arguments.folder), np.load(arguments.folder / "latents.npy", mmap_mode="r"), seed)
    train(source.draw, arguments.checkpoint, arguments.minutes)


if __name__ == "__main__":
    main()
