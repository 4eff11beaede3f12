"""Pictures that do not say how they were made but that a program made them: IPTC's marks and content credentials. Pure.

Content credentials (C2PA) are signed for one file and cannot be carried into another; what they say about the source
can. They are not verified here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from canvas.formats.recipes.found import FoundRecipe, parts_of
from canvas.formats.recipes.values import text_of

#: IPTC terms that say that a program made what is seen, or a part of it; of several the first holds for the whole.
AI_TERMS = ("compositeWithTrainedAlgorithmicMedia", "compositeSynthetic", "trainedAlgorithmicMedia")
SOURCE_TYPE_URI = "http://cv.iptc.org/newscodes/digitalsourcetype/"
_GENERATOR = re.compile(
    rb"claim_generator(?:_info)?[^A-Za-z]{1,12}(?:dname[^A-Za-z]{1,3})?([A-Za-z][\w .:/+()-]{2,60})"
)
_NEGATIVE = "Negative prompt:"
_MIDJOURNEY = " Job ID: "
_UNKNOWN = "a program that does not say its name"


def read(texts: Mapping[str, str], credentials: bytes) -> FoundRecipe | None:
    term = term_of(texts)
    program = texts.get("AISystemUsed") or texts.get("Credit") or texts.get("CreatorTool", "")
    prompt, _, negative = texts.get("AIPromptInformation", "").partition(_NEGATIVE)
    description = texts.get("Description", "")
    if not prompt and _MIDJOURNEY in description:
        prompt, program = description.split(_MIDJOURNEY)[0], "Midjourney"
        term = term or "trainedAlgorithmicMedia"
    if not term and credentials:
        term = next((t for t in AI_TERMS if t.encode() in credentials), "")
        match = _GENERATOR.search(credentials)
        program = program or (match.group(1).decode() if match else "")
    if not term and not prompt:
        return None
    return FoundRecipe(
        source=program or _UNKNOWN,
        prompt=prompt.strip(),
        negative=negative.strip(),
        mode="text" if term == "trainedAlgorithmicMedia" else "image",
        source_type=term,
        other=(("Content credentials", "C2PA, not verified"),) if credentials else (),
        texts=tuple((key, texts[key]) for key in ("AIPromptInformation", "Description") if texts.get(key)),
    )


def term_meant(recipe: Mapping[str, Any]) -> str:
    """What the recipe of a layer means: the term that a file said of the picture, else by the way it was made."""
    said = text_of(recipe.get("source_type"))
    if said in AI_TERMS:
        return said
    if any(part.get("mode") != "text" for _, part in parts_of("", recipe)):
        return "compositeWithTrainedAlgorithmicMedia"
    return "trainedAlgorithmicMedia"


def term_of_all(recipes: Iterable[Mapping[str, Any]], *, painted: bool) -> str:
    """The term of a picture that was made by all of those. `painted`: people did a part of it."""
    terms = {term_meant(recipe) for recipe in recipes}
    if not terms:
        return "digitalCreation"
    if painted:
        terms.add("compositeSynthetic")
    return next(term for term in AI_TERMS if term in terms)


def term_of(texts: Mapping[str, str]) -> str:
    """The term that XMP names, "" when it is none of `AI_TERMS`."""
    name = texts.get("DigitalSourceType", "").strip().rstrip("/").rpartition("/")[2]
    return name if name in AI_TERMS else ""
