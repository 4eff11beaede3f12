"""The engine: what it remembers, what it reports, how it stops and what it says when it cannot."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tiny import SIZE, TinyModels, conditions, job, picture, scribble

from inference.condition_set import ControlInput, Part, ReferenceInput
from inference.engine import Engine
from inference.families.components import choose_device, quieten
from inference.messages import Cancel, EngineError, EngineState, Progress
from models.catalogue import scan


def never() -> bool:
    return False


def ignore(message: object) -> None: ...


@pytest.fixture(scope="module")
def loaded(tiny_models: TinyModels) -> Engine:
    quieten()
    return Engine(tiny_models.catalogue, choose_device("cpu"), ignore)


@pytest.fixture
def engine(tiny_models: TinyModels, loaded: Engine) -> Engine:
    """An engine that remembers nothing; models stay loaded."""
    fresh = Engine(tiny_models.catalogue, loaded.device, ignore)
    fresh._models = loaded._models
    return fresh


REFERENCE = ReferenceInput("style", Part.of(picture(3)), 0.7)


def test_a_frame_is_rgb_of_the_size_asked_for_with_seconds_for_each_stage(engine: Engine) -> None:
    frame = engine.run(job(conditions(size=(SIZE, 2 * SIZE)), id=5), never, ignore)
    assert frame.job_id == 5
    assert frame.pixels.shape == (2 * SIZE, SIZE, 3)
    assert frame.pixels.dtype == np.uint8
    assert 0 < frame.timings_s["network"] <= frame.timings_s["denoise"] <= frame.timings_s["total"]
    assert {"text", "controls", "references", "base", "decode"} <= set(frame.timings_s)


def test_the_same_conditions_give_the_same_picture_at_once(engine: Engine) -> None:
    first = engine.run(job(conditions(), id=1), never, ignore)
    again = engine.run(job(conditions(), id=2), never, ignore)
    assert again.job_id == 2
    assert np.array_equal(first.pixels, again.pixels)
    assert engine.made["frame"] == 1


def test_a_new_engine_makes_the_same_picture_bit_for_bit(engine: Engine, tiny_models: TinyModels) -> None:
    wanted = conditions(controls=(scribble(),), references=(REFERENCE,))
    other = Engine(tiny_models.catalogue, choose_device("cpu"), ignore)
    first, second = (e.run(job(wanted), never, ignore) for e in (engine, other))
    assert np.array_equal(first.pixels, second.pixels)


def test_only_what_changed_is_made_again(engine: Engine) -> None:
    wanted = conditions(controls=(scribble(1),), references=(REFERENCE,), mode="image", base=Part.of(picture(2)))
    engine.run(job(wanted), never, ignore)
    engine.run(job(replace(wanted, controls=(scribble(2),))), never, ignore)
    engine.run(job(replace(wanted, seed=8, steps=2, strength=0.5)), never, ignore)
    assert engine.made == {"text": 1, "control": 2, "hint": 2, "reference": 1, "base": 1, "frame": 3}


def test_weight_and_span_of_a_control_do_not_embed_it_again(engine: Engine) -> None:
    engine.run(job(conditions(controls=(scribble(),))), never, ignore)
    engine.run(job(conditions(controls=(scribble(weight=0.4, end=0.6),))), never, ignore)
    assert engine.made["hint"] == 1
    assert engine.made["frame"] == 2


def test_progress_counts_every_step(engine: Engine) -> None:
    heard: list[Progress] = []
    engine.run(job(conditions(steps=3), id=9), never, heard.append)
    assert heard == [Progress(9, 1, 3), Progress(9, 2, 3), Progress(9, 3, 3)]


def test_a_cancelled_run_ends_at_the_next_step_and_leaves_nothing_behind(engine: Engine) -> None:
    heard: list[Progress] = []
    with pytest.raises(Cancel):
        engine.run(job(conditions(steps=50)), lambda: len(heard) == 2, heard.append)
    assert len(heard) == 2
    assert engine.made.get("frame", 0) == 0


def test_loading_a_model_is_told_in_words_once(tiny_models: TinyModels) -> None:
    heard: list[EngineState] = []
    engine = Engine(tiny_models.catalogue, choose_device("cpu"), heard.append)
    engine.warm("embedded")
    engine.run(job(conditions()), never, ignore)
    assert [(state.name, state.sentence) for state in heard] == [
        ("loading", "Loading Tiny studio"),
        ("ready", "Tiny studio on CPU"),
    ]


def test_a_model_may_be_named_by_its_folder(engine: Engine, tiny_models: TinyModels) -> None:
    by_folder = engine.run(job(conditions(model=str(tiny_models.embedded))), never, ignore)
    by_id = engine.run(job(conditions()), never, ignore)
    assert np.array_equal(by_folder.pixels, by_id.pixels)


def test_a_model_that_is_not_there_is_named_with_those_that_are(engine: Engine) -> None:
    with pytest.raises(EngineError, match=r"no model “dream”.*Tiny studio, kl"):
        engine.run(job(conditions(model="dream")), never, ignore)


def test_a_model_added_while_the_engine_runs_is_found(tmp_path: Path, tiny_models: TinyModels) -> None:
    engine = Engine(lambda: scan(tmp_path, tiny_models.embedded), choose_device("cpu"), ignore)
    shutil.copytree(tiny_models.folder / "kl", tmp_path / "late")
    assert engine.run(job(conditions(model="late")), never, ignore).pixels.any()


def test_a_control_without_controlnet_says_which_there_are(engine: Engine) -> None:
    depth = ControlInput("depth", "none", Part.of(picture(1)), 1.0, 0.0, 1.0)
    with pytest.raises(EngineError, match=r"no ControlNet for depth .*pose, scribble"):
        engine.run(job(conditions(controls=(depth,))), never, ignore)


def test_a_reference_without_ip_adapter_says_what_helps(engine: Engine) -> None:
    with pytest.raises(EngineError, match=r"no IP-Adapter .* hide them"):
        engine.run(job(conditions(model="kl", references=(REFERENCE,))), never, ignore)


def test_damaged_weights_are_one_sentence(tmp_path: Path, tiny_models: TinyModels) -> None:
    broken = tmp_path / "broken"
    shutil.copytree(tiny_models.embedded, broken)
    weights = broken / "unet" / "diffusion_pytorch_model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-100])
    engine = Engine(lambda: scan(tmp_path, tiny_models.embedded), choose_device("cpu"), ignore)
    with pytest.raises(EngineError, match="damaged or incomplete; download it again"):
        engine.run(job(conditions(model="broken")), never, ignore)


def test_a_device_that_is_not_there_is_an_error() -> None:
    with pytest.raises(EngineError, match="choose auto, cpu or cuda"):
        choose_device("quantum")
