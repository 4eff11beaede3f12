"""The rulers say what they should on pictures whose answer is known, and a report says what was measured."""

from __future__ import annotations

import itertools
import json
import random
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from models.training import evaluate as evaluation
from models.training import measures
from models.training.autoencoder import build_autoencoder
from models.training.budget import Budget, save_checkpoint
from models.training.captions import SAYINGS, taught_words
from models.training.compose import compose
from models.training.evaluate import evaluate, report
from models.training.evaluation.bench import Bench, disc, rgb, shifted, told
from models.training.evaluation.drawing import stroke_beside
from models.training.evaluation.findings import Bar, Finding, table
from models.training.evaluation.given_pictures import place_mask, recoloured
from models.training.evaluation.joint_detector import (
    CELL_PX,
    KIND_OF_JOINT,
    KINDS,
    JointDetector,
    figure_height,
    heat_maps,
    limbs_in_place,
    peaks,
)
from models.training.evaluation.look_reader import LookReader, labels_of, train_look_reader
from models.training.evaluation.rulers import Rulers, load_rulers, readings, rulers_for, save_rulers
from models.training.export import export
from models.training.geometry import SIZE
from models.training.networks import SHAPES, build_networks
from models.training.painter import paint
from models.training.picture_set import PictureSet, create, open_set
from models.training.render_set import render_share
from models.training.sheets import Cell, grid, varied
from models.training.sketch import sketch
from models.training.studio import Studio, paste
from models.training.text import word_ids

FOLDER = Path(__file__).parents[3] / "models" / "embedded"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("set")
    create(folder, 8)
    render_share(folder, 0, 1)
    return folder


@pytest.fixture(scope="module")
def rendered(data: Path) -> PictureSet:
    return open_set(data)


def untrained(rendered: PictureSet) -> Rulers:
    torch.manual_seed(0)
    return Rulers(LookReader(labels_of(rendered.scenes[: rendered.training_count])).eval(), JointDetector().eval())


def plain(red: int, green: int = 0, blue: int = 0) -> np.ndarray:
    return np.full((64, 64, 3), (red, green, blue), np.uint8)


def standing() -> np.ndarray:
    """An upright figure of 200 px, arms hanging, in the middle."""
    joints = np.ones((18, 3), np.float32)
    joints[:14, :2] = [
        (130, 30), (130, 50), (110, 52), (106, 90), (104, 120), (146, 52), (150, 90), (152, 120),
        (118, 120), (116, 175), (116, 230), (138, 120), (140, 175), (140, 230),
    ]  # fmt: skip
    joints[14:] = 0
    return joints


# Measures


def test_lines_on_an_edge_are_met_and_others_are_not() -> None:
    picture = np.zeros((64, 64, 3), np.uint8)
    picture[:, 32:] = 255
    near, far = np.zeros((64, 64), np.uint8), np.zeros((64, 64), np.uint8)
    near[:, 35], far[:, 50] = 1, 1
    assert measures.line_recall(picture, near) == 1
    assert measures.line_recall(picture, far) == 0
    assert measures.line_recall(picture, np.zeros((64, 64), np.uint8)) is None


def test_a_shifted_sketch_is_met_less() -> None:
    """The painter's own picture answers its own sketch, less so a sketch pushed aside, and a flat picture none."""
    scene = compose(4, "flat")
    picture, lines = paint(scene), sketch(scene, 4)
    aside = np.roll(lines, 20, axis=1)
    own, moved = measures.line_recall(picture, lines), measures.line_recall(picture, aside)
    assert own is not None
    assert moved is not None
    assert own > moved + 0.15
    assert measures.line_recall(plain(90, 90, 90).repeat(4, axis=0).repeat(4, axis=1), lines) == 0


def test_a_blurred_picture_is_less_sharp_and_further_from_the_truth() -> None:
    picture = paint(compose(4, "flat"))
    soft = np.asarray(cv2.GaussianBlur(picture, (0, 0), 3), np.uint8)
    assert measures.sharpness([soft]) < 0.7 * measures.sharpness([picture])
    assert measures.psnr([soft], [picture]) < measures.psnr([picture], [picture])


def test_half_of_the_lines_can_be_taken_away() -> None:
    lines = np.zeros((256, 256), np.uint8)
    for y in range(8, 256, 16):
        cv2.line(lines, (8, y), (247, y), 1, 2)
    left = measures.thinned(lines, 0.5, np.random.default_rng(0))
    assert not (left & ~lines).any()
    assert 0.45 < left.sum() / lines.sum() < 0.55
    assert np.array_equal(measures.thinned(lines, 0.0, np.random.default_rng(0)), lines)


