"""One small step of every phase: it learns, and it resumes where it was."""

from __future__ import annotations

import multiprocessing
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import torch

from models.training.autoencoder import build_autoencoder, fold_normalisation, to_tensor
from models.training.batches import Batch, BatchSource, draw_timesteps
from models.training.budget import Budget, learning_rate
from models.training.elastic import Worker, centre_of
from models.training.holes import draw_holes
from models.training.networks import CONTROL, Conditions, build_scheduler, predict
from models.training.picture_set import PictureSet, create, open_set, painted_so_far
from models.training.render_set import render_share
from models.training.text import build_tokenizer, encode_caption, word_ids
from models.training.train_autoencoder import training_loss
from models.training.train_decoder import CROP, Sharpener, draw_crops
from models.training.train_few_steps import PATHS, Contest, contest_of, draw_hole_path, drawn_for
from models.training.trainer import WORD_EMBEDDING, Trainer, keep, load_average, restored


@pytest.fixture(scope="module")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> PictureSet:
    folder = tmp_path_factory.mktemp("set")
    create(folder, 10)
    render_share(folder, 0, 2)
    render_share(folder, 1, 2)
    return open_set(folder)


@pytest.fixture(autouse=True)
def _seeded() -> None:
    torch.manual_seed(0)


def source(rendered: PictureSet) -> BatchSource:
    arrays = {name: np.concatenate([rows] * 20) for name, rows in rendered.arrays.items()}
    few = PictureSet(arrays, np.concatenate([rendered.people] * 20), rendered.scenes * 20)
    latents = np.random.default_rng(0).standard_normal((200, 4, 16, 16)).astype(np.float16)
    return BatchSource(few, latents, seed=1)


def test_a_half_rendered_set_is_refused_and_then_completed(tmp_path: Path) -> None:
    create(tmp_path, 4)
    render_share(tmp_path, 1, 2)
    with pytest.raises(ValueError, match="not fully rendered"):
        open_set(tmp_path)
    render_share(tmp_path, 0, 2)
    assert painted_so_far(tmp_path) == 4
    render_share(tmp_path, 1, 2)
    assert len(open_set(tmp_path)) == 4


def test_autoencoder_learns_a_fixed_batch(rendered: PictureSet) -> None:
    autoencoder = build_autoencoder()
    wanted = to_tensor(rendered.pictures[:4, :64, :64])
    optimizer = torch.optim.AdamW(autoencoder.parameters(), lr=2e-3)
    losses = []
    for _ in range(20):
        loss = training_loss(autoencoder, wanted)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < 0.9 * losses[0]


def test_folded_latents_have_mean_0_and_deviation_1(rendered: PictureSet) -> None:
    autoencoder = build_autoencoder()
    fold_normalisation(autoencoder, rendered.pictures)
    with torch.no_grad():
        latents = autoencoder.encoder(to_tensor(rendered.pictures))
    assert latents.mean(dim=(0, 2, 3)).abs().max() < 1e-3
    assert (latents.std(dim=(0, 2, 3)) - 1).abs().max() < 1e-3


def test_diffusion_learns_a_fixed_batch_and_resumes_exactly(rendered: PictureSet, tmp_path: Path) -> None:
    batch = source(rendered).draw(4)
    timesteps, noise = torch.tensor([999, 749, 499, 249]), torch.randn(4, 4, 16, 16)
    trainer = Trainer("small")
    for group in trainer.optimizer.param_groups:
        group["lr"] = 2e-3
    losses = [trainer.step(batch, timesteps, noise).mean().item() for _ in range(4)]
    assert losses[-1] < 0.97 * losses[0]
    keep(trainer, tmp_path / "diffusion.pt", 12.0, [4, 0])
    again, spent_s, seen = restored(tmp_path / "diffusion.pt", "small", "cpu")
    assert (again.steps, spent_s, seen) == (trainer.steps, 12.0, [4, 0])
    assert torch.equal(again.step(batch, timesteps, noise), trainer.step(batch, timesteps, noise))
    assert torch.equal(again.losses(batch, timesteps, noise), trainer.losses(batch, timesteps, noise))


