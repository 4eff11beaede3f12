"""Every edit does what its name says, keeps the old state as it was, and says in a sentence why it cannot."""

from dataclasses import replace

import numpy as np
import pixel_twins as twin
import pytest

from canvas import edits, pouring
from canvas.blend_modes import BlendMode
from canvas.compositor import composite
from canvas.edits import EditError
from canvas.fill import solid
from canvas.geometry import Rect
from canvas.layers import Group, Layer, LayerMask
from canvas.pose import Figure
from canvas.roles import Control, InpaintMask, Pose
from canvas.state import DocumentState
from canvas.tiles import ONE, TILE_PX, Surface, to_rgba8

RED = (1.0, 0.0, 0.0)


def tree(state):
    """Names, groups as (name, children)."""

    def named(nodes):
        return [(n.name, named(n.children)) if isinstance(n, Group) else n.name for n in nodes]

    return named(state.layers)


@pytest.fixture
def abc():
    """a, then a group of b and c, then d; 200 x 150."""
    return DocumentState(200, 150, (Layer("a"), Group("g", children=(Layer("b"), Layer("c"))), Layer("d")))


def named(state, name):
    return next(node for node in state.walk() if node.name == name)


def id_of(state, name):
    return named(state, name).id


class TestNewDocument:
    def test_it_is_white_paper_with_a_layer_to_paint_and_one_to_sketch_on(self):
        state = edits.new_document(300, 200)
        assert tree(state) == ["Background", "Paint", "Sketch"]
        assert state.layers[2].role == Control("scribble")
        assert (to_rgba8(composite(state, state.rect)) == 255).all()

    def test_the_background_ends_at_the_edges_and_costs_a_handful_of_tiles(self):
        background = edits.new_document(4000, 3000).layers[0].surface
        assert background.content_bounds() == Rect(0, 0, 4000, 3000)
        assert len({id(tile) for tile in background.tiles.values()}) <= 4

    def test_a_size_that_cannot_be_is_refused(self):
        with pytest.raises(ValueError, match="1 to 30000 px a side"):
            edits.new_document(0, 100)


