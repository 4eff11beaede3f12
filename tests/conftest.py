"""For all tests: Qt draws off screen, and nothing looks for a network."""

from __future__ import annotations

import os

os.environ["QT_QPA_PLATFORM"] = os.environ.get("UNDERDRAW_TEST_PLATFORM", "offscreen")
os.environ["HF_HUB_OFFLINE"] = "1"
