"""Graphs of ComfyUI of several shapes, and what other programs write as JSON."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from canvas.formats.recipes.found import ControlUnit, FoundRecipe, Lora
from canvas.formats.recipes.reading import recipe_in

Json = dict[str, Any]


def node(kind: str, **inputs: Any) -> Json:
    return {"class_type": kind, "inputs": inputs}


def plain_graph() -> Json:
    """Text to image as the default workflow has it, with a LoRA and a layer of CLIP left out."""
    return {
        "3": node(
            "KSampler", seed=156680208700286, steps=20, cfg=8, sampler_name="euler", scheduler="normal", denoise=1.0,
            model=["10", 0], positive=["6", 0], negative=["7", 0], latent_image=["5", 0],
        ),
        "4": node("CheckpointLoaderSimple", ckpt_name="sdxl\\painterly_v2.safetensors"),
        "5": node("EmptyLatentImage", width=512, height=768, batch_size=1),
        "6": node("CLIPTextEncode", text="a lighthouse at dusk", clip=["11", 0]),
        "7": node("CLIPTextEncode", text="text, watermark", clip=["11", 0]),
        "8": node("VAEDecode", samples=["3", 0], vae=["12", 0]),
        "9": node("SaveImage", filename_prefix="ComfyUI", images=["8", 0]),
        "10": node("LoraLoader", lora_name="ink.safetensors", strength_model=0.6, strength_clip=1.0, model=["4", 0],
                   clip=["4", 1]),
        "11": node("CLIPSetLastLayer", stop_at_clip_layer=-2, clip=["10", 1]),
        "12": node("VAELoader", vae_name="vae-ft-mse.pt"),
    }  # fmt: skip


def found_in(graph: Json, key: str = "prompt") -> FoundRecipe:
    found = recipe_in({key: json.dumps(graph)})
    assert found is not None
    return found


def test_text_to_image() -> None:
    found = found_in(plain_graph())
    assert (found.source, found.mode, found.strength) == ("ComfyUI", "text", None)
    assert (found.prompt, found.negative) == ("a lighthouse at dusk", "text, watermark")
    assert (found.model, found.vae, found.clip_skip) == ("painterly_v2", "vae-ft-mse", 2)
    assert (found.seed, found.steps, found.guidance, found.size) == (156680208700286, 20, 8.0, (512, 768))
    assert (found.sampler, found.schedule) == ("euler", "normal")
    assert found.loras == (Lora("ink", 0.6),)
    assert json.loads(found.raw) == plain_graph()


def test_values_come_from_other_nodes_and_through_reroutes() -> None:
    graph = plain_graph()
    graph["6"]["inputs"]["text"] = ["20", 0]
    graph["20"] = node("StringConstantMultiline", string="from elsewhere")
    graph["3"]["inputs"]["seed"] = ["21", 0]
    graph["21"] = node("PrimitiveInt", value=77)
    graph["3"]["inputs"]["model"] = ["22", 0]
    graph["22"] = {"class_type": "Reroute", "inputs": {"": ["10", 0]}}
    found = found_in(graph)
    assert (found.prompt, found.seed, found.model) == ("from elsewhere", 77, "painterly_v2")


def test_a_refined_picture_is_told_by_the_sampler_that_made_it() -> None:
    graph = plain_graph()
    graph["30"] = node("LatentUpscale", width=1024, height=1536, samples=["3", 0])
    graph["31"] = node(
        "KSampler", seed=5, steps=12, cfg=5, sampler_name="dpmpp_2m", scheduler="karras", denoise=0.5,
        model=["10", 0], positive=["6", 0], negative=["7", 0], latent_image=["30", 0],
    )  # fmt: skip
    graph["8"]["inputs"]["samples"] = ["31", 0]
    found = found_in(graph)
    assert (found.seed, found.steps, found.size, found.mode) == (156680208700286, 20, (512, 768), "text")
    assert dict(found.other)["Refined by"] == "KSampler, steps 12, denoise 0.5"


def test_of_several_samplers_the_one_that_feeds_the_saved_picture_counts() -> None:
    graph = plain_graph()
    other = {f"a{key}": json.loads(json.dumps(entry)) for key, entry in graph.items() if key != "9"}
    for entry in other.values():
        for name, value in entry["inputs"].items():
            if isinstance(value, list):
                entry["inputs"][name] = [f"a{value[0]}", value[1]]
    other["a3"]["inputs"]["seed"] = 1
    assert found_in({**other, **graph}).seed == 156680208700286


def test_an_image_as_the_beginning() -> None:
    graph = plain_graph()
    graph["5"] = node("VAEEncode", pixels=["40", 0], vae=["4", 2])
    graph["40"] = node("LoadImage", image="mine.png")
    graph["3"]["inputs"]["denoise"] = 0.6
    found = found_in(graph)
    assert (found.mode, found.strength, found.size) == ("image", 0.6, None)
    graph["5"] = node("VAEEncodeForInpaint", pixels=["40", 0], mask=["40", 1], vae=["4", 2])
    assert found_in(graph).mode == "inpaint"


def test_controlnets_in_the_conditioning() -> None:
    graph = plain_graph()
    graph["3"]["inputs"] |= {"positive": ["50", 0], "negative": ["50", 1]}
    graph["50"] = node(
        "ControlNetApplyAdvanced", strength=0.8, start_percent=0.1, end_percent=0.9, positive=["6", 0],
        negative=["7", 0], control_net=["51", 0], image=["52", 0],
    )  # fmt: skip
    graph["51"] = node("ControlNetLoader", control_net_name="control_canny.safetensors")
    graph["52"] = node("LoadImage", image="edges.png")
    found = found_in(graph)
    assert found.controls == (ControlUnit("", "control_canny", 0.8, 0.1, 0.9),)
    assert (found.prompt, found.negative) == ("a lighthouse at dusk", "text, watermark")


def test_flux_with_a_custom_sampler() -> None:
    graph = {
        "6": node("CLIPTextEncode", text="a fox", clip=["11", 0]),
        "8": node("VAEDecode", samples=["13", 0], vae=["10", 0]),
        "9": node("SaveImage", images=["8", 0]),
        "10": node("VAELoader", vae_name="ae.safetensors"),
        "11": node("DualCLIPLoader", clip_name1="t5xxl.safetensors"),
        "12": node("UNETLoader", unet_name="flux1-dev.safetensors", weight_dtype="default"),
        "13": node("SamplerCustomAdvanced", noise=["25", 0], guider=["22", 0], sampler=["16", 0], sigmas=["17", 0],
                   latent_image=["27", 0]),
        "16": node("KSamplerSelect", sampler_name="euler"),
        "17": node("BasicScheduler", scheduler="simple", steps=20, denoise=1.0, model=["30", 0]),
        "22": node("BasicGuider", model=["30", 0], conditioning=["26", 0]),
        "25": node("RandomNoise", noise_seed=42),
        "26": node("FluxGuidance", guidance=3.5, conditioning=["6", 0]),
        "27": node("EmptySD3LatentImage", width=1024, height=1024, batch_size=1),
        "30": node("ModelSamplingFlux", max_shift=1.15, model=["12", 0]),
    }  # fmt: skip
    found = found_in(graph)
    assert (found.prompt, found.model, found.seed, found.steps) == ("a fox", "flux1-dev", 42, 20)
    assert (found.sampler, found.schedule, found.size, found.vae) == ("euler", "simple", (1024, 1024), "ae")
    assert dict(found.other)["Distilled CFG Scale"] == "3.5"


def test_efficient_nodes_and_stacks_of_loras() -> None:
    graph = {
        "1": node("Efficient Loader", ckpt_name="m.safetensors", vae_name="Baked VAE", clip_skip=-2,
                  lora_name="None", positive="a bridge", negative="people", empty_latent_width=640,
                  empty_latent_height=512, lora_stack=["2", 0]),
        "2": node("LoRA Stacker", lora_name_1="a.safetensors", lora_wt_1=0.3, lora_name_2="None"),
        "3": node("KSampler (Efficient)", seed=9, steps=14, cfg=6.0, sampler_name="ddim", scheduler="normal",
                  denoise=1.0, model=["1", 0], positive=["1", 1], negative=["1", 2], latent_image=["1", 3]),
        "4": node("Image Save", images=["3", 5]),
        "5": node("Power Lora Loader (rgthree)", lora_1={"on": True, "lora": "b.safetensors", "strength": 0.7},
                  lora_2={"on": False, "lora": "c.safetensors", "strength": 1}, model=["1", 0]),
    }  # fmt: skip
    found = found_in(graph)
    assert (found.prompt, found.negative, found.model) == ("a bridge", "people", "m")
    assert (found.size, found.clip_skip, found.seed) == ((640, 512), 2, 9)
    assert found.loras == (Lora("a", 0.3),)
    graph["3"]["inputs"]["model"] = ["5", 0]
    assert found_in(graph).loras == (Lora("a", 0.3), Lora("b", 0.7))


def workflow() -> Json:
    """The drawn form of a graph: settings without names, links with numbers; a bypassed LoRA, a muted upscaler."""

    def ui(number: int, kind: str, values: list[Any], inputs: Json, mode: int = 0) -> Json:
        plugs = [{"name": name, "type": "X", "link": link} for name, link in inputs.items()]
        return {"id": number, "type": kind, "widgets_values": values, "inputs": plugs, "mode": mode}

    return {
        "nodes": [
            ui(1, "CheckpointLoaderSimple", ["m.safetensors"], {}),
            ui(2, "LoraLoader", ["off.safetensors", 1, 1], {"model": 1, "clip": 2}, mode=4),
            ui(3, "CLIPTextEncode", ["a harbour"], {"clip": 3}),
            ui(4, "CLIPTextEncode", ["rain"], {"clip": 3}),
            ui(5, "EmptyLatentImage", [448, 640, 1], {}),
            ui(6, "KSampler", [8, "randomize", 25, 7.5, "euler", "karras", 1], {
                "model": 4, "positive": 5, "negative": 6, "latent_image": 7}),
            ui(7, "VAEDecode", [], {"samples": 8, "vae": 9}),
            ui(8, "SaveImage", ["ComfyUI"], {"images": 10}),
            ui(9, "KSampler", [1, "fixed", 1, 1, "x", "y", 1], {}, mode=2),
        ],
        "links": [
            [1, 1, 0, 2, 0, "MODEL"], [2, 1, 1, 2, 1, "CLIP"], [3, 2, 1, 3, 0, "CLIP"], [4, 2, 0, 6, 0, "MODEL"],
            [5, 3, 0, 6, 1, "C"], [6, 4, 0, 6, 2, "C"], [7, 5, 0, 6, 3, "L"], [8, 6, 0, 7, 0, "L"],
            [9, 1, 2, 7, 1, "V"], [10, 7, 0, 8, 0, "IMAGE"],
        ],
    }  # fmt: skip


def test_the_drawn_graph_where_the_run_one_is_missing() -> None:
    found = found_in(workflow(), "workflow")
    assert (found.prompt, found.negative, found.model, found.loras) == ("a harbour", "rain", "m", ())
    assert (found.seed, found.steps, found.guidance, found.sampler) == (8, 25, 7.5, "euler")
    assert (found.schedule, found.size) == ("karras", (448, 640))


def test_both_graphs_are_kept_and_numbers_that_are_none_do_no_harm() -> None:
    graph = json.dumps(plain_graph()).replace('"denoise": 1.0', '"denoise": NaN')
    found = recipe_in({"prompt": graph, "workflow": json.dumps(workflow())})
    assert found is not None
    assert found.prompt == "a lighthouse at dusk"
    assert [key for key, _ in found.texts] == ["prompt", "workflow"]


def circle(length: int) -> Json:
    """Samplers that begin with each other's pictures, and settings that come from each other."""
    nodes = {
        str(i): node(
            "KSampler", seed=[str(-i), 0], steps=4, cfg=1, denoise=0.5, model=[str((i + 1) % length), 0],
            positive=[str((i + 1) % length), 0], negative=[str(i), 0], latent_image=[str((i + 1) % length), 0],
        )
        for i in range(length)
    }  # fmt: skip
    values = {str(-i): node("Int", value=[str(-(i + 1) % -length), 0]) for i in range(1, length)}
    return {**nodes, **values, "save": node("SaveImage", images=["0", 0])}


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(circle(3000)),
        json.dumps({str(i): node("SaveImage", images=[str((i * 7) % 4000), 0]) for i in range(4000)}),
        json.dumps({"1": node("KSampler", **{f"model{i}": ["1", 0] for i in range(50_000)}, seed=1, steps=1)}),
        '{"a":' * 100_000,
        "[" * 1_000_000,
        '{"1": {"class_type": "KSampler", "inputs": {"seed": ' + "9" * 5_000 + "}}}",
        '{"1": {"class_type": 5, "inputs": []}, "2": null, "3": {"class_type": "KSampler", "inputs": {"seed": [[]]}}}',
        '{"nodes": [1, null, {"type": 7}, {"type": "KSampler", "inputs": 5, "widgets_values": 3}], "links": [[], 5]}',
        "{" + " " * 10_000_000 + "}",
    ],
)
def test_hostile_graphs_end_soon(text: str) -> None:
    began = time.perf_counter()
    recipe_in({"prompt": text})
    recipe_in({"workflow": text})
    recipe_in({"parameters": text, "Comment": text, "invokeai_metadata": text, "exif:UserComment": text})
    assert time.perf_counter() - began < 3.0