def test_a_border_that_does_not_fit_is_a_step() -> None:
    mask = disc(32, 32, 12)[:64, :64]
    patched = plain(100, 100, 100)
    assert measures.border_step(patched, mask) == 0
    patched[mask] = 130
    assert measures.border_step(patched, mask) == 30
    soft = paste(plain(100, 100, 100), plain(130, 130, 130), mask, feather_px=8)
    assert 0 < measures.border_step(soft, mask) < 8
    assert np.array_equal(soft[~mask], plain(100, 100, 100)[~mask])


def test_drift_is_of_the_mean_colour_where_it_is_asked() -> None:
    where = np.zeros((64, 64), bool)
    where[:32] = True
    moved = plain(100)
    moved[32:] = 200
    assert measures.colour_drift(moved, plain(100), where) == 0
    assert measures.colour_drift(plain(106), plain(100), where) == pytest.approx(2)


def test_psnr_looks_only_where_it_is_asked() -> None:
    moved = plain(0)
    moved[:8] = 255
    away = np.ones((64, 64), bool)
    away[:8] = False
    assert measures.psnr_where(moved, plain(0), away) == 100
    assert measures.psnr_where(moved, plain(0), ~away) == pytest.approx(0)


def test_frechet_distance_of_gaussians() -> None:
    rng = np.random.default_rng(0)
    first = rng.standard_normal((4000, 3))
    assert measures.frechet_distance(first, first) == pytest.approx(0, abs=1e-6)
    assert measures.frechet_distance(first, first + np.array((3, 0, 0))) == pytest.approx(9, abs=1e-6)
    assert measures.frechet_distance(first, first * 2) == pytest.approx(3, rel=0.1)  # 3 axes of (2 - 1)^2


# Joints


def test_drawn_heat_gives_the_joints_back() -> None:
    found = peaks(heat_maps([standing()]))
    for kind in range(len(KINDS)):
        at = standing()[:14, :2][np.array(KIND_OF_JOINT) == kind]
        away = np.hypot(*(found[kind][:, None] - at[None]).transpose(2, 0, 1))
        assert away.min(axis=0).max() < CELL_PX / 2
        assert away.min(axis=1).max() < CELL_PX / 2


def test_limbs_are_in_place_within_a_twentieth_of_the_height() -> None:
    asked = standing()
    assert figure_height(asked) == pytest.approx(200, abs=2)
    found = peaks(heat_maps([asked]))
    assert np.mean(limbs_in_place(found, [asked])) == 1
    slightly, far = asked.copy(), asked.copy()
    slightly[:, 0] += 6
    far[:, 0] += 16
    assert np.mean(limbs_in_place(found, [slightly])) == 1
    assert np.mean(limbs_in_place(found, [far])) < 0.2
    raised = asked.copy()
    raised[4, :2] = (106, 56)
    wrong = limbs_in_place(found, [raised])
    assert wrong.count(False) == 1  # one forearm
    assert not any(limbs_in_place(peaks(np.zeros((len(KINDS), 64, 64), np.float32)), [asked]))


def test_what_lies_outside_the_picture_is_not_asked_for() -> None:
    below = standing()
    below[:, 1] += 110
    assert 0 < len(limbs_in_place(peaks(heat_maps([below])), [below])) < 13


# Looks


def test_the_look_reader_spends_its_budget_on_what_a_look_is(rendered: PictureSet) -> None:
    ticks = itertools.count()
    reader = train_look_reader(rendered, Budget(3, clock=lambda: float(next(ticks))))
    assert next(ticks) >= 3
    pictures = [np.asarray(picture) for picture in rendered.pictures]
    read = reader.read(pictures)
    assert set(read["style"]) <= set(reader.labels["style"])
    assert reader.features_of(pictures).shape == (8, 64)


def test_rulers_are_kept_in_one_file_until_the_painter_learns_something_new(
    rendered: PictureSet, tmp_path: Path
) -> None:
    kept, path = untrained(rendered), tmp_path / "rulers.pt"
    assert load_rulers(path) is None
    save_rulers(kept, path)
    pictures = [np.asarray(picture) for picture in rendered.pictures]
    again = rulers_for(rendered, path, minutes=0)
    assert np.array_equal(again.looks.features_of(pictures), kept.looks.features_of(pictures))
    taught = PictureSet(
        rendered.arrays, rendered.people, tuple(replace(scene, subject="submarine") for scene in rendered.scenes)
    )
    anew = rulers_for(taught, path, minutes=0)
    assert anew.looks.labels["subject"] == ("submarine",)
    stored = load_rulers(path)
    assert stored is not None
    assert stored.looks.labels["subject"] == ("submarine",)


