"""Finds what worlds need, or makes it: engine, Compose plugin, base image, Toxiproxy, our own images.

preparation      makes everything that is missing, saying what it does; says why a run cannot start yet
doctor           what is there, what is missing, and how to get it
local            what drills need as processes of this machine
engine           the Docker engine: looks, installs, starts
compose_plugin   `docker compose`
images           the images: names, recipes of our own, pulls, builds
stand_ins        what is built in place of a user's own images, where no registry gives them
toxiproxy_image  Toxiproxy from its Go module, where no registry gives its image
apt              packages of Debian and Ubuntu
machine          what the kernel's own files say
programs         runs other programs
steps            announced steps, and one set-up at a time
"""

from harness.setup.preparation import prepare, ready
from harness.setup.steps import Say

__all__ = ["Say", "prepare", "ready"]