# Other programs

INVOKE = {
    "app_version": "4.2.7", "clip_skip": 0, "generation_mode": "sdxl_txt2img", "positive_prompt": "a mill",
    "negative_prompt": "snow",
    "width": 1024, "height": 768, "seed": 4242, "cfg_scale": 5.5, "steps": 30, "scheduler": "dpmpp_2m_k",
    "model": {"key": "k", "hash": "blake3:0a1b2c", "name": "Juggernaut XL", "base": "sdxl", "type": "main"},
    "loras": [{"model": {"name": "Paper cut", "hash": "blake3:99"}, "weight": 0.75}],
    "controlnets": [{"control_model": {"name": "canny-sdxl"}, "control_weight": 0.5, "begin_step_percent": 0,
                     "end_step_percent": 0.8}],
    "vae": {"name": "sdxl-vae-fp16-fix"},
}  # fmt: skip


def test_invokeai() -> None:
    found = recipe_in({"invokeai_metadata": json.dumps(INVOKE), "invokeai_workflow": "{}"})
    assert found is not None
    assert (found.source, found.prompt, found.negative) == ("InvokeAI", "a mill", "snow")
    assert (found.model, found.model_hash, found.vae) == ("Juggernaut XL", "0a1b2c", "sdxl-vae-fp16-fix")
    assert (found.seed, found.steps, found.guidance, found.size) == (4242, 30, 5.5, (1024, 768))
    assert found.loras == (Lora("Paper cut", 0.75, "99"),)
    assert found.controls == (ControlUnit("", "canny-sdxl", 0.5, 0.0, 0.8),)
    assert [key for key, _ in found.texts] == ["invokeai_metadata", "invokeai_workflow"]