def test_a_ruler_says_how_it_reads_real_pictures(rendered: PictureSet) -> None:
    rulers = untrained(rendered)
    found = {finding.measure: finding for finding in readings(rulers, rendered)}
    assert {"style read", "time of day read", "season read", "main object read"} <= set(found)
    held_out = range(rendered.training_count, 8)
    answers = rulers.looks.read([np.asarray(rendered.pictures[i]) for i in held_out])["style"]
    right = [answer == rendered.scenes[i].style for answer, i in zip(answers, held_out, strict=True)]
    assert found["style read"].value == np.mean(right)


# Conditions of the questions


def test_everything_is_told_and_a_style_can_be_put_in_its_place() -> None:
    scene = compose(4)
    words = told(scene)
    assert all(SAYINGS.get(tag[0], tag)[0] in words for tag in scene.tags)
    assert told(scene, "ink").startswith("ink, ")


def test_only_the_main_object_is_recoloured() -> None:
    scene = compose(4, "flat")
    scene.subject, scene.tags = "house", [("house", "red roof"), ("cat", "black")]
    said = recoloured(scene)
    assert "red roof" not in said
    assert "roof" in said
    assert "black" in said


def test_a_mask_covers_the_main_object_and_leaves_some_free() -> None:
    for seed in range(6):
        scene = compose(seed)
        mask, free = place_mask(scene, random.Random(seed))
        assert mask.any()
        assert free.any()
        assert not (free & ~mask).any()


def test_a_stroke_lies_within_its_box() -> None:
    rng = np.random.default_rng(3)
    for _ in range(20):
        blank = np.zeros((SIZE, SIZE), np.uint8)
        drawn, outside = stroke_beside(blank, rng)
        assert 30 < drawn.sum() < 200
        assert not drawn[outside].any()
        assert (~outside).sum() < 70 * 70


def test_rows_of_a_sheet_are_unlike_each_other(rendered: PictureSet) -> None:
    chosen = varied(rendered, range(8), 4)
    assert len(set(chosen)) == 4
    assert len({(rendered.scenes[i].style, rendered.scenes[i].time) for i in chosen[:2]}) == 2


# Reports


def test_a_bar_says_in_which_direction_and_what_a_cpu_owes() -> None:
    assert Bar(">=", 0.8, 0.5).holds(0.8)
    assert not Bar(">=", 0.8, 0.5).holds(0.6)
    assert Bar(">=", 0.8, 0.5).holds_on_cpu(0.6)
    assert not Bar("<=", 2.0).holds_on_cpu(2.1)


def test_the_table_shows_value_baseline_and_bar() -> None:
    rows = table(
        [
            Finding("Scribble", "recall", 0.613, {"shuffled": 0.2}, Bar(">=", 0.7, 0.5)),
            Finding("Scribble", "other", 0.4),
        ]
    ).splitlines()
    assert rows[2] == "| Scribble | recall | **0.61** | shuffled 0.20 | ≥ 0.70 [0.50] | [CPU] |"
    assert rows[3] == "|  | other | 0.40 |  |  |  |"


def test_shuffling_never_pairs_a_scene_with_itself() -> None:
    items = list(range(24))
    assert all(a != b for a, b in zip(items, shifted(items), strict=True))


# Sheets


def test_a_cell_says_what_it_shows_and_keeps_its_shape() -> None:
    wide = np.zeros((64, 128, 3), np.uint8)
    named, unnamed = Cell(wide, "castle on a hill").drawn(), Cell(wide, "").drawn()
    assert (
        named.shape
        == unnamed.shape
        == Cell(plain(9), "a very long label that nobody can fit over a cell").drawn().shape
    )
    assert (named != unnamed).any()
    black = (unnamed == 0).all(axis=2)
    assert black.sum(axis=1).max() == 2 * black.sum(axis=0).max()
    assert grid([[Cell(wide, "a")] * 2] * 3).shape == (3 * named.shape[0], 2 * named.shape[1], 3)


# A model as the training exports it, and the shipped one


