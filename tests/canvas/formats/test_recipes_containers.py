"""Where recipes stand in files of every format, in all the ways that are seen; and files that mean harm."""

from __future__ import annotations

import gzip
import io
import json
import struct
import subprocess
import time
import zipfile
import zlib
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from canvas import edits, merging
from canvas.formats import registry
from canvas.formats.notes import Notes
from canvas.formats.options import WriteOptions
from canvas.formats.provenance import made_layers, source_type, texts_of, to_be_written
from canvas.formats.recipes import xmp as reading_xmp
from canvas.formats.recipes.found import RECIPE_KEY, FoundRecipe, found_in, recipe_object
from canvas.formats.recipes.reading import read_recipe
from canvas.layers import Group, Layer
from canvas.roles import Region
from canvas.state import DocumentState
from canvas.tiles import ONE, Surface

A1111 = "a lighthouse, 灯台\nNegative prompt: fog\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 5, Size: 64x48"
GRAPH = json.dumps({
    "1": {"class_type": "KSampler", "inputs": {"seed": 5, "steps": 20, "cfg": 7, "positive": ["2", 0]}},
    "2": {"class_type": "CLIPTextEncode", "inputs": {"text": "a lighthouse"}},
})  # fmt: skip
RECIPE = json.dumps({
    "controls": [], "digest": "d", "digests": {}, "guidance": 1.0, "mode": "text", "model": "embedded",
    "negative": "fog", "prompt": "a lighthouse", "references": [], "seed": 5, "size": [64, 48], "steps": 8,
    "strength": 1.0,
}, sort_keys=True)  # fmt: skip
WRITTEN = (".png", ".jpg", ".webp", ".avif", ".tif", ".ora", ".psd")


def picture() -> Image.Image:
    return Image.fromarray(np.full((48, 64, 3), 200, np.uint8))


def layer(name: str = "Made", recipe: str | None = RECIPE) -> Layer:
    return Layer(name, surface=Surface.from_pixels(np.full((48, 64, 4), ONE, np.uint16)), recipe=recipe)


def document(*layers: Layer) -> DocumentState:
    return DocumentState(64, 48, layers or (layer(),))


def with_user_comment(path: Path, comment: bytes) -> Path:
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x9286] = comment
    picture().save(path, exif=exif.tobytes())
    return path


def with_png_text(path: Path, **texts: str) -> Path:
    info = PngImagePlugin.PngInfo()
    for key, text in texts.items():
        info.add_text(key, text)
    picture().save(path, pnginfo=info)
    return path


def check(found: FoundRecipe | None) -> None:
    assert found is not None
    assert found.prompt.startswith("a lighthouse")
    assert found.seed == 5


# Other programs' files


@pytest.mark.parametrize(
    "comment",
    [
        b"UNICODE\0" + A1111.encode("utf-16-be"),
        b"UNICODE\0" + A1111.encode("utf-16-le"),
        b"UNICODE\0" + b"\xff\xfe" + A1111.encode("utf-16-le"),
        b"UNICODE\0" + A1111.replace("灯台", "tower").encode(),
        b"ASCII\0\0\0" + A1111.encode(),
        bytes(8) + A1111.encode(),
        A1111.encode(),
        A1111.encode("utf-16-be"),
    ],
    ids=["utf-16-be", "utf-16-le", "byte order mark", "utf-8", "ascii", "undefined", "no code", "no code, utf-16"],
)
@pytest.mark.parametrize("suffix", [".jpg", ".webp", ".avif"])
def test_user_comments_in_every_encoding(tmp_path: Path, suffix: str, comment: bytes) -> None:
    found = read_recipe(with_user_comment(tmp_path / f"a{suffix}", comment))
    check(found)
    assert found is not None
    assert found.prompt in ("a lighthouse, 灯台", "a lighthouse, tower")
    assert found.negative == "fog"


def test_texts_of_a_png(tmp_path: Path) -> None:
    check(read_recipe(with_png_text(tmp_path / "a.png", parameters=A1111)))
    check(read_recipe(with_png_text(tmp_path / "b.png", parameters=A1111.replace("灯台", "é"))))
    check(read_recipe(with_png_text(tmp_path / "c.png", prompt=GRAPH, workflow="{}")))
    info = PngImagePlugin.PngInfo()
    info.add_text("parameters", A1111.replace("灯台", "x"), zip=True)
    picture().save(tmp_path / "d.png", pnginfo=info)
    check(read_recipe(tmp_path / "d.png"))
    info = PngImagePlugin.PngInfo()
    info.add_itxt("parameters", A1111, zip=True)
    picture().save(tmp_path / "e.png", pnginfo=info)
    check(read_recipe(tmp_path / "e.png"))


