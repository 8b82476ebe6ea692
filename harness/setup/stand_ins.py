"""Images of a user's own compose file that no registry gives: what is built to stand in for them.

A stand-in never takes the name of the image: it is used in runs alone, and only while the engine has not the
image itself.
"""

from __future__ import annotations

from collections.abc import Mapping

from harness.setup import images
from harness.setup.steps import Say, alone, step

StandIns = Mapping[str, str]


def needed(stand_ins: StandIns) -> dict[str, str]:
    """Of an image -> recipe mapping those whose image the engine has not."""
    return {image: recipe for image, recipe in stand_ins.items() if not images.image_id(image)}


def missing(stand_ins: StandIns) -> tuple[str, ...]:
    """The images that the engine has neither themselves nor in another's shape."""
    return tuple(
        i for i, recipe in needed(stand_ins).items() if not images.image_id(images.image_tag(recipe))
    )


def used(stand_ins: StandIns) -> dict[str, str]:
    """What a run that starts now is made from: the image's name, or the stand-in's -> id."""
    replaced = needed(stand_ins)
    names = [images.image_tag(replaced[image]) if image in replaced else image for image in stand_ins]
    return {name: images.image_id(name) for name in names}


def prepare(say: Say, stand_ins: StandIns) -> None:
    """Pull what is missing, else build what stands in for it. Needs an engine. Raises WorldError."""
    absent = missing(stand_ins)
    if not absent:
        return
    with alone(say):
        for image in absent:
            say(f"pulling {image} …")
            if not images.pull(image):
                recipe = stand_ins[image]
                with step(
                    say, f"no registry gives {image}: building {images.image_tag(recipe)} to stand in for it"
                ):
                    images.build(recipe)
