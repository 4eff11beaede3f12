"""Fixtures for tests that run models."""

from __future__ import annotations

import pytest
import torch
from tiny import TinyModels, write_models


@pytest.fixture(scope="session")
def tiny_models(tmp_path_factory: pytest.TempPathFactory) -> TinyModels:
    torch.set_num_threads(1)  # tensors this small gain nothing from more
    return write_models(tmp_path_factory.mktemp("models"))
