"""Throws garbage at ports, from inside a container of the stack: needs nothing but Python. Not a test.

python3 - SECONDS SEED HOST:PORT…

For each port, all the time: random bytes, half a message that waits, a length beyond all bounds, a hello of
a witness without the token, one with a proof of nothing, HTTP and JSON of nobody, and what says nothing.
"""

from __future__ import annotations

import random
import socket
import struct
import sys
import threading
import time

# msgpack of {"type": "Hello", "sender": "w1"}, and the same with a proof that answers no challenge.
_HELLO = b"\x82\xa4type\xa5Hello\xa6sender\xa2w1"
_PROVEN = b"\x83\xa4type\xa5Hello\xa6sender\xa2w1\xa5proof\xd9\x40" + b"0" * 64
# {"type": "HandBack", "epoch": 1, "node": "n1"}, which would end a reign.
_HAND_BACK = b"\x83\xa4type\xa8HandBack\xa5epoch\x01\xa4node\xa2n1"
_WAITING_MAX = 40
# It shares the processors with whom it throws at.
_PAUSE_S = 0.005


def framed(body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + body


def rubbish(draw: random.Random) -> bytes:
    return draw.choice(
        (
            draw.randbytes(draw.randint(1, 2000)),
            struct.pack(">I", 0xFFFFFFFF) + b"x" * 100,
            framed(_HELLO) + framed(_HAND_BACK),
            framed(_PROVEN) + framed(_HAND_BACK),
            framed(b"\xc1"),
            framed(b"\x91" * 800),
            b"GET /primary HTTP/1.1\r\n" + b"x: y\r\n" * 1000 + b"\r\n",
            b"POST / NONSENSE\r\n\r\n",
            b'{"type": "ask", "session": "s", "request": 1, "body": {"type": "start"}}\n',
            b'{"type": "attach", "run": "", "after": 0}\n',
            b'{"type": "show", "proof": "' + b"0" * 64 + b'"}\n',
            b"[" * 50_000 + b"\n",
        )
    )


def throw(host: str, port: int, until_s: float, seed: int) -> int:
    """How often something was thrown."""
    draw, waiting, thrown = random.Random(seed), list[socket.socket](), 0
    while time.monotonic() < until_s:
        try:
            connection = socket.create_connection((host, port), timeout=1)
            connection.settimeout(0.05)
            if draw.random() < 0.3:
                connection.sendall(b"\x00\x00")
                waiting.append(connection)
                if len(waiting) > _WAITING_MAX:
                    waiting.pop(0).close()
            else:
                connection.sendall(rubbish(draw))
                try:
                    while connection.recv(1 << 16):
                        pass
                except OSError:
                    pass
                connection.close()
            thrown += 1
            time.sleep(_PAUSE_S)
        except OSError:
            time.sleep(0.01)
    for connection in waiting:
        connection.close()
    return thrown


def main() -> None:
    seconds, seed, *places = sys.argv[1:]
    until_s, counts = time.monotonic() + float(seconds), dict[str, int]()

    def at(place: str, number: int) -> None:
        host, _, port = place.rpartition(":")
        counts[place] = throw(host, int(port), until_s, number)

    threads = [
        threading.Thread(target=at, args=(place, int(seed) + index)) for index, place in enumerate(places)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(" ".join(f"{place}={counts[place]}" for place in places))


if __name__ == "__main__":
    main()
