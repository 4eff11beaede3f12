"""What one training batch of the diffusion phase is told: which conditions are on, and their maps."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch.utils.data import DataLoader, IterableDataset, get_worker_info

from models.training.autoencoder import PIXELS_PER_LATENT
from models.training.captions import caption
from models.training.geometry import SIZE
from models.training.networks import IMAGE_PX, INFERENCE_GRID, Conditions
from models.training.picture_set import SKETCHES, PictureSet
from models.training.pose import pose_map
from models.training.text import BEGIN_ID, END_ID, PAD_ID, UNKNOWN_ID, encode_captions, word_ids

CLIP_MEAN, CLIP_DEVIATION = (0.48145466, 0.4578275, 0.40821073), (0.26862954, 0.26130258, 0.27577711)
"""What CLIPImageProcessor uses unless told otherwise; diffusers builds that default when it loads an IP-Adapter."""

MAP_SHARES = {"scribble": 0.56, "lineart": 0.1, "depth": 0.09, "segmentation": 0.09, "tile": 0.09, "": 0.07}
"""How often each kind of map is the one given; "" gives none."""
POSE_SHARE, POSE_ALONE_SHARE = 0.5, 0.55
"""Of the pictures with people: how often their skeletons are given, and how often nothing else then is."""
CAPTION_DROP, UNKNOWN_SHARE = 0.06, 0.08
CUT_SHARE = 0.2
REFERENCE_STEP_SHARE, SELF_SHARE, SILENT_SHARE = 0.25, 0.5, 0.3
"""Steps with references; share of pieces of the picture itself among them; share of empty captions then."""
GRID_SHARE, GRID_WEIGHTS = 0.5, (0.3, 0.25, 0.3, 0.15)

Bytes = NDArray[np.uint8]


def reference_tensor(thumbnails: Bytes) -> torch.Tensor:
    """uint8 (N, 64, 64, 3) to what the image encoder wants: float (N, 3, 64, 64)."""
    scaled = (thumbnails.astype(np.float32) / 255 - CLIP_MEAN) / CLIP_DEVIATION
    return torch.from_numpy(np.ascontiguousarray(scaled.transpose(0, 3, 1, 2))).float()


def thumbnails(pictures: Sequence[Bytes]) -> Bytes:
    """Square pictures of any size to uint8 (N, 64, 64, 3)."""
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

    def to(self, device: torch.device | str) -> Batch:
        return Batch(self.latents.to(device, non_blocking=True), self.told.to(device))


class BatchSource:
    """Draws batches from a set's training part. Latents of pictures at half size come with maps at half size."""

    def __init__(self, pictures: PictureSet, latents: NDArray[np.float16], seed: int) -> None:
        self.set, self.latents = pictures, latents
        self.rng, self.words = np.random.default_rng(seed), word_ids()
        self.talk = random.Random(seed)
        self.count = min(pictures.training_count, len(latents))
        self.alike: dict[tuple[str, str], list[int]] = defaultdict(list)
        for index, scene in enumerate(pictures.scenes[: self.count]):
            self.alike[scene.style, scene.time].append(index)

    def draw(self, count: int) -> Batch:
        rng = self.rng
        chosen = rng.integers(0, self.count, count)
        has_reference = rng.random() < REFERENCE_STEP_SHARE
        captions = [self._caption(int(index), has_reference) for index in chosen]
        ids = self._with_unknown_words(encode_captions(self.words, captions))
        reference = None
        if has_reference:
            reference = reference_tensor(thumbnails([self._reference(int(index)) for index in chosen]))
        rows, maps = self._controls(chosen)
        told = Conditions(torch.from_numpy(ids), rows, maps, reference)
        return Batch(torch.from_numpy(self.latents[chosen].astype(np.float32)), told)

    def _caption(self, index: int, has_reference: bool) -> str:
        if self.rng.random() < (SILENT_SHARE if has_reference else CAPTION_DROP):
            return ""
        says_look = not has_reference or self.rng.random() < 0.15
        return caption(self.set.scenes[index], self.talk, says_look)

    def _reference(self, index: int) -> Bytes:
        """A picture of the same look, or most of the picture itself, mirrored or not: look alone, or subject too."""
        if self.rng.random() >= SELF_SHARE:
            scene = self.set.scenes[index]
            return np.asarray(self.set.pictures[self.talk.choice(self.alike[scene.style, scene.time])])
        side = int(self.rng.integers(SIZE * 6 // 10, SIZE + 1))
        top, left = self.rng.integers(0, SIZE - side + 1, 2)
        piece = np.asarray(self.set.pictures[index, top : top + side, left : left + side])
        return piece[:, ::-1] if self.rng.random() < 0.5 else piece

    def _with_unknown_words(self, ids: NDArray[np.int64]) -> NDArray[np.int64]:
        """Some captions get a word the model has never heard, so that such words come to mean nothing."""
        for row in np.flatnonzero(self.rng.random(len(ids)) < UNKNOWN_SHARE):
            places = np.flatnonzero((ids[row] != PAD_ID) & (ids[row] != BEGIN_ID) & (ids[row] != END_ID))
            if len(places):
                ids[row, self.rng.choice(places)] = UNKNOWN_ID
        return ids

    def _controls(self, chosen: NDArray[np.int64]) -> tuple[torch.Tensor, torch.Tensor]:
        """Rows (M,) and their maps, uint8 (M, 3, size, size)."""
        rows: list[int] = []
        maps: list[Bytes] = []
        kinds, shares = list(MAP_SHARES), list(MAP_SHARES.values())
        for row, index in enumerate(chosen):
            figures = self.set.figures(int(index))
            has_pose = bool(figures) and self.rng.random() < POSE_SHARE
            if has_pose:
                rows.append(row)
                maps.append(pose_map(self._some_joints(figures)))
            kind = str(self.rng.choice(kinds, p=shares))
            if kind and not (has_pose and self.rng.random() < POSE_ALONE_SHARE):
                rows.append(row)
                maps.append(self._map(kind, int(index)))
        size = (self.latents.shape[-1] * PIXELS_PER_LATENT,) * 2
        if not rows:
            return torch.zeros(0, dtype=torch.long), torch.zeros((0, 3, *size), dtype=torch.uint8)
        drawn = np.stack([cv2.resize(one, size, interpolation=cv2.INTER_AREA) for one in maps])
        return torch.tensor(rows), torch.from_numpy(drawn).permute(0, 3, 1, 2).contiguous()

    def _map(self, kind: str, index: int) -> Bytes:
        """The map of `kind`, uint8 (SIZE, SIZE, 3)."""
        if kind == "scribble":
            lines = self.set.sketch(index, int(self.rng.integers(SKETCHES))) * np.uint8(255)
            if self.rng.random() < CUT_SHARE:
                y, x, height, width = self.rng.integers((0, 0, 40, 40), (SIZE, SIZE, 200, 200))
                lines[y : y + height, x : x + width] = 0
            return np.repeat(lines[..., None], 3, axis=2)
        if kind == "lineart":
            return np.repeat(self.set.line_art(index)[..., None] * np.uint8(255), 3, axis=2)
        if kind == "depth":
            return np.repeat(self.set.depth(index)[..., None], 3, axis=2)
        if kind == "segmentation":
            return self.set.segmentation(index)
        return self.set.blocks(index) if self.rng.random() < 0.6 else self._blurred(index)

    def _blurred(self, index: int) -> Bytes:
        """What is left of a picture that was made tiny: its colours and tones without its drawing."""
        side = int(self.rng.choice((8, 16, 32)))
        small = cv2.resize(np.asarray(self.set.pictures[index]), (side, side), interpolation=cv2.INTER_AREA)
        return np.asarray(cv2.resize(small, (SIZE, SIZE), interpolation=cv2.INTER_CUBIC), np.uint8)

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


class _Endless(IterableDataset[Batch]):
    """Batches without end, other ones in every loading process."""

    def __init__(self, pictures: PictureSet, latents: NDArray[np.float16], seed: int, count: int) -> None:
        self.arguments = (pictures, latents, seed)
        self.count = count

    def __iter__(self) -> Iterator[Batch]:
        info = get_worker_info()
        pictures, latents, seed = self.arguments
        source = BatchSource(pictures, latents, seed * 1009 + (info.id if info else 0))
        while True:
            yield source.draw(self.count)


def stream(pictures: PictureSet, latents: NDArray[np.float16], seed: int, count: int, loaders: int) -> Iterator[Batch]:
    """Batches without end, drawn by `loaders` processes, or by this one when there are none."""
    endless = _Endless(pictures, latents, seed, count)
    if not loaders:
        return iter(endless)
    return iter(DataLoader(endless, batch_size=None, num_workers=loaders, prefetch_factor=3))