def test_a_text_behind_the_pixels_is_found(tmp_path: Path) -> None:
    plain = io.BytesIO()
    picture().save(plain, "PNG")
    data = b"parameters\0" + A1111.replace("灯台", "x").encode("latin-1")
    text = struct.pack(">I", len(data)) + b"tEXt" + data + struct.pack(">I", zlib.crc32(b"tEXt" + data))
    (tmp_path / "a.png").write_bytes(plain.getvalue()[:-12] + text + plain.getvalue()[-12:])
    check(read_recipe(tmp_path / "a.png"))


def test_comfyui_writes_graphs_into_the_names_of_cameras(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0110], exif[0x010F] = f"prompt:{GRAPH}", "workflow:{}"
    picture().save(tmp_path / "a.webp", exif=exif.tobytes())
    check(read_recipe(tmp_path / "a.webp"))
    exif = Image.Exif()
    exif[0x010E], exif[0x010F] = "Workflow:{}", f"Prompt:{GRAPH}"
    picture().save(tmp_path / "b.jpg", exif=exif.tobytes())
    found = read_recipe(tmp_path / "b.jpg")
    check(found)
    assert found is not None
    assert dict(found.texts)["prompt"] == GRAPH


def test_comments_of_gif_jpeg_and_tiff(tmp_path: Path) -> None:
    text = A1111.replace("灯台", "x")
    picture().save(tmp_path / "a.gif", comment=text.encode())
    check(read_recipe(tmp_path / "a.gif"))
    picture().save(tmp_path / "a.jpg", comment=text.encode())
    check(read_recipe(tmp_path / "a.jpg"))
    picture().save(tmp_path / "a.tif", tiffinfo={270: text})
    check(read_recipe(tmp_path / "a.tif"))


def xmp(properties: str, attributes: str = "") -> bytes:
    return (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description xmlns:exif="http://ns.adobe.com/exif/1.0/" xmlns:xmp="http://ns.adobe.com/xap/1.0/" '
        f'xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" {attributes}>{properties}</rdf:Description>'
        "</rdf:RDF></x:xmpmeta>"
    ).encode()


def test_xmp_of_draw_things_and_of_marked_pictures(tmp_path: Path) -> None:
    drawn = json.dumps({"c": "a lighthouse", "uc": "", "seed": 5, "size": "64x48"})
    comment = f'<exif:UserComment><rdf:Alt><rdf:li xml:lang="x-default">{drawn}</rdf:li></rdf:Alt></exif:UserComment>'
    picture().save(tmp_path / "a.jpg", xmp=xmp(comment))
    check(read_recipe(tmp_path / "a.jpg"))
    term = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
    mark = f'Iptc4xmpExt:DigitalSourceType="{term}" Iptc4xmpExt:AISystemUsed="Some Cloud 3"'
    picture().save(tmp_path / "b.webp", xmp=xmp("", mark))
    found = read_recipe(tmp_path / "b.webp")
    assert found is not None
    assert (found.source, found.source_type) == ("Some Cloud 3", "trainedAlgorithmicMedia")
    photo = 'Iptc4xmpExt:DigitalSourceType="http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture"'
    picture().save(tmp_path / "c.jpg", xmp=xmp("", photo))
    assert read_recipe(tmp_path / "c.jpg") is None


def test_content_credentials_are_told_and_what_they_say_of_the_source_goes_on(tmp_path: Path) -> None:
    plain = io.BytesIO()
    picture().save(plain, "PNG")
    store = b"jumb...c2pa claim_generator\x6bSome Cloud/1.0 ... digitalsourcetype/trainedAlgorithmicMedia ..."
    text = struct.pack(">I", len(store)) + b"caBX" + store + struct.pack(">I", zlib.crc32(b"caBX" + store))
    path = tmp_path / "a.png"
    path.write_bytes(plain.getvalue()[:33] + text + plain.getvalue()[33:])
    notes = Notes()
    state = registry.read(path, notes=notes)
    assert any("C2PA" in sentence for sentence in notes.lost)
    assert source_type(state) == "trainedAlgorithmicMedia"
    registry.write(state, tmp_path / "b.jpg")
    assert source_type(registry.read(tmp_path / "b.jpg")) == "trainedAlgorithmicMedia"


