from sproutcast_pi.services.home_assistant.states import appliance

LIGHT = {
    "ppfd_full": None, "now_level": 0.0, "now_reason": "off", "next_change_at": None, "enabled": 1, "start": "06:00",
    "hours": 16.0, "level": 1.0, "dli_today": None, "on_seconds_today": 0.0,
}  # fmt: skip


def next_capture(health):
    return appliance(LIGHT, last_capture=None, health=health, unread=0)["next_capture"]


def test_the_next_photograph_is_the_value_of_its_part_whatever_its_sentence_says():
    told = {"captures": {"message": "Soon.", "value": 1779955261.0}}
    assert next_capture(told) == "2026-05-28T08:01:01Z"
    assert next_capture({"captures": {"message": "No photograph is due.", "value": None}}) is None
    assert next_capture({}) is None