class TestTree:
    def test_a_layer_is_added_right_above_another_in_its_group(self, abc):
        new = Layer("new")
        assert tree(edits.add_layer(abc, new, id_of(abc, "a"))) == ["a", "new", ("g", ["b", "c"]), "d"]
        assert tree(edits.add_layer(abc, new, id_of(abc, "b"))) == ["a", ("g", ["b", "new", "c"]), "d"]
        assert tree(edits.add_layer(abc, new, id_of(abc, "g"))) == ["a", ("g", ["b", "c"]), "new", "d"]
        assert tree(edits.add_layer(abc, new, None)) == ["a", ("g", ["b", "c"]), "d", "new"]
        assert tree(abc) == ["a", ("g", ["b", "c"]), "d"]

    def test_the_same_layer_cannot_be_in_it_twice(self, abc):
        with pytest.raises(EditError, match="“a” is in the document already"):
            edits.add_layer(abc, named(abc, "a"), None)

    def test_removing_a_group_removes_what_is_in_it(self, abc):
        assert tree(edits.remove(abc, id_of(abc, "g"))) == ["a", "d"]
        assert tree(edits.remove(abc, id_of(abc, "c"))) == ["a", ("g", ["b"]), "d"]

    def test_a_locked_layer_is_not_removed(self, abc):
        locked = edits.set_locked(abc, id_of(abc, "g"), True)
        with pytest.raises(EditError, match="“g” is locked; unlock it"):
            edits.remove(locked, id_of(abc, "b"))

    def test_a_copy_shares_pixels_but_no_ids(self, abc):
        copied = edits.duplicate(abc, id_of(abc, "g"))
        assert tree(copied) == ["a", ("g", ["b", "c"]), ("g copy", ["b", "c"]), "d"]
        ids = [node.id for node in copied.walk()]
        assert len(set(ids)) == len(ids)
        original, copy = named(copied, "g"), named(copied, "g copy")
        assert copy.children[0].surface is original.children[0].surface

    @pytest.mark.parametrize(
        ("name", "parent", "index", "expected"),
        [
            ("a", None, 2, [("g", ["b", "c"]), "d", "a"]),
            ("d", None, 0, ["d", "a", ("g", ["b", "c"])]),
            ("d", "g", 1, ["a", ("g", ["b", "d", "c"])]),
            ("b", None, 1, ["a", "b", ("g", ["c"]), "d"]),
            ("b", "g", 1, ["a", ("g", ["c", "b"]), "d"]),
            ("g", None, 0, [("g", ["b", "c"]), "a", "d"]),
            ("a", "g", 99, [("g", ["b", "c", "a"]), "d"]),
        ],
    )
    def test_nodes_move_within_into_and_out_of_groups(self, abc, name, parent, index, expected):
        moved = edits.move(abc, id_of(abc, name), id_of(abc, parent) if parent else None, index)
        assert tree(moved) == expected

    @pytest.mark.parametrize(
        ("name", "parent", "index"), [("a", None, 0), ("d", None, 2), ("d", None, 9), ("c", "g", 1)]
    )
    def test_a_move_to_where_it_is_changes_nothing(self, abc, name, parent, index):
        assert edits.move(abc, id_of(abc, name), id_of(abc, parent) if parent else None, index) is abc

    def test_a_group_cannot_go_into_itself_nor_anything_into_a_layer(self, abc):
        inner = edits.group(abc, [id_of(abc, "b")], "inner")
        with pytest.raises(EditError, match="cannot be moved into itself"):
            edits.move(inner, id_of(inner, "g"), id_of(inner, "inner"), 0)
        with pytest.raises(EditError, match="“a” is not a group"):
            edits.move(abc, id_of(abc, "d"), id_of(abc, "a"), 0)

    def test_grouping_keeps_the_order_and_takes_the_place_of_the_topmost(self, abc):
        both = edits.group(abc, [id_of(abc, "d"), id_of(abc, "a")], "new")
        assert tree(both) == [("g", ["b", "c"]), ("new", ["a", "d"])]
        nested = edits.group(abc, [id_of(abc, "g"), id_of(abc, "b")], "new")
        assert tree(nested) == ["a", ("new", [("g", ["b", "c"])]), "d"]

    def test_ungrouping_undoes_grouping(self, abc):
        assert tree(edits.ungroup(abc, id_of(abc, "g"))) == ["a", "b", "c", "d"]
        inner = edits.group(abc, [id_of(abc, "b")], "inner")
        assert tree(edits.ungroup(inner, id_of(inner, "inner"))) == tree(abc)
        with pytest.raises(EditError, match="“a” is not a group"):
            edits.ungroup(abc, id_of(abc, "a"))

    def test_an_unknown_layer_is_a_key_error(self, abc):
        for act in (edits.remove, edits.duplicate, edits.merge_down, edits.clear_layer, edits.ungroup):
            with pytest.raises(KeyError):
                act(abc, "nobody")


