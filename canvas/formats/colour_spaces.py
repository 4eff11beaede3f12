"""Colour spaces that files name instead of giving a profile, as profiles: by number, or by gamma and primaries. Pure.

Sources: ITU-T H.273 tables 2 and 3; PNG specification (third edition), gAMA and cHRM.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from canvas.formats.icc import ProfileError, colourants_of, matrix_profile

_D65 = (0.3127, 0.3290)
_REC_709 = ((0.640, 0.330), (0.300, 0.600), (0.150, 0.060))
#: Names, white, and the chromaticities of red, green and blue.
_PRIMARIES = {
    1: ("sRGB", _D65, _REC_709),
    5: ("Rec. 601 PAL", _D65, ((0.640, 0.330), (0.290, 0.600), (0.150, 0.060))),
    6: ("Rec. 601 NTSC", _D65, ((0.630, 0.340), (0.310, 0.595), (0.155, 0.070))),
    9: ("Rec. 2020", _D65, ((0.708, 0.292), (0.170, 0.797), (0.131, 0.046))),
    11: ("DCI-P3", (0.314, 0.351), ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060))),
    12: ("Display P3", _D65, ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060))),
}
_SRGB_CURVE = (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)
#: Curves of transfers. Pictures said to be Rec. 709 were made on screens and look right with the curve of sRGB.
_TRANSFERS = {1: _SRGB_CURVE, 4: (2.2,), 5: (2.8,), 6: _SRGB_CURVE, 8: (1.0,), 13: _SRGB_CURVE, 14: _SRGB_CURVE}
#: Of gamma and of chromaticities, where they say sRGB in other words.
_GAMMA_TOLERANCE, _PLACE_TOLERANCE = 0.01, 0.002


def cicp_profile(primaries: int, transfer: int) -> bytes | None:
    """A profile for H.273's numbers; None for sRGB, and for what is not known, such as HDR."""
    curve = _TRANSFERS.get(transfer)
    if primaries not in _PRIMARIES or curve is None or (primaries == 1 and curve is _SRGB_CURVE):
        return None
    name, white, places = _PRIMARIES[primaries]
    suffix = "" if curve is _SRGB_CURVE else " linear" if curve == (1.0,) else f" gamma {curve[0]:g}"
    return matrix_profile(name + suffix, colourants_of(white, places), curve)


def gamma_profile(gamma: float, chromaticities: Sequence[float] | None) -> bytes | None:
    """A profile for PNG's gAMA (the exponent that encodes, 0.45455 for most) and cHRM (white, red, green, blue).

    None where that says sRGB, whose curve gAMA can only name approximately, or nothing sensible.
    """
    usual = (*_D65, *(value for place in _REC_709 for value in place))
    places = tuple(chromaticities) if chromaticities is not None else usual
    is_srgb_gamma = abs(gamma - 1 / 2.2) < _GAMMA_TOLERANCE
    if is_srgb_gamma and np.abs(np.subtract(places, usual)).max() < _PLACE_TOLERANCE:
        return None
    if not 0.1 <= gamma <= 10:
        return None
    try:
        colourants = colourants_of(places[:2], (places[2:4], places[4:6], places[6:8]))
    except ProfileError:
        return None
    curve = _SRGB_CURVE if is_srgb_gamma else (1 / gamma,)
    return matrix_profile("the colours named in the file", colourants, curve)
