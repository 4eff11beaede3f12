"""Results as bytes: what comes back is what went in, and damage is told, not shown."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from app.opening import read_file
from app.result_storing import (
    MAGIC,
    StoredResults,
    result_from_bytes,
    result_to_bytes,
    results_from_attachments,
    results_to_attachments,
)  # fmt: skip
from app.session import Session
from canvas import edits
from canvas.snapshot import Rect, Snapshot
from inference.condition_set import Part, Placement
from inference.result import Result

SNAPSHOT = Snapshot(3, edits.new_document(64, 64))


def result(seed: int = 1, *, masked: bool = True) -> Result:
    rng = np.random.default_rng(seed)
    alpha = Part.of(rng.integers(0, 256, (90, 120)).astype(np.uint8)) if masked else None
    image = rng.integers(0, 256, (48, 64, 3)).astype(np.uint8)
    recipe = json.dumps({"model": "embedded", "prompt": "猫", "seed": seed})
    return Result(
        image, Placement(Rect(-20, 5, 100, 95), alpha), "final", SNAPSHOT, recipe, {"total": 0.25, "vae": 0.1}
    )


def assert_same(a: Result, b: Result) -> None:
    assert np.array_equal(a.pixels, b.pixels)
    assert a.placement == b.placement
    assert np.array_equal(a.rgba(), b.rgba())
    assert (a.purpose, a.recipe, dict(a.timings_s)) == (b.purpose, b.recipe, dict(b.timings_s))


@pytest.mark.parametrize("masked", [True, False])
def test_a_result_comes_back_bit_for_bit(masked: bool) -> None:
    before = result(masked=masked)
    after = result_from_bytes(result_to_bytes(before), SNAPSHOT)
    assert_same(after, before)
    assert after.snapshot is SNAPSHOT


def test_equal_results_give_equal_bytes() -> None:
    assert result_to_bytes(result(2)) == result_to_bytes(result(2))


def test_a_picture_with_large_areas_takes_little_room() -> None:
    flat = Result(np.full((512, 512, 3), 90, np.uint8), Placement(Rect(0, 0, 512, 512)), "final", SNAPSHOT, "{}")
    assert len(result_to_bytes(flat)) < 2000


def test_the_strip_comes_back_in_its_order_and_each_name_is_of_its_content() -> None:
    stored = StoredResults()
    strip = [result(seed) for seed in (5, 2, 9)]
    attached = results_to_attachments(strip, stored)
    more = results_to_attachments([result(7), *strip], stored)
    assert all(more[name] == data for name, data in attached.items() if name in more)
    again, unread = results_from_attachments(more, SNAPSHOT)
    assert not unread
    for ours, theirs in zip(again, [result(7), *strip], strict=True):
        assert_same(ours, theirs)


def test_an_empty_strip_needs_nothing() -> None:
    assert results_to_attachments([]) == {}
    assert results_from_attachments({}, SNAPSHOT) == ((), ())


def test_one_bad_result_does_not_cost_the_others() -> None:
    attached = results_to_attachments([result(1), result(2)])
    names = [name for name in attached if name.startswith("result/")]
    attached[names[0]] = b"nothing"
    attached["results/x"] = b"{"
    again, unread = results_from_attachments(attached, SNAPSHOT)
    assert len(again) == 1
    assert unread == ("1 result of the strip could not be read.",)


def test_a_result_is_encoded_once() -> None:
    stored = StoredResults()
    one = result()
    assert stored.of(one) is stored.of(one)
    read, _ = results_from_attachments(results_to_attachments([one]), SNAPSHOT, stored)
    assert stored.of(read[0]) == stored.of(one)


def test_a_saved_document_carries_its_strip(tmp_path: Path) -> None:
    session = Session(edits.new_document(64, 64))
    session.show_result(result(4))
    session.show_result(result(6))
    session.save(tmp_path / "a.udraw")
    opened = read_file(tmp_path / "a.udraw", Session(edits.new_document(8, 8)).remembered)
    assert [each.recipe for each in opened.results] == [result(6).recipe, result(4).recipe]


def head_of(data: bytes) -> tuple[dict[str, object], bytes]:
    size = int.from_bytes(data[len(MAGIC) : len(MAGIC) + 4], "little")
    start = len(MAGIC) + 4
    return json.loads(data[start : start + size]), data[start + size :]


def with_head(data: bytes, **changes: object) -> bytes:
    head, rest = head_of(data)
    text = json.dumps(head | changes).encode()
    return MAGIC + len(text).to_bytes(4, "little") + text + rest


@pytest.mark.parametrize(
    "change",
    [
        {"size": [30_000, 30_000]},
        {"size": [0, 48]},
        {"size": [64.0, 48]},
        {"size": [64, 48, 3]},
        {"rect": [0, 0, 1 << 40, 5]},
        {"rect": [5, 5, 0, 0]},
        {"rect": "abcd"},
        {"purpose": "bomb"},
        {"recipe": "["},
        {"recipe": "[]"},
        {"recipe": 5},
        {"timings_s": {"total": "soon"}},
        {"timings_s": {"total": float("nan")}},
        {"timings_s": []},
        {"frames": []},
        {"frames": [1 << 60]},
        {"frames": [-5, 5]},
        {"frames": None},
    ],
)
def test_a_head_that_lies_is_found_out(change: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"."):
        result_from_bytes(with_head(result_to_bytes(result()), **change), SNAPSHOT)


def test_no_damage_does_more_than_raise_one_kind_of_error() -> None:
    whole = result_to_bytes(result())
    chance = np.random.default_rng(1)
    for number in range(300):
        spoilt = bytearray(whole)
        for at in chance.integers(0, len(whole) if number % 2 else 400, 5):
            spoilt[at] = chance.integers(256)
        if number % 5 == 0:
            del spoilt[int(chance.integers(len(whole))) :]
        try:
            result_from_bytes(bytes(spoilt), SNAPSHOT)
        except ValueError:
            continue
