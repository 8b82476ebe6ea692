"""What is on its way on a channel, by number: 0 is nothing. Words have numbers too. Ignores who speaks."""

from __future__ import annotations

from tests.targets.reference.exploration.hosts import Word
from tests.targets.reference.exploration.interning import Interned


class Channels:
    """waiting: how many words, by a content's number. words: by theirs."""

    def __init__(self) -> None:
        self.words: Interned[Word] = Interned()
        self._contents: Interned[tuple[int, ...]] = Interned(())
        self.waiting = [0]
        self._grown: dict[tuple[int, int], int] = {}
        self._rest: dict[int, int] = {}

    def __getitem__(self, content: int) -> tuple[int, ...]:
        return self._contents[content]

    def number(self, words: tuple[int, ...]) -> int:
        content = self._contents.number(words)
        if content == len(self.waiting):
            self.waiting.append(len(words))
        return content

    def grown(self, content: int, word: int) -> int:
        """With this word behind the others."""
        key = (content, word)
        grown = self._grown.get(key)
        if grown is None:
            grown = self._grown[key] = self.number((*self._contents[content], word))
        return grown

    def rest(self, content: int) -> int:
        """Without its first word."""
        rest = self._rest.get(content)
        if rest is None:
            rest = self._rest[content] = self.number(self._contents[content][1:])
        return rest