def test_a_text_hidden_in_the_transparency(tmp_path: Path) -> None:
    comment = json.dumps({"uc": "fog", "seed": 5, "steps": 28})
    said = json.dumps({"Software": "NovelAI", "Description": "a lighthouse", "Comment": comment})
    packed = gzip.compress(said.encode())
    bits = np.unpackbits(np.frombuffer(b"stealth_pngcomp" + struct.pack(">I", 8 * len(packed)) + packed, np.uint8))
    alpha = np.full(96 * 64, 255, np.uint8)
    alpha[: len(bits)] = 254 + bits
    rgba = np.full((64, 96, 4), 200, np.uint8)
    rgba[..., 3] = alpha.reshape(96, 64).T
    Image.fromarray(rgba).save(tmp_path / "a.png")
    (made,) = made_layers(registry.read(tmp_path / "a.png"))
    check(found_in(made.recipe))
    assert found_in(made.recipe).source == "NovelAI"


# Our files


@pytest.mark.parametrize("suffix", WRITTEN)
def test_ours_come_back_whole_from_every_format(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    registry.write(document(), path)
    check(read_recipe(path))
    (made,) = made_layers(registry.read(path))
    assert made.recipe == json.loads(RECIPE)


@pytest.mark.parametrize("suffix", WRITTEN)
def test_the_switches_leave_recipes_and_marks_out_of_every_format(tmp_path: Path, suffix: str) -> None:
    secret = "the words of nobody else"
    hidden = Layer("Hidden", visible=False, recipe=RECIPE.replace("a lighthouse", secret))
    group = Group("There", children=(layer("Inner", RECIPE.replace("a lighthouse", secret)), hidden))
    region = Layer("Where", surface=layer().surface, role=Region(secret, secret))
    metadata = MappingProxyType({"direction": json.dumps({"prompt": secret}), RECIPE_KEY: RECIPE})
    state = DocumentState(64, 48, (group, region, layer(recipe=RECIPE)), metadata=metadata)
    marked, bare = tmp_path / f"marked{suffix}", tmp_path / f"bare{suffix}"
    registry.write(state, marked, options=WriteOptions(recipes=False))
    registry.write(state, bare, options=WriteOptions(recipes=False, mark_ai=False))
    for path in (marked, bare):
        for data in contents(path):
            assert secret.encode() not in data
            assert b"a lighthouse" not in data
            assert secret.encode("utf-16-be") not in data
    assert any(b"compositeSynthetic" in data or b"trainedAlgorithmicMedia" in data for data in contents(marked))
    assert not any(b"lgorithmicMedia" in data for data in contents(bare))


def contents(path: Path) -> list[bytes]:
    """Of archives also what is in them; of PNGs the texts unpacked."""
    found = [path.read_bytes()]
    if path.suffix == ".ora":
        with zipfile.ZipFile(path) as archive:
            found += [archive.read(name) for name in archive.namelist()]
    return found


def test_a_picture_of_several_recipes_keeps_all_of_them(tmp_path: Path) -> None:
    state = document(layer("First"), layer("Second", RECIPE.replace('"text"', '"image"').replace(": 5", ": 6")))
    registry.write(state, tmp_path / "a.png")
    flat = registry.read(tmp_path / "a.png")
    assert [made.layer for made in made_layers(flat)] == ["First", "Second"]
    assert source_type(flat) == source_type(state) == "compositeWithTrainedAlgorithmicMedia"
    registry.write(flat, tmp_path / "b.webp")
    again = registry.read(tmp_path / "b.webp")
    assert [made.recipe for made in made_layers(again)] == [made.recipe for made in made_layers(state)]


def test_what_was_half_painted_stays_so_when_it_is_one_picture(tmp_path: Path) -> None:
    state = document(layer("Mine", None), layer("Made"))
    assert source_type(state) == "compositeSynthetic"
    registry.write(state, tmp_path / "a.jpg")
    assert source_type(registry.read(tmp_path / "a.jpg")) == "compositeSynthetic"


@pytest.mark.parametrize(
    "texts",
    [{"parameters": A1111}, {"prompt": GRAPH, "workflow": '{"nodes": [], "links": []}'}],
    ids=["a1111", "comfyui"],
)
def test_what_other_programs_said_is_said_again_word_for_word(tmp_path: Path, texts: dict[str, str]) -> None:
    with_png_text(tmp_path / "a.png", **texts)
    state = registry.read(tmp_path / "a.png")
    registry.write(state, tmp_path / "b.png")
    with Image.open(tmp_path / "b.png") as image:
        assert {key: image.text[key] for key in texts} == texts
    registry.write(state, tmp_path / "c.udraw")
    registry.write(registry.read(tmp_path / "c.udraw"), tmp_path / "d.jpg")
    found = read_recipe(tmp_path / "d.jpg")
    check(found)
    assert found is not None
    assert dict(found.texts) == texts


def test_a_document_of_layers_carries_what_its_file_says(tmp_path: Path) -> None:
    state = document(layer("One", None), layer("Two", None))
    told = replace(state, metadata=MappingProxyType({RECIPE_KEY: RECIPE}))
    registry.write(told, tmp_path / "a.psd")
    back = registry.read(tmp_path / "a.psd")
    check(found_in(made_layers(back)[0].recipe))
    assert source_type(back) == "compositeSynthetic"


def test_the_packet_is_valid_with_any_text() -> None:
    odd = RECIPE.replace("a lighthouse", 'a \\u0000\\u0007\\ud800 <b> & ]]> \\"q\\"')
    packet = texts_of(document(layer(recipe=odd)), WriteOptions()).xmp
    assert packet is not None
    assert reading_xmp.properties(packet.encode())["AIPromptInformation"].startswith("a ? <b> & ]]>")


def test_nothing_is_marked_and_nothing_said_of_a_painting() -> None:
    texts = texts_of(document(layer("Mine", None)), WriteOptions(mark_ai=False))
    assert texts == type(texts)()
    state = document(layer("Mine", None))
    assert to_be_written(state, WriteOptions()) is state


@pytest.mark.parametrize(("suffix", "group"), [(".png", "PNG"), (".jpg", "ExifIFD"), (".webp", "ExifIFD")])
def test_exiftool_sees_our_texts(tmp_path: Path, suffix: str, group: str) -> None:
    path = tmp_path / f"a{suffix}"
    registry.write(document(), path)
    try:
        shown = subprocess.run(["exiftool", "-G1", "-j", path], capture_output=True, check=True)
    except FileNotFoundError:
        pytest.skip("exiftool is not installed")
    (seen,) = json.loads(shown.stdout)
    comment = seen.get("PNG:Parameters") or seen["ExifIFD:UserComment"]
    assert comment.startswith("a lighthouse")
    assert "Seed: 5" in comment
    assert seen["XMP-iptcExt:DigitalSourceType"].endswith("trainedAlgorithmicMedia")
    assert not [value for key, value in seen.items() if key.endswith((":Warning", ":Error"))]


def test_imagemagick_sees_our_texts(tmp_path: Path) -> None:
    registry.write(document(), tmp_path / "a.png")
    try:
        shown = subprocess.run(
            ["identify", "-format", "%[parameters]", tmp_path / "a.png"], capture_output=True, check=True
        )
    except FileNotFoundError:
        pytest.skip("ImageMagick is not installed")
    assert b"a lighthouse" in shown.stdout


# Files that mean harm


def png_chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_of(*chunks: bytes) -> bytes:
    plain = io.BytesIO()
    picture().save(plain, "PNG")
    return plain.getvalue()[:33] + b"".join(chunks) + plain.getvalue()[33:]


BOMB = zlib.compress(bytes(200 << 20), 9)
BILLION_LAUGHS = (
    b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/">&b;</x:xmpmeta>'
)


def ended_early(data: bytes) -> list[bytes]:
    return [data[:at] for at in (3, 9, 20, 35, 60, len(data) // 2)]


def hostile() -> list[tuple[str, bytes]]:
    jpeg, webp = io.BytesIO(), io.BytesIO()
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x9286] = b"UNICODE\0" + A1111.encode("utf-16-be")
    picture().save(jpeg, "JPEG", exif=exif.tobytes(), xmp=BILLION_LAUGHS)
    picture().save(webp, "WEBP", exif=exif.tobytes())
    loop = b"II*\0\x08\0\0\0" + struct.pack("<HHHII", 1, 0x8769, 4, 1, 8) + b"\x08\0\0\0"
    endless = b"II*\0\x08\0\0\0" + struct.pack("<H", 0xFFFF) + struct.pack("<HHII", 0x9286, 7, 0xFFFFFFF0, 4) * 20
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("mimetype", "image/openraster", zipfile.ZIP_STORED)
        made.writestr("mergedimage.png", png_of()[:33] + bytes(100 << 20))
    return [
        ("zTXt bomb.png", png_of(*[png_chunk(b"zTXt", b"parameters\0\0" + BOMB)] * 30)),
        ("iTXt bomb.png", png_of(*[png_chunk(b"iTXt", b"k%d\0\1\0\0\0" % i + BOMB) for i in range(30)])),
        ("size that is a lie.png", png_of()[:33] + struct.pack(">I", 0xFFFFFFF0) + b"tEXt" + b"a\0b"),
        ("many texts.png", png_of(*[png_chunk(b"tEXt", b"key%d\0x" % i) for i in range(20_000)])),
        ("entities.png", png_of(png_chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + BILLION_LAUGHS))),
        ("deep.png", png_of(png_chunk(b"tEXt", b"prompt\0" + b'{"a":' * 500_000))),
        ("long.png", png_of(png_chunk(b"tEXt", b"parameters\0" + b"a, b: c " * 900_000))),
        ("entities.jpg", jpeg.getvalue()),
        ("circle.tif", loop),
        ("endless.tif", endless),
        ("archive.ora", archive.getvalue()),
        ("resources.psd", b"8BPS\0\1" + bytes(24) + b"\xff" * 4 + b"8BIM\x04\x24\0\0\xff\xff\xff\xf0"),
        *[(f"early {i}.jpg", part) for i, part in enumerate(ended_early(jpeg.getvalue()))],
        *[(f"early {i}.webp", part) for i, part in enumerate(ended_early(webp.getvalue()))],
        *[(f"early {i}.png", part) for i, part in enumerate(ended_early(png_of(png_chunk(b"tEXt", b"a\0b"))))],
    ]  # fmt: skip


def test_hostile_files_are_no_recipes_and_cost_little(tmp_path: Path) -> None:
    for name, data in hostile():
        path = tmp_path / name
        path.write_bytes(data)
        began = time.perf_counter()
        read_recipe(path)
        assert time.perf_counter() - began < 2.5, name
    assert read_recipe(tmp_path / "nothing there.png") is None
    assert read_recipe(tmp_path) is None


def test_halves_of_characters_do_not_keep_a_document_from_being_saved(tmp_path: Path) -> None:
    odd = GRAPH.replace("a lighthouse", "a lighthouse \\ud800 \\u0000")
    own = json.dumps({"layers": [{"name": "\ud800", "recipe": {"prompt": "a lighthouse \ud800", "seed": 5}}]})
    for key, text in (("prompt", odd), ("underdraw_metadata", own)):
        state = registry.read(with_png_text(tmp_path / "a.png", **{key: text}))
        check(found_in(made_layers(state)[0].recipe))
        for suffix in (".udraw", *WRITTEN):
            registry.write(state, tmp_path / f"b{suffix}")


def test_a_text_too_long_to_keep_is_told(tmp_path: Path) -> None:
    graph = json.loads(GRAPH)
    graph["note"] = {"class_type": "Note", "inputs": {"text": "x" * 3_000_000}}
    with_png_text(tmp_path / "a.png", prompt=json.dumps(graph), workflow="{}")
    notes = Notes()
    state = registry.read(tmp_path / "a.png", notes=notes)
    (made,) = made_layers(state)
    check(found_in(made.recipe))
    assert found_in(made.recipe).texts == (("workflow", "{}"),)
    assert any("too long" in sentence for sentence in notes.lost)


def test_a_recipe_of_a_layer_that_is_no_json_is_still_one() -> None:
    assert recipe_object("written by a newer version") == {"text": "written by a newer version"}
    assert found_in(recipe_object("{not json")).source == "Underdraw"
    assert (
        found_in({"size": "x", "seed": [], "loras": 5, "controls": [5], "steps": "a", "texts": [[1, 2]]}).steps is None
    )


# Merging


def test_merging_does_not_forget_what_programs_made(tmp_path: Path) -> None:
    other = RECIPE.replace(": 5", ": 6")
    state = document(layer("First"), layer("Second", other), layer("Mine", None))
    below = edits.merge_down(state, state.layers[1].id)
    assert [made.recipe["seed"] for made in made_layers(below)] == [5, 6]
    assert source_type(below) == "compositeSynthetic"
    flat = merging.flatten(state)
    assert [(made.layer, made.recipe["seed"]) for made in made_layers(flat)] == [("First", 5), ("Second", 6)]
    assert source_type(flat) == source_type(state) == "compositeSynthetic"
    registry.write(flat, tmp_path / "a.png")
    assert source_type(registry.read(tmp_path / "a.png")) == "compositeSynthetic"
    assert merging.flatten(document(layer("Mine", None), layer("Too", None))).layers[0].recipe is None
