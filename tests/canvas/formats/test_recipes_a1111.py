"""The grammar of A1111's text: real ones of many programs are understood, ours come back as they were."""

from __future__ import annotations

import json
import time
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from canvas.formats.provenance import a1111_parameters
from canvas.formats.recipes import a1111
from canvas.formats.recipes.found import ControlUnit, FoundRecipe, Lora, recipe_object, stored
from canvas.formats.recipes.reading import recipe_in

LIGHTHOUSE = """a lighthouse at dusk, (storm:1.2), <lora:inkStyle_v3:0.7>
Negative prompt: blurry, fog
Steps: 28, Sampler: DPM++ 2M, Schedule type: Karras, CFG scale: 6.5, Seed: 3141592653, Size: 512x768, \
Model hash: 879db523c3, Model: dreamshaper_8, VAE hash: 735e4c3a44, VAE: vae-ft-mse.safetensors, Clip skip: 2, \
ENSD: 31337, Lora hashes: "inkStyle_v3: 2c1b0a3d4e5f", Version: v1.10.1"""


def test_a_picture_of_the_web_ui() -> None:
    found = a1111.parse(LIGHTHOUSE)
    assert found.source == "AUTOMATIC1111"
    assert found.prompt == "a lighthouse at dusk, (storm:1.2), <lora:inkStyle_v3:0.7>"
    assert found.negative == "blurry, fog"
    assert (found.sampler, found.schedule, found.steps, found.guidance) == ("DPM++ 2M", "Karras", 28, 6.5)
    assert (found.seed, found.size, found.clip_skip) == (3141592653, (512, 768), 2)
    assert (found.model, found.model_hash, found.vae) == ("dreamshaper_8", "879db523c3", "vae-ft-mse.safetensors")
    assert found.loras == (Lora("inkStyle_v3", 0.7, "2c1b0a3d4e5f"),)
    assert ("ENSD", "31337") in found.other
    assert (found.mode, found.strength) == ("text", None)
    assert found.raw == LIGHTHOUSE


def test_prompts_of_several_lines_and_no_negative_one() -> None:
    text = "a house\n\non a hill\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 1, Size: 64x64"
    found = a1111.parse(text)
    assert (found.prompt, found.negative) == ("a house\n\non a hill", "")
    both = a1111.parse("a\nNegative prompt: b\nc\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 1")
    assert (both.prompt, both.negative) == ("a", "b\nc")


def test_a_last_line_with_two_settings_belongs_to_the_prompt() -> None:
    assert a1111.parse("shoes\nSize: 42, Colour: red").prompt == "shoes\nSize: 42, Colour: red"
    assert not a1111.is_one("shoes\nSize: 42, Colour: red")
    assert a1111.is_one("shoes\nSteps: 4, Seed: 1, Size: 8x8")
    assert recipe_in({"parameters": "only a comment"}) is None


def test_quoted_values_hold_commas_colons_and_lines() -> None:
    found = a1111.parse(
        'x\nSteps: 4, Seed: 1, Model: "one, two: \\"three\\"", Hires prompt: "a\\nb", Size: 8x8, Hires upscale: 2'
    )
    assert found.model == 'one, two: "three"'
    assert dict(found.other)["Hires prompt"] == "a\nb"


def test_hires_is_made_from_text_and_denoising_alone_from_a_picture() -> None:
    base = "x\nSteps: 4, Sampler: Euler, Seed: 1, Size: 8x8, Denoising strength: 0.4"
    assert (a1111.parse(base).mode, a1111.parse(base).strength) == ("image", 0.4)
    hires = a1111.parse(base + ", Hires upscale: 2, Hires steps: 10, Hires upscaler: Latent")
    assert (hires.mode, hires.strength) == ("text", None)
    assert dict(hires.other)["Denoising strength"] == "0.4"
    assert a1111.parse(base + ", Mask blur: 4, Inpaint area: Only masked").mode == "inpaint"


