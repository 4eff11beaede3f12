"""Adjustments among layers: where they reach, what is repainted when they change, how they are merged and refused."""

from dataclasses import replace

import filter_twins
import numpy as np
import pixel_twins as twin
import pytest
from test_compositor import document, layer, shape

from canvas import edits, pouring
from canvas.blend_modes import BlendMode
from canvas.compositor import (
    BeginGroup,
    BeginPassThrough,
    EndGroup,
    EndPassThrough,
    changed_tiles,
    compile_program,
    composite,
    painted_layer,
)
from canvas.edits import EditError
from canvas.filters import values as f
from canvas.geometry import Rect
from canvas.layers import Adjustment, Group, LabelColour, Layer, LayerMask
from canvas.projection import Projection
from canvas.roles import Control
from canvas.snapshot import PictureReader, Snapshot, node_pixels
from canvas.tiles import ONE, TILE_PX, Surface, to_rgba8

INVERT = f.Invert()


WHOLE = Rect(0, 0, 256, 256)


def flat(name, tone, rect=WHOLE, **values):
    pixels = np.full((rect.height, rect.width, 4), tone, np.uint16)
    pixels[..., 3] = ONE
    return Layer(name, surface=Surface.from_pixels(pixels, rect.x0, rect.y0), **values)


def adjustment(value=INVERT, **values):
    return Adjustment("adjustment", value, **values)


def mask_of(tiles, outside=0):
    return LayerMask(
        Surface({key: np.full((TILE_PX, TILE_PX, 1), v, np.uint16) for key, v in tiles.items()}, 1), outside
    )


def changed(old, new):
    return changed_tiles(compile_program(old), compile_program(new))


