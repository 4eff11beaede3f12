"""OpenRaster: what is written comes back, and other programs find in it what the format promises."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from PIL import Image
from random_documents import described, documents

from canvas.blend_modes import BlendMode
from canvas.filters.values import Invert
from canvas.formats import ora, registry
from canvas.formats.errors import FormatError
from canvas.formats.icc import colourants_of, matrix_profile
from canvas.formats.job import Cancelled, Job
from canvas.formats.limits import Limits
from canvas.formats.notes import Notes
from canvas.formats.options import WriteOptions
from canvas.formats.picture import picture_rgba8
from canvas.formats.properties import icc_profile, ppi, with_icc_profile, with_ppi
from canvas.layers import Adjustment, Group, LabelColour, Layer, LayerMask
from canvas.roles import Control, Paint
from canvas.state import DocumentState
from canvas.tiles import ONE, Surface, from_rgba8

LIMITS = Limits(30_000, 1 << 30)
DEEP = WriteOptions(depth=16)
INK = (30, 60, 200)


def block(width: int, height: int, colour: tuple[int, ...] = INK, alpha: int = 255, x: int = 0, y: int = 0) -> Surface:
    pixels = np.empty((height, width, 4), np.uint8)
    pixels[..., :3], pixels[..., 3] = colour, alpha
    return Surface.from_pixels(from_rgba8(pixels), x, y)


def ramp(width: int, height: int) -> Surface:
    """A mask from nothing to all."""
    values = np.linspace(0, ONE, width).astype(np.uint16)
    return Surface.from_pixels(np.broadcast_to(values[None, :, None], (height, width, 1)).copy())


def written(state: DocumentState, tmp_path: Path, options: WriteOptions = DEEP) -> Path:
    path = tmp_path / "a.ora"
    ora.write(state, path, options)
    return path


def stack_of(path: Path) -> ElementTree.Element:
    with zipfile.ZipFile(path) as archive:
        root = ElementTree.fromstring(archive.read("stack.xml"))
    stack = root.find("stack")
    assert stack is not None
    return stack


def png_of(path: Path, name: str) -> Image.Image:
    with zipfile.ZipFile(path) as archive:
        image = Image.open(io.BytesIO(archive.read(name)))
        image.load()
    return image


def without(path: Path, *, entries: str = "", attributes: str = "", target: Path) -> Path:
    """The archive as a program leaves it that knows nothing of these."""
    with zipfile.ZipFile(path) as archive, zipfile.ZipFile(target, "w") as out:
        for info in archive.infolist():
            data = archive.read(info)
            if entries and info.filename.startswith(entries):
                continue
            if attributes and info.filename == "stack.xml":
                root = ElementTree.fromstring(data)
                for element in root.iter():
                    for key in [key for key in element.attrib if key.startswith(attributes)]:
                        del element.attrib[key]
                data = ElementTree.tostring(root)
            out.writestr(info, data)
    return target


NAMESPACE = "{https://underdraw.app/ns/1.0/}"


# Back as it was


def test_everything_comes_back_in_16_bits(rich, tmp_path):
    notes = Notes()
    back = ora.read(written(rich, tmp_path), LIMITS, notes)
    assert described(back) == described(rich)
    assert notes.sentences == ()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(state=documents())
def test_any_document_comes_back(state, tmp_path):
    notes = Notes()
    assert described(ora.read(written(state, tmp_path), LIMITS, notes)) == described(state)
    assert notes.sentences == ()


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(state=documents())
def test_8_bits_are_as_near_as_8_bits_are(state, tmp_path):
    back = ora.read(written(state, tmp_path, WriteOptions()), LIMITS)
    assert [node.name for node in back.walk()] == [node.name for node in state.walk()]
    one, other = picture_rgba8(state).astype(int), picture_rgba8(back).astype(int)
    # Modes such as hard mix turn the smallest difference into the largest one.
    steep = {BlendMode.HARD_MIX, BlendMode.DISSOLVE, BlendMode.DARKER_COLOR, BlendMode.LIGHTER_COLOR, BlendMode.DIVIDE}
    if not any(node.blend in steep or node.fill < 1 for node in state.walk()):
        assert np.abs(one[..., 3] - other[..., 3]).max() <= 3


def test_a_second_save_gives_the_same_bytes(rich, tmp_path):
    first = written(rich, tmp_path).read_bytes()
    assert written(rich, tmp_path).read_bytes() == first


def test_profile_and_resolution_travel(tmp_path):
    wide = colourants_of((0.3127, 0.329), ((0.64, 0.33), (0.21, 0.71), (0.15, 0.06)))
    profile = matrix_profile("A wide space", wide, (2.2,))
    state = with_ppi(with_icc_profile(DocumentState(20, 10, (Layer("a", surface=block(20, 10)),)), profile), 299.5)
    path = written(state, tmp_path)
    embedded = png_of(path, "data/layer000.png")
    assert embedded.info["icc_profile"] == profile
    back = ora.read(path, LIMITS)
    assert icc_profile(back) == profile
    assert ppi(back) == 299.5
    assert np.abs(picture_rgba8(back).astype(int) - picture_rgba8(state)).max() <= 1
    foreign = without(path, attributes=NAMESPACE, target=tmp_path / "foreign.ora")
    assert ppi(ora.read(foreign, LIMITS)) == 300


def test_without_a_profile_pictures_are_tagged_srgb(tmp_path):
    state = DocumentState(20, 10, (Layer("a", surface=block(20, 10)),))
    assert "srgb" in png_of(written(state, tmp_path, WriteOptions()), "data/layer000.png").info
    deep = written(state, tmp_path)
    # Krita asks what a deep picture without a whole profile is meant to be.
    assert "icc_profile" in png_of(deep, "mergedimage.png").info
    assert icc_profile(ora.read(deep, LIMITS)) is None


def test_the_active_layer_is_selected_and_comes_back(tmp_path):
    layers = (Layer("a", surface=block(9, 9)), Layer("b", surface=block(9, 9)))
    state = DocumentState(9, 9, layers, metadata=MappingProxyType({"active": str(layers[0].id)}))
    path = written(state, tmp_path)
    assert [layer.get("selected") for layer in stack_of(path)] == [None, "true"]
    foreign = ora.read(without(path, attributes=NAMESPACE, target=tmp_path / "f.ora"), LIMITS)
    assert foreign.find(foreign.metadata["active"]).name == "a"


# What other programs find


def test_the_archive_is_laid_out_as_the_draft_says(rich, tmp_path):
    path = written(rich, tmp_path, WriteOptions())
    data = path.read_bytes()
    assert data[30:54] == b"mimetypeimage/openraster"
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        assert archive.testzip() is None
        assert ElementTree.fromstring(archive.read("stack.xml")).attrib.items() >= {
            ("version", "0.0.5"), ("w", "300"), ("h", "200"),
        }  # fmt: skip
        assert archive.getinfo("mimetype").compress_type == zipfile.ZIP_STORED
    assert {"stack.xml", "mergedimage.png", "Thumbnails/thumbnail.png"} <= set(names)
    assert max(png_of(path, "Thumbnails/thumbnail.png").size) <= 256
    assert (np.asarray(png_of(path, "mergedimage.png").convert("RGBA")) == picture_rgba8(rich)).all()


def test_the_merged_picture_says_how_it_was_made(rich, tmp_path):
    texts = png_of(written(rich, tmp_path, WriteOptions()), "mergedimage.png").text
    assert "a house: red, small" in texts["parameters"]
    silent = png_of(written(rich, tmp_path, WriteOptions(recipes=False, mark_ai=False)), "mergedimage.png").text
    assert silent == {}


def test_layers_are_cropped_to_what_they_hold_also_beyond_the_canvas(tmp_path):
    state = DocumentState(50, 40, (Layer("out", surface=block(30, 20, x=-10, y=35)), Layer("nothing")))
    nothing, out = stack_of(written(state, tmp_path))
    assert (out.get("x"), out.get("y")) == ("-10", "35")
    assert png_of(tmp_path / "a.ora", out.get("src")).size == (30, 20)
    assert png_of(tmp_path / "a.ora", nothing.get("src")).size == (1, 1)


@pytest.mark.parametrize("mode", [mode for mode in BlendMode if mode is not BlendMode.PASS_THROUGH])
def test_every_mode_has_a_name_that_is_read_again(tmp_path, mode):
    state = DocumentState(9, 9, (Layer("below", surface=block(9, 9)), Layer("a", surface=block(9, 9), blend=mode)))
    path = written(state, tmp_path)
    assert ora.read(path, LIMITS).layers[1].blend is mode
    foreign = ora.read(without(path, attributes=NAMESPACE, target=tmp_path / "f.ora"), LIMITS).layers[1]
    # The dots of Dissolve were written as they are.
    assert foreign.blend is (BlendMode.NORMAL if mode is BlendMode.DISSOLVE else mode)


def test_instructions_are_hidden_and_not_in_the_picture(rich, tmp_path):
    path = written(rich, tmp_path)
    elements = {element.get("name"): element for element in stack_of(path).iter() if element.get("name")}
    for name in ("Lines", "Figure", "Where", "Style", "There"):
        assert elements[name].get("visibility") == "hidden", name
    drawing = np.asarray(png_of(path, elements["Figure"].get("src")))
    assert drawing[..., 3].any()


def test_names_in_any_script_are_plain_text(rich, tmp_path):
    names = {element.get("name") for element in stack_of(written(rich, tmp_path)).iter()}
    assert {"Tinte 線画 🖋️", "Тень", "ظل", "Ομάδα"} <= names


def test_without_own_data_there_is_no_trace_of_it(rich, tmp_path):
    options = WriteOptions(roles=False, recipes=False, mark_ai=False)
    path = written(rich, tmp_path, options)
    with zipfile.ZipFile(path) as archive:
        assert not any(name.startswith("underdraw/") for name in archive.namelist())
        assert b"underdraw" not in archive.read("stack.xml")
    back = ora.read(path, LIMITS)
    assert all(isinstance(node.role, Paint) for node in back.walk())
    assert np.abs(picture_rgba8(back).astype(int) - picture_rgba8(rich)).max() <= 2
    lost = ora.losses(rich, options)
    assert {"the selection", "the recipes of layers", "the prompt and other settings of the document"} <= set(lost)
    assert any(phrase.startswith("the roles of 6 layers (“Lines”") for phrase in lost)


def test_locks_and_opacity_are_those_of_the_draft(tmp_path):
    layer = Layer("a", surface=block(9, 9), opacity=0.5, fill=0.5, locked=True, label=LabelColour.RED)
    (element,) = stack_of(written(DocumentState(9, 9, (layer,)), tmp_path))
    assert (element.get("opacity"), element.get("edit-locked")) == ("0.25", "true")


# Masks, clipping and adjustments


def masked_state() -> DocumentState:
    paper = Layer("Paper", surface=block(60, 40, (250, 240, 230)))
    masked = Layer("Masked", surface=block(50, 30, x=5, y=5), mask=LayerMask(ramp(50, 30)))
    inner = Layer("Inner", surface=block(30, 30, (200, 30, 30)))
    group = Group("Group", children=(inner,), mask=LayerMask(ramp(40, 20)), blend=BlendMode.NORMAL)
    return DocumentState(60, 40, (paper, masked, group))


def test_others_see_what_a_mask_leaves_and_we_get_both_back(tmp_path):
    state = masked_state()
    path = written(state, tmp_path)
    group, masked, _ = stack_of(path)
    alpha = np.asarray(png_of(path, masked.get("src")))[..., 3]
    assert alpha[0, 0] < alpha[0, 20] < alpha[0, 40]
    assert [element.get("composite-op") for element in group] == ["svg:dst-out", "svg:src-over"]
    assert described(ora.read(path, LIMITS)) == described(state)


def test_a_mask_survives_as_one_where_only_attributes_were_dropped(tmp_path):
    """The eraser in a group becomes its mask again; that of a layer has become its pixels."""
    state = masked_state()
    path = without(written(state, tmp_path), attributes=NAMESPACE, entries="underdraw/", target=tmp_path / "f.ora")
    back = ora.read(path, LIMITS)
    assert [node.name for node in back.layers] == ["Paper", "Masked", "Group"]
    assert back.layers[1].mask is None
    assert back.layers[2].mask is not None
    assert np.abs(picture_rgba8(back).astype(int) - picture_rgba8(state)).max() <= 1


def test_pixels_that_another_program_painted_win(tmp_path):
    path = written(masked_state(), tmp_path)
    painted, target = io.BytesIO(), tmp_path / "painted.ora"
    Image.new("RGBA", (50, 30), (9, 200, 9, 255)).save(painted, "PNG")
    name = stack_of(path)[1].get("src")
    with zipfile.ZipFile(path) as archive, zipfile.ZipFile(target, "w") as out:
        for info in archive.infolist():
            out.writestr(info.filename, painted.getvalue() if info.filename == name else archive.read(info))
    notes = Notes()
    back = ora.read(target, LIMITS, notes)
    assert back.layers[1].mask is None
    assert tuple(picture_rgba8(back)[20, 50]) == (9, 200, 9, 255)
    assert notes.sentences == ("“Masked” was changed by another program: its new pixels count, its mask is gone",)
    assert back.layers[2].mask is not None


def test_a_mode_that_another_program_chose_wins(tmp_path):
    state = DocumentState(9, 9, (Layer("a", surface=block(9, 9), opacity=0.123456789, fill=0.5),))
    path = written(state, tmp_path)
    assert ora.read(path, LIMITS).layers[0].opacity == 0.123456789
    target = tmp_path / "b.ora"
    with zipfile.ZipFile(path) as archive, zipfile.ZipFile(target, "w") as out:
        for info in archive.infolist():
            out.writestr(info.filename, archive.read(info).replace(b'"svg:src-over" x', b'"svg:multiply" x'))
    changed = ora.read(target, LIMITS).layers[0]
    assert changed.blend is BlendMode.MULTIPLY
    assert changed.opacity * changed.fill == pytest.approx(0.123456789 / 2, abs=1e-5)


def test_clipping_in_mode_normal_lies_atop(tmp_path):
    base, clipped = Layer("Base", surface=block(20, 20)), Layer("Clip", surface=block(30, 10, (255, 0, 0)), clip=True)
    state = DocumentState(40, 40, (replace(base, blend=BlendMode.MULTIPLY, opacity=0.5), clipped))
    path = written(state, tmp_path)
    (holder,) = stack_of(path)
    assert (holder.tag, holder.get("composite-op"), holder.get("opacity")) == ("stack", "svg:multiply", "0.5")
    assert [child.get("composite-op") for child in holder] == ["svg:src-atop", "svg:src-over"]
    # Programs that do not know that operation show nothing beyond the base either.
    assert np.asarray(png_of(path, holder[0].get("src"))).shape[1] == 20
    assert described(ora.read(path, LIMITS)) == described(state)
    foreign = ora.read(without(path, attributes=NAMESPACE, target=tmp_path / "f.ora"), LIMITS)
    assert [node.clip for node in foreign.layers[0].children] == [False, True]
    assert np.abs(picture_rgba8(foreign).astype(int) - picture_rgba8(state)).max() <= 1


def test_clipping_in_another_mode_has_its_edges_apart(tmp_path):
    soft = np.zeros((20, 20, 4), np.uint8)
    soft[..., :3], soft[..., 3] = (200, 180, 160), np.linspace(0, 255, 20)
    soft[:, 10:, 3] = 255
    base = Layer("Base", surface=Surface.from_pixels(from_rgba8(soft)))
    shade = Layer("Shade", surface=block(20, 20, (128, 128, 200)), blend=BlendMode.MULTIPLY, clip=True)
    state = DocumentState(30, 30, (Layer("Paper", surface=block(30, 30, (240, 240, 240))), base, shade))
    path = written(state, tmp_path)
    edges, shaded, below = stack_of(path)[0]
    assert [e.get("composite-op") for e in (edges, shaded, below)] == ["svg:src-atop", "svg:multiply", "svg:src-over"]
    assert edges.get("name") == "Shade (edges)"
    assert described(ora.read(path, LIMITS)) == described(state)
    foreign = ora.read(without(path, attributes=NAMESPACE, target=tmp_path / "f.ora"), LIMITS)
    assert np.abs(picture_rgba8(foreign).astype(int) - picture_rgba8(state)).max() <= 2


def test_adjustments_keep_their_place_and_come_back(tmp_path):
    state = DocumentState(9, 9, (Layer("a", surface=block(9, 9)), Adjustment("Invert it", Invert(), opacity=0.7)))
    path = written(state, tmp_path)
    assert [element.get("name") for element in stack_of(path)] == ["Invert it", "a"]
    assert described(ora.read(path, LIMITS)) == described(state)
    assert ora.losses(state, DEEP) == ("in other programs, 1 adjustment (“Invert it”)",)
    bare = written(state, tmp_path, WriteOptions(depth=16, roles=False))
    assert [element.get("name") for element in stack_of(bare)] == ["a"]


def test_a_pass_through_group_that_others_blend_otherwise_is_named(tmp_path):
    dark = Layer("Dark", surface=block(9, 9), blend=BlendMode.MULTIPLY)
    group = Group("Faded", children=(dark,), opacity=0.5)
    assert any("“Faded”" in phrase for phrase in ora.losses(DocumentState(9, 9, (group,)), DEEP))
    plain = replace(group, children=(replace(dark, blend=BlendMode.NORMAL),))
    assert ora.losses(DocumentState(9, 9, (plain,)), DEEP) == ()


def test_colours_finer_than_8_bits_are_named_only_where_there_are_any():
    fine = Surface.from_pixels(np.array([[[1001, 2002, 3003, ONE]]], np.uint16))
    assert ora.losses(DocumentState(9, 9, (Layer("a", surface=fine),)), WriteOptions()) != ()
    assert ora.losses(DocumentState(9, 9, (Layer("a", surface=block(9, 9)),)), WriteOptions()) == ()


# Other writers


def archive_of(path: Path, stack: str, pictures: dict[str, bytes], head: str = 'w="20" h="20"', **extra: bytes) -> Path:
    with zipfile.ZipFile(path, "w") as out:
        out.writestr("mimetype", "image/openraster")
        out.writestr("stack.xml", f"<image {head}>{stack}</image>")
        for name, data in pictures.items():
            out.writestr(name, data)
    return path


def png(colour: tuple[int, ...], size: tuple[int, int] = (20, 20), mode: str = "RGBA", kind: str = "PNG") -> bytes:
    out = io.BytesIO()
    Image.new(mode, size, colour).save(out, kind)
    return out.getvalue()


def test_a_missing_picture_leaves_the_others(tmp_path):
    stack = '<stack><layer name="gone" src="data/none.png"/><layer name="here" src="a.png"/></stack>'
    notes = Notes()
    back = ora.read(archive_of(tmp_path / "a.ora", stack, {"a.png": png((255, 0, 0, 255))}), LIMITS, notes)
    assert [node.name for node in back.layers] == ["here", "gone"]
    assert not back.layers[1].surface.tiles
    assert any("“gone”" in sentence for sentence in notes.sentences)


def test_an_unknown_mode_becomes_normal_and_is_said(tmp_path):
    stack = '<stack><layer name="a" src="a.png" composite-op="krita:reoriented_normal_map"/></stack>'
    notes = Notes()
    back = ora.read(archive_of(tmp_path / "a.ora", stack, {"a.png": png((1, 2, 3, 255))}), LIMITS, notes)
    assert back.layers[0].blend is BlendMode.NORMAL
    assert "reoriented_normal_map" in notes.sentences[0]


@pytest.mark.parametrize(
    ("attributes", "blend"),
    [
        ("", BlendMode.PASS_THROUGH),
        ('isolation="auto"', BlendMode.PASS_THROUGH),
        ('isolation="isolate"', BlendMode.NORMAL),
        ('isolation="auto" opacity="0.5"', BlendMode.NORMAL),
        ('composite-op="svg:multiply"', BlendMode.MULTIPLY),
    ],
)
def test_isolation_is_that_of_the_draft(tmp_path, attributes, blend):
    stack = f'<stack><stack name="g" {attributes}><layer src="a.png"/></stack></stack>'
    back = ora.read(archive_of(tmp_path / "a.ora", stack, {"a.png": png((1, 2, 3, 255))}), LIMITS)
    assert back.layers[0].blend is blend


def test_what_cuts_out_the_layers_below_becomes_their_mask(tmp_path):
    """As MyPaint writes masks; also in the middle of a group, where it takes a group of its own."""
    stack = (
        '<stack><stack isolation="isolate" name="g"><layer name="above" src="a.png" opacity="0.5"/>'
        '<layer name="mask" composite-op="svg:dst-in" src="half.png"/><layer name="below" src="a.png"/></stack></stack>'
    )
    pictures = {"a.png": png((255, 0, 0, 255)), "half.png": png((0, 0, 0, 255), (10, 20))}
    back = ora.read(archive_of(tmp_path / "a.ora", stack, pictures), LIMITS)
    group = back.layers[0]
    assert [node.name for node in group.children] == ["mask", "above"]
    seen = picture_rgba8(back)
    assert (seen[0, 5, 3], seen[0, 15, 3]) == (255, 128)


@pytest.mark.parametrize("mode", ["L", "LA", "P", "1", "RGB", "I;16"])
def test_pngs_of_every_kind_are_read(tmp_path, mode):
    image = Image.new("RGBA", (20, 20), (90, 90, 90, 255))
    image = Image.fromarray(np.full((20, 20), 90 * 257, np.uint16)) if mode == "I;16" else image.convert(mode)
    out = io.BytesIO()
    image.save(out, "PNG")
    back = ora.read(
        archive_of(tmp_path / "a.ora", '<stack><layer src="a.png"/></stack>', {"a.png": out.getvalue()}), LIMITS
    )
    expected = np.asarray(image.convert("RGBA"))[5, 5] if mode != "I;16" else (90, 90, 90, 255)
    assert tuple(picture_rgba8(back)[5, 5]) == tuple(expected)


def test_a_jpeg_among_the_layers_is_tolerated(tmp_path):
    jpeg = png((200, 30, 30), mode="RGB", kind="JPEG")
    back = ora.read(archive_of(tmp_path / "a.ora", '<stack><layer src="a.jpg"/></stack>', {"a.jpg": jpeg}), LIMITS)
    assert abs(int(picture_rgba8(back)[5, 5, 0]) - 200) < 6


def test_an_archive_without_its_first_entry_is_recognised(tmp_path):
    path = tmp_path / "a.ora"
    with zipfile.ZipFile(path, "w") as out:
        out.writestr("stack.xml", '<image w="20" h="20"><stack><layer src="a.png" name="x"/></stack></image>')
        out.writestr("a.png", png((1, 2, 3, 255)))
    assert registry.recognised(path) is registry.ORA
    assert registry.read(path).layers[0].name == "x"


def test_offsets_of_stacks_do_not_move_their_layers(tmp_path):
    """As Krita and GIMP read them."""
    stack = '<stack><stack x="7" y="7" isolation="isolate"><layer src="a.png" x="2" y="3"/></stack></stack>'
    back = ora.read(archive_of(tmp_path / "a.ora", stack, {"a.png": png((1, 2, 3, 255), (4, 4))}), LIMITS)
    assert back.layers[0].children[0].surface.content_bounds().size == (4, 4)
    assert back.layers[0].children[0].surface.content_bounds().x0 == 2


# Saving


def test_saving_can_be_called_off_and_leaves_the_old_file(rich, tmp_path):
    path = tmp_path / "a.ora"
    path.write_bytes(b"old")
    job = Job()
    job.cancel()
    with pytest.raises(Cancelled):
        ora.write(rich, path, DEEP, job)
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_progress_rises_to_the_end(rich, tmp_path):
    shares: list[float] = []

    class Watched(Job):
        def reach(self, share: float) -> None:
            shares.append(share)
            super().reach(share)

    job = Watched()
    ora.write(rich, tmp_path / "a.ora", DEEP, job)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert len(shares) > 10


def test_reading_can_be_called_off(rich, tmp_path):
    path = written(rich, tmp_path)
    job = Job()
    job.cancel()
    with pytest.raises(Cancelled):
        ora.read(path, LIMITS, Notes(), job)


def test_a_full_disk_leaves_the_old_file(rich, tmp_path, file_size_limit):
    path = tmp_path / "a.ora"
    path.write_bytes(b"old")
    with file_size_limit(50_000), pytest.raises(FormatError):
        ora.write(rich, path, DEEP)
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_groups_that_are_too_deep_are_refused_in_a_sentence(tmp_path):
    node = Layer("a", surface=block(3, 3))
    for i in range(210):
        node = Group(str(i), children=(node,))
    with pytest.raises(FormatError, match="deep"):
        ora.write(DocumentState(9, 9, (node,)), tmp_path / "a.ora")
    assert not list(tmp_path.iterdir())


def test_roles_travel_as_attributes_that_others_ignore(tmp_path):
    layer = Layer("Lines", surface=block(9, 9), role=Control("lineart", 0.5), recipe='{"prompt": "x"}')
    path = written(DocumentState(9, 9, (layer,)), tmp_path)
    (element,) = stack_of(path)
    text = json.loads(element.get(f"{NAMESPACE}node"))
    assert (text["role"]["kind"], text["recipe"]) == ("lineart", '{"prompt": "x"}')
    path = written(DocumentState(9, 9, (layer,)), tmp_path, WriteOptions(recipes=False))
    assert "recipe" not in json.loads(stack_of(path)[0].get(f"{NAMESPACE}node"))