def test_controlnet_units() -> None:
    unit = (
        "Module: canny, Model: control_v11p_sd15_canny [d14c016b], Weight: 0.8, Resize Mode: Crop and Resize, "
        "Processor Res: 512, Threshold A: 100.0, Guidance Start: 0.1, Guidance End: 0.9, Pixel Perfect: True"
    )
    found = a1111.parse(f'x\nSteps: 4, Seed: 1, Size: 8x8, ControlNet 0: "{unit}", ControlNet 1: "Module: none"')
    assert found.controls[0] == ControlUnit("canny", "control_v11p_sd15_canny", 0.8, 0.1, 0.9)
    assert len(found.controls) == 2
    assert not [key for key, _ in found.other if key.startswith("ControlNet")]


def test_what_civitai_adds() -> None:
    text = (
        "night market <lora:neon:0.8>\nNegative prompt: day\nSteps: 30, CFG scale: 4, Sampler: Euler a, Seed: 99, "
        'Size: 832x1216, Hashes: {"model": "abcdef0123", "lora:neon": "0011aabb"}, Created Date: 2024-05-01T10:11:12, '
        'Civitai resources: [{"type":"checkpoint","modelVersionId":128713,"modelName":"DreamShaper"}], '
        "Civitai metadata: {}\n"
        "Template: night market\nNegative Template: day"
    )
    found = a1111.parse(text)
    assert (found.prompt, found.negative) == ("night market <lora:neon:0.8>", "day")
    assert (found.seed, found.steps, found.size) == (99, 30, (832, 1216))
    assert (found.source, found.model, found.model_hash) == ("Civitai", "DreamShaper", "abcdef0123")
    assert found.loras == (Lora("neon", 0.8, "0011aabb"),)
    assert dict(found.other)["Template"] == "night market"


def test_hashes_that_are_quoted_are_read() -> None:
    hashes = json.dumps('{"model": "abcdef0123", "lora:neon": "0011aabb"}')
    found = a1111.parse(f"a <lora:neon:0.8>\nSteps: 3, Seed: 99, Size: 8x8, Hashes: {hashes}")
    assert found.model_hash == "abcdef0123"
    assert found.loras == (Lora("neon", 0.8, "0011aabb"),)


@pytest.mark.parametrize(
    ("settings_line", "source"),
    [
        ("Steps: 4, Seed: 1, Size: 8x8, Version: f2.0.1v1.10.1-previous-659-gc055f2d4", "Forge"),
        ("Steps: 4, Seed: 1, Distilled CFG Scale: 3.5, Size: 8x8", "Forge"),
        ("Steps: 4, Seed: 1, Size: 8x8, Version: v1.6.0", "AUTOMATIC1111"),
        ("Steps: 4, Seed: 1, Size: 8x8, Version: Fooocus v2.5.0", "Fooocus"),
        ("Steps: 4, Seed: 1, Size: 8x8, Version: ComfyUI", "ComfyUI"),
        ("Steps: 4, Seed: 1, Size: 8x8, Version: Underdraw", "Underdraw"),
    ],
)
def test_who_wrote_it(settings_line: str, source: str) -> None:
    assert a1111.parse(f"x\n{settings_line}").source == source


def test_lora_tags_are_no_words_of_the_prompt() -> None:
    assert a1111.without_tags("a cat, <lora:fur:0.5>, on a mat <hypernet:x:1>") == "a cat, on a mat"
    assert a1111.without_tags("<lora:a:1> x") == "x"
    assert a1111.without_tags("a <b> c,, d") == "a <b> c,, d"


