import json

import pytest

from canvas.pose import Figure
from canvas.roles import (
    Control,
    InpaintMask,
    Paint,
    Pose,
    Reference,
    Region,
    UnknownRole,
    role_from_dict,
    role_name,
    role_to_dict,
)

ROLES = [
    Paint(),
    Control("canny", 0.5, 0.1, 0.9),
    Pose((Figure.standing(10, 20, 100),), 0.7),
    InpaintMask(4, 12),
    Reference("style", 0.3),
    Region("a boat", "fog"),
]


@pytest.mark.parametrize("role", ROLES, ids=role_name)
def test_roles_survive_json(role):
    assert role_from_dict(json.loads(json.dumps(role_to_dict(role)))) == role


def test_a_role_of_a_newer_version_is_kept_as_it_is():
    data = {"role": "hologram", "depth": [1, 2]}
    role = role_from_dict(data)
    assert isinstance(role, UnknownRole)
    assert role_to_dict(role) == data


@pytest.mark.parametrize("data", [{"role": "control", "colour": 1}, {"role": "pose", "figures": [[[1, 2, 1]]]}])
def test_a_damaged_role_is_an_error_in_a_sentence(data):
    with pytest.raises(ValueError, match="role of a layer is damaged"):
        role_from_dict(data)
