"""The catalogue finds models by what their files say, and says of the others why they cannot be used."""

from __future__ import annotations

import json
import re
import shutil
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import save_file

from models.catalogue import Catalogue, ModelInfo, kind_of_folder, scan, user_models_folder
from models.probe import ProbeError, read_header, weight_files
from models.vocabulary import Vocabulary

WIDTH = 32


def write_json(path: Path, data: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(data))


def write_component(folder: Path, config: dict[str, Any], tensors: dict[str, tuple[int, ...]]) -> None:
    write_json(folder / "config.json", config)
    arrays = {name: np.zeros(shape, np.float16) for name, shape in tensors.items()}
    save_file(arrays, folder / "diffusion_pytorch_model.safetensors")


def write_model(folder: Path, pipeline: str = "StableDiffusionPipeline", **unet: Any) -> Path:
    """A folder that looks like a model of the SD 1.5 family from outside."""
    config = {"in_channels": 4, "cross_attention_dim": WIDTH, "block_out_channels": [16, 32], "sample_size": 64, **unet}
    write_json(folder / "model_index.json", {"_class_name": pipeline})
    write_component(folder / "unet", config, {"conv_in.weight": (16, config["in_channels"], 3, 3)})
    write_component(folder / "text_encoder", {"hidden_size": config["cross_attention_dim"]}, {"weight": (2, 2)})
    write_component(folder / "vae", {"latent_channels": 4}, {"weight": (2, 2)})
    write_json(folder / "scheduler" / "scheduler_config.json", {"_class_name": "DDIMScheduler"})
    write_json(folder / "tokenizer" / "vocab.json", {})
    return folder


def write_controlnet(folder: Path, width: int = WIDTH) -> Path:
    write_component(folder, {"cross_attention_dim": width, "block_out_channels": [16, 32]}, {"weight": (2, 2)})
    return folder


def write_ip_adapter(folder: Path, width: int = WIDTH) -> Path:
    folder.mkdir(parents=True)
    save_file({"ip_adapter.1.to_k_ip.weight": np.zeros((16, width), np.float16)}, folder / "ip-adapter.safetensors")
    write_component(folder / "image_encoder", {}, {"weight": (2, 2)})
    return folder


@pytest.fixture
def home(tmp_path: Path) -> Path:
    write_model(tmp_path / "embedded")
    return tmp_path


def look(home: Path) -> Catalogue:
    return scan(home / "models", home / "embedded")


def only_model(home: Path) -> ModelInfo:
    (info,) = look(home).models[1:]
    return info


def test_the_embedded_model_comes_first_and_users_models_follow_by_name(home: Path) -> None:
    for name in ("zebra", "vendor/apple"):
        write_model(home / "models" / name)
    assert [info.id for info in look(home).models] == ["embedded", "vendor/apple", "zebra"]
    assert not any(info.problem for info in look(home).models)


def test_without_a_models_folder_there_is_the_embedded_model(home: Path) -> None:
    assert [info.id for info in look(home).models] == ["embedded"]


def test_a_model_without_manifest_gets_sensible_settings(home: Path) -> None:
    folder = write_model(home / "models" / "dream")
    assert only_model(home) == ModelInfo("dream", "dream", folder, "sd15", native_size=512, steps=20, guidance=7.5)


def test_a_manifest_says_what_the_layout_cannot(home: Path) -> None:
    folder = write_model(home / "models" / "mini")
    write_controlnet(folder / "nets" / "a")
    adapter = write_ip_adapter(folder / "adapter")
    write_json(folder / "words.json", ["sun", "hill"])
    manifest = {
        "name": "Mini studio",
        "family": "sd15",
        "native_size": 256,
        "preview_steps": 4,
        "settle_steps": 8,
        "guidance_scale": 1,
        "controls": {"scribble": "nets/a", "lineart": "nets/a"},
        "ip_adapter": {"subfolder": "adapter", "weight_name": "ip-adapter.safetensors"},
        "vocabulary": "words.json",
    }
    write_json(folder / "underdraw.json", manifest)
    info = only_model(home)
    assert (info.name, info.native_size, info.preview_steps, info.steps, info.guidance) == (
        "Mini studio",
        256,
        4,
        8,
        1.0,
    )
    assert dict(info.controls) == {"scribble": folder / "nets" / "a", "lineart": folder / "nets" / "a"}
    assert info.ip_adapter is not None
    assert info.ip_adapter.weights == adapter / "ip-adapter.safetensors"
    assert info.ip_adapter.image_encoder == adapter / "image_encoder"
    assert info.vocabulary == Vocabulary.of_words(("sun", "hill"))


