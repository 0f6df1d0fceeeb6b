from datetime import timedelta

from sproutcast_pi.messages.formatter import Formatter
from tests.ui import screen_fixtures as scene
from tests.ui.screen_fixtures import screen_queries
from ui.clock import PlantClock
from ui.home.model import cards, light_line, next_photo
from ui.home.state import plant_state
from ui.queries import bbox_share

TR = Formatter()


def test_those_that_need_somebody_come_first():
    names = [card.name for card in cards(screen_queries(), scene.NOW, TR)]
    assert names == ["Rubber plant", "Chilli pepper", "Basil", "African violet", "Mint"]


def test_an_alert_says_what_it_means_and_shows_its_number():
    card = cards(screen_queries(), scene.NOW, TR)[0]
    assert (card.state.words, card.state.label, card.state.metric) == ("Thirsty", "Firmness", "turgor_index")
    assert card.state.number == "52\N{NO-BREAK SPACE}%"
    assert len(card.trend) == 48


def test_a_resolved_alert_is_over():
    resolved = [{**row, "resolved_at": scene.ago(minutes=1)} for row in scene.notifications()]
    card = next(c for c in cards(screen_queries(notification=resolved), scene.NOW, TR) if c.name == "Rubber plant")
    assert card.state.metric == "health_score"


def test_without_photographs_nothing_is_claimed():
    state = plant_state([], [], scene.NOW, TR)
    assert (state.level, state.number) == ("none", "")


def test_an_old_number_is_not_shown_as_now():
    row = {"at": scene.ago(hours=40), "health_score": 95}
    assert plant_state([row], [], scene.NOW, TR).words == "Not seen lately"
    assert plant_state([{**row, "at": scene.ago(hours=35)}], [], scene.NOW, TR).number == "95"


def test_every_state_has_its_own_shape():
    from ui.home.state import ICONS

    assert len(set(ICONS.values())) == len(ICONS)


def test_a_metric_without_a_score_still_speaks():
    assert plant_state([{"at": scene.ago(hours=1), "turgor_index": 0.64}], [], scene.NOW, TR).words == "Worth a look"
    assert plant_state([{"at": scene.ago(hours=1)}], [], scene.NOW, TR).words == "Not judged yet"


def test_the_light_in_words():
    light = scene.light()
    line = light_line(light, scene.NOW, Formatter())
    assert (line.on, line.words, line.detail) == (True, "Light on, 80\N{NO-BREAK SPACE}%", "until 19:15")
    off = light_line({**light, "now_level": 0.0, "now_reason": "off"}, scene.NOW, Formatter())
    assert (off.on, off.words, off.detail) == (False, "Light off", "on at 19:15")
    by_hand = {**light, "now_reason": "override", "override_until_at": scene.stamp(scene.NOW + timedelta(minutes=30))}
    assert light_line(by_hand, scene.NOW, Formatter()).detail == "until 12:35"


def test_a_photograph_being_taken_is_said():
    taking = [{**scene.captures()[-1], "id": 9, "state": "taking"}]
    assert next_photo(screen_queries(capture=scene.captures() + taking), scene.NOW, TR) == "Taking a photograph"
    assert next_photo(screen_queries(), scene.NOW, TR) == "Next photograph 12:41"


def test_the_box_of_a_plant_as_shares():
    assert bbox_share({"bbox": "[10, 20, 50, 40]"}, {"width": 100, "height": 200}) == (0.1, 0.1, 0.5, 0.2)
    assert bbox_share({"bbox": "nonsense"}, {"width": 100, "height": 200}) is None
    assert bbox_share({"bbox": "[1, 2, 3, 4]"}, None) is None


def test_the_clock_follows_a_daemon_that_lives_at_another_hour():
    clock = PlantClock(lambda: scene.NOW)
    clock.observe([{"updated_at": scene.stamp(scene.NOW + timedelta(seconds=60))}])
    assert clock.now() == scene.NOW
    clock.observe([{"updated_at": scene.stamp(scene.NOW + timedelta(days=3))}])
    assert clock.now() == scene.NOW + timedelta(days=3)
    clock.observe([{"name": "no stamp"}])
    assert clock.now() == scene.NOW + timedelta(days=3)


WELL = {"at": scene.ago(hours=1), "health_score": 97}


def test_a_plant_that_was_not_certainly_seen_has_no_score():
    for presence, words in (("absent", "Can't be seen"), ("uncertain", "Uncertain")):
        state = plant_state([{**WELL, "presence": presence}], [], scene.NOW, TR)
        assert (state.level, state.words, state.number) == ("none", words, "")
    gone = plant_state([WELL], [{"metric": "presence"}], scene.NOW, TR)
    assert (gone.level, gone.words) == ("act", "Can't be seen")
    unknown = plant_state([WELL], [{"metric": "measurable"}], scene.NOW, TR)
    assert (unknown.level, unknown.words) == ("watch", "Can't be measured")


def test_an_area_alone_says_nothing_of_health():
    state = plant_state([{"at": WELL["at"], "area_percent": 4.0}], [], scene.NOW, TR)
    assert (state.level, state.words) == ("none", "Not judged yet")
