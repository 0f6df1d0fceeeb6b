from sproutcast_pi.messages.formatter import Formatter, LocalePreferences
from tests.ui import screen_fixtures as scene
from tests.ui.screen_fixtures import screen_queries
from ui.alerts.model import notices

TR = Formatter(LocalePreferences(time_zone="Europe/Berlin"))


def test_the_appliance_first_then_the_worst_unread_then_what_was_read():
    found = notices(screen_queries(), scene.NOW, TR)
    assert [n.key for n in found] == ["health-disk", "row-4", "row-3", "row-2"]
    assert [n.unread for n in found] == [False, True, True, False]


def test_an_alert_says_what_since_when_how_much_and_what_to_do():
    alert = notices(screen_queries(), scene.NOW, TR)[1]
    assert alert.title == "Rubber plant: Thirsty"
    assert alert.number == "Firmness 48\N{NO-BREAK SPACE}%, the limit is 60\N{NO-BREAK SPACE}%"
    assert alert.since == "since 10:41"
    assert alert.advice.startswith("It was last watered 4 days ago")
    assert alert.crop is not None


def test_what_is_over_is_not_an_alarm():
    rows = [{**row, "resolved_at": scene.ago(minutes=9)} for row in scene.notifications() if row["id"] == 4]
    alert = notices(screen_queries(notification=rows), scene.NOW, TR)[1]
    assert (alert.level, alert.advice, alert.since) == ("ok", "", "over since 13:56")


def test_a_notice_without_plant_or_number_is_shown_as_it_is():
    info = notices(screen_queries(), scene.NOW, TR)[3]
    assert (info.title, info.number, info.plant_id) == (
        "The camera sees 5 plants.",
        "Give them their names, and draw their regions if they are not right.",
        None,
    )
    assert info.since == "put off until 22:05"


def test_a_notice_whose_time_has_come_again_is_not_called_put_off():
    rows = [{**row, "snoozed_until_at": scene.ago(minutes=1)} for row in scene.notifications() if row["id"] == 2]
    assert "put off" not in notices(screen_queries(notification=rows), scene.NOW, TR)[1].since


def test_a_plant_that_is_gone_does_not_break_its_old_alert():
    alert = notices(screen_queries(plant=[]), scene.NOW, TR)[1]
    assert alert.title == "Thirsty"


def hanging(**more):
    question = scene.notice(
        9, 2, category="alert", title="T", message="M", question="hanging", created_at=scene.ago(hours=1)
    )
    return [{**question, "answer": None, **more}]


def test_a_question_has_its_answers_until_it_is_answered():
    asked = {n.key: n for n in notices(screen_queries(notification=hanging()), scene.NOW, TR)}["row-9"]
    assert [answer for answer, _ in asked.answers] == ["moved", "cut", "normal", "dying"]
    for done in ({"answer": "cut"}, {"resolved_at": scene.ago(minutes=1)}):
        asked = {n.key: n for n in notices(screen_queries(notification=hanging(**done)), scene.NOW, TR)}["row-9"]
        assert asked.answers == ()


def test_an_open_alert_shows_its_present_value_and_the_care_that_followed():
    row = next(row for row in scene.notifications() if row["id"] == 4)
    since = {"value_now": 0.12, "care_kind": "water", "care_at": scene.ago(minutes=6)}
    alert = notices(screen_queries(notification=[{**row, **since}]), scene.NOW, TR)[1]
    assert alert.number.endswith("Now 12\N{NO-BREAK SPACE}%.")
    assert alert.advice.startswith("Watered 6 min ago")
    over = notices(screen_queries(notification=[{**row, **since, "resolved_at": scene.ago(minutes=1)}]), scene.NOW, TR)[
        1
    ]
    assert "Now" not in over.number
