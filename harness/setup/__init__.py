"""Finds what containers need, or makes it: engine, Compose plugin, base image, Toxiproxy, our own images.

prepare   makes everything that is missing, saying what it does
ready     why a run cannot start yet, in one line; empty when it can
doctor    what is there, what is missing, and how to get it
images    our own images: recipes, tags, builds
"""

from harness.setup.prepare import prepare, ready
from harness.setup.steps import Say

__all__ = ["Say", "prepare", "ready"]
