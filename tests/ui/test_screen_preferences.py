"""The time zone of the screen: the owner's choice, else what the device was given, else the system's."""

from sproutcast_pi.messages.formatter import LocalePreferences
from sproutcast_pi.messages.preferences import locale_preferences

START = LocalePreferences(time_zone="Etc/UTC")


def zone_with(**settings):
    return locale_preferences(settings.get, START).time_zone


def test_the_owner_s_choice_goes_before_what_the_device_was_given():
    assert zone_with() == "Etc/UTC"
    assert zone_with(given_time_zone="Europe/Berlin") == "Europe/Berlin"
    assert zone_with(given_time_zone="Europe/Berlin", time_zone="Asia/Tokyo") == "Asia/Tokyo"
