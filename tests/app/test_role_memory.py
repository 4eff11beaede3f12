"""What other programs drop of an export comes back when the document does."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import pytest

from app import role_memory
from canvas.layers import Group, Layer, LayerId, Node
from canvas.pose import Figure
from canvas.roles import Control, Paint, Pose, Region
from canvas.state import DocumentState

AT_S = time.mktime((2026, 11, 12, 10, 0, 0, 0, 0, -1))


def exported() -> DocumentState:
    lines = Layer("Lines", role=Control("lineart", 0.7))
    figure = Layer("Figure", role=Pose((Figure.standing(50, 50, 60),)))
    there = Group("There", children=(Layer("Inside"),), role=Region("a tree", "fog"))
    made = Layer("Kept", recipe='{"prompt": "a house"}', alpha_locked=True)
    metadata = MappingProxyType({"direction": '{"prompt": "猫"}'})
    return DocumentState(100, 80, (Layer("Paper"), made, lines, figure, there), None, metadata)


def as_another_program_leaves_it(state: DocumentState) -> DocumentState:
    """Names and order; all else is new or gone."""

    def bare(node: Node) -> Node:
        if isinstance(node, Group):
            return Group(node.name, children=tuple(bare(child) for child in node.children), visible=False)
        return Layer(node.name, visible=isinstance(node.role, Paint))

    return DocumentState(state.width, state.height, tuple(bare(node) for node in state.layers))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "settings" / "roles"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "drawing.psd"


def now() -> float:
    return AT_S


def test_roles_prompts_recipes_and_ids_come_back(folder, path):
    state = exported()
    role_memory.remember(folder, path, state, now)
    back, sentence = role_memory.restored(folder, path, as_another_program_leaves_it(state), now)
    assert [node.role for node in back.walk()] == [node.role for node in state.walk()]
    assert [node.id for node in back.walk()] == [node.id for node in state.walk()]
    kept = back.layers[1]
    assert isinstance(kept, Layer)
    assert (kept.recipe, kept.alpha_locked) == ('{"prompt": "a house"}', True)
    assert back.metadata["direction"] == '{"prompt": "猫"}'
    # Instructions were hidden for others, not by the artist.
    assert all(node.visible for node in back.walk())
    assert sentence == "Roles and recipes of 4 layers were restored from your export of 12 Nov"


def test_the_sentence_counts_and_knows_the_year(folder, path):
    one = DocumentState(9, 9, (Layer("a", role=Control()),))
    role_memory.remember(folder, path, one, now)
    _, sentence = role_memory.restored(folder, path, as_another_program_leaves_it(one), lambda: AT_S + 400 * 86400)
    assert sentence == "Role of 1 layer was restored from your export of 12 Nov 2026"


def test_a_document_that_lost_nothing_is_left_alone(folder, path):
    state = exported()
    role_memory.remember(folder, path, state, now)
    assert role_memory.restored(folder, path, state, now) == (state, None)
    # Nor is one whose roles the artist took away here.
    cleared = replace(state, layers=tuple(replace(node, role=Paint()) for node in state.layers))
    assert role_memory.restored(folder, path, cleared, now) == (cleared, None)


def test_a_renamed_file_is_known_by_size_and_names(folder, path, tmp_path):
    state = exported()
    role_memory.remember(folder, path, state, now)
    lost = as_another_program_leaves_it(state)
    elsewhere = tmp_path / "copy.ora"
    one_more = replace(lost, layers=(*lost.layers, Layer("New")))
    back, sentence = role_memory.restored(folder, elsewhere, one_more, now)
    assert sentence is not None
    assert [node.name for node in back.layers][-1] == "New"
    assert isinstance(back.layers[2].role, Control)


@pytest.mark.parametrize("change", ["size", "names"])
def test_another_document_gets_nothing(folder, path, tmp_path, change):
    state = exported()
    role_memory.remember(folder, path, state, now)
    lost = as_another_program_leaves_it(state)
    if change == "size":
        other = replace(lost, width=101)
    else:
        other = replace(lost, layers=tuple(replace(node, name=node.name + "!") for node in lost.layers[:3]))
    assert role_memory.restored(folder, tmp_path / "other.psd", other, now) == (other, None)


def test_the_same_path_may_have_been_cropped_and_reordered(folder, path):
    state = exported()
    role_memory.remember(folder, path, state, now)
    lost = as_another_program_leaves_it(state)
    cropped = replace(lost, width=50, layers=lost.layers[1:3])
    back, sentence = role_memory.restored(folder, path, cropped, now)
    assert isinstance(back.layers[1].role, Control)
    assert sentence is not None
    assert "2 layers" in sentence


def test_layers_of_the_same_name_are_told_apart_by_their_order(folder, path):
    layers = (Layer("Layer"), Layer("Layer", role=Control()), Layer("Layer"))
    state = DocumentState(9, 9, layers)
    role_memory.remember(folder, path, state, now)
    back, _ = role_memory.restored(folder, path, as_another_program_leaves_it(state), now)
    assert [isinstance(node.role, Control) for node in back.layers] == [False, True, False]


def test_a_group_is_not_mistaken_for_the_layer_in_it(folder, path):
    """Krita keeps the group that we put around a layer and what is clipped to it; both have the same name."""
    state = DocumentState(9, 9, (Layer("Base", recipe="{}"), Layer("Clipped", clip=True, role=Control())))
    role_memory.remember(folder, path, state, now)
    wrapped = DocumentState(9, 9, (Group("Base", children=(Layer("Base"), Layer("Clipped"))),))
    back, sentence = role_memory.restored(folder, path, wrapped, now)
    (group,) = back.layers
    assert isinstance(group, Group)
    assert [getattr(node, "recipe", None) for node in group.children] == ["{}", None]
    assert sentence is not None


def test_ids_stay_unique(folder, path):
    state = DocumentState(9, 9, (Layer("a", id=LayerId("x"), role=Control()),))
    role_memory.remember(folder, path, state, now)
    file = next(folder.iterdir())
    data = json.loads(file.read_text())
    data["names"] *= 2
    data["texts"] *= 2
    file.write_text(json.dumps(data))
    twice = DocumentState(9, 9, (Layer("a"), Layer("a")))
    back, _ = role_memory.restored(folder, path, twice, now)
    assert len({node.id for node in back.layers}) == 2


def test_a_document_without_roles_is_forgotten(folder, path):
    role_memory.remember(folder, path, exported(), now)
    role_memory.remember(folder, path, DocumentState(9, 9, (Layer("a"),)), now)
    assert list(folder.iterdir()) == []


def test_the_oldest_memories_go(folder, tmp_path, monkeypatch):
    monkeypatch.setattr(role_memory, "MAX_FILES", 5)
    for i in range(9):
        role_memory.remember(folder, tmp_path / f"{i}.psd", exported(), now)
    assert len(list(folder.iterdir())) == 5


def test_what_is_too_large_is_not_kept(folder, path):
    role_memory.remember(folder, path, exported(), now)
    large = replace(exported(), layers=(Layer("a", recipe="x" * (5 << 20)),))
    role_memory.remember(folder, path, large, now)
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"v": 1}', '{"v": 2, "names": [], "texts": []}', "[" * 99999, "\0", '{"names": [["a"]]}']
)
def test_damaged_memories_never_stand_in_the_way(folder, path, text):
    state = exported()
    role_memory.remember(folder, path, state, now)
    next(folder.iterdir()).write_text(text)
    lost = as_another_program_leaves_it(state)
    assert role_memory.restored(folder, path, lost, now) == (lost, None)
    role_memory.remember(folder, path, state, now)
    assert role_memory.restored(folder, path, lost, now)[1] is not None


def test_a_folder_that_cannot_be_is_no_reason_to_fail(tmp_path, path):
    blocked = tmp_path / "file"
    blocked.write_text("here is a file")
    state = exported()
    role_memory.remember(blocked / "roles", path, state, now)
    assert role_memory.restored(blocked / "roles", path, state, now) == (state, None)
