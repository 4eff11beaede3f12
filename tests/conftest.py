"""For all tests: Qt draws off screen, nothing looks for a network, and libraries are compiled once for all workers."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

os.environ["QT_QPA_PLATFORM"] = os.environ.get("UNDERDRAW_TEST_PLATFORM", "offscreen")
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False


@pytest.fixture(scope="session")
def qapp_cls() -> type[QApplication]:
    """Windows are tested in the application that they run in."""
    from app.canvas_view.proximity import PenApplication

    return PenApplication
