"""A line about a layer that a document brings along: what it is for. Kept in the document's metadata. No Qt."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from canvas.layers import LayerId
from canvas.state import DocumentState

#: The key of the metadata: a JSON object of sentences by layer id.
NOTES_KEY = "layer_notes"


def layer_note(state: DocumentState, layer_id: LayerId | None) -> str:
    """What is said about a layer, "" when nothing is. A file may be damaged: that says nothing either."""
    stored = state.metadata.get(NOTES_KEY)
    if stored is None or layer_id is None:
        return ""
    try:
        notes = json.loads(stored)
    except (ValueError, RecursionError):
        return ""
    note = notes.get(layer_id) if isinstance(notes, dict) else None
    return note if isinstance(note, str) else ""


def with_layer_notes(state: DocumentState, notes: Mapping[LayerId, str]) -> DocumentState:
    """The document with these notes in place of its own."""
    metadata = {**state.metadata, NOTES_KEY: json.dumps(dict(notes), sort_keys=True)}
    return replace(state, metadata=MappingProxyType(metadata))
