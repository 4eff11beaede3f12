"""For all tests: Qt draws off screen, and nothing looks for a network."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

os.environ["QT_QPA_PLATFORM"] = os.environ.get("UNDERDRAW_TEST_PLATFORM", "offscreen")
os.environ["HF_HUB_OFFLINE"] = "1"


@pytest.fixture(scope="session")
def qapp_cls() -> type[QApplication]:
    """Windows are tested in the application that they run in."""
    from app.canvas_view.proximity import PenApplication

    return PenApplication
