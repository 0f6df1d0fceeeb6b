"""One hypothesis profile for all rooms: time on a busy machine says nothing about a rule."""

from hypothesis import HealthCheck, settings

settings.register_profile("sproutcast", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("sproutcast")
