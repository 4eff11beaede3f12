"""The lean loop gives what the stock diffusers pipelines give: same settings, same seed, same noise, same picture.

Latents are compared with a tolerance of 1e-4 (they span about -4 to 4), pixels with 1 of 255. Real classes, tiny sizes.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import diffusers
import numpy as np
import pytest
import torch
from PIL import Image
from tiny import SIZE, TinyModels, conditions, drawing, picture, scribble

from inference.cache import ByteCache
from inference.condition_set import Bytes, ConditionSet, ControlInput, Part, ReferenceInput
from inference.engine import Stages
from inference.families.components import choose_device, quieten
from inference.families.sd15 import Sd15
from inference.preprocess import preprocess
from inference.stopwatch import Stopwatch
from models.vocabulary import Vocabulary

LATENT_TOLERANCE = 1e-4
PIXEL_TOLERANCE = 1

PLAIN = diffusers.StableDiffusionPipeline
PARTS = {"safety_checker": None, "feature_extractor": None, "image_encoder": None}


class Unwatched:
    def step(self, done: int, steps: int) -> None: ...

    @contextmanager
    def network(self) -> Iterator[None]:
        yield


@pytest.fixture(scope="module")
def model(tiny_models: TinyModels) -> Sd15:
    quieten()
    return Sd15(tiny_models.catalogue().find("embedded"), choose_device("cpu"))


@pytest.fixture(scope="module")
def kl_model(tiny_models: TinyModels) -> Sd15:
    return Sd15(tiny_models.catalogue().find("kl"), choose_device("cpu"))


def ours(model: Sd15, wanted: ConditionSet) -> tuple[np.ndarray, Bytes]:
    stages = Stages(model, ByteCache(1 << 20, lambda _: 1), Stopwatch(torch.device("cpu")))
    latents = model.denoise(stages.prepare(wanted), Unwatched())
    return latents.numpy(), model.decode(latents)


def stock(model: Sd15, pipeline_class: Any, wanted: ConditionSet, **inputs: Any) -> tuple[np.ndarray, Bytes]:
    """The stock pipeline over components that it loads itself, asked for latents; the picture is decoded as it does."""
    folder = model.info.folder
    controls = wanted.controls
    if controls:
        nets = [diffusers.ControlNetModel.from_pretrained(model.info.controls[c.kind]) for c in controls]
        images = [Image.fromarray(preprocess(c.preprocessor, c.image.pixels)) for c in controls]
        one = len(controls) == 1
        key = "control_image" if "image" in inputs else "image"
        inputs |= {
            key: images[0] if one else images,
            "controlnet_conditioning_scale": controls[0].weight if one else [c.weight for c in controls],
            "control_guidance_start": [c.start for c in controls],
            "control_guidance_end": [c.end for c in controls],
        }
        pipe = pipeline_class.from_pretrained(folder, controlnet=nets[0] if one else nets, **PARTS)
    else:
        pipe = pipeline_class.from_pretrained(folder, **PARTS)
    pipe.scheduler = type(model.scheduler).from_config(model.scheduler.config)
    pipe.set_progress_bar_config(disable=True)
    if wanted.references:
        adapter = model.info.ip_adapter
        count = len(wanted.references)
        names = [adapter.weights.name] * count
        pipe.load_ip_adapter(str(adapter.weights.parent), subfolder=[""] * count, weight_name=names)
        pipe.set_ip_adapter_scale([r.weight for r in wanted.references])
        inputs["ip_adapter_image"] = [Image.fromarray(r.image.pixels) for r in wanted.references]
    if wanted.mode != "text":
        inputs["strength"] = wanted.strength
    if wanted.mode != "image":
        inputs |= {"width": SIZE, "height": SIZE}

    latents = pipe(
        prompt=wanted.prompt,
        negative_prompt=wanted.negative,
        num_inference_steps=wanted.steps,
        guidance_scale=wanted.guidance,
        generator=torch.Generator("cpu").manual_seed(wanted.seed),
        output_type="latent",
        **inputs,
    ).images
    with torch.no_grad():
        image = pipe.vae.decode(latents / pipe.vae.config.scaling_factor).sample
    picture = pipe.image_processor.postprocess(image, output_type="np")[0]
    return latents.numpy(), (picture * 255).round().astype(np.uint8)


def assert_same(mine: tuple[np.ndarray, Bytes], theirs: tuple[np.ndarray, Bytes]) -> None:
    np.testing.assert_allclose(mine[0], theirs[0], atol=LATENT_TOLERANCE, rtol=0)
    assert np.abs(mine[1].astype(int) - theirs[1].astype(int)).max() <= PIXEL_TOLERANCE


def as_image(part: Part) -> Image.Image:
    return Image.fromarray(part.pixels)


BASE = Part.of(picture(2))
MASK = Part.of(np.pad(np.full((SIZE // 2, SIZE // 2), 255, np.uint8), SIZE // 4))
REFERENCE = ReferenceInput("style", Part.of(picture(3, 96, 80)), 0.7)


@pytest.mark.parametrize("guidance", [1.0, 4.0])
def test_text_to_image(model: Sd15, guidance: float) -> None:
    wanted = conditions(guidance=guidance, negative="fog")
    assert_same(ours(model, wanted), stock(model, PLAIN, wanted))


def test_text_to_image_under_a_controlnet(model: Sd15) -> None:
    wanted = conditions(controls=(scribble(weight=0.8),))
    assert_same(ours(model, wanted), stock(model, diffusers.StableDiffusionControlNetPipeline, wanted))


def test_two_controlnets_with_their_own_weights_and_spans_and_guidance(model: Sd15) -> None:
    pose = ControlInput("pose", "none", Part.of(picture(4)), 0.5, 0.3, 1.0)
    wanted = conditions(controls=(scribble(end=0.7), pose), steps=5, guidance=3.0)
    assert_same(ours(model, wanted), stock(model, diffusers.StableDiffusionControlNetPipeline, wanted))


@pytest.mark.parametrize("strength", [0.4, 0.75, 1.0])
def test_image_to_image(model: Sd15, strength: float) -> None:
    wanted = conditions(mode="image", base=BASE, strength=strength, steps=5)
    theirs = stock(model, diffusers.StableDiffusionImg2ImgPipeline, wanted, image=as_image(BASE))
    assert_same(ours(model, wanted), theirs)


def test_image_to_image_under_a_controlnet(model: Sd15) -> None:
    wanted = conditions(mode="image", base=BASE, strength=0.6, steps=5, controls=(scribble(),), guidance=2.0)
    theirs = stock(model, diffusers.StableDiffusionControlNetImg2ImgPipeline, wanted, image=as_image(BASE))
    assert_same(ours(model, wanted), theirs)


def test_image_to_image_with_a_variational_autoencoder(kl_model: Sd15) -> None:
    wanted = conditions(mode="image", model="kl", base=BASE, strength=0.6, steps=5)
    theirs = stock(kl_model, diffusers.StableDiffusionImg2ImgPipeline, wanted, image=as_image(BASE))
    assert_same(ours(kl_model, wanted), theirs)


@pytest.mark.parametrize("strength", [0.6, 1.0])
def test_inpainting(model: Sd15, strength: float) -> None:
    wanted = conditions(mode="inpaint", base=BASE, mask=MASK, strength=strength, steps=5)
    inputs = {"image": as_image(BASE), "mask_image": as_image(MASK)}
    assert_same(ours(model, wanted), stock(model, diffusers.StableDiffusionInpaintPipeline, wanted, **inputs))


def test_inpainting_under_a_controlnet(model: Sd15) -> None:
    wanted = conditions(mode="inpaint", base=BASE, mask=MASK, strength=0.8, steps=5, controls=(scribble(),))
    inputs = {"image": as_image(BASE), "mask_image": as_image(MASK)}
    assert_same(ours(model, wanted), stock(model, diffusers.StableDiffusionControlNetInpaintPipeline, wanted, **inputs))


@pytest.mark.parametrize("guidance", [1.0, 3.0])
def test_a_reference_through_the_ip_adapter(model: Sd15, guidance: float) -> None:
    wanted = conditions(references=(REFERENCE,), guidance=guidance)
    assert_same(ours(model, wanted), stock(model, PLAIN, wanted))


def test_two_references_with_their_own_weights(model: Sd15) -> None:
    other = ReferenceInput("style", Part.of(picture(5)), 0.3)
    wanted = conditions(references=(REFERENCE, other))
    assert_same(ours(model, wanted), stock(model, PLAIN, wanted))


def test_the_reference_is_gone_when_its_layer_is(model: Sd15) -> None:
    before = ours(model, conditions())
    with_reference = ours(model, conditions(references=(REFERENCE,)))
    after = ours(model, conditions())
    assert np.array_equal(before[0], after[0])
    assert not np.array_equal(before[0], with_reference[0])


@pytest.mark.parametrize(
    "name", ["EulerDiscreteScheduler", "EulerAncestralDiscreteScheduler", "DPMSolverMultistepScheduler", "LCMScheduler"]
)
def test_any_stock_scheduler(model: Sd15, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also those that draw noise at every step: it is as fixed by the seed as the first noise."""
    monkeypatch.setattr(model, "scheduler", getattr(diffusers, name)(beta_schedule="scaled_linear"))
    wanted = conditions(mode="image", base=BASE, strength=0.7, steps=6)
    theirs = stock(model, diffusers.StableDiffusionImg2ImgPipeline, wanted, image=as_image(BASE))
    assert_same(ours(model, wanted), theirs)