@pytest.fixture(scope="module")
def fresh(rendered: PictureSet, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an untrained model of today's layout."""
    torch.manual_seed(0)
    folder = tmp_path_factory.mktemp("model")
    save_checkpoint(folder / "autoencoder.pt", {"model": build_autoencoder().state_dict()})
    networks = build_networks(len(word_ids()), SHAPES["small"])
    export(networks, "small", folder / "autoencoder.pt", taught_words(rendered.scenes), folder / "embedded")
    return folder / "embedded"


def test_the_exported_layout_is_painted_with_by_the_apps_engine(fresh: Path, rendered: PictureSet) -> None:
    exported = Studio(fresh)
    assert set(exported.controls) >= {"scribble", "depth", "segmentation", "pose"}
    assert len(set(exported.controls.values())) == 1
    assert exported.preview_steps == 2
    maps = {
        "scribble": rgb(rendered.sketch(0, 0)),
        "depth": rgb(rendered.depth(0)),
        "segmentation": rendered.segmentation(0),
    }
    plain_picture = exported.paint(["tree"], {}, steps=1)[0]
    made = [exported.paint(["tree"], {kind: [drawn]}, steps=1)[0] for kind, drawn in maps.items()]
    made.append(exported.paint(["tree"], {}, steps=1, reference=[np.asarray(rendered.pictures[0])])[0])
    made.append(exported.paint(["boat"], {}, steps=1)[0])
    for picture in made:
        assert (picture.shape, picture.dtype) == ((256, 256, 3), np.uint8)
        assert (picture != plain_picture).any()
    assert np.array_equal(exported.paint(["tree zeppelin"], {}, steps=1)[0], plain_picture)  # not a word it knows
    assert np.array_equal(exported.paint(["tree"], {}, steps=1)[0], plain_picture)
    assert (exported.paint(["tree"], {}, steps=1, seed=1)[0] != plain_picture).any()


def test_the_network_sees_the_lines_that_were_asked_for(
    fresh: Path, rendered: PictureSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Dark on white for the app, white on black again for the network."""
    exported, seen = Studio(fresh), list[np.ndarray]()
    embed = exported.model.embed_control

    def listen(kind: str, image: np.ndarray) -> torch.Tensor:
        seen.append(image)
        return embed(kind, image)

    monkeypatch.setattr(exported.model, "embed_control", listen)
    lines = rgb(rendered.sketch(0, 0))
    exported.paint(["tree"], {"scribble": [lines]}, steps=1)
    exported.paint(["tree"], {"depth": [rgb(rendered.depth(0))]}, steps=1)
    assert np.array_equal(seen[0], lines)
    assert np.array_equal(seen[1], rgb(rendered.depth(0)))


def test_an_evaluation_is_one_command(
    fresh: Path, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    save_rulers(untrained(open_set(data)), tmp_path / "rulers.pt")
    words = ["--model", fresh, "--data", data, "--count", 2, "--rulers", tmp_path / "rulers.pt", "--threads", 1]
    words += ["--sheets", tmp_path / "out", "--only", "autoencoder", "inpainting"]
    monkeypatch.setattr("sys.argv", ["evaluate", *map(str, words)])
    evaluation.main()
    printed = json.loads(capsys.readouterr().out)
    assert printed == json.loads((tmp_path / "out" / "evaluation.json").read_text())
    assert {measure["question"] for measure in printed["measures"]} == {"Autoencoder alone", "Inpainting"}
    assert any("cpu_bar" in measure for measure in printed["measures"])


@pytest.fixture(scope="module")
def studio() -> Studio:
    return Studio(FOLDER)


def test_the_shipped_model_is_measured(studio: Studio, rendered: PictureSet) -> None:
    bench = Bench(studio, rendered, untrained(rendered), range(6, 8))
    found = {(finding.question, finding.measure): finding for finding in evaluate(bench, ["autoencoder", "stability"])}
    assert 0.2 < found["Autoencoder alone", "sharpness, share of the picture's"].value < 3
    still = next(finding for (question, _), finding in found.items() if question.startswith("Stability"))
    assert still.value > still.beside["another seed"]
    assert '"scenes": 2' in report(list(found.values()), bench)


def test_one_network_may_serve_several_kinds(studio: Studio) -> None:
    assert studio.controls["scribble"] == studio.controls["lineart"]


def test_low_strength_keeps_more_of_what_is_masked(studio: Studio, rendered: PictureSet) -> None:
    picture, mask = np.asarray(rendered.pictures[0]), disc(128, 128, 50)
    little, much = (
        studio.repaint([told(rendered.scenes[0])], [picture], [mask], strength)[0] for strength in (0.3, 1.0)
    )
    assert measures.psnr_where(little, picture, mask) > measures.psnr_where(much, picture, mask)
    assert np.array_equal(paste(picture, much, mask, feather_px=0)[~mask], picture[~mask])


def test_a_picture_may_have_another_shape(studio: Studio) -> None:
    lines = np.zeros((128, 256, 3), np.uint8)
    assert studio.paint(["hills"], {"scribble": [lines]}, steps=1, size=(256, 128))[0].shape == (128, 256, 3)