def test_old_invokeai() -> None:
    old = {
        "model_weights": "stable-diffusion-1.5", "app_version": "2.2.3",
        "image": {"prompt": [{"prompt": "a barn [people, cars]", "weight": 1}], "steps": 50, "cfg_scale": 7.5,
                  "width": 512, "height": 512, "seed": 11, "sampler": "k_lms", "type": "txt2img"},
    }  # fmt: skip
    found = recipe_in({"sd-metadata": json.dumps(old)})
    assert found is not None
    assert (found.prompt, found.negative, found.model, found.seed) == (
        "a barn", "people, cars", "stable-diffusion-1.5", 11,
    )  # fmt: skip
    dream = recipe_in({"Dream": '"a barn, red [cars]" -s 50 -S 123 -W 512 -H 640 -C7.5 -A k_lms'})
    assert dream is not None
    assert (dream.prompt, dream.negative, dream.seed, dream.size) == ("a barn, red", "cars", 123, (512, 640))
    assert (dream.guidance, dream.sampler, dream.steps) == (7.5, "k_lms", 50)


def test_fooocus_in_its_own_scheme() -> None:
    data = {
        "prompt": "an owl", "negative_prompt": "", "performance": "Speed", "steps": 30, "resolution": "(1152, 896)",
        "guidance_scale": 4, "base_model": "juggernautXL_v8", "base_model_hash": "aeb7e9e689",
        "sampler": "dpmpp_2m_sde", "scheduler": "karras", "seed": "7777777777777777777",
        "loras": [["offset.safetensors", 0.1, "4852686128"]],
        "styles": "['Fooocus V2']", "version": "Fooocus v2.4.1",
    }  # fmt: skip
    found = recipe_in({"parameters": json.dumps(data), "fooocus_scheme": "fooocus"})
    assert found is not None
    assert (found.source, found.prompt, found.model, found.size) == (
        "Fooocus",
        "an owl",
        "juggernautXL_v8",
        (1152, 896),
    )
    assert (found.seed, found.loras) == (7777777777777777777, (Lora("offset", 0.1, "4852686128"),))
    assert dict(found.other)["performance"] == "Speed"
    old = recipe_in({"Comment": json.dumps({
        "Prompt": "an owl", "Negative Prompt": "x", "Performance": "Speed", "Resolution": "(896, 1152)", "Seed": 5,
        "Base Model": "a.safetensors", "LoRA 1": "b.safetensors : 0.5",
    })})  # fmt: skip
    assert old is not None
    assert (old.prompt, old.negative, old.model, old.seed) == ("an owl", "x", "a", 5)
    assert old.loras == (Lora("b", 0.5),)


