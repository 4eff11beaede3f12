"""The networks while they learn: their moving average, their optimizer, and what one step is."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import torch

from models.training.batches import Batch
from models.training.budget import load_checkpoint, save_checkpoint
from models.training.elastic import MEET_EVERY
from models.training.networks import SHAPES, Conditions, Networks, StateDict, build_networks, build_scheduler, predict
from models.training.text import word_ids

PEAK_RATE = 6e-4
EMA = 0.985
"""Of the average, at every `remember`."""
WORD_EMBEDDING = "embeddings.token_embedding.weight"


class Trainer:
    """Networks of one of SHAPES on a device. `step` takes one batch; on a GPU the products run in bfloat16."""

    def __init__(self, shape: str, device: str = "cpu") -> None:
        self.shape, self.device = shape, torch.device(device)
        self.networks = build_networks(len(word_ids()), SHAPES[shape]).to(self.device)
        self.average = copy.deepcopy(self.networks)
        self.parameters = self.networks.parameters()
        self.optimizer = torch.optim.AdamW(
            self.parameters, lr=PEAK_RATE, betas=(0.9, 0.99), weight_decay=0.01, fused=True
        )
        cumulated = build_scheduler().alphas_cumprod.float().to(self.device)
        self.signal, self.noise = cumulated.sqrt(), (1 - cumulated).sqrt()
        self.steps = 0

    def noised(self, latents: torch.Tensor, timesteps: torch.Tensor, noise: torch.Tensor) -> torch.Tensor:
        """Latents (N, 4, h, w) as they are at `timesteps` (N,) of the schedule."""
        return _each(self.signal[timesteps]) * latents + _each(self.noise[timesteps]) * noise

    def guess(self, noisy: torch.Tensor, timesteps: torch.Tensor, told: Conditions) -> torch.Tensor:
        """The clean latents that the networks see in noisy ones."""
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.device.type == "cuda"):
            velocity = predict(self.networks, noisy, timesteps, told).float()
        return _each(self.signal[timesteps]) * noisy - _each(self.noise[timesteps]) * velocity

    def losses(self, batch: Batch, timesteps: torch.Tensor, noise: torch.Tensor) -> torch.Tensor:
        """Squared v-error of each sample: (N,). An error of the guess is one of v, scaled by the noise's share."""
        guess = self.guess(self.noised(batch.latents, timesteps, noise), timesteps, batch.told)
        return ((guess - batch.latents) / _each(self.noise[timesteps])).square().mean(dim=(1, 2, 3))

    def step(self, batch: Batch, timesteps: torch.Tensor, noise: torch.Tensor) -> torch.Tensor:
        losses = self.losses(batch, timesteps, noise)
        self.learn_from(losses.mean())
        return losses.detach()

    def learn_from(self, loss: torch.Tensor) -> None:
        self.optimizer.zero_grad()
        torch.autograd.backward(loss)
        torch.nn.utils.clip_grad_norm_(self.parameters, 1.0)
        self.optimizer.step()
        self.steps += 1

    @torch.no_grad()
    def remember(self) -> None:
        """Move the average towards the present parameters; to be called every MEET_EVERY steps."""
        meetings = self.steps / MEET_EVERY
        decay = min(EMA, meetings / (meetings + 4))
        for average, present in zip(self.average.parameters(), self.parameters, strict=True):
            average.lerp_(present, 1 - decay)

    def state(self) -> dict[str, Any]:
        return {
            "shape": self.shape,
            "words": list(word_ids()),
            "networks": self.networks.state(),
            "average": self.average.state(),
            "optimizer": self.optimizer.state_dict(),
            "steps": self.steps,
        }

    def load(self, state: dict[str, Any]) -> None:
        """Go on from a checkpoint. Where the painter's words have changed since, those known then keep their rows, new
        ones stay untaught, and the optimizer begins afresh."""
        known = state["words"]
        for networks, name in ((self.networks, "networks"), (self.average, "average")):
            networks.load(_with_words(state[name], known, networks.state()["text"]))
        if known == list(word_ids()):
            self.optimizer.load_state_dict(state["optimizer"])
        self.steps = int(state["steps"])


def _with_words(state: dict[str, StateDict], known: list[str], fresh: StateDict) -> dict[str, StateDict]:
    """The networks' state with the embedding's rows in the order of today's words."""
    embedding = fresh[WORD_EMBEDDING].clone()
    rows = {word: row for row, word in enumerate(known)}
    for word, row in word_ids().items():
        if word in rows:
            embedding[row] = state["text"][WORD_EMBEDDING][rows[word]]
    return {**state, "text": {**state["text"], WORD_EMBEDDING: embedding}}


def _each(factors: torch.Tensor) -> torch.Tensor:
    """(N,) to (N, 1, 1, 1)."""
    return factors[:, None, None, None]


def restored(checkpoint: Path, shape: str, device: str) -> tuple[Trainer, float, list[int]]:
    """The trainer of a checkpoint, its seconds and the pictures at half and whole size it has seen; or a fresh one."""
    torch.manual_seed(0)
    state = load_checkpoint(checkpoint)
    if state is None:
        return Trainer(shape, device), 0.0, [0, 0]
    trainer = Trainer(state["shape"], device)
    trainer.load(state)
    return trainer, state["spent_s"], state["seen"]


def keep(trainer: Trainer, checkpoint: Path, spent_s: float, seen: list[int], **more: Any) -> None:
    save_checkpoint(checkpoint, {**trainer.state(), "spent_s": spent_s, "seen": seen, **more})


def load_average(checkpoint: Path) -> tuple[Networks, str]:
    """The moving average of a checkpoint, ready to measure or export, and the name of its shape."""
    state = load_checkpoint(checkpoint)
    if state is None:
        raise FileNotFoundError(checkpoint)
    networks = build_networks(len(state["words"]), SHAPES[state["shape"]])
    networks.load(state["average"])
    for module in networks.modules().values():
        module.eval()
    return networks, state["shape"]
