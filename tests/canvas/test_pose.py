import json

import numpy as np
import pytest

from canvas.geometry import EMPTY, Rect
from canvas.pose import COLOURS, JOINT_NAMES, LIMBS, Figure, Joint, draw_openpose, figures_from_json, figures_to_json

FRAME = Rect(0, 0, 512, 512)


@pytest.fixture
def figure():
    return Figure.standing(256, 256, 400)


def test_a_standing_figure_has_18_joints_in_its_box(figure):
    assert len(figure.joints) == len(JOINT_NAMES) == 18
    assert FRAME.contains(figure.bounds())
    assert figure.bounds().height == pytest.approx(400 * 0.94, abs=3)


def test_a_figure_of_another_number_of_joints_is_refused():
    with pytest.raises(ValueError, match="18 joints, not 3"):
        Figure((Joint(0, 0),) * 3)


def test_each_joint_is_drawn_in_its_colour_and_each_limb_darker(figure):
    picture = draw_openpose([figure], FRAME, (512, 512))
    for joint, colour in zip(figure.joints[:14], COLOURS, strict=False):
        assert tuple(picture[int(joint.y), int(joint.x)]) == colour
    a, b = (figure.joints[i] for i in LIMBS[6])
    middle = picture[int((a.y + b.y) / 2), int((a.x + b.x) / 2)]
    assert tuple(middle) == tuple(int(c * 0.6) for c in COLOURS[6])


def test_moving_a_joint_moves_its_drawing_and_hiding_it_removes_it(figure):
    before = draw_openpose([figure], FRAME, (512, 512))
    moved = figure.with_joint(4, 60, 60)
    assert tuple(draw_openpose([moved], FRAME, (512, 512))[60, 60]) == COLOURS[4]
    hidden = Figure(tuple(Joint(j.x, j.y, i != 4) for i, j in enumerate(figure.joints)))
    wrist = figure.joints[4]
    assert before[int(wrist.y), int(wrist.x)].any()
    assert not draw_openpose([hidden], FRAME, (512, 512))[int(wrist.y), int(wrist.x)].any()


def test_the_drawing_follows_the_frame_and_the_size(figure):
    neck = figure.joints[1]
    part = draw_openpose([figure], Rect(100, 50, 356, 306), (512, 512))
    assert tuple(part[int((neck.y - 50) * 2), int((neck.x - 100) * 2)]) == COLOURS[1]
    assert not draw_openpose([figure], Rect(5000, 5000, 5100, 5100), (64, 64)).any()
    assert not draw_openpose([], FRAME, (64, 64)).any()


def test_json_of_the_editors_is_read_back_and_scaled_to_the_document(figure):
    data = json.loads(json.dumps(figures_to_json([figure, figure.moved(30, 0)], (512, 512))))
    same, beside = figures_from_json(data, (512, 512))
    double, _ = figures_from_json([data], (1024, 1024))
    for joint, a, b, c in zip(figure.joints, same.joints, beside.joints, double.joints, strict=True):
        assert (a.x, a.y) == pytest.approx((joint.x, joint.y), abs=0.01)
        assert b.x == pytest.approx(joint.x + 30, abs=0.01)
        assert c.x == pytest.approx(joint.x * 2, abs=0.02)


def test_fractions_body_25_and_unsure_points_are_understood():
    points = [[i / 25, 0.5, 0.9] for i in range(25)]
    points[3][2] = 0.05
    flat = [v for p in points for v in p]
    (figure,) = figures_from_json({"people": [{"pose_keypoints_2d": flat}]}, (100, 200))
    assert not figure.joints[3].visible
    assert figure.joints[8].x == pytest.approx(9 / 25 * 100)  # BODY_25 has the middle of the hips at 8
    assert figure.joints[17].x == pytest.approx(18 / 25 * 100)


@pytest.mark.parametrize(
    "data",
    [None, [], {}, {"people": 3}, {"people": [{}]}, {"people": [{"pose_keypoints_2d": [1, 2, 3]}]},
     {"people": [{"pose_keypoints_2d": ["x"] * 54}]}],
)  # fmt: skip
def test_what_is_no_openpose_is_an_error_in_a_sentence(data):
    with pytest.raises(ValueError, match=r"(?i)openpose"):
        figures_from_json(data, (100, 100))


def test_an_invisible_figure_has_no_bounds(figure):
    assert Figure(tuple(Joint(j.x, j.y, False) for j in figure.joints)).bounds() == EMPTY
    assert np.array_equal(draw_openpose([], FRAME, (32, 32)), np.zeros((32, 32, 3), np.uint8))