def test_a_vocabulary_may_come_in_groups(home: Path) -> None:
    folder = write_model(home / "models" / "mini")
    write_json(folder / "words.json", {"time": ["night"], "subject": ["cat", "cats"]})
    write_json(folder / "underdraw.json", {"vocabulary": "words.json"})
    assert only_model(home).vocabulary.groups == (("time", ("night",)), ("subject", ("cat", "cats")))


def test_a_vocabulary_of_anything_else_is_a_problem(home: Path) -> None:
    folder = write_model(home / "models" / "mini")
    write_json(folder / "words.json", {"time": [5]})
    write_json(folder / "underdraw.json", {"vocabulary": "words.json"})
    assert "must be a list of words, or such lists by group" in only_model(home).problem


@pytest.mark.parametrize(
    ("manifest", "sentence"),
    [
        ({"native_size": "big"}, "“native_size” in .* must be a number"),
        ({"settle_steps": 0}, "“settle_steps” in .* must be a number from 1 to 200"),
        ({"controls": ["scribble"]}, "“controls” in .* must map names to paths"),
        ({"controls": {"scribble": "nowhere"}}, "nowhere/config.json is missing"),
        ({"controls": {"scribble": "../../secret"}}, "points outside its folder"),
        ({"ip_adapter": {"weight_name": "none.safetensors"}}, "none.safetensors is missing"),
        ({"vocabulary": "/etc/passwd"}, "points outside its folder"),
    ],
)
def test_a_wrong_manifest_is_a_problem_that_names_the_entry(home: Path, manifest: object, sentence: str) -> None:
    write_json(write_model(home / "models" / "mini") / "underdraw.json", manifest)
    assert re.search(sentence, only_model(home).problem)


def test_controlnets_and_ip_adapters_lie_beside_the_models(home: Path) -> None:
    write_model(home / "models" / "dream")
    scribble = write_controlnet(home / "models" / "controlnet" / "control_v11p_sd15_scribble")
    pose = write_controlnet(home / "models" / "controlnet" / "control_v11p_sd15_openpose")
    write_ip_adapter(home / "models" / "ip_adapter")
    info = only_model(home)
    assert dict(info.controls) == {"scribble": scribble, "pose": pose}
    assert info.ip_adapter is not None


def test_the_models_own_controlnet_comes_before_the_shared_one(home: Path) -> None:
    folder = write_model(home / "models" / "dream")
    write_controlnet(home / "models" / "controlnet" / "scribble")
    own = write_controlnet(folder / "controlnet" / "scribble")
    assert dict(only_model(home).controls) == {"scribble": own}


def test_a_controlnet_that_the_manifest_names_is_not_also_a_kind_called_like_its_folder(home: Path) -> None:
    folder = write_model(home / "models" / "dream")
    union = write_controlnet(folder / "controlnet" / "union")
    write_json(folder / "underdraw.json", {"controls": dict.fromkeys(("scribble", "pose"), "controlnet/union")})
    assert dict(only_model(home).controls) == {"scribble": union, "pose": union}


def test_shared_adapters_of_another_family_are_left_out(home: Path) -> None:
    write_model(home / "models" / "dream")
    write_controlnet(home / "models" / "controlnet" / "scribble", width=2 * WIDTH)
    write_ip_adapter(home / "models" / "ip_adapter", width=2 * WIDTH)
    info = only_model(home)
    assert not info.controls
    assert info.ip_adapter is None
    assert not info.problem


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("scribble", "scribble"),
        ("control_v11p_sd15_lineart", "lineart"),
        ("control_v11p_sd15s2_lineart_anime", "lineart"),
        ("sd-controlnet-canny", "canny"),
        ("control_v11f1p_sd15_depth", "depth"),
    ],
)
def test_kinds_are_told_by_the_names_controlnets_have(name: str, kind: str) -> None:
    assert kind_of_folder(name) == kind


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-7])


def claim_a_huge_header(path: Path) -> None:
    path.write_bytes(struct.pack("<Q", 1 << 60) + b"{}")


def claim_too_few_bytes(path: Path) -> None:
    header = json.dumps({"conv_in.weight": {"dtype": "F32", "shape": [16, 4, 3, 3], "data_offsets": [0, 4]}}).encode()
    path.write_bytes(struct.pack("<Q", len(header)) + header + bytes(4))