def test_swarmui() -> None:
    data = {
        "sui_image_params": {
            "prompt": "a kite", "negativeprompt": "wind", "model": "SDXL/base_1.0", "seed": 3, "steps": 20,
            "cfgscale": 7, "width": 1024, "height": 1024, "loras": ["styles/ink"], "loraweights": ["0.8"],
            "sampler": "euler", "scheduler": "normal", "swarm_version": "0.9.2.1",
        },
        "sui_models": [{"name": "SDXL/base_1.0.safetensors", "param": "model", "hash": "0x31e35c80"},
                       {"name": "styles/ink.safetensors", "param": "loras", "hash": "0xaa"}],
    }  # fmt: skip
    found = recipe_in({"parameters": json.dumps(data)})
    assert found is not None
    assert (found.source, found.prompt, found.negative, found.seed) == ("SwarmUI", "a kite", "wind", 3)
    assert (found.model, found.model_hash, found.size) == ("base_1.0", "31e35c80", (1024, 1024))
    assert found.loras == (Lora("ink", 0.8, "aa"),)


def test_novelai_and_draw_things() -> None:
    comment = {
        "steps": 28,
        "sampler": "k_euler",
        "seed": 6,
        "scale": 11.0,
        "uc": "lowres",
        "width": 832,
        "height": 1216,
    }
    novel = recipe_in({
        "Title": "AI generated image", "Software": "NovelAI", "Description": "1girl, sea",
        "Comment": json.dumps(comment), "Source": "NovelAI Diffusion V3",
    })  # fmt: skip
    assert novel is not None
    assert (novel.source, novel.prompt, novel.negative, novel.seed) == ("NovelAI", "1girl, sea", "lowres", 6)
    assert (novel.size, novel.guidance, novel.model) == ((832, 1216), 11.0, "NovelAI Diffusion V3")
    drawn = recipe_in({"exif:UserComment": json.dumps({
        "c": "a pier", "uc": "boats", "steps": 20, "sampler": "DPM++ 2M Karras", "scale": 7.5, "seed": 12,
        "size": "512x768", "model": "sd_v1.5_f16.ckpt", "strength": 1, "seed_mode": "Scale Alike",
        "v2": {"loras": [{"file": "ink.ckpt", "weight": 0.5}], "clipSkip": 2},
    })})  # fmt: skip
    assert drawn is not None
    assert (drawn.source, drawn.prompt, drawn.negative, drawn.mode) == ("Draw Things", "a pier", "boats", "text")
    assert (drawn.size, drawn.clip_skip, drawn.loras) == ((512, 768), 2, (Lora("ink", 0.5),))
