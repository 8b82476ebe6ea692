"""Files that a person might hand over, by chance: the catalogue's own ones, with anything done to them.

A number is a file, always the same. What is done goes from a flipped byte to words of other drills in the
right places: the first meets the reader of YAML, the last comes as far as the planner.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import yaml

DRILLS = Path(__file__).parents[2] / "drills"
SUITE_EVERY = 20
_CHANGES = (1, 1, 1, 2, 3, 4)
# A mapping or a list or a word; changed in place.
Tree = Any

# What has broken readers of files before; a bar between two.
_MEANINGLESS = (
    r"|~|null|true|on|0|-1|1|010|1:30|1_000|٣|²|NaN|.inf|1e999|9999999999999999999999999|-0|0.0|1 s|1S"
)
_NEARLY = (
    r"0s|1ns|0.0001ms|3s|3601s|1s..2s|2s..1s|..|1s..2s..3s|1s..|50/s|0/s|1e5/s|/s|5/h|0%|2.5%|101%|-5%|1KB/s"
)
_OF_YAML = r"""[]|{}|[[]]|[[], rest]|{a: {b: {c: d}}}|[|]|{|}|'|"|"\x00"|"\uD800"|&a x|*a"""
_MORE_OF_IT = r"!!python/name:os.system|!x|<<|? a|>|%|@|`|#|---|..."
_NOBODY = (
    r"primary|standby|witness/1|witness/0|witness/99|witnesses/minority|client/1|client/9|rest|n9|old primary"
)
_ELSEWHERE = r"victim|n1|coordinator|fence|router|kill-primary|../kill-primary.yaml|/dev/zero|a/../b|bound|é"
_UNSEEN = "\u202e|\x1b[2J|\x00|\ufeff|\u2028|\t|\ud800|" + "x" * 101
WILD = "|".join((_MEANINGLESS, _NEARLY, _OF_YAML, _MORE_OF_IT, _NOBODY, _ELSEWHERE, _UNSEEN)).split("|")


def a_file(number: int) -> bytes:
    """Drills, and every so often a suite."""
    draw = Random(f"file {number}")
    return mutated(draw, draw.choice(_suites() if number % SUITE_EVERY == 0 else _drills()))


def mutated(draw: Random, text: bytes) -> bytes:
    """In one way, once or more often."""
    change = draw.choices((_of_tree, _of_words, _of_lines, _of_bytes), weights=(4, 2, 1, 1))[0]
    for _ in range(draw.choice(_CHANGES)):
        text = change(draw, text)
    return text


# --- what is done -----------------------------------------------------------------------------------


def _of_bytes(draw: Random, text: bytes) -> bytes:
    at, long = draw.randrange(len(text) + 1), draw.randint(1, 30)
    match draw.randrange(5):
        case 0:
            return text[:at] + bytes([draw.randrange(256)]) + text[at + 1 :]
        case 1:
            return text[:at] + draw.randbytes(long) + text[at:]
        case 2:
            return text[:at] + text[at + long :]
        case 3:
            return text[:at]
        case _:
            return text[:at] + text[at : at + long] * draw.choice((2, 50, 3000)) + text[at:]


def _of_lines(draw: Random, text: bytes) -> bytes:
    lines, other = text.splitlines(keepends=True) or [b""], draw.choice(_drills()).splitlines(keepends=True)
    at, to = draw.randrange(len(lines)), draw.randrange(len(lines))
    match draw.randrange(6):
        case 0:
            del lines[at]
        case 1:
            lines.insert(at, lines[to])
        case 2:
            lines[at], lines[to] = lines[to], lines[at]
        case 3:
            lines[at] = b" " * draw.randint(1, 4) + lines[at]
        case 4:
            lines[at] = lines[at].lstrip()
        case _:
            lines[at:at] = draw.sample(other, min(len(other), draw.randint(1, 4)))
    return b"".join(lines)


def _of_words(draw: Random, text: bytes) -> bytes:
    """One word of it, the separators included, becomes another one."""
    words = [*re.finditer(rb"[\w./-]+|[\[\]{}:,]", text)]
    if not words:
        return draw.choice(_words()).encode()
    word = draw.choice(words)
    return text[: word.start()] + _a_word(draw).encode("utf-8", "surrogatepass") + text[word.end() :]


def _of_tree(draw: Random, text: bytes) -> bytes:
    """The file keeps its form: only what stands where is changed."""
    tree = _tree(text)
    if not isinstance(tree, dict) or not tree:
        return _of_words(draw, text)
    tree = json.loads(json.dumps(tree))
    holder, key = draw.choice(_places(tree))
    match draw.randrange(6):
        case 0:
            holder[key] = _a_word(draw)
        case 1:
            holder[key] = draw.choice(
                ([holder[key]], {_a_word(draw): holder[key]}, [], {}, [[], holder[key]])
            )
        case 2:
            del holder[key]
        case 3:
            if isinstance(holder, dict):
                holder[_a_word(draw)] = holder.pop(key)
            else:
                holder.insert(key, holder[key])
        case _:
            theirs, at = draw.choice(_places(_tree(draw.choice(_drills()))))
            _put(holder, key if draw.random() < 0.5 else at, theirs[at])
    return _written(tree).encode("utf-8", "surrogatepass")


def _put(holder: Tree, key: Tree, value: Tree) -> None:
    if isinstance(holder, dict):
        holder[f"{key}"] = value
    else:
        holder.append(value)


def _a_word(draw: Random) -> str:
    return draw.choice(WILD if draw.random() < 0.4 else _words())


# --- what there is ----------------------------------------------------------------------------------


@cache
def _drills() -> tuple[bytes, ...]:
    return tuple(path.read_bytes() for path in sorted(DRILLS.glob("*.yaml")))


@cache
def _suites() -> tuple[bytes, ...]:
    return tuple(path.read_bytes() for path in sorted(DRILLS.glob("*/*.yaml")))


@cache
def _words() -> tuple[str, ...]:
    found = {
        word for text in _drills() for word in re.findall(r"[\w./%-]+", text.decode().split("drill:")[1])
    }
    return tuple(sorted(found))


@cache
def _tree(text: bytes) -> Tree:
    """As YAML has it, every word a text; None for what is no YAML."""
    try:
        return yaml.load(text, Loader=yaml.BaseLoader)
    except (yaml.YAMLError, ValueError, OverflowError):
        return None


def _places(tree: Tree) -> list[tuple[Tree, Tree]]:
    """(what holds it, where) of everything that is not the top."""
    found: list[tuple[Tree, Tree]] = []
    keys: list[Tree] = [*tree] if isinstance(tree, dict) else [*range(len(tree))]
    for key in keys:
        found.append((tree, key))
        if isinstance(tree[key], dict | list):
            found += _places(tree[key])
    return found


def _written(tree: Tree) -> str:
    """A line for each word on top and each of its items; words go out as they are, whatever they break."""
    lines = []
    for word, value in tree.items():
        if isinstance(value, list) and value:
            lines += [f"{word}:", *(f"  - {_flow(item)}" for item in value)]
        else:
            lines.append(f"{word}: {_flow(value)}")
    return "\n".join(lines) + "\n"


def _flow(value: Tree) -> str:
    kinds: dict[type, Callable[[Tree], str]] = {
        dict: lambda block: f"{{{', '.join(f'{word}: {_flow(entry)}' for word, entry in block.items())}}}",
        list: lambda items: f"[{', '.join(map(_flow, items))}]",
    }
    return kinds.get(type(value), str)(value)