class TestProperties:
    @pytest.mark.parametrize(
        ("act", "value", "field"),
        [
            (edits.rename, "new name", "name"),
            (edits.set_opacity, 0.5, "opacity"),
            (edits.set_blend, BlendMode.MULTIPLY, "blend"),
            (edits.set_visible, False, "visible"),
            (edits.set_locked, True, "locked"),
            (edits.set_clip, True, "clip"),
            (edits.set_mask, LayerMask(Surface.blank(1)), "mask"),
            (edits.set_role, InpaintMask(), "role"),
        ],
    )
    @pytest.mark.parametrize("name", ["c", "g"])
    def test_a_property_is_set_on_one_node_and_setting_it_again_changes_nothing(self, abc, act, value, field, name):
        node_id = id_of(abc, name)
        changed = act(abc, node_id, value)
        assert getattr(changed.find(node_id), field) == value
        assert act(changed, node_id, value) is changed
        others = [n for n in changed.walk() if n.id not in (node_id, id_of(abc, "g"))]
        assert all(n is abc.find(n.id) for n in others)

    def test_alpha_lock_is_for_layers(self, abc):
        locked = edits.set_alpha_locked(abc, id_of(abc, "c"), True)
        assert named(locked, "c").alpha_locked
        assert edits.set_alpha_locked(locked, id_of(abc, "c"), True) is locked
        with pytest.raises(EditError, match="“g” is a group; choose a layer"):
            edits.set_alpha_locked(abc, id_of(abc, "g"), True)

    def test_values_that_make_no_sense_are_refused(self, abc):
        with pytest.raises(ValueError, match="opacity lies between 0 and 1"):
            edits.set_opacity(abc, id_of(abc, "a"), 1.5)
        with pytest.raises(EditError, match="Only groups can pass through"):
            edits.set_blend(abc, id_of(abc, "a"), BlendMode.PASS_THROUGH)
        with pytest.raises(ValueError, match="one channel"):
            edits.set_selection(abc, Surface.blank(4))

    def test_figures_are_those_of_a_pose_layer(self, abc):
        figures = (Figure.standing(50, 50, 100),)
        posed = edits.set_role(abc, id_of(abc, "a"), Pose(weight=0.5))
        posed = edits.set_figures(posed, id_of(abc, "a"), figures)
        assert named(posed, "a").role == Pose(figures, weight=0.5)
        with pytest.raises(EditError, match="“d” is not a pose layer"):
            edits.set_figures(posed, id_of(abc, "d"), figures)


