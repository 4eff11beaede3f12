"""What this program alone knows of an exported document, remembered for when another program has dropped it.

PSD and OpenRaster carry roles, prompts and recipes along, but Krita and GIMP leave them out when they save. So each
export leaves a small file in a folder beside the settings: names of the layers in order, and `carried` texts. When a
document comes back without them, they are found again by path, or by size and names. Any thread; no Qt. **Nothing here
ever fails: what is damaged, too large or cannot be written is as if it had not been remembered.**
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any, TypeAlias

from canvas.formats.carried import (
    Field,
    carried_document,
    carried_node,
    with_carried,
    with_carried_document,
    with_unique_ids,
)
from canvas.formats.properties import with_icc_profile, with_ppi
from canvas.layers import Adjustment, Group, Layer, LayerId, Node
from canvas.roles import Paint
from canvas.state import DocumentState

VERSION = 1
#: The oldest files go first; larger ones are not written.
MAX_FILES, MAX_BYTES, MAX_NODES = 100, 4 << 20, 2000
#: So many of the names, in order, make it the same document.
ALIKE = 0.8
_SUFFIX = ".roles.json"
_FIELDS: tuple[Field, ...] = ("id", "role", "recipe", "alpha_locked")
_VISIBLE: tuple[Field, ...] = ("visible",)
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

Name: TypeAlias = tuple[str, str]
"""Kind (layer or group) and name: what other programs keep of a node."""


@dataclass(frozen=True, slots=True)
class _Memory:
    """`names` and `texts` from the bottom up, as `DocumentState.walk`. `at_s`: as `time.time`."""

    path: str
    width: int
    height: int
    at_s: float
    names: tuple[Name, ...]
    texts: tuple[str, ...]
    document: str


def remember(folder: Path, path: Path, state: DocumentState, clock: Callable[[], float] = time.time) -> None:
    """Remember of `state`, which was just written to `path`, what other programs may drop.

    `folder` is made where it is not there. A document without anything to protect is forgotten.
    """
    file = _file_for(folder, path)
    with suppress(OSError):
        if not _protects(state):
            file.unlink(missing_ok=True)
            return
        nodes = list(state.walk())
        # Profile and resolution are kept by every program.
        plain = with_ppi(with_icc_profile(state, None), None)
        data = {
            "v": VERSION,
            "path": str(path.resolve()),
            "size": [state.width, state.height],
            "at": clock(),
            "names": [_name(node) for node in nodes],
            "texts": [_text(node) for node in nodes],
            "document": carried_document(plain),
        }
        packed = json.dumps(data).encode()
        if len(nodes) > MAX_NODES or len(packed) > MAX_BYTES:
            file.unlink(missing_ok=True)
            return
        folder.mkdir(parents=True, exist_ok=True)
        temporary = file.with_suffix(f".{os.getpid()}.new")
        try:
            temporary.write_bytes(packed)
            os.replace(temporary, file)
        finally:
            temporary.unlink(missing_ok=True)
        _forget_oldest(folder)


def restored(
    folder: Path, path: Path, state: DocumentState, clock: Callable[[], float] = time.time
) -> tuple[DocumentState, str | None]:
    """`state`, as it was read from `path`, with what was remembered of it, and a sentence that says so.

    The same `state` and None where nothing was lost, or nothing is known of it.
    """
    memory = _memory_of(folder, path, state)
    if memory is None:
        return state, None
    nodes = list(state.walk())
    texts: dict[int, str] = {}
    for mine, theirs in _matches(memory.names, [_name(node) for node in nodes]):
        texts[id(nodes[theirs])] = memory.texts[mine]
    done = _Restoring(texts)
    layers = tuple(done.node(node) for node in state.layers)
    if not (done.roles or done.recipes):
        return state, None
    state = with_carried_document(replace(state, layers=layers), memory.document)
    return with_unique_ids(state), _sentence(done, memory.at_s, clock())


class _Restoring:
    """Gives nodes their texts, by identity, and counts."""

    def __init__(self, texts: Mapping[int, str]) -> None:
        self._texts = texts
        self.roles = self.recipes = self.nodes = 0

    def node(self, node: Node) -> Node:
        text = self._texts.get(id(node))
        new = node
        if isinstance(node, Group):
            new = replace(node, children=tuple(self.node(child) for child in node.children))
        if text is None:
            return new
        new = with_carried(new, text, _FIELDS)
        role = not isinstance(new.role, Paint)
        recipe = isinstance(new, Layer) and new.recipe is not None
        if role:
            # Instructions are hidden in the file, whether the artist saw them or not.
            new = with_carried(new, text, _VISIBLE)
        self.roles += role
        self.recipes += recipe
        self.nodes += role or recipe
        return new


def _sentence(done: _Restoring, at_s: float, now_s: float) -> str:
    what = " and ".join(word for word, count in (("roles", done.roles), ("recipes", done.recipes)) if count)
    layers, were = ("layer", "was") if done.nodes == 1 else ("layers", "were")
    if what == "roles and recipes":
        were = "were"
    elif done.nodes == 1:
        what = what.removesuffix("s")
    day, today = time.localtime(at_s), time.localtime(now_s)
    date = f"{day.tm_mday} {_MONTHS[day.tm_mon - 1]}"
    if day.tm_year != today.tm_year:
        date += f" {day.tm_year}"
    return f"{what.capitalize()} of {done.nodes} {layers} {were} restored from your export of {date}"


# What is remembered


def _protects(state: DocumentState) -> bool:
    """Whether there is anything that other programs would drop."""
    return any(
        not isinstance(node.role, Paint) or (isinstance(node, Layer) and node.recipe is not None)
        for node in state.walk()
    )


def _name(node: Node) -> Name:
    # An adjustment is an empty layer elsewhere.
    return ("group" if isinstance(node, Group) else "layer", node.name)


def _text(node: Node) -> str:
    fields = _FIELDS if isinstance(node.role, Paint) else (*_FIELDS, *_VISIBLE)
    return "" if isinstance(node, Adjustment) else carried_node(node, fields)


def _file_for(folder: Path, path: Path) -> Path:
    digest = hashlib.blake2b(os.fsencode(path.resolve()), digest_size=12).hexdigest()
    return folder / f"{digest}{_SUFFIX}"


def _forget_oldest(folder: Path) -> None:
    files = sorted(folder.glob(f"*{_SUFFIX}"), key=lambda file: file.stat().st_mtime)
    for file in files[: max(0, len(files) - MAX_FILES)]:
        file.unlink(missing_ok=True)


def _memory_of(folder: Path, path: Path, state: DocumentState) -> _Memory | None:
    """The memory that fits, and of whose nodes `state` knows none any more."""
    nodes = list(state.walk())
    if len(nodes) > 2 * MAX_NODES:
        return None
    ids = {node.id for node in nodes}
    names = [_name(node) for node in nodes]
    for file, memory in _memories(folder, first=_file_for(folder, path)):
        same_path = memory.path == str(path.resolve())
        alike = same_path or ((memory.width, memory.height) == (state.width, state.height) and _alike(memory, names))
        if alike:
            if any(_id(text) in ids for text in memory.texts):
                return None
            with suppress(OSError):
                os.utime(file)
            return memory
    return None


def _alike(memory: _Memory, names: Sequence[Name]) -> bool:
    if not memory.names or len(names) < ALIKE * len(memory.names):
        return False
    return sum(1 for _ in _matches(memory.names, names)) >= ALIKE * len(memory.names)


def _matches(mine: Sequence[Name], theirs: Sequence[Name]) -> Iterator[tuple[int, int]]:
    """Pairs of indices of the same names, both rising."""
    for block in SequenceMatcher(None, mine, theirs, autojunk=False).get_matching_blocks():
        for i in range(block.size):
            yield block.a + i, block.b + i


def _memories(folder: Path, first: Path) -> Iterator[tuple[Path, _Memory]]:
    """`first`, then the others from the newest on; damaged files are passed over."""
    try:
        others = [(file.stat().st_mtime, file) for file in folder.glob(f"*{_SUFFIX}") if file != first]
    except OSError:
        others = []
    for file in (first, *(file for _, file in sorted(others, reverse=True)[:MAX_FILES])):
        memory = _read(file)
        if memory is not None:
            yield file, memory


def _read(file: Path) -> _Memory | None:
    try:
        with file.open("rb") as opened:
            packed = opened.read(MAX_BYTES + 1)
        data: Any = json.loads(packed) if len(packed) <= MAX_BYTES else None
        names = tuple((str(kind), str(name)) for kind, name in data["names"])
        texts = tuple(str(text) for text in data["texts"])
        width, height = data["size"]
        if data["v"] != VERSION or not len(names) == len(texts) <= MAX_NODES:
            return None
        at_s = min(max(float(data["at"]), 0.0), 4e9)
        return _Memory(str(data["path"]), int(width), int(height), at_s, names, texts, str(data["document"]))
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        return None


def _id(text: str) -> LayerId | None:
    try:
        data = json.loads(text or "{}")
    except (ValueError, RecursionError):
        return None
    found = data.get("id") if isinstance(data, dict) else None
    return LayerId(found) if isinstance(found, str) else None
