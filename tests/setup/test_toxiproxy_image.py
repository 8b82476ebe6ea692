"""Toxiproxy's image is the same program whoever compiles it."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.setup import images, toxiproxy_image
from harness.setup.programs import Ended


def test_both_ways_build_the_version_that_a_registry_would_give() -> None:
    version = images.TOXIPROXY.partition(":")[2]
    assert toxiproxy_image._MODULE.endswith(f"@v{version}")
    assert toxiproxy_image._MODULE in toxiproxy_image._dockerfile()


def test_the_container_s_go_gets_the_machine_s_settings_and_certificates(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    bundle = tmp_path / "bundle.crt"
    bundle.write_text("a certificate")
    monkeypatch.setenv("SSL_CERT_FILE", str(bundle))
    seen: dict[str, object] = {}

    def build(folder: Path, image: str, *, settings: tuple[str, ...]) -> None:
        seen.update(image=image, settings=settings, ca=(folder / "ca.crt").read_text())
        seen.update(dockerfile=(folder / "Dockerfile").read_text())

    monkeypatch.setattr(toxiproxy_image, "docker_build", build)
    monkeypatch.setattr(toxiproxy_image, "run", lambda argv, limit_s: Ended(0, "", ""))
    toxiproxy_image.make_in_container("some/image:1")
    assert seen["image"] == "some/image:1"
    assert seen["ca"] == "a certificate"
    assert "GOPROXY" in str(seen["settings"])
    assert "ARG GOPROXY\n" in str(seen["dockerfile"])


def test_a_go_that_cannot_build_it_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(toxiproxy_image, "run", lambda argv, limit_s, env: Ended(1, "", "go: too old"))
    assert not toxiproxy_image.make_with_own_go("some/image:1")
