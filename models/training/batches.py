"""What one training batch of the diffusion phase is told: which conditions are on, and their maps."""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import dataclass

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from models.training.autoencoder import PIXELS_PER_LATENT
from models.training.captions import caption
from models.training.geometry import SIZE
from models.training.networks import IMAGE_PX, INFERENCE_GRID, Conditions
from models.training.picture_set import SKETCHES, PictureSet
from models.training.pose import pose_map
from models.training.text import BEGIN_ID, END_ID, PAD_ID, UNKNOWN_ID, encode_captions, word_ids

CLIP_MEAN, CLIP_DEVIATION = (0.48145466, 0.4578275, 0.40821073), (0.26862954, 0.26130258, 0.27577711)
"""What CLIPImageProcessor uses unless told otherwise; diffusers builds that default when it loads an IP-Adapter."""

SKETCH_SHARE = 0.86
CAPTION_DROP, UNKNOWN_SHARE = 0.06, 0.08
CUT_SHARE = 0.2
REFERENCE_STEP_SHARE = 0.35
GRID_SHARE, GRID_WEIGHTS = 0.5, (0.3, 0.3, 0.25, 0.15)


def reference_tensor(thumbnails: NDArray[np.uint8]) -> torch.Tensor:
    """uint8 (N, 64, 64, 3) to what the image encoder wants: float (N, 3, 64, 64)."""
    scaled = (thumbnails.astype(np.float32) / 255 - CLIP_MEAN) / CLIP_DEVIATION
    return torch.from_numpy(np.ascontiguousarray(scaled.transpose(0, 3, 1, 2))).float()


def thumbnails(pictures: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """uint8 (N, 64, 64, 3)."""
    size = (IMAGE_PX, IMAGE_PX)
    return np.stack([np.asarray(cv2.resize(p, size, interpolation=cv2.INTER_AREA), np.uint8) for p in pictures])


def draw_timesteps(rng: np.random.Generator, count: int) -> torch.Tensor:
    """Half from the four steps used for previews, half from anywhere (for img2img strengths and longer schedules)."""
    grid = rng.choice(INFERENCE_GRID, count, p=GRID_WEIGHTS)
    return torch.from_numpy(np.where(rng.random(count) < GRID_SHARE, grid, rng.integers(0, 1000, count))).long()


@dataclass(frozen=True)
class Batch:
    latents: torch.Tensor
    told: Conditions


class BatchSource:
    """Draws batches from a set's training part; `crop` of 16 latents is a quarter frame, 32 the whole."""

    def __init__(self, pictures: PictureSet, latents: NDArray[np.float16], seed: int) -> None:
        self.set, self.latents = pictures, latents
        self.rng, self.words = np.random.default_rng(seed), word_ids()
        self.talk = random.Random(seed)
        self.count = min(pictures.training_count, len(latents))
        self.thumbnails = thumbnails(pictures.pictures[: self.count])
        self.alike: dict[tuple[str, str], list[int]] = defaultdict(list)
        for index, scene in enumerate(pictures.scenes[: self.count]):
            self.alike[scene.style, scene.time].append(index)

    def draw(self, count: int, crop: int) -> Batch:
        rng = self.rng
        chosen = rng.integers(0, self.count, count)
        limit = SIZE // PIXELS_PER_LATENT - crop + 1
        corners = rng.integers(0, limit, (count, 2))
        latents = np.stack(
            [self.latents[i, :, y : y + crop, x : x + crop] for i, (y, x) in zip(chosen, corners, strict=True)]
        )
        has_reference = rng.random() < REFERENCE_STEP_SHARE
        captions = [self._caption(int(index), says_look=not has_reference or rng.random() < 0.15) for index in chosen]
        ids = self._with_unknown_words(encode_captions(self.words, captions))
        reference = None
        if has_reference:
            scenes = [self.set.scenes[index] for index in chosen]
            shown = [self.talk.choice(self.alike[scene.style, scene.time]) for scene in scenes]
            reference = reference_tensor(self.thumbnails[shown])
        told = Conditions(
            torch.from_numpy(ids),
            self._controls(chosen, corners * PIXELS_PER_LATENT, crop * PIXELS_PER_LATENT),
            reference,
        )
        return Batch(torch.from_numpy(latents.astype(np.float32)), told)

    def _caption(self, index: int, says_look: bool) -> str:
        if self.rng.random() < CAPTION_DROP:
            return ""
        return caption(self.set.scenes[index], self.talk, says_look)

    def _with_unknown_words(self, ids: NDArray[np.int64]) -> NDArray[np.int64]:
        """Some captions get a word the model has never heard, so that such words come to mean nothing."""
        for row in np.flatnonzero(self.rng.random(len(ids)) < UNKNOWN_SHARE):
            places = np.flatnonzero((ids[row] != PAD_ID) & (ids[row] != BEGIN_ID) & (ids[row] != END_ID))
            if len(places):
                ids[row, self.rng.choice(places)] = UNKNOWN_ID
        return ids

    def _controls(
        self, chosen: NDArray[np.int64], corners_px: NDArray[np.int64], size_px: int
    ) -> dict[str, tuple[torch.Tensor, torch.Tensor]]:
        drawn: dict[str, list[tuple[int, NDArray[np.float32]]]] = {"scribble": [], "pose": []}
        for row, index in enumerate(chosen):
            top, left = corners_px[row]
            window = np.s_[top : top + size_px, left : left + size_px]
            figures = self.set.figures(int(index))
            lot = self.rng.random()
            if figures and lot < 0.5:
                bones = pose_map(self._some_joints(figures))[window]
                drawn["pose"].append((row, np.asarray(bones / 255, np.float32)))
            if (figures and 0.3 < lot < 0.92) or (not figures and lot < SKETCH_SHARE):
                lines = self.set.sketch(int(index), int(self.rng.integers(SKETCHES))).astype(np.float32)
                if self.rng.random() < CUT_SHARE:
                    y, x, height, width = self.rng.integers((0, 0, 40, 40), (SIZE, SIZE, 200, 200))
                    lines[y : y + height, x : x + width] = 0
                drawn["scribble"].append((row, np.repeat(lines[window][..., None], 3, axis=2)))
        controls: dict[str, tuple[torch.Tensor, torch.Tensor]] = {}
        for kind, items in drawn.items():
            if items:
                maps = torch.from_numpy(np.stack([item for _, item in items])).permute(0, 3, 1, 2).contiguous()
                controls[kind] = (torch.tensor([row for row, _ in items]), maps)
        return controls

    def _some_joints(self, figures: list[NDArray[np.float32]]) -> list[NDArray[np.float32]]:
        """Sometimes without a face, sometimes without one joint: users' skeletons are not complete."""
        kept = []
        for joints in figures:
            joints = joints.copy()
            if self.rng.random() < 0.15:
                joints[14:18, 2] = 0
            if self.rng.random() < 0.1:
                joints[self.rng.integers(2, 14), 2] = 0
            kept.append(joints)
        return kept
