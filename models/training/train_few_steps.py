"""Phase: make few steps sharp. A judge of latents tells the networks' guesses from the painter's pictures.

What squared error alone leaves soft at one to four steps is the average of all pictures that fit; a judge that sees the
maps and the words too lets none of these averages pass (adversarial diffusion distillation, Sauer et al. 2023, with a
judge trained from nothing and real pictures in the teacher's place). Steps after the first start from what the
networks themselves made of the ones before, as they will in use, not from the painter's pictures with noise on them;
one batch in four is ordinary diffusion training and keeps img2img and longer schedules working. In some batches only a
hole in each picture is made, from noise or from the picture with noise on it, and the judge sees it in its picture:
that is inpainting, at every strength.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Final

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from models.training.autoencoder import LATENT_CHANNELS, PIXELS_PER_LATENT
from models.training.batches import Batch, draw_timesteps, stream
from models.training.budget import Budget, learning_rate, load_checkpoint, set_learning_rate
from models.training.elastic import MEET_EVERY, Worker, centre_of, run_workers
from models.training.holes import draw_holes
from models.training.networks import TEXT_WIDTH
from models.training.picture_set import HALF_LATENTS, open_latents, open_set
from models.training.progress import say
from models.training.train_diffusion import SAVE_EVERY_S
from models.training.trainer import Trainer, keep, restored

RATE, JUDGE_RATE = 2e-4, 4e-4
PATHS: Final = ((999,), (999, 499), (999, 749), (999, 749, 499), (999, 749, 499, 249))
PATH_WEIGHTS: Final = (0.3, 0.4, 0.1, 0.1, 0.1)
"""Beginnings of the schedules of one, two and four steps, and how often the last step of each is trained."""
ORDINARY_SHARE = 0.25
HOLES_SHARE = 0.3
"""Of the batches with a judge: those that make only a hole in each picture."""
HOLE_STARTS: Final = (999, 749, 749, 499, 299)
"""Noise that a hole's making starts from; 749 is the app's usual strength."""
HOLE_STEPS = 4
REALISM_WEIGHT = 0.1
JUDGE_ALONE_STEPS = 60
WIDTH = 48


class Judge(nn.Module):
    """Says of latents (N, 4, h, w), with the control map and the words they belong to, how real each place looks."""

    def __init__(self) -> None:
        super().__init__()
        self.map = nn.Sequential(
            nn.Conv2d(3, 16, 4, 4), nn.LeakyReLU(0.2), nn.Conv2d(16, 32, 4, 2, 1), nn.LeakyReLU(0.2)
        )
        self.latents = nn.Conv2d(LATENT_CHANNELS, WIDTH, 3, 1, 1)
        self.fine = nn.Sequential(
            nn.LeakyReLU(0.2),
            nn.Conv2d(WIDTH + 32, WIDTH, 3, 1, 1),
            nn.GroupNorm(8, WIDTH),
            nn.LeakyReLU(0.2),
            nn.Conv2d(WIDTH, 1, 1),
        )
        self.coarse = nn.Sequential(
            nn.LeakyReLU(0.2),
            nn.Conv2d(WIDTH + 32, WIDTH * 2, 4, 2, 1),
            nn.GroupNorm(8, WIDTH * 2),
            nn.LeakyReLU(0.2),
            nn.Conv2d(WIDTH * 2, WIDTH * 2, 3, 1, 1),
            nn.GroupNorm(8, WIDTH * 2),
            nn.LeakyReLU(0.2),
        )
        self.score = nn.Conv2d(WIDTH * 2, 1, 1)
        self.words = nn.Linear(TEXT_WIDTH, WIDTH * 2)

    def forward(self, latents: torch.Tensor, drawn: torch.Tensor, words: torch.Tensor) -> torch.Tensor:
        """`drawn` (N, 3, 8 h, 8 w) in 0..1, black where nothing was given; `words` (N, width). Scores (N, places)."""
        seen = torch.cat([self.latents(latents), self.map(drawn)], dim=1)
        broad = self.coarse(seen)
        fits = (broad * self.words(words)[:, :, None, None]).mean(dim=1, keepdim=True)
        return torch.cat([self.fine(seen).flatten(1), (self.score(broad) + fits).flatten(1)], dim=1)


def drawn_for(batch: Batch) -> torch.Tensor:
    """Each sample's maps laid over each other: (N, 3, H, W) in 0..1."""
    count, _, height, width = batch.latents.shape
    drawn = batch.latents.new_zeros((count, 3, height * PIXELS_PER_LATENT, width * PIXELS_PER_LATENT))
    maps = batch.told.maps.to(drawn.dtype) / 255
    return drawn.index_add(0, batch.told.rows, maps).clamp(max=1)


