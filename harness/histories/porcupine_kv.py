"""The history of Porcupine's key-value test: an EDN map a line; every key is an object, initially "".

    {:process 9, :type :invoke, :f :append, :key "0", :value "x 9 0 y"}
    {:process 9, :type :ok, :f :append, :key "0", :value "x 9 0 y"}

`:f` is :get, :put or :append. Order only, no times. An EDN map may have its words in any order.
"""

from __future__ import annotations

import json
import re

from harness.checkers.linear.models import Text
from harness.checkers.linear.operation import Kind
from harness.histories.pairing import Pairing, Step, Type
from harness.histories.recorded import History
from harness.model.errors import DrillError

_KINDS: dict[str, Kind] = {":get": "read", ":put": "write", ":append": "append"}
_TYPES: dict[str, Type] = {":invoke": "invoke", ":ok": "ok", ":fail": "fail", ":info": "info"}
_FIELDS = (":process", ":type", ":f", ":key", ":value")
_ATOM = re.compile(r'\s*(:[\w-]+|-?\d{1,18}|nil|"(?:[^"\\]|\\.)*")[\s,]*')


def read(text: str, path: str) -> History:
    """Raises DrillError with path and line."""
    pairing = Pairing(path)
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            pairing.tell(_Line(line.strip(), number, path).step())
    return History(objects=pairing.objects(), model=Text(), processes=pairing.processes)


class _Line:
    """One map, taken apart."""

    def __init__(self, text: str, number: int, path: str) -> None:
        self._text, self._number, self._path = text, number, path

    def step(self) -> Step:
        found = self._map()
        does, type_ = found[":f"], found[":type"]
        if does not in _KINDS:
            raise self._wrong(f"unknown :f {does}; choose :get, :put or :append")
        if type_ not in _TYPES:
            raise self._wrong(f"unknown :type {type_}; choose :invoke, :ok, :fail or :info")
        key = self._string(":key", found[":key"])
        value = "" if does == ":get" and type_ != ":ok" else self._string(":value", found[":value"])
        return Step(
            line=self._number,
            process=found[":process"],
            type=_TYPES[type_],
            does=does.lstrip(":"),
            kind=_KINDS[does],
            value=value,
            key=key,
        )

    def _map(self) -> dict[str, str]:
        """Every field as it is written."""
        text = self._text
        if not (text.startswith("{") and text.endswith("}")):
            raise self._wrong(f"a line is one EDN map, {_EXAMPLE}")
        atoms, place, end = [], 1, len(text) - 1
        while place < end:
            atom = _ATOM.match(text, place, end)
            if atom is None:
                raise self._wrong(f"{text[place : place + 20]!r} is not understood; write {_EXAMPLE}")
            atoms.append(atom[1])
            place = atom.end()
        found = dict(zip(atoms[::2], atoms[1::2], strict=False))
        missing = [field for field in _FIELDS if field not in found]
        if missing or len(atoms) != 2 * len(found):
            raise self._wrong(f"{missing[0] if missing else 'a value'} is missing; write {_EXAMPLE}")
        return found

    def _string(self, field: str, written: str) -> str:
        if not written.startswith('"'):
            raise self._wrong(f'{field} {written} is no string; write {field} "…"')
        try:
            text: str = json.loads(written, strict=False)
        except ValueError as error:
            raise self._wrong(f"{field} {written} has an escape that is not known") from error
        return text

    def _wrong(self, problem: str) -> DrillError:
        return DrillError(problem, path=self._path, line=self._number)


_EXAMPLE = '{:process 0, :type :invoke, :f :put, :key "k", :value "v"}'