class TestPixels:
    def test_filling_covers_the_document_and_what_lay_beyond_it_stays(self):
        beyond = Surface.from_pixels(np.full((10, 10, 4), ONE, np.uint16), 500, 500)
        state = DocumentState(200, 150, (Layer("a", surface=beyond),))
        filled = pouring.filled(state, state.layers[0].id, "pixels", RED)
        assert (to_rgba8(composite(filled, state.rect)) == [255, 0, 0, 255]).all()
        assert filled.layers[0].surface.content_bounds() == Rect(0, 0, 510, 510)
        assert not filled.layers[0].surface.read(Rect(200, 0, 256, 150)).any()

    def test_filling_and_clearing_keep_to_the_selection(self, abc):
        selection = Surface.from_pixels(np.full((20, 30, 1), ONE, np.uint16), 110, 50)
        chosen = edits.set_selection(abc, selection)
        filled = pouring.filled(chosen, id_of(abc, "a"), "pixels", RED)
        assert named(filled, "a").surface.content_bounds() == Rect(110, 50, 140, 70)
        whole = pouring.filled(abc, id_of(abc, "a"), "pixels", RED)
        holed = pouring.cleared(edits.set_selection(whole, selection), id_of(abc, "a"), "pixels")
        expected = np.full((150, 200), ONE)
        expected[50:70, 110:140] = 0
        np.testing.assert_array_equal(named(holed, "a").surface.read(abc.rect)[..., 3], expected)

    def test_half_selected_is_half_filled(self, abc):
        selection = Surface.from_pixels(np.full((20, 30, 1), ONE // 2, np.uint16), 0, 0)
        filled = pouring.filled(edits.set_selection(abc, selection), id_of(abc, "a"), "pixels", RED)
        assert tuple(named(filled, "a").surface.read(Rect(5, 5, 6, 6))[0, 0]) == (ONE // 2, 0, 0, ONE // 2)

    def test_under_a_locked_alpha_filling_only_recolours_and_clearing_is_refused(self, abc):
        dot = Surface.from_pixels(np.full((10, 10, 4), ONE // 2, np.uint16), 20, 20)
        state = edits.set_pixels(abc, id_of(abc, "a"), dot)
        state = edits.set_alpha_locked(state, id_of(abc, "a"), True)
        filled = pouring.filled(state, id_of(abc, "a"), "pixels", RED)
        surface = named(filled, "a").surface
        np.testing.assert_array_equal(surface.read(abc.rect)[..., 3], dot.read(abc.rect)[..., 3])
        assert tuple(surface.read(Rect(25, 25, 26, 26))[0, 0]) == (ONE // 2, 0, 0, ONE // 2)
        with pytest.raises(EditError, match="alpha of “a” is locked"):
            pouring.cleared(filled, id_of(abc, "a"), "pixels")

    def test_clearing_leaves_no_tiles_and_clearing_nothing_changes_nothing(self, abc):
        filled = pouring.filled(abc, id_of(abc, "a"), "pixels", RED)
        assert not named(pouring.cleared(filled, id_of(abc, "a"), "pixels"), "a").surface.tiles
        assert pouring.cleared(abc, id_of(abc, "a"), "pixels") is abc

    @pytest.mark.parametrize("values", [{"locked": True}, {"visible": False}, {"role": Pose()}])
    def test_pixels_of_a_layer_that_cannot_be_drawn_on_stay(self, abc, values):
        state = abc.replaced(id_of(abc, "a"), lambda n: replace(n, surface=solid(abc.rect, RED), **values))
        for act in (
            lambda: pouring.filled(state, id_of(abc, "a"), "pixels", RED),
            lambda: pouring.cleared(state, id_of(abc, "a"), "pixels"),
        ):
            with pytest.raises(EditError, match="“a”"):
                act()


class TestMergeDown:
    def document(self, lower=None, upper=None):
        rng = np.random.default_rng(5)
        backdrop = Layer("back", surface=Surface.from_pixels(twin.random_opaque(rng, (TILE_PX, 200))))
        a = Layer("lower", surface=Surface({(0, 0): twin.random_pixels(rng, (TILE_PX, TILE_PX))}), **(lower or {}))
        b = Layer("upper", surface=Surface.from_pixels(twin.random_pixels(rng, (90, 180))), **(upper or {}))
        return DocumentState(200, 150, (backdrop, a, b))

    @pytest.mark.parametrize(
        ("lower", "upper"),
        [
            ({}, {}),
            ({"opacity": 0.4}, {"opacity": 0.7}),
            ({}, {"clip": True, "blend": BlendMode.MULTIPLY}),
            ({"mask": LayerMask(Surface.blank(1), outside=0)}, {"opacity": 0.7}),
            ({"clip": True}, {"clip": True}),
        ],
    )
    def test_the_picture_stays_the_same(self, lower, upper):
        state = self.document(lower, upper)
        merged = edits.merge_down(state, state.layers[2].id)
        assert tree(merged) == ["back", "lower"]
        difference = composite(merged, state.rect).astype(int) - composite(state, state.rect)
        assert np.abs(difference).max() < twin.STEP_8BIT / 2

    def test_the_merged_layer_is_the_lower_one_with_its_opacity_applied(self):
        state = self.document({"opacity": 0.4, "recipe": "{}"})
        merged = edits.merge_down(state, state.layers[2].id).layers[1]
        assert (merged.id, merged.opacity, merged.recipe) == (state.layers[1].id, 1.0, None)

    def test_it_needs_two_visible_unlocked_layers_of_one_role(self):
        cases = [
            (self.document({"role": Control()}), "“upper” is paint and “lower” control; give them the same role"),
            (self.document({"locked": True}), "“lower” is locked"),
            (self.document({}, {"visible": False}), "“upper” is hidden"),
            (self.document({"role": Pose()}), "“lower” holds figures"),
        ]
        for state, words in cases:
            with pytest.raises(EditError, match=words):
                edits.merge_down(state, state.layers[2].id)
        with pytest.raises(EditError, match="not two layers"):
            edits.merge_down(state, state.layers[0].id)
