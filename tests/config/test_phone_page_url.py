"""The address of the phone page follows the configuration."""

from sproutcast_pi.app.phone_page_url import phone_page_url
from sproutcast_pi.config.settings import NetworkOptions, Settings


def test_the_address_has_the_configured_port_or_there_is_none():
    url = phone_page_url(Settings(network=NetworkOptions(port=9000)))
    assert url is not None
    assert url.startswith("http://")
    assert url.endswith(":9000")
    assert phone_page_url(Settings(network=NetworkOptions(listen=False))) is None
