"""The engine that the docker command would use, through the SDK; its failures as errors with a fix."""

from __future__ import annotations

import errno
import platform
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import docker
import requests
from docker.errors import APIError, DockerException

from harness.model.errors import WorldError
from harness.setup.programs import run

ANSWER_WITHIN_S = 20.0
_FREE_SPACE = "the disk is full: free some space (`docker system df` shows Docker's share), then try again"
_SET_UP = "run `failover-drill setup`, then try again; `failover-drill clean` removes what was left"


def connect() -> docker.DockerClient:
    """Raises WorldError when no engine answers, or when it is not on this machine."""
    told = run(["docker", "context", "inspect", "--format", "{{.Endpoints.docker.Host}}"], limit_s=10)
    address = told.stdout.strip() if told.ok else "unix:///var/run/docker.sock"
    if not address.startswith("unix:"):
        raise WorldError(
            f"the engine at {address} is not on this machine, and a drill's clocks must be\n"
            "  unset that choice (`unset DOCKER_HOST`, `docker context use default`), or run the drill there"
        )
    with told_plainly("reach the Docker engine"):
        # The SDK leaves its socket open when this fails.
        with socket.socket(socket.AF_UNIX) as knock:
            knock.connect(address.removeprefix("unix://"))
        return docker.DockerClient(base_url=address, timeout=int(ANSWER_WITHIN_S))


def must_share_the_kernel(client: docker.DockerClient) -> None:
    """Raises WorldError when the engine runs in a virtual machine: stamps of its clock cannot be compared."""
    with told_plainly("ask the Docker engine about its kernel"):
        kernel = client.info().get("KernelVersion", "")
    if platform.system() != "Linux" or kernel != platform.release():
        raise WorldError(
            f"the engine runs on another kernel ({kernel}) than this command ({platform.release()}), so "
            "their clocks differ\n  run the drill inside that machine, or use an engine on this one"
        )


@contextmanager
def told_plainly(what: str) -> Iterator[None]:
    """Turns what the SDK raises into a WorldError: what could not be done, why, and the fix."""
    try:
        yield
    except APIError as error:
        raise WorldError(f"could not {what}: {error.explanation or error}") from error
    except (DockerException, requests.RequestException, OSError) as error:
        root = _root(error)
        full = isinstance(root, OSError) and root.errno == errno.ENOSPC
        reason = str(root) or type(root).__name__
        raise WorldError(f"could not {what}: {reason}\n  {_FREE_SPACE if full else _SET_UP}") from error


def _root(error: BaseException) -> BaseException:
    """The innermost reason: the SDK wraps a refused connection three times."""
    while (inner := error.__cause__ or error.__context__) is not None:
        error = inner
    return error