class Contest:
    """Trainer against judge. `step` teaches both from one batch."""

    def __init__(self, trainer: Trainer) -> None:
        self.realism_weight = REALISM_WEIGHT
        self.trainer, self.judge = trainer, Judge().to(trainer.device)
        trainer.optimizer = torch.optim.AdamW(trainer.parameters, lr=RATE, betas=(0.5, 0.95), weight_decay=0.01)
        self.judge_optimizer = torch.optim.AdamW(self.judge.parameters(), lr=JUDGE_RATE, betas=(0.5, 0.95))
        self.steps = 0

    @property
    def parameters(self) -> list[nn.Parameter]:
        return [*self.trainer.parameters, *self.judge.parameters()]

    @torch.no_grad()
    def walk(
        self, batch: Batch, path: Sequence[int], noise: torch.Tensor, hole: torch.Tensor | None = None
    ) -> torch.Tensor:
        """Noisy latents at the last of `path`, reached by DDIM steps of the networks' own.

        They start from the batch with the noise of the first level; at 999 nothing of the batch is left. `hole`: bool
        (N, 1, h, w), false where the batch stays, with the noise of each level.
        """
        latents = self.noised(batch.latents, path[0], noise)
        for start, end in pairwise(path):
            now = torch.full((len(latents),), start, device=latents.device)
            guess = self.trainer.guess(latents, now, batch.told)
            rest = (latents - self.trainer.signal[start] * guess) / self.trainer.noise[start]
            latents = self.noised(guess, end, rest)
            if hole is not None:
                latents = torch.where(hole, latents, self.noised(batch.latents, end, noise))
        return latents

    def noised(self, latents: torch.Tensor, level: int, noise: torch.Tensor) -> torch.Tensor:
        return self.trainer.noised(latents, torch.full((len(latents),), level, device=latents.device), noise)

    def step(
        self, batch: Batch, path: Sequence[int], noise: torch.Tensor, hole: torch.Tensor | None = None
    ) -> tuple[float, float]:
        """The mean squared error of the guess and the judge's loss (hinge; 2 means that it cannot tell)."""
        noisy = self.walk(batch, path, noise, hole)
        guess = self.trainer.guess(noisy, torch.full((len(noise),), path[-1], device=noise.device), batch.told)
        drawn = drawn_for(batch)
        with torch.no_grad():
            words = self.trainer.networks.text(input_ids=batch.told.token_ids).last_hidden_state.mean(dim=1)
        error = functional.mse_loss(guess, batch.latents, reduction="none")
        if hole is not None:
            guess = torch.where(hole, guess, batch.latents)
            error = error[hole.expand_as(error)]
        error = error.mean()
        real = self.judge(batch.latents, drawn, words)
        made = self.judge(guess.detach(), drawn, words)
        against = functional.relu(1 - real).mean() + functional.relu(1 + made).mean()
        self.judge_optimizer.zero_grad()
        torch.autograd.backward(against)
        self.judge_optimizer.step()
        loss = error
        if self.steps >= JUDGE_ALONE_STEPS:
            self.judge.requires_grad_(False)
            loss = loss - self.realism_weight * self.judge(guess, drawn, words).mean()
            self.judge.requires_grad_(True)
        self.trainer.learn_from(loss)
        self.steps += 1
        return error.item(), against.item()


@dataclass(frozen=True)
class Options:
    """What differs between machines: `batch` whole frames a step, or twice as many at half size; `loaders` processes.
    `realism` is the judge's weight beside the error's, `ordinary` the share of batches without a judge, `holes` that of
    batches with one in which only holes are made."""

    device: str
    batch: int
    loaders: int
    rate: float
    half_share: float
    realism: float
    ordinary: float
    holes: float


