"""A shared token is shown without being said: whoever has it answers a challenge that is used once.

So who listens on the way does not learn it, and a recorded answer opens no other connection. What follows
on a connection is neither hidden nor signed.
"""

from __future__ import annotations

import hmac
import os

TOKEN_CHARACTERS_MIN = 16


def challenge() -> str:
    """Never the same again."""
    return os.urandom(16).hex()


def answer(token: str, challenge: str, name: str) -> str:
    """Of whoever goes by that name."""
    return hmac.new(token.encode(), f"{challenge} {name}".encode(), "sha256").hexdigest()


def answered(given: str, token: str, challenge: str, name: str) -> bool:
    """Compared in constant time. Without a token, or without a challenge, nothing is an answer."""
    wanted = answer(token, challenge, name)
    return bool(token and challenge) and hmac.compare_digest(given.encode(), wanted.encode())