def pickle_it(path: Path) -> None:
    path.unlink()
    path.with_suffix(".bin").write_bytes(b"\x80\x04.")


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        (truncate, "damaged or incomplete; download it again"),
        (claim_a_huge_header, "damaged or incomplete; download it again"),
        (claim_too_few_bytes, "damaged or incomplete; download it again"),
        (lambda path: path.write_bytes(b""), "damaged or incomplete; download it again"),
        (lambda path: path.write_bytes(b"\x02\0\0\0\0\0\0\0[]"), "damaged or incomplete; download it again"),
        (lambda path: path.unlink(), "no safetensors weights"),
        (pickle_it, "pickled weights"),
    ],
)
def test_damaged_weights_are_listed_with_the_reason(home: Path, damage: Callable[[Path], None], sentence: str) -> None:
    folder = write_model(home / "models" / "dream")
    damage(folder / "unet" / "diffusion_pytorch_model.safetensors")
    assert sentence in only_model(home).problem


@pytest.mark.parametrize(
    ("pipeline", "unet", "sentence"),
    [
        ("StableDiffusionXLPipeline", {}, "is an SDXL model; this version runs SD 1.5"),
        ("FluxPipeline", {}, "is a FLUX model; this version runs SD 1.5"),
        ("StableDiffusionPipeline", {"cross_attention_dim": 1024}, "is a Stable Diffusion 2 model"),
        ("StableDiffusionPipeline", {"addition_embed_type": "text_time"}, "is an SDXL model"),
        ("StableDiffusionInpaintPipeline", {"in_channels": 9}, "special inpainting model, which is not needed here"),
    ],
)
def test_models_of_other_families_are_listed_with_the_reason(
    home: Path, pipeline: str, unet: dict[str, Any], sentence: str
) -> None:
    write_model(home / "models" / "dream", pipeline, **unet)
    info = only_model(home)
    assert sentence in info.problem
    assert info.name == "dream"


@pytest.mark.parametrize("part", ["unet", "text_encoder", "vae", "scheduler", "tokenizer"])
def test_a_missing_part_is_named(home: Path, part: str) -> None:
    folder = write_model(home / "models" / "dream")
    shutil.rmtree(folder / part)
    assert f"{folder / part}" in only_model(home).problem


def test_half_precision_variants_are_found(home: Path) -> None:
    folder = write_model(home / "models" / "dream")
    for weights in folder.rglob("diffusion_pytorch_model.safetensors"):
        weights.rename(weights.with_name("diffusion_pytorch_model.fp16.safetensors"))
    assert not only_model(home).problem
    assert [path.name for path in weight_files(folder / "unet")] == ["diffusion_pytorch_model.fp16.safetensors"]


def test_full_precision_is_taken_before_a_variant(tmp_path: Path) -> None:
    for name in ("model.fp16.safetensors", "model.safetensors"):
        save_file({"x": np.zeros(2, np.float16)}, tmp_path / name)
    assert [path.name for path in weight_files(tmp_path)] == ["model.safetensors"]


def test_a_header_tells_names_types_and_shapes(tmp_path: Path) -> None:
    save_file({"x": np.zeros((2, 3), np.float16)}, tmp_path / "x.safetensors")
    (info,) = read_header(tmp_path / "x.safetensors").values()
    assert (info.dtype, info.shape) == ("F16", (2, 3))
    with pytest.raises(ProbeError, match="missing"):
        read_header(tmp_path / "y.safetensors")


class TestFind:
    def test_by_id_name_or_folder(self, home: Path, tmp_path: Path) -> None:
        folder = write_model(home / "models" / "vendor" / "dream")
        elsewhere = write_model(tmp_path / "elsewhere" / "other")
        catalogue = look(home)
        for model in ("vendor/dream", "Dream"):
            assert catalogue.find(model).folder == folder
        assert catalogue.find(str(elsewhere)).name == "other"

    def test_an_unknown_model_is_a_sentence_with_those_that_can_be_used(self, home: Path) -> None:
        write_model(home / "models" / "dream")
        write_model(home / "models" / "big", "FluxPipeline")
        with pytest.raises(LookupError, match=r"no model “fog” in .*; there are: embedded, dream\."):
            look(home).find("fog")


def test_the_models_folder_can_be_chosen_by_the_environment(tmp_path: Path) -> None:
    assert user_models_folder({"UNDERDRAW_MODELS": str(tmp_path)}) == tmp_path
    assert user_models_folder({"XDG_DATA_HOME": str(tmp_path)}).parts[-2:] == ("underdraw", "models")


def test_looking_for_models_needs_no_heavy_library() -> None:
    code = (
        "import sys, models.catalogue; print([m for m in ('torch', 'diffusers', 'transformers') if m in sys.modules])"
    )
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "[]"
