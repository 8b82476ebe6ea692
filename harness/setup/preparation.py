"""The set-up: looks at everything, makes what is missing, says what it does.

What does not need each other goes side by side: only what is built from the base image waits for it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor

from harness.setup import compose_plugin, engine, images, toxiproxy_image
from harness.setup.programs import found, unwritable
from harness.setup.steps import Say, alone, step


def prepare(say: Say, own: Collection[str]) -> None:
    """Make everything that a run in containers needs; quick when it is there. Raises WorldError.

    own: the recipes of the targets that are to be drilled.
    """
    answer, absent, plugin = _look(own)
    if plugin and not absent:
        return
    if not answer.version:
        engine.must_be_ours_to_make(answer)
    if not plugin:
        compose_plugin.must_be_ours_to_install()
    try:
        with alone(say):
            _prepare_engine(say)
            # Another set-up may have made some of it meanwhile.
            _, absent, plugin = _look(own)
            _make(say, own, absent, plugin_there=bool(plugin))
    except OSError as error:
        raise unwritable(error) from error


def ready(own: Collection[str], *, setup: str = "failover-drill setup") -> str:
    """Why a run cannot start, and the fix; empty when it can.

    own: the recipes of its targets; setup: the command that makes what they need.
    """
    answer, absent, plugin = _look(own)
    if plugin and not absent:
        return ""
    if not answer.version:
        return f"no Docker engine answers: {answer.why}\n  {engine.remedy(answer)}"
    if absent:
        return f"the image {absent[0]} is missing: run `{setup}`"
    return f"the Docker Compose plugin is missing: run `{setup}`"


def _look(own: Collection[str]) -> tuple[engine.Answer, tuple[str, ...], str]:
    """The engine's answer, the missing images (without an engine all) and the plugin's version.

    Side by side: an engine that hangs is waited for once.
    """
    with ThreadPoolExecutor(max_workers=2) as pool:
        plugin, answer = pool.submit(compose_plugin.version), pool.submit(engine.ask)
        absent = images.missing(own)
        return answer.result(), absent, plugin.result()


def _make(say: Say, own: Collection[str], absent: tuple[str, ...], *, plugin_there: bool) -> None:
    names = (images.MESH, *own)
    with ThreadPoolExecutor(max_workers=3 + len(names)) as pool:
        plugin = pool.submit(_prepare_plugin, say, plugin_there)
        base = pool.submit(_prepare_base, say, absent)
        proxy = pool.submit(_prepare_toxiproxy, say, absent, base.result)
        ours = [pool.submit(_prepare_own, say, name, absent, base.result) for name in names]
        for part in (base, plugin, *ours, proxy):
            part.result()


def _prepare_engine(say: Say) -> None:
    if engine.version():
        return
    if not engine.installed():
        with step(say, "no Docker engine here: installing Docker from the distribution (about 20 s)"):
            engine.install()
    if not engine.version():
        with step(say, "starting the Docker engine"):
            engine.start()


def _prepare_plugin(say: Say, there: bool) -> None:
    if there:
        return
    with step(say, "fetching the Docker Compose plugin from the distribution (about 5 s)"):
        compose_plugin.install()


def _prepare_base(say: Say, absent: tuple[str, ...]) -> None:
    if images.BASE not in absent or _pulled(say, images.BASE):
        return
    with step(say, f"no registry gives {images.BASE}: making it with mmdebstrap (about 20 s)"):
        images.make_base()


def _prepare_toxiproxy(say: Say, absent: tuple[str, ...], base_there: Callable[[], None]) -> None:
    if images.TOXIPROXY not in absent or _pulled(say, images.TOXIPROXY):
        return
    if found("go"):
        with step(
            say, f"no registry gives {images.TOXIPROXY}: building it with this machine's Go (about 40 s)"
        ):
            if toxiproxy_image.make_with_own_go():
                return
        say("this machine's Go cannot build Toxiproxy: taking Debian's, in a container")
    base_there()
    with step(say, f"no registry gives {images.TOXIPROXY}: building it with Debian's Go (about 60 s)"):
        toxiproxy_image.make_in_container()


def _prepare_own(say: Say, name: str, absent: tuple[str, ...], base_there: Callable[[], None]) -> None:
    base_there()
    if images.image_tag(name) in absent:
        with step(say, f"building the image {images.image_tag(name)} (about 20 s the first time)"):
            images.build(name)


def _pulled(say: Say, image: str) -> bool:
    """Pull, said only in a plain line: where no registry is reachable it fails at once."""
    say(f"pulling {image} …")
    return images.pull(image)