def test_the_order_of_the_fields_is_the_original_one() -> None:
    found = FoundRecipe(
        "Forge", "p", "n", "folder/model.v2.safetensors", "0123456789", 5, "Euler", "Karras", 20, 7.0, (8, 16), 0.5, 2,
        "v.pt", (Lora("loras/ink one.safetensors", 0.5, "aabbccddeeff"),), (ControlUnit("canny", "cn", 0.5, 0.0, 1.0),),
        (("Distilled CFG Scale", "3.5"), ("Tiling", "True"), ("My extra", "a, b")),
    )  # fmt: skip
    assert a1111.text_for(found) == (
        "p <lora:ink one:0.5>\nNegative prompt: n\nSteps: 20, Sampler: Euler, Schedule type: Karras, CFG scale: 7, "
        "Distilled CFG Scale: 3.5, Seed: 5, Size: 8x16, Model hash: 0123456789, Model: model.v2, VAE: v.pt, "
        'Denoising strength: 0.5, Clip skip: 2, Tiling: True, My extra: "a, b", ControlNet 0: "Module: canny, '
        'Model: cn, Weight: 0.5, Guidance Start: 0, Guidance End: 1", Lora hashes: "ink one: aabbccddeeff", '
        "Version: Underdraw"
    )


def test_what_another_program_wrote_is_written_again_unchanged() -> None:
    layer_recipe = stored(a1111.parse(LIGHTHOUSE))
    assert a1111_parameters(recipe_object(layer_recipe)) == LIGHTHOUSE


LINES = st.text(st.characters(exclude_categories=("Cs", "Cc")) | st.sampled_from(',:"\\<>()'), max_size=40).map(
    str.strip
)
PROMPTS = st.lists(LINES.filter(lambda line: not line.startswith("Negative prompt:")), max_size=4).map(
    lambda lines: "\n".join(lines).strip()
)
NAMES = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=20).map(a1111.stem).map(str.strip)
TAG_NAMES = st.text("abcXYZ 0123_.-é夜", min_size=1, max_size=12).map(str.strip).filter(bool)
NUMBERS = st.floats(0.0, 30.0, allow_nan=False).map(lambda value: round(value, 6))
RECIPES = st.builds(
    FoundRecipe,
    source=st.just("Underdraw"),
    prompt=PROMPTS.filter(lambda prompt: not a1111._TAG.search(prompt)),
    negative=PROMPTS,
    model=NAMES,
    model_hash=st.just("") | st.text("0123456789abcdef", min_size=10, max_size=10),
    seed=st.integers(0, 2**64 - 1),
    sampler=st.sampled_from(("", "Euler a", "DPM++ 2M SDE")),
    schedule=st.sampled_from(("", "Karras")),
    steps=st.integers(1, 200),
    guidance=NUMBERS,
    size=st.tuples(st.integers(1, 9999), st.integers(1, 9999)),
    clip_skip=st.sampled_from((None, 2, 3)),
    loras=st.lists(
        st.builds(Lora, name=TAG_NAMES, weight=NUMBERS, hash=st.sampled_from(("", "0123456789ab"))),
        max_size=3,
        unique_by=lambda lora: lora.name,
    ).map(tuple),
    controls=st.lists(
        st.builds(ControlUnit, kind=st.sampled_from(("scribble", "depth")), weight=NUMBERS), max_size=2
    ).map(tuple),
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(RECIPES)
def test_our_text_of_any_recipe_says_the_same_when_it_is_read(recipe: FoundRecipe) -> None:
    back = a1111.parse(a1111.text_for(recipe))
    assert a1111.without_tags(back.prompt) == a1111.without_tags(recipe.prompt) or back.prompt.startswith(recipe.prompt)
    assert replace(back, prompt="", texts=(), other=()) == replace(recipe, prompt="", texts=(), other=())


@pytest.mark.parametrize(
    "text",
    [
        "a" * 10_000_000,
        "a: " * 3_000_000,
        ("word " * 10_000) * 6,
        "x\n" + 'ab: "' * 12_000,
        "x\n" + "a b c " * 10_000 + "Steps: 1, Seed: 2, Size: 8x8",
        "\n" * 1_000_000,
        "<lora:" * 100_000,
    ],
)
def test_hostile_texts_cost_little_time(text: str) -> None:
    began = time.perf_counter()
    recipe_in({"parameters": text})
    a1111.without_tags(text[:100_000])
    assert time.perf_counter() - began < 2.0
