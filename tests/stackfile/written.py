"""A stack file as a person may write it, and the ways in which tests change it."""

from __future__ import annotations

from pathlib import Path

from harness.model.ownstack import OwnStack
from harness.stackfile import read

GOOD = """\
stack: my-pair
compose: compose.yaml
hosts:
  db1: {role: data, ports: [6379]}
  db2: {role: data, ports: [6379, 8008]}
primary: {ask: redis}
load: {driver: redis}
detection: {within: 10s}
"""
BY_HTTP = """\
stack: over-http
compose: ../compose.yaml
hosts:
  db1: {role: data, ports: [8080, 8008]}
  db2: {role: data, ports: [8080, 8008]}
  lb: {role: router, ports: [80]}
primary: {ask: http, path: /health, port: 8008, field: node.role, is: primary, standby: replica}
load:
  driver: http
  write: {method: PUT, path: '/kv/{key}', body: '{value}'}
  read: {path: '/kv/{key}', field: value}
  all: {path: /all}
  refused: [409, 503]
detection: {within: 500ms, because: ttl of the lease}
"""
BY_COMMAND = """\
stack: by-command
compose: compose.yaml
hosts:
  db1: {role: data, ports: [6379]}
  db2: {role: data, ports: [6379]}
  arbiter: {role: witness, ports: [26379]}
primary: {ask: command, command: [sh, -c, 'redis-cli role | head -1'], is: master}
load: {driver: command, write: [put, '{key}', '{value}'], read: [get, '{key}'], all: [dump], refused: 3}
login: {user: app, password: {file: secret.txt}}
detection: {within: 10s}
orders: {promote: [promote, '{to}'], switchover: [move, '{primary}', '{to}'], rejoin: [follow]}
images: {'redis:8': debian_redis}
"""


def stack(folder: Path, text: str = GOOD) -> OwnStack:
    file = folder / "stack.yaml"
    file.write_text(text)
    return read(f"{file}")


def with_line(word: str, line: str) -> str:
    """That word's line written otherwise, or added."""
    lines = GOOD.splitlines()
    kept = [there for there in lines if not there.startswith(f"{word}:")]
    return "\n".join([*kept, line]) + "\n"