class TestReach:
    """Left half is covered by `inner` alone, which lies in a group; `below` covers everything."""

    BELOW = flat("below", ONE)
    INNER = flat("inner", ONE // 4, Rect(0, 0, 128, 256))

    def tones(self, *nodes):
        picture = composite(document(*nodes), Rect(0, 0, 256, 256))
        return int(picture[50, 50, 0]), int(picture[50, 200, 0])

    def test_everything_below_it_is_filtered_and_nothing_above(self):
        assert self.tones(self.BELOW, adjustment()) == (0, 0)
        assert self.tones(self.BELOW, adjustment(), self.INNER) == (ONE // 4, 0)

    def test_in_a_group_by_itself_only_the_group_is_filtered(self):
        group = Group("g", children=(self.INNER, adjustment()), blend=BlendMode.NORMAL)
        assert self.tones(self.BELOW, group) == (ONE - ONE // 4, ONE)

    def test_in_a_group_that_passes_through_all_below_it_is_filtered(self):
        group = Group("g", children=(self.INNER, adjustment()))
        assert self.tones(self.BELOW, group) == (ONE - ONE // 4, 0)
        assert self.tones(self.BELOW, replace(group, opacity=0.5)) == ((ONE + ONE - ONE // 4) // 2, ONE // 2)

    def test_clipped_only_its_base_is_filtered(self):
        assert self.tones(self.BELOW, self.INNER, adjustment(clip=True)) == (ONE - ONE // 4, ONE)

    def test_what_is_clipped_to_it_shows_where_it_does(self):
        masked = adjustment(mask=mask_of({(0, 0): ONE}))
        assert self.tones(self.BELOW, masked, flat("c", ONE // 2, clip=True)) == (ONE // 2, ONE)
        state = document(self.BELOW, masked, flat("c", ONE // 2, clip=True))
        assert shape(state) == ["below", BeginPassThrough, "adjustment", "c", EndPassThrough]

    def test_hidden_unknown_or_in_a_group_of_instructions_it_changes_no_picture(self):
        for node in (
            adjustment(visible=False),
            adjustment(opacity=0.0),
            adjustment(f.UnknownFilter("{}")),
            Group("g", children=(adjustment(),), role=Control()),
        ):
            assert self.tones(self.BELOW, node) == (ONE, ONE)

    def test_where_nothing_is_it_shows_nothing(self):
        picture = composite(document(self.INNER, adjustment()), Rect(0, 0, 256, 256))
        assert not picture[:, 128:].any()
        assert (
            compile_program(document(Group("g", children=(adjustment(),), blend=BlendMode.NORMAL)))[0] == BeginGroup()
        )

    @pytest.mark.parametrize("opacity", [1.0, 0.5])
    @pytest.mark.parametrize("mode", [BlendMode.NORMAL, BlendMode.MULTIPLY, BlendMode.COLOR, BlendMode.DISSOLVE])
    def test_opacity_mask_and_mode_follow_the_formula(self, mode, opacity):
        rng = np.random.default_rng(5)
        pixels = twin.random_pixels(rng)
        weight = rng.integers(0, ONE + 1, (TILE_PX, TILE_PX, 1)).astype(np.uint16)
        value = f.HueSaturation(50.0, 0.3, -0.2)
        mask = LayerMask(Surface({(0, 0): weight}, 1))
        state = document(layer("a", pixels), adjustment(value, opacity=opacity, blend=mode, mask=mask), side=TILE_PX)
        out = composite(state, state.rect)
        np.testing.assert_array_equal(out[..., 3], pixels[..., 3])
        if mode is BlendMode.DISSOLVE:
            whole = filter_twins.adjusted(value, pixels.astype(float))
            taken = np.abs(out - whole).max(-1) < twin.STEP_8BIT
            kept = (out == pixels).all(-1)
            assert (taken | kept).all()
            assert 0.2 * opacity < taken[pixels[..., 3] > 0].mean() < 0.8
            return
        expected = filter_twins.adjusted(value, pixels.astype(float), opacity, mode, weight / ONE)
        assert np.abs(out - expected).max() < twin.STEP_8BIT


class TestWhatIsRepainted:
    def test_other_settings_repaint_what_it_filters_and_no_more(self):
        inner = flat("inner", ONE, Rect(0, 0, 100, 100))
        inside = Group("g", children=(inner, adjustment()), blend=BlendMode.NORMAL)
        old = document(flat("below", ONE), inside, flat("above", ONE // 2, Rect(128, 0, 256, 128)))
        of = old.layers[1].children[1].id
        new = old.replaced(of, lambda n: replace(n, filter=f.Desaturate()))
        assert changed(old, new) == {(0, 0)}
        through = old.replaced(inside.id, lambda n: replace(n, blend=BlendMode.PASS_THROUGH))
        masked = through.replaced(of, lambda n: replace(n, mask=mask_of({(1, 1): ONE, (0, 1): ONE})))
        assert len(changed(through, through.replaced(of, lambda n: replace(n, filter=f.Desaturate())))) == 4
        assert changed(masked, masked.replaced(of, lambda n: replace(n, opacity=0.5))) == {(1, 1), (0, 1)}
        assert changed(old, old.replaced(of, lambda _: None)) == {(0, 0)}

    @pytest.mark.parametrize("make", ["layer", "adjustment", "group", "through"])
    def test_painting_on_a_mask_repaints_the_tiles_that_were_painted(self, make):
        mask = mask_of({(0, 0): ONE, (1, 1): ONE // 2}, outside=ONE)
        covering = flat("x", ONE // 2)
        node = {
            "layer": replace(covering, mask=mask),
            "adjustment": adjustment(mask=mask),
            "group": Group("g", children=(covering,), blend=BlendMode.NORMAL, mask=mask),
            "through": Group("g", children=(covering,), mask=mask),
        }[make]
        old = document(flat("below", ONE), node)
        edit = mask.surface.edit()
        edit.writable((1, 0))[:9] = 0
        painted = old.replaced(node.id, lambda n: replace(n, mask=replace(mask, surface=edit.freeze())))
        assert changed(old, painted) == {(1, 0)}
        if make in ("layer", "adjustment"):
            assert painted_layer(compile_program(old), compile_program(painted)) == node.id
        other = old.replaced(node.id, lambda n: replace(n, mask=replace(mask, outside=0)))
        assert len(changed(old, other)) == 4

    def test_dragging_a_slider_costs_what_lies_above_and_the_adjustment_alone(self, monkeypatch):
        from canvas import kernels

        calls = []
        over = kernels.over
        monkeypatch.setattr(kernels, "over", lambda *a: calls.append(1) or over(*a))
        node = adjustment(f.Posterise(2))
        state = document(*(flat(f"b{i}", ONE // 2, opacity=0.5) for i in range(9)), node, side=TILE_PX)
        projection = Projection()
        for levels in (3, 4, 5):
            state = state.replaced(node.id, lambda n, v=levels: replace(n, filter=f.Posterise(v)))
            assert projection.update(state, node.id) <= {(x, y) for x in (0, 1) for y in (0, 1)}
            calls.clear()
            np.testing.assert_array_equal(projection.tile((0, 0)), composite(state, Rect(0, 0, TILE_PX, TILE_PX)))
            projection_calls = len(calls) - 9  # those of `composite`
        assert projection_calls == 0

    def test_the_engine_reads_the_adjusted_picture_as_it_changes(self):
        node = adjustment()
        state = document(flat("a", ONE), node)
        reader = PictureReader()
        rect = Rect(0, 0, 256, 256)
        assert reader.read(Snapshot(1, state), rect, (64, 64))[..., :3].max() == 0
        state = state.replaced(node.id, lambda n: replace(n, mask=mask_of({(0, 0): 0}, ONE)))
        read = reader.read(Snapshot(2, state), rect, rect.size)
        np.testing.assert_array_equal(read, to_rgba8(composite(state, rect)))
        assert read[0, 0, 0] == 255
        assert not node_pixels(node, rect).any()


class TestEdits:
    def test_merging_down_filters_the_layer_below(self):
        state = document(flat("a", ONE), adjustment(mask=mask_of({(0, 0): ONE})))
        merged = edits.merge_down(state, state.layers[1].id)
        assert [node.name for node in merged.layers] == ["a"]
        np.testing.assert_array_equal(composite(merged, merged.rect), composite(state, state.rect))

    def test_onto_an_adjustment_nothing_is_merged(self):
        state = document(flat("a", ONE), adjustment(), flat("b", ONE))
        with pytest.raises(EditError, match="are not two layers"):
            edits.merge_down(state, state.layers[2].id)

    def test_what_it_does_not_have_is_refused_with_a_way_out(self):
        state = document(adjustment(), flat("a", ONE))
        node, paint = (n.id for n in state.layers)
        for step in (
            lambda: pouring.filled(state, node, "pixels", (0, 0, 0)),
            lambda: edits.set_alpha_locked(state, node, True),
            lambda: edits.set_role(state, node, Control()),
            lambda: edits.set_blend(state, node, BlendMode.PASS_THROUGH),
            lambda: edits.set_filter(state, paint, INVERT),
            lambda: edits.set_filter(edits.set_locked(state, node, True), node, f.Desaturate()),
        ):
            with pytest.raises(EditError, match=";"):
                step()

    def test_settings_and_labels_change_by_themselves(self):
        state = document(adjustment(), Group("g"))
        node, group = (n.id for n in state.layers)
        assert edits.set_filter(state, node, f.Invert()) is state
        assert edits.set_filter(state, node, f.Posterise(3)).find(node).filter == f.Posterise(3)
        labelled = edits.set_label(edits.set_label(state, node, LabelColour.BLUE), group, LabelColour.RED)
        assert [n.label for n in labelled.layers] == [LabelColour.BLUE, LabelColour.RED]
        assert edits.set_label(labelled, node, LabelColour.BLUE) is labelled
        copied = edits.duplicate(labelled, node)
        assert copied.layers[1].label is LabelColour.BLUE
        assert copied.layers[1].id != node

    def test_undo_brings_back_the_settings(self):
        from canvas.document import Document

        held = Document(document(flat("a", ONE), adjustment()))
        node = held.state.layers[1].id
        for levels in (3, 4, 5):
            held.edit("Posterise", lambda s, v=levels: edits.set_filter(s, node, f.Posterise(v)), merge="drag")
        assert held.undo_labels == ("Posterise",)
        held.undo()
        assert held.state.find(node).filter == INVERT


def test_the_group_ends_where_it_should():
    group = Group("g", children=(flat("x", ONE), adjustment()), blend=BlendMode.MULTIPLY)
    assert shape(document(group)) == [BeginGroup, "x", "adjustment", EndGroup]
