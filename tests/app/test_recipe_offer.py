"""A picture that says how it was made offers to go on with it, and says what cannot be used."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pytest
from PIL import Image, PngImagePlugin
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.dialogs.recipe_details import Deeds, NamedRecipe, RecipeDetails
from app.recipe_offer import RecipeOffer, recipes_of, summary
from app.recipe_restoring import model_for, restoring
from app.session import Session
from app.theme import Theme
from canvas import edits
from canvas.edits import EditError
from canvas.formats import registry
from canvas.formats.recipes.found import ControlUnit, FoundRecipe, Lora, stored
from canvas.layers import Layer
from canvas.roles import Reference
from canvas.tiles import ONE, Surface
from inference.direction import Direction
from models.catalogue import ModelInfo

TEXT = (
    "a lighthouse at dusk <lora:ink:0.7>\nNegative prompt: fog\nSteps: 28, Sampler: DPM++ 2M, CFG scale: 6.5, "
    "Seed: 42, Size: 64x48, Model hash: 879db523c3, Model: dreamshaper_8, Clip skip: 2"
)
EMBEDDED = ModelInfo("embedded", "Embedded", Path("embedded"), "sd15", 256, 4, 8, 1.0)
DREAM = ModelInfo("sd15/Dreamshaper-8", "Dreamshaper 8", Path("models/sd15/Dreamshaper-8"), "sd15", preview_steps=6)
LOST = replace(DREAM, problem="Its text encoder is missing; copy the model again.")


def picture(path: Path, **texts: str) -> Path:
    info = PngImagePlugin.PngInfo()
    for key, text in texts.items():
        info.add_text(key, text)
    Image.fromarray(np.full((48, 64, 3), 90, np.uint8)).save(path, pnginfo=info)
    return path


class Window:
    """A session with the bar, and what was asked of the window."""

    def __init__(self, theme: Theme, *models: ModelInfo) -> None:
        self.session = Session(edits.new_document(64, 64))
        self.pages: list[QWidget] = []
        self.sizes: list[tuple[int, int]] = []
        self._theme = theme
        begin = lambda width, height: self.sizes.append((width, height))  # noqa: E731
        self.offer = RecipeOffer(self.session, theme, models, self.show_form, begin)
        self.bar = self.offer.bar

    def show_form(self, build: Callable[[Theme, QWidget], QWidget]) -> None:
        self.pages.append(build(self._theme, self.bar))

    @property
    def page(self) -> RecipeDetails:
        page = self.pages[-1]
        assert isinstance(page, RecipeDetails)
        return page

    @property
    def offered(self) -> bool:
        return self.bar.isVisibleTo(self.bar.parentWidget())


@pytest.fixture
def window(theme: Theme, qtbot: QtBot) -> Window:
    made = Window(theme, EMBEDDED, DREAM)
    qtbot.addWidget(made.bar)
    return made


# The offer


def test_opening_such_a_picture_offers_what_it_says(window: Window, tmp_path: Path) -> None:
    window.session.open(picture(tmp_path / "a.png", parameters=TEXT))
    assert window.offered
    assert window.bar.label.text() == (
        "This picture says how it was made: “a lighthouse at dusk <lora:ink:0.7>”, model dreamshaper_8, seed 42."
    )


def test_restoring_sets_what_can_be_used_says_what_not_and_can_be_taken_back(window: Window, tmp_path: Path) -> None:
    before = window.session.direction
    window.session.open(picture(tmp_path / "a.png", parameters=TEXT))
    window.bar.action.click()
    direction = window.session.direction
    assert (direction.prompt, direction.negative, direction.seed) == ("a lighthouse at dusk", "fog", 42)
    assert (direction.model, direction.steps, direction.guidance) == ("sd15/Dreamshaper-8", 28, 6.5)
    assert (direction.strength, direction.preview_steps) == (1.0, 6)
    assert window.bar.label.text().startswith("Restored: prompt, negative prompt, model Dreamshaper 8, seed 42")
    assert window.bar.label.text().endswith("Not used here: sampler, clip skip, LoRA.")
    window.bar.action.click()
    assert window.session.direction == before
    assert window.bar.action.text() == "Restore"


def test_the_layer_keeps_the_recipe_whatever_is_restored(window: Window, tmp_path: Path) -> None:
    window.session.open(picture(tmp_path / "a.png", parameters=TEXT))
    window.bar.action.click()
    window.session.save(tmp_path / "b.udraw")
    registry.write(registry.read(tmp_path / "b.udraw"), tmp_path / "c.png")
    with Image.open(tmp_path / "c.png") as image:
        assert image.text["parameters"] == TEXT


def test_nothing_is_offered_for_other_pictures_and_for_our_own_documents(window: Window, tmp_path: Path) -> None:
    window.session.open(picture(tmp_path / "plain.png"))
    assert not window.offered
    window.session.open(picture(tmp_path / "a.png", parameters=TEXT))
    assert window.offered
    window.session.save(tmp_path / "mine.udraw")
    window.session.open(tmp_path / "mine.udraw")
    assert not window.offered
    window.session.open(picture(tmp_path / "a.png", parameters=TEXT))
    window.session.new(32, 32)
    assert not window.offered


def test_a_picture_that_was_only_marked_offers_nothing(window: Window, tmp_path: Path) -> None:
    marked = Layer("Made", surface=solid(), recipe='{"source_type": "trainedAlgorithmicMedia"}')
    registry.write(replace(window.session.document.state, layers=(marked,)), tmp_path / "a.png")
    window.session.open(tmp_path / "a.png")
    assert not window.offered


def test_a_picture_added_as_a_layer_offers_it_too(window: Window, tmp_path: Path) -> None:
    path = picture(tmp_path / "a.png", parameters=TEXT)
    window.session.import_picture(path, Layer("", role=Reference()))
    assert window.offered
    added = window.session.active_node
    assert isinstance(added, Layer)
    assert added.recipe is not None
    window.bar.close_button.click()
    assert not window.offered


def solid() -> Surface:
    return Surface.from_pixels(np.full((64, 64, 4), ONE, np.uint16))


# Restoring


@pytest.mark.parametrize(
    "name",
    [
        "dreamshaper_8", "Dreamshaper 8", "sd15/Dreamshaper-8", "sd15\\dreamshaper_8.safetensors",
        "dreamshaper_8 [879db523c3]",
    ],
)  # fmt: skip
def test_models_are_found_by_any_of_their_names(name: str) -> None:
    assert model_for(FoundRecipe("x", model=name), (EMBEDDED, DREAM)) is DREAM


def test_a_model_is_found_by_a_hash_in_its_name() -> None:
    hashed = replace(DREAM, id="x", name="Dream 879DB523C3", folder=Path("x"))
    assert model_for(FoundRecipe("x", model="other", model_hash="879db523c3"), (EMBEDDED, hashed)) is hashed
    assert model_for(FoundRecipe("x", model="", model_hash=""), (EMBEDDED, hashed)) is None


def test_a_model_that_is_not_there_or_not_usable_is_said() -> None:
    found = FoundRecipe("x", prompt="a", model="dreamshaper_8", steps=5)
    missing = restoring(found, Direction(), (EMBEDDED,))
    assert missing.direction.model == "embedded"
    assert ("Model", "dreamshaper_8", "it is not among your models") in missing.unused
    broken = restoring(found, Direction(), (EMBEDDED, LOST))
    assert ("Model", "dreamshaper_8", LOST.problem) in broken.unused


def test_numbers_beyond_what_there_is_here_are_said() -> None:
    found = FoundRecipe("x", seed=2**40, steps=5000, guidance=99.0, strength=0.4, mode="image")
    done = restoring(found, Direction(seed=7), (DREAM,))
    assert (done.direction.seed, done.direction.steps, done.direction.strength) == (7, Direction().steps, 0.4)
    assert [name for name, _, _ in done.unused] == ["Seed", "Steps", "Guidance"]


def test_guidance_is_not_given_to_a_model_that_is_made_without() -> None:
    done = restoring(FoundRecipe("x", prompt="a", guidance=7.0), Direction(), (EMBEDDED,))
    assert done.direction.guidance == 1.0
    assert ("Guidance", "7", "the model Embedded is made for 1") in done.unused


def test_a_recipe_without_words_leaves_the_words_that_are_there() -> None:
    done = restoring(FoundRecipe("x", seed=3), Direction(prompt="mine"), (EMBEDDED,))
    assert (done.direction.prompt, done.direction.seed) == ("mine", 3)


def test_the_summary_is_one_short_line() -> None:
    long = FoundRecipe("x", prompt="a very\nlong " * 20, model="m", seed=1)
    assert summary(long) == "“a very long a very long a very long a very long a very long…”, model m, seed 1"
    assert summary(FoundRecipe("ComfyUI")) == "ComfyUI"


# Details


def test_details_show_everything_and_copy_the_text(window: Window, tmp_path: Path, qtbot: QtBot) -> None:
    window.session.open(picture(tmp_path / "a.png", parameters=TEXT))
    window.bar.details.click()
    page = window.page
    said = f"{page.heading.text()}\n{page.fields.toPlainText()}"
    for part in (
        "Made with AUTOMATIC1111",
        "a lighthouse at dusk",
        "fog",
        "DPM++ 2M",
        "64 × 48 px",
        "879db523c3",
        "ink 0.7",
    ):
        assert part in said
    assert "Kept with the picture, but not used here" in said
    assert page.raw.toPlainText() == TEXT
    page.copy.click()
    assert QGuiApplication.clipboard().text() == TEXT
    page.new.click()
    assert window.sizes == [(64, 48)]
    page.restore.click()
    assert window.session.direction.seed == 42


def test_details_of_any_layer_the_active_one_first(window: Window) -> None:
    session = window.session
    for name, seed in (("Low", 1), ("High", 2)):
        recipe = stored(FoundRecipe("ComfyUI", prompt="x", seed=seed))
        session.add_node(Layer(name, surface=solid(), recipe=recipe), "Add")
    assert [name for name, _ in recipes_of(session.document.state, session.active)] == ["High", "Low"]
    session.activate(next(n.id for n in session.document.state.walk() if n.name == "Low"))
    window.offer.show_details()
    assert window.page.shown.found.seed == 1
    window.page.choice.chosen.emit(1)
    assert window.page.shown.found.seed == 2


def test_a_document_of_layers_and_its_parts_are_told_apart(window: Window) -> None:
    both = '{"parts": [{"name": "A", "recipe": {"seed": 1}}, {"name": "B", "recipe": {"seed": 2}}], "seed": 2}'
    state = replace(window.session.document.state, metadata=MappingProxyType({"recipe": both}))
    assert [(name, found.seed) for name, found in recipes_of(state, None)] == [
        ("B, in The picture", 2), ("A, in The picture", 1),
    ]  # fmt: skip


def test_without_a_recipe_it_says_so(window: Window) -> None:
    with pytest.raises(EditError, match="No layer says how it was made"):
        window.offer.show_details()


@pytest.mark.parametrize("scale", [1.0, 1.6])
def test_the_details_of_a_long_recipe_stay_inside_the_page(theme: Theme, qtbot: QtBot, scale: float) -> None:
    found = FoundRecipe(
        "Comfy" * 100, "word " * 400, "other " * 200, "m" * 200, seed=1, size=(8, 8), sampler="s" * 100,
        loras=tuple(Lora(f"lora {i}" * 10, 0.5) for i in range(30)), controls=(ControlUnit("canny", "c" * 100),),
        other=tuple((f"Setting {i}", "v" * 300) for i in range(40)), texts=(("prompt", "{}" * 5000),),
    )  # fmt: skip
    done = restoring(found, Direction(), (EMBEDDED,))
    deeds = Deeds(lambda _found: None, lambda _w, _h: None)
    page = RecipeDetails(theme, (NamedRecipe("Layer", found, done),), deeds)
    qtbot.addWidget(page)
    page.resize(round(560 * scale), round(620 * scale))
    page.show()
    assert page.fields.document().size().width() <= page.fields.viewport().width()
    assert page.restore.geometry().bottom() < page.height()
    assert page.minimumSizeHint().width() <= 560