def draw_hole_path(rng: np.random.Generator) -> tuple[int, ...]:
    """The levels of noise of some first steps of one to HOLE_STEPS that go down evenly, as the app's schedules do."""
    start, steps = int(rng.choice(HOLE_STARTS)), int(rng.integers(1, HOLE_STEPS + 1))
    levels = [start * (steps - i) // steps for i in range(steps)]
    return tuple(levels[: int(rng.integers(1, steps + 1))])


def train(worker: Worker, folder: Path, start: Path, checkpoint: Path, minutes: float, options: Options) -> None:
    """Run until the budget is spent, resuming from `checkpoint`."""
    contest, spent_s = contest_of(start, checkpoint, options.device)
    contest.realism_weight = options.realism
    trainer, budget = contest.trainer, Budget(minutes * 60, spent_s)
    seed = contest.steps * worker.count + worker.number + 5000
    torch.manual_seed(seed)
    pictures, whole, half = open_set(folder), open_latents(folder), open_latents(folder, HALF_LATENTS)
    small = stream(pictures, half, seed, options.batch * 2, options.loaders)
    frames = stream(pictures, whole, seed, options.batch, options.loaders)
    rng = np.random.default_rng(seed)
    saved_s, running = budget.elapsed_s(), np.zeros(2)

    def save() -> None:
        state = {"judge": contest.judge.state_dict(), "judge_optimizer": contest.judge_optimizer.state_dict()}
        keep(
            trainer,
            checkpoint,
            budget.elapsed_s(),
            [0, contest.steps * options.batch],
            **state,
            few_steps=contest.steps,
        )

    while (fraction := budget.fraction()) < 1.0:
        set_learning_rate(trainer.optimizer, learning_rate(options.rate, contest.steps, fraction, 50))
        told = next(small if fraction < options.half_share else frames).to(trainer.device)
        noise = torch.randn_like(told.latents)
        if rng.random() < options.ordinary:
            trainer.step(told, draw_timesteps(rng, len(noise)).to(trainer.device), noise)
            continue
        if rng.random() < options.holes:
            holes = torch.from_numpy(draw_holes(rng, len(noise), *noise.shape[2:])).to(trainer.device)
            seen = contest.step(told, draw_hole_path(rng), noise, holes[:, None])
        else:
            seen = contest.step(told, PATHS[rng.choice(len(PATHS), p=PATH_WEIGHTS)], noise)
        running += (np.array(seen) - running) * max(0.02, 1 / contest.steps)
        if contest.steps % MEET_EVERY == 0:
            worker.meet(contest.parameters)
            if worker.leads:
                trainer.remember()
        if contest.steps % 50 == 0:
            say(f"few steps {worker.number} {contest.steps} {budget.elapsed_s():.0f} s, judge {running.round(3)}")
        if worker.leads and budget.elapsed_s() - saved_s > SAVE_EVERY_S:
            saved_s = budget.elapsed_s()
            save()
    if worker.leads:
        save()


def contest_of(start: Path, checkpoint: Path, device: str) -> tuple[Contest, float]:
    """The contest of a checkpoint and its seconds, or a new one from the average of the diffusion phase."""
    state = load_checkpoint(checkpoint)
    if state is not None:
        torch.manual_seed(0)
        contest = Contest(Trainer(state["shape"], device))
        contest.trainer.load(state)
        contest.judge.load_state_dict(state["judge"])
        contest.judge_optimizer.load_state_dict(state["judge_optimizer"])
        contest.steps = state["few_steps"]
        return contest, state["spent_s"]
    if not start.exists():
        raise FileNotFoundError(start)
    trainer, _, _ = restored(start, "small", device)
    trainer.networks.load(trainer.average.state())
    return Contest(trainer), 0.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, required=True, help="the rendered and encoded set")
    parser.add_argument("--start", type=Path, required=True, help="checkpoint of the diffusion phase")
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--minutes", type=float, required=True, help="total, earlier runs of this checkpoint included")
    parser.add_argument("--workers", type=int, default=2, help="training processes; 1 with a GPU")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--batch", type=int, default=4)
    parser.add_argument("--loaders", type=int, default=0)
    parser.add_argument("--rate", type=float, default=RATE, help="more where the diffusion phase was cut short")
    parser.add_argument("--half-share", type=float, default=0.3, help="share of the minutes for pictures at half size")
    parser.add_argument("--realism", type=float, default=REALISM_WEIGHT, help="the judge's weight beside the error's")
    parser.add_argument("--ordinary", type=float, default=ORDINARY_SHARE, help="share of ordinary diffusion training")
    parser.add_argument("--holes", type=float, default=HOLES_SHARE, help="share of the others for inpainting")
    given = parser.parse_args()
    options = Options(
        given.device,
        given.batch,
        given.loaders,
        given.rate,
        given.half_share,
        given.realism,
        given.ordinary,
        given.holes,
    )
    rest = (given.folder, given.start, given.checkpoint, given.minutes, options)
    if given.workers == 1:
        train(Worker(0, 1, None, None), *rest)
        return
    centre = centre_of(contest_of(given.start, given.checkpoint, "cpu")[0].parameters)
    run_workers(train, given.workers, centre, *rest)


if __name__ == "__main__":
    main()
