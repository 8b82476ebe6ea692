"""Signs and numbers: what a report is drawn with. Knows neither plan nor verdict."""

from __future__ import annotations

from typing import Final

from msgspec import Struct
from rich import box

NEVER: Final = "never"
NOTHING: Final = "-"

_ASCII_SIGNS = {
    "→": "->",
    "←": "<-",
    "⇄": "<->",
    "–": "-",
    "—": "-",
    "−": "-",
    "≤": "<=",
    "≥": ">=",
    "±": "+-",
    "×": "x",
    "·": ";",
    "…": "...",
    "µ": "u",
    "ρ": "rho",
    "∞": "never",
    "“": '"',
    "”": '"',
    "’": "'",
}

_ASCII_HEAD: Final = box.Box("    \n    \n -- \n    \n    \n    \n    \n    \n", ascii=True)


class Look(Struct, frozen=True):
    """How to draw. ascii: the reader's terminal cannot show more than ASCII."""

    ascii: bool = False

    @property
    def bar(self) -> str:
        return "=" if self.ascii else "━"

    @property
    def dot(self) -> str:
        return "*" if self.ascii else "●"

    @property
    def beyond(self) -> str:
        return ">" if self.ascii else "▶"

    @property
    def axis(self) -> str:
        return "-" if self.ascii else "─"

    @property
    def tick(self) -> str:
        return "+" if self.ascii else "┬"

    @property
    def bullet(self) -> str:
        return "-" if self.ascii else "•"

    @property
    def box(self) -> box.Box:
        return _ASCII_HEAD if self.ascii else box.SIMPLE_HEAD

    def text(self, text: str) -> str:
        """The text in signs that the reader can see; nothing is dropped silently."""
        if not self.ascii:
            return text
        for sign, plain in _ASCII_SIGNS.items():
            text = text.replace(sign, plain)
        return text.encode("ascii", "replace").decode()


def look_for(encoding: str | None) -> Look:
    """What the encoding of a stream can carry."""
    return Look(ascii=not (encoding or "").lower().replace("-", "").startswith("utf"))


def time(value_s: float | None) -> str:
    """A measured time with three or so digits and its unit; None never came: `never`."""
    if value_s is None or value_s == float("inf"):
        return NEVER
    if abs(value_s) >= 0.9995:
        return f"{value_s:.2f} s" if abs(value_s) < 100 else f"{value_s:.0f} s"
    value_ms = value_s * 1000
    return f"{value_ms:.0f} ms" if abs(value_ms) >= 9.95 or value_ms == 0 else f"{value_ms:.1f} ms"


def span(low_s: float, high_s: float) -> str:
    """An interval of times: one number where both ends read the same."""
    return time(low_s) if time(low_s) == time(high_s) else f"{time(low_s)} – {time(high_s)}"


def number(value: int) -> str:
    """A count with its thousands apart."""
    return f"{value:,}"


def count(value: int, noun: str, plural: str = "") -> str:
    """`1 trial`, `3 trials`."""
    return f"{number(value)} {noun if value == 1 else plural or noun + 's'}"


STYLES: Final = {"pass": "bold green", "fail": "bold red", "unknown": "bold yellow"}
WORDS: Final = {"pass": "pass", "fail": "FAIL", "unknown": "UNKNOWN"}
