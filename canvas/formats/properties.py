"""What belongs to a document beside its layers and is the same in many formats: colour profile and resolution.

Both live in `DocumentState.metadata`, as text. **The colours of a document are sRGB.** A picture with another profile
is converted when it is opened; the profile is kept, so that exporting can convert back and embed it.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import replace
from types import MappingProxyType

from canvas.state import DocumentState

PROFILE_KEY, PPI_KEY = "icc_profile", "ppi"
#: Larger ones belong to printing presses.
MAX_PROFILE_BYTES = 4 << 20


def icc_profile(state: DocumentState) -> bytes | None:
    """The profile of the file that the document came from; None for sRGB."""
    text = state.metadata.get(PROFILE_KEY)
    if not text:
        return None
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None


def with_icc_profile(state: DocumentState, profile: bytes | None) -> DocumentState:
    """`state` with that profile, or with none where it is too large to be carried along."""
    kept = None if profile is None or len(profile) > MAX_PROFILE_BYTES else profile
    return _with(state, PROFILE_KEY, None if kept is None else base64.b64encode(kept).decode())


def ppi(state: DocumentState) -> float | None:
    """Pixels an inch in print; None where nobody said."""
    try:
        value = float(state.metadata.get(PPI_KEY, ""))
    except ValueError:
        return None
    return value if 1.0 <= value <= 100_000.0 else None


def with_ppi(state: DocumentState, value: float | None) -> DocumentState:
    """`state` with that resolution; what is no resolution is left out."""
    return _with(state, PPI_KEY, f"{value:.6g}" if value is not None and 1.0 <= value <= 100_000.0 else None)


def _with(state: DocumentState, key: str, value: str | None) -> DocumentState:
    metadata = {k: v for k, v in state.metadata.items() if k != key}
    if value is not None:
        metadata[key] = value
    return replace(state, metadata=MappingProxyType(metadata))
