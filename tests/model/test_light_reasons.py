"""The reasons why the lamp is as it is: one table for model, store, Home Assistant, screen and phone page."""

from datetime import UTC, datetime
from typing import get_args

import pytest

from sproutcast_pi.messages.areas.parts import LIGHT_REASONS
from sproutcast_pi.messages.formatter import Formatter
from sproutcast_pi.model.light_plan import Reason
from ui.home.model import light_line

NOW = datetime(2027, 6, 1, 12, tzinfo=UTC)


def test_every_reason_of_the_model_has_a_name():
    assert set(LIGHT_REASONS) == {*get_args(Reason), "starting"}


@pytest.mark.parametrize("reason", LIGHT_REASONS)
@pytest.mark.parametrize("level", [0.0, 0.4])
def test_the_screen_has_words_for_every_reason(reason, level):
    row = {"now_level": level, "now_reason": reason, "next_change_at": None, "override_until_at": None}
    line = light_line(row, NOW, Formatter())
    assert line.words
    assert line.on == (level > 0)