def test_batches_mix_their_conditions(rendered: PictureSet) -> None:
    batches = [source_batch for drawn in [source(rendered)] for source_batch in (drawn.draw(16) for _ in range(12))]
    assert any(batch.told.reference is None for batch in batches)
    assert any(batch.told.reference is not None for batch in batches)
    for batch in batches:
        assert batch.latents.shape == (16, 4, 16, 16)
        assert batch.told.maps.shape == (len(batch.told.rows), 3, 128, 128)
        assert batch.told.maps.dtype == torch.uint8


def test_half_size_latents_come_with_their_whole_maps_at_half_size(
    rendered: PictureSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("models.training.batches.MAP_SHARES", {"lineart": 1.0})
    monkeypatch.setattr("models.training.batches.POSE_SHARE", 0.0)
    numbered = np.zeros((8, 4, 16, 16), np.float16) + np.arange(8, dtype=np.float16)[:, None, None, None]
    batch = BatchSource(rendered, numbered, seed=1).draw(16)
    for latents, drawn in zip(batch.latents, batch.told.maps, strict=True):
        lines = rendered.line_art(int(latents[0, 0, 0])) * 255.0
        assert np.allclose(drawn[0], lines.reshape(128, 2, 128, 2).mean(axis=(1, 3)), atol=1)


def test_decoder_crops_show_what_their_latents_hold(rendered: PictureSet) -> None:
    latents = np.zeros((10, 4, 32, 32), np.float16)
    latents[:, 0] = np.asarray(rendered.pictures[:, 4::8, 4::8, 0]).astype(np.float16) / 127.5 - 1
    pieces, pictures, _ = draw_crops(rendered.pictures, latents, np.random.default_rng(0))
    assert pieces.shape[1:] == (4, CROP, CROP)
    assert torch.allclose(pieces[:, 0], pictures[:, 0, 4::8, 4::8], atol=0.01)


def test_half_of_the_timesteps_are_those_of_a_preview() -> None:
    drawn = draw_timesteps(np.random.default_rng(0), 4000)
    share = torch.isin(drawn, torch.tensor([999, 749, 499, 249])).float().mean()
    assert 0.45 < share < 0.56


def test_budget_counts_earlier_runs_and_the_rate_falls_to_its_end() -> None:
    now = [100.0]
    budget = Budget(60, 30, clock=lambda: now[0])
    assert budget.fraction() == pytest.approx(0.5)
    now[0] += 60
    assert budget.fraction() == 1.0
    assert learning_rate(1.0, 1000, 0.2) == pytest.approx(1.0)
    assert learning_rate(1.0, 1000, 1.0) == pytest.approx(0.01)
    assert learning_rate(1.0, 0, 0.0) == pytest.approx(0.01)


def test_workers_agree_by_meeting_at_the_centre() -> None:
    """Two workers that stop learning and keep meeting end up with the same parameters."""
    mine, yours = torch.nn.Linear(2, 2), torch.nn.Linear(2, 2)
    lock = multiprocessing.get_context("spawn").Lock()
    centre = centre_of(list(mine.parameters()))
    for _ in range(30):
        Worker(0, 2, centre, lock).meet(list(mine.parameters()))
        Worker(1, 2, centre, lock).meet(list(yours.parameters()))
    assert torch.allclose(mine.weight, yours.weight, atol=1e-5)
    assert torch.allclose(mine.bias, yours.bias, atol=1e-5)


def test_the_sharpener_learns_a_fixed_batch_and_leaves_the_encoder_alone(rendered: PictureSet) -> None:
    sharpener = Sharpener()
    before = [parameter.clone() for parameter in sharpener.autoencoder.encoder.parameters()]
    pieces, wanted, window = draw_crops(
        rendered.pictures, np.zeros((10, 4, 32, 32), np.float16), np.random.default_rng(0), 2
    )
    losses = [sharpener.step(pieces, wanted, window, 0.05)[0] for _ in range(8)]
    assert losses[-1] < 0.9 * losses[0]
    after = sharpener.autoencoder.encoder.parameters()
    assert all(torch.equal(a, b) for a, b in zip(before, after, strict=True))


def test_the_shipped_tokenizer_gives_the_ids_of_training() -> None:
    tokenizer, ids = build_tokenizer(), word_ids()
    for text in ("", "Flat, red-roof house", "a zebra in snow", "ink, " + "tree, " * 40):
        stock = tokenizer(text, padding="max_length", truncation=True, max_length=tokenizer.model_max_length).input_ids
        assert stock == encode_caption(ids, text)


def test_every_kind_of_map_is_of_the_pictures_size(rendered: PictureSet) -> None:
    drawn = source(rendered)
    for kind in ("scribble", "lineart", "depth", "segmentation", "tile"):
        for index in range(3):
            made = drawn._map(kind, index)
            assert (made.shape, made.dtype) == ((256, 256, 3), np.uint8)
    sky, ground = rendered.depth(0)[4].mean(), rendered.depth(0)[-4].mean()
    assert sky < ground  # near is white


def test_blocks_keep_the_colours_of_the_picture(rendered: PictureSet) -> None:
    for index in range(4):
        blocks, picture = rendered.blocks(index), np.asarray(rendered.pictures[index])
        assert np.abs(blocks.mean(axis=(0, 1)) - picture.mean(axis=(0, 1))).max() < 6
        assert len(np.unique(blocks.reshape(-1, 3), axis=0)) <= len(np.unique(rendered.arrays["classes"][index]))


def test_words_keep_their_meaning_when_the_painter_has_learnt_new_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    def row(trainer: Trainer, word: str) -> torch.Tensor:
        return trainer.networks.state()["text"][WORD_EMBEDDING][word_ids()[word]]

    with monkeypatch.context() as earlier:
        earlier.setattr("models.training.text.vocabulary", lambda: ["boat", "tree", "forgotten"])
        before = Trainer("small")
        state = {**before.state()}
        boat, tree = row(before, "boat"), row(before, "tree")
    today = Trainer("small")
    sunset = row(today, "sunset").clone()
    today.load(state)
    assert torch.equal(row(today, "boat"), boat)
    assert torch.equal(row(today, "tree"), tree)
    assert torch.equal(row(today, "sunset"), sunset)


def test_the_contest_teaches_both_sides_and_resumes(rendered: PictureSet, tmp_path: Path) -> None:
    batch = source(rendered).draw(2)
    noise = torch.randn_like(batch.latents)
    trainer = Trainer("small")
    keep(trainer, tmp_path / "diffusion.pt", 1.0, [0, 0])
    contest, _ = contest_of(tmp_path / "diffusion.pt", tmp_path / "few.pt", "cpu")
    for group in contest.trainer.optimizer.param_groups:
        group["lr"] = 2e-3
    first = contest.step(batch, PATHS[0], noise)
    for _ in range(5):
        last = contest.step(batch, PATHS[0], noise)
    assert last[0] < first[0]
    assert last[1] < first[1]
    more = {"judge": contest.judge.state_dict(), "judge_optimizer": contest.judge_optimizer.state_dict()}
    keep(contest.trainer, tmp_path / "few.pt", 9.0, [0, 0], **more, few_steps=contest.steps)
    again, spent_s = contest_of(tmp_path / "diffusion.pt", tmp_path / "few.pt", "cpu")
    assert (again.steps, spent_s) == (contest.steps, 9.0)
    assert again.step(batch, PATHS[1], noise) == contest.step(batch, PATHS[1], noise)


def test_a_walk_takes_the_steps_that_sampling_takes(rendered: PictureSet) -> None:
    """Two steps of the stock scheduler arrive where the walk and one more guess arrive."""
    batch = source(rendered).draw(1)
    contest = Contest(Trainer("small"))
    noise = torch.randn_like(batch.latents)
    scheduler = build_scheduler()
    scheduler.set_timesteps(2)
    latents = noise
    with torch.no_grad():
        for timestep in scheduler.timesteps:
            velocity = predict(contest.trainer.networks, latents, timestep[None], batch.told)
            latents = scheduler.step(velocity, timestep, latents).prev_sample
        walked = contest.walk(batch, (999, 499), noise)
        guess = contest.trainer.guess(walked, torch.tensor([499]), batch.told)
    assert torch.allclose(guess, latents, atol=1e-3)


def test_around_a_hole_the_picture_stays_at_every_level_of_noise(rendered: PictureSet) -> None:
    batch = source(rendered).draw(2)
    contest = Contest(Trainer("small"))
    noise = torch.randn_like(batch.latents)
    free = torch.zeros((2, 1, 16, 16), dtype=torch.bool)
    free[:, :, 4:12, 4:12] = True
    walked = contest.walk(batch, (499, 249), noise, free)
    known = contest.noised(batch.latents, 249, noise)
    same = walked == known
    assert same[~free.expand_as(known)].all()
    assert not same[free.expand_as(known)].all()


def test_a_walk_from_the_last_level_starts_from_nothing_but_noise(rendered: PictureSet) -> None:
    noise = torch.randn(2, 4, 16, 16)
    begun = Contest(Trainer("small")).walk(source(rendered).draw(2), (999,), noise)
    assert torch.allclose(begun, noise, atol=1e-5)


def test_a_hole_is_learnt_without_its_surroundings(rendered: PictureSet) -> None:
    """What lies around a hole is given, so a batch that differs only there costs the same."""
    batch = source(rendered).draw(2)
    contest = Contest(Trainer("small"))
    noise = torch.randn_like(batch.latents)
    free = torch.zeros((2, 1, 16, 16), dtype=torch.bool)
    free[:, :, :8] = True
    guess = torch.zeros_like(batch.latents)
    contest.trainer.guess = lambda *_: guess.requires_grad_()  # type: ignore[method-assign]
    whole, _ = contest.step(batch, (999,), noise)
    upper, _ = contest.step(batch, (999,), noise, free)
    assert whole == pytest.approx(batch.latents.square().mean().item())
    assert upper == pytest.approx(batch.latents[:, :, :8].square().mean().item())


def test_holes_are_of_all_sizes_and_leave_something_around() -> None:
    shares = draw_holes(np.random.default_rng(3), 200, 32, 24).mean(axis=(1, 2))
    assert 0 < shares.min() < 0.1
    assert 0.5 < shares.max() < 1
    assert 0.15 < np.median(shares) < 0.5


def test_the_steps_of_a_hole_go_down_evenly_from_its_strength() -> None:
    rng = np.random.default_rng(5)
    paths = {draw_hole_path(rng) for _ in range(500)}
    assert (999, 749, 499, 249) in paths
    assert (299, 224) in paths
    assert {path[0] for path in paths} == {999, 749, 499, 299}
    assert all(0 < low < high for path in paths for high, low in pairwise(path))


def test_the_judge_sees_every_map_of_a_picture() -> None:
    maps = torch.zeros((2, 3, 16, 16), dtype=torch.uint8)
    maps[0, 0], maps[1, 1] = 255, 255
    told = Conditions(torch.zeros((2, 4), dtype=torch.long), torch.tensor([1, 1]), maps, None)
    drawn = drawn_for(Batch(torch.zeros(2, 4, 2, 2), told))
    assert not drawn[0].any()
    assert (drawn[1, :2] == 1).all()


def test_an_average_is_measured_in_its_own_shape(tmp_path: Path) -> None:
    keep(Trainer("small"), tmp_path / "diffusion.pt", 0.0, [0, 0])
    networks, shape = load_average(tmp_path / "diffusion.pt")
    assert shape == "small"
    assert list(networks.modules())[-1] == CONTROL
