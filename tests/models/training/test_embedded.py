"""The shipped model is a stock diffusers folder: small, offline, deterministic."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from diffusers import ControlNetModel, StableDiffusionControlNetPipeline, StableDiffusionPipeline

FOLDER = Path(__file__).parents[3] / "models" / "embedded"


@pytest.fixture(scope="module")
def pipeline() -> StableDiffusionControlNetPipeline:
    plain = StableDiffusionPipeline.from_pretrained(FOLDER, dtype=torch.float32, local_files_only=True)
    control = ControlNetModel.from_pretrained(FOLDER / "controlnet" / "union", dtype=torch.float32)
    made = StableDiffusionControlNetPipeline(**plain.components, controlnet=control, requires_safety_checker=False)
    made.set_progress_bar_config(disable=True)
    return made


def frame(pipeline: StableDiffusionControlNetPipeline, lines: torch.Tensor, prompt: str, **more: object) -> np.ndarray:
    return np.asarray(
        pipeline(
            prompt,
            image=lines,
            num_inference_steps=4,
            guidance_scale=1.0,
            generator=torch.Generator().manual_seed(1),
            output_type="np",
            **more,
        ).images[0]
    )


def hill() -> torch.Tensor:
    lines = torch.zeros(1, 3, 256, 256)
    lines[..., 120:124, :] = 1
    return lines


def test_it_is_small() -> None:
    total = sum(path.stat().st_size for path in FOLDER.rglob("*") if path.is_file())
    assert total < 40e6


def test_the_manifest_points_at_files_that_exist() -> None:
    manifest = json.loads((FOLDER / "underdraw.json").read_text())
    assert manifest["native_size"] == 256
    for subfolder in manifest["controls"].values():
        assert (FOLDER / subfolder / "config.json").exists()
    adapter = manifest["ip_adapter"]
    assert (FOLDER / adapter["subfolder"] / adapter["weight_name"]).exists()
    groups = json.loads((FOLDER / manifest["vocabulary"]).read_text())
    assert {"watercolour", "woodcut", "neon"} <= set(groups["style"])
    assert {"sunset", "night"} <= set(groups["time"])


def test_same_seed_same_frame_and_the_prompt_matters(pipeline: StableDiffusionControlNetPipeline) -> None:
    day = frame(pipeline, hill(), "flat, day, hills")
    assert day.shape == (256, 256, 3)
    assert np.array_equal(day, frame(pipeline, hill(), "flat, day, hills"))
    assert frame(pipeline, hill(), "flat, night, hills").mean() < day.mean() - 0.1


def test_unknown_words_do_no_harm(pipeline: StableDiffusionControlNetPipeline) -> None:
    strange = frame(pipeline, hill(), "flat, day, a quokka on 2 skateboards, émile!")
    assert np.isfinite(strange).all()


def test_the_reference_adapter_loads_and_its_scale_0_is_off(pipeline: StableDiffusionControlNetPipeline) -> None:
    before = frame(pipeline, hill(), "hills")
    pipeline.load_ip_adapter(
        str(FOLDER),
        subfolder="ip_adapter",
        weight_name="ip-adapter.safetensors",
        image_encoder_folder="image_encoder",
        local_files_only=True,
    )
    shown = torch.zeros(1, 1, 96)
    pipeline.set_ip_adapter_scale(0.0)
    off = frame(pipeline, hill(), "hills", ip_adapter_image_embeds=[shown])
    pipeline.set_ip_adapter_scale(1.0)
    on = frame(pipeline, hill(), "hills", ip_adapter_image_embeds=[shown])
    pipeline.unload_ip_adapter()
    assert np.allclose(before, off, atol=1e-4)
    assert not np.allclose(before, on, atol=1e-2)
