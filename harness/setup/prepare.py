"""The set-up: looks at everything, makes what is missing, says what it does.

What does not need each other goes side by side: only what is built from the base image waits for it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from harness.setup import compose_plugin, engine, images

Say = Callable[[str], None]


def prepare(say: Say) -> None:
    """Make everything that a run in containers needs; quick when it is there. Raises WorldError."""
    _prepare_engine(say)
    absent = images.missing()
    with ThreadPoolExecutor(max_workers=3) as pool:
        plugin = pool.submit(_prepare_plugin, say)
        base = pool.submit(_prepare_base, say, absent)
        toxiproxy = pool.submit(_prepare_toxiproxy, say, absent, base.result)
        own = pool.submit(_prepare_own, say, absent, base.result)
        for part in (base, plugin, own, toxiproxy):
            part.result()


def ready() -> str:
    """Why a run cannot start, in one line with the fix; empty when it can."""
    try:
        absent = images.missing()
    except OSError as error:
        return f"a file of failover-drill itself is missing: {error}"
    if not absent:
        return (
            ""
            if compose_plugin.version()
            else "the Docker Compose plugin is missing: run `failover-drill setup`"
        )
    if not engine.version():
        return f"no Docker engine answers ({engine.why_silent()}): run `failover-drill setup`"
    return f"the image {absent[0]} is missing: run `failover-drill setup`"


def _prepare_engine(say: Say) -> None:
    if engine.version():
        return
    if not engine.installed():
        with _step(say, "no Docker engine here: installing Docker from the distribution (about 15 s)"):
            engine.install()
    with _step(say, "starting the Docker engine"):
        engine.start()


def _prepare_plugin(say: Say) -> None:
    if compose_plugin.version():
        return
    with _step(say, "fetching the Docker Compose plugin from the distribution (about 5 s)"):
        compose_plugin.install()


def _prepare_base(say: Say, absent: tuple[str, ...]) -> None:
    if images.BASE not in absent or images.pull(images.BASE):
        return
    with _step(say, f"no registry gives {images.BASE}: making it with mmdebstrap (about 20 s)"):
        images.make_base()


def _prepare_toxiproxy(say: Say, absent: tuple[str, ...], base_there: Callable[[], None]) -> None:
    if images.TOXIPROXY not in absent or images.pull(images.TOXIPROXY):
        return
    with _step(say, f"no registry gives {images.TOXIPROXY}: building it from its Go module (30 to 90 s)"):
        base_there()
        images.make_toxiproxy()


def _prepare_own(say: Say, absent: tuple[str, ...], base_there: Callable[[], None]) -> None:
    base_there()
    for name in images.RECIPES:
        if images.image_tag(name) in absent:
            with _step(say, f"building the image {images.image_tag(name)} (about 20 s the first time)"):
                images.build(name)


@contextmanager
def _step(say: Say, text: str) -> Iterator[None]:
    say(f"{text} …")
    began_s = time.monotonic()
    yield
    say(f"{text}: done in {time.monotonic() - began_s:.0f} s")