def test_a_very_low_strength_still_takes_one_step(model: Sd15) -> None:
    latents, _ = ours(model, conditions(mode="image", base=BASE, strength=0.01))
    assert np.isfinite(latents).all()


def test_outside_the_mask_the_latents_are_those_of_the_base(model: Sd15) -> None:
    latents, _ = ours(model, conditions(mode="inpaint", base=BASE, mask=MASK, strength=0.7))
    base = model.encode_image(BASE.pixels).sample(torch.Generator()).numpy()
    outside = MASK.pixels[::8, ::8] == 0
    assert np.array_equal(latents[..., outside], base[..., outside])
    assert not np.array_equal(latents[..., ~outside], base[..., ~outside])


def test_a_mask_thinner_than_a_latent_counts(model: Sd15) -> None:
    thin = np.zeros((SIZE, SIZE), np.uint8)
    thin[:, 20] = 255
    mask = model.latent_mask(thin)[0, 0].numpy()
    assert mask[:, 20 // 8].all()
    assert mask.sum() == SIZE // 8


def test_a_drawing_and_its_control_image_have_the_same_lines(model: Sd15) -> None:
    """The hint is embedded once, before the loop, from the preprocessed drawing."""
    hint = model.embed_control("scribble", preprocess("lines", drawing(1)))
    assert hint.shape[-2:] == (SIZE // 8, SIZE // 8)


def test_words_that_a_model_of_few_words_was_not_taught_change_nothing(tiny_models: TinyModels) -> None:
    info = replace(tiny_models.catalogue().find("embedded"), vocabulary=Vocabulary.of_words(("red", "house")))
    model = Sd15(info, choose_device("cpu"))
    assert torch.equal(model.encode_text("a Red zebra house"), model.encode_text("red house".title()))
    assert not torch.equal(model.encode_text("red"), model.encode_text("house"))
