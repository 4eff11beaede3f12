"""`RecipeOffer`: tells how an opened or dropped picture was made, and restores it. GUI thread.

The layer keeps the recipe, whatever is restored of it; what cannot be used here is said, not forgotten.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QWidget

from app.dialogs.recipe_details import Deeds, NamedRecipe, RecipeDetails
from app.recipe_restoring import Restoring, restoring, shortened
from app.session import Session
from app.theme import Theme
from app.widgets.recipe_bar import RecipeBar
from canvas.edits import EditError
from canvas.formats.recipes.found import RECIPE_KEY, FoundRecipe, found_in, parts_of, recipe_object
from canvas.layers import Layer, LayerId
from canvas.state import DocumentState
from inference.direction import Direction
from models.catalogue import ModelInfo

_PROMPT_CHARS, _NAME_CHARS = 60, 40
_UNUSED_SHOWN = 3
_PROPER_NAMES = frozenset({"VAE", "LoRA", "ControlNet"})
_DIRECTION_KEY = "direction"

ShowForm = Callable[[Callable[[Theme, QWidget], QWidget]], None]


class RecipeOffer:
    """`new_document(width, height)` asks about the present document first."""

    def __init__(
        self,
        session: Session,
        theme: Theme,
        models: Sequence[ModelInfo],
        show_form: ShowForm,
        new_document: Callable[[int, int], None],
    ) -> None:
        self._session, self._models = session, tuple(models)
        self._show_form, self._new_document = show_form, new_document
        self._offered: FoundRecipe | None = None
        self.bar = RecipeBar(theme, self.show_details)
        session.document_replaced.connect(self._on_replaced)
        session.opened.connect(self._on_opened)
        session.imported.connect(self._on_imported)

    # When

    def _on_replaced(self) -> None:
        self._offered = None
        self.bar.hide()

    def _on_opened(self, _path: Path, _notes: tuple[str, ...]) -> None:
        state = self._session.document.state
        # A document of ours has its direction with it, and that is in use by now.
        if _DIRECTION_KEY not in state.metadata:
            self._offer(next(iter(recipes_of(state, self._session.active)), None))

    def _on_imported(self, layer_id: LayerId) -> None:
        node = self._session.document.state.find(layer_id)
        if isinstance(node, Layer) and node.recipe is not None:
            self._offer((node.name, found_in(recipe_object(node.recipe))))

    def _offer(self, recipe: tuple[str, FoundRecipe] | None) -> None:
        if recipe is None or not recipe[1].can_be_followed:
            return
        self._offered = recipe[1]
        self.bar.tell(
            f"This picture says how it was made: {summary(recipe[1])}.",
            "Restore",
            f"Sets {', '.join(self._restoring(recipe[1]).used) or 'nothing that can be used here'}",
            partial(self.restore, recipe[1]),
        )

    # What

    def _restoring(self, found: FoundRecipe) -> Restoring:
        return restoring(found, self._session.direction, self._models)

    def restore(self, found: FoundRecipe) -> None:
        """Ask the engine for what the recipe says, as far as it can be used; the bar tells what, and takes it back."""
        session, before = self._session, self._session.direction
        done = self._restoring(found)
        session.set_direction(done.direction)
        self._offered = found
        sentence = f"Restored: {', '.join(done.used)}." if done.used else "Nothing of it can be used here."
        names = list(dict.fromkeys(_in_a_sentence(name, value) for name, value, _ in done.unused))
        if names:
            more = f" and {len(names) - _UNUSED_SHOWN} more" if len(names) > _UNUSED_SHOWN else ""
            sentence += f" Not used here: {', '.join(names[:_UNUSED_SHOWN])}{more}."
        tip = "Sets prompt and settings as they were before"
        self.bar.tell(sentence, "Put back", tip, partial(self._put_back, before, found))

    def _put_back(self, before: Direction, found: FoundRecipe) -> None:
        self._session.set_direction(before)
        self._offer(("", found))

    def show_details(self) -> None:
        """All that the document says about how it was made. Raises EditError when it says nothing."""
        recipes = recipes_of(self._session.document.state, self._session.active)
        if self._offered is not None:
            # What the bar tells of comes first.
            recipes.sort(key=lambda recipe: recipe[1] != self._offered)
        if not recipes:
            raise EditError("No layer says how it was made; pictures of an AI program and kept results do")
        named = [NamedRecipe(name, found, self._restoring(found)) for name, found in recipes]
        deeds = Deeds(self.restore, self._new_document)
        self._show_form(lambda theme, parent: RecipeDetails(theme, named, deeds, parent))


def recipes_of(state: DocumentState, active: LayerId | None) -> list[tuple[str, FoundRecipe]]:
    """The recipes of all layers with their names: of the active layer first, then from the top down."""
    layers = [node for node in reversed(list(state.walk())) if isinstance(node, Layer) and node.recipe is not None]
    layers.sort(key=lambda layer: layer.id != active)
    texts = [(layer.name, layer.recipe) for layer in layers]
    if RECIPE_KEY in state.metadata:
        texts.append(("The picture", state.metadata[RECIPE_KEY]))
    return [
        (part if part == name else f"{part}, in {name}", found_in(recipe))
        for name, text in texts
        for part, recipe in reversed(parts_of(name, recipe_object(text or "")))
    ]


def _in_a_sentence(name: str, value: str) -> str:
    """What is not used, the model by its name."""
    if name == "Model":
        return f"model {shortened(value, _NAME_CHARS)}"
    return name if name in _PROPER_NAMES else name.lower()


def summary(found: FoundRecipe) -> str:
    """ "“a lighthouse at dusk…”, model dreamshaper_8, seed 42" """
    parts = [f"“{shortened(found.prompt, _PROMPT_CHARS)}”"] if found.prompt.strip() else []
    if found.model:
        parts.append(f"model {shortened(found.model, _NAME_CHARS)}")
    if found.seed is not None:
        parts.append(f"seed {found.seed}")
    return ", ".join(parts) or shortened(found.source, _NAME_CHARS)
