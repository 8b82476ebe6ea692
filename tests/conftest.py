"""For all tests: a busy machine must not make a law look broken."""

from hypothesis import settings

settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")
