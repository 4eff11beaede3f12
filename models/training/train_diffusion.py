"""Phase: train UNet, text encoder, both ControlNets and the IP-Adapter together, from nothing, on latents.

The first part of the budget sees quarter frames (four times as many samples), the rest whole frames.
"""

from __future__ import annotations

import argparse
import copy
from pathlib import Path

import numpy as np
import torch

from models.training.batches import Batch, BatchSource, draw_timesteps
from models.training.budget import Budget, learning_rate, load_checkpoint, save_checkpoint, set_learning_rate
from models.training.elastic import MEET_EVERY, Worker, centre_of, run_workers
from models.training.networks import INFERENCE_GRID, Networks, build_networks, build_scheduler, predict
from models.training.picture_set import open_set
from models.training.progress import say
from models.training.text import word_ids

PEAK_RATE = 6e-4
EMA = 0.985
"""Of the average at every meeting of the workers."""
CROP_SHARE = 0.45
CROP, CROP_BATCH = 16, 10
FRAME, FRAME_BATCH = 32, 4
SAVE_EVERY_S = 240.0


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
        errors: torch.Tensor = predict(self.networks, noisy, timesteps, batch.told) - wanted
        return errors.square().mean(dim=(1, 2, 3))

    def step(self, batch: Batch, timesteps: torch.Tensor, noise: torch.Tensor) -> torch.Tensor:
        losses = self.losses(batch, timesteps, noise)
        self.optimizer.zero_grad()
        torch.autograd.backward(losses.mean())
        torch.nn.utils.clip_grad_norm_(self.parameters, 1.0)
        self.optimizer.step()
        self.steps += 1
        return losses.detach()

    @torch.no_grad()
    def remember(self) -> None:
        """Move the average towards the present parameters."""
        meetings = self.steps / MEET_EVERY
        decay = min(EMA, meetings / (meetings + 4))
        for average, present in zip(self.average.parameters(), self.parameters, strict=True):
            average.lerp_(present, 1 - decay)

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


def train(worker: Worker, folder: Path, checkpoint: Path, minutes: float) -> None:
    """Run until the budget is spent, resuming from `checkpoint`."""
    trainer, spent_s, seen = restored(checkpoint)
    budget = Budget(minutes * 60, spent_s)
    torch.manual_seed(trainer.steps * worker.count + worker.number)
    rng = np.random.default_rng((trainer.steps, worker.number))
    latents = np.load(folder / "latents.npy", mmap_mode="r")
    source = BatchSource(open_set(folder), latents, seed=trainer.steps * worker.count + worker.number)
    saved_s, running = budget.elapsed_s(), 1.0
    at_grid: dict[int, float] = {}

    def save() -> None:
        save_checkpoint(checkpoint, {**trainer.state(), "spent_s": budget.elapsed_s(), "seen": seen})

    while (fraction := budget.fraction()) < 1.0:
        set_learning_rate(trainer.optimizer, learning_rate(PEAK_RATE, trainer.steps, fraction, 150))
        is_crop = fraction < CROP_SHARE
        batch = source.draw(CROP_BATCH, CROP) if is_crop else source.draw(FRAME_BATCH, FRAME)
        timesteps = draw_timesteps(rng, len(batch.latents))
        losses = trainer.step(batch, timesteps, torch.randn_like(batch.latents))
        seen[0 if is_crop else 1] += len(losses)
        running = 0.99 * running + 0.01 * losses.mean().item()
        for timestep, loss in zip(timesteps.tolist(), losses.tolist(), strict=True):
            if timestep in INFERENCE_GRID:
                at_grid[timestep] = 0.98 * at_grid.get(timestep, loss) + 0.02 * loss
        if trainer.steps % MEET_EVERY == 0:
            worker.meet(trainer.parameters)
            if worker.leads:
                trainer.remember()
        if trainer.steps % 50 == 0:
            grid = {key: round(at_grid[key], 3) for key in sorted(at_grid)}
            spent = f"{worker.number} step {trainer.steps} {budget.elapsed_s():.0f} s"
            say(f"diffusion {spent} loss {running:.4f} {grid} own crops, frames {seen}")
        if worker.leads and budget.elapsed_s() - saved_s > SAVE_EVERY_S:
            saved_s = budget.elapsed_s()
            save()
    if worker.leads:
        save()
    say(f"diffusion {worker.number} done, {trainer.steps} steps, own crops and frames {seen}")


def restored(checkpoint: Path) -> tuple[Trainer, float, list[int]]:
    """The trainer of a checkpoint, the seconds it has used, the crops and frames it has seen; or a fresh one."""
    torch.manual_seed(0)
    trainer = Trainer()
    state = load_checkpoint(checkpoint)
    if state is None:
        return trainer, 0.0, [0, 0]
    trainer.load(state)
    return trainer, state["spent_s"], state["seen"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, required=True, help="the rendered and encoded set")
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--minutes", type=float, required=True, help="total, earlier runs of this checkpoint included")
    parser.add_argument("--workers", type=int, default=2)
    arguments = parser.parse_args()
    centre = centre_of(restored(arguments.checkpoint)[0].parameters)
    run_workers(train, arguments.workers, centre, arguments.folder, arguments.checkpoint, arguments.minutes)


if __name__ == "__main__":
    main()
