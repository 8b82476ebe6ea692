"""A host of the fault tests: an echo server, a talker to each peer, and a port that tells how they fare."""

import argparse
import json
import signal
import socket
import socketserver
import subprocess
import sys
import threading
import time

ECHO, STATUS = 7000, 7001
PACE_S = 0.005
# One conversation at a time may not hang for ever, and none is given up within the time of a test.
PATIENCE_S = 30.0


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


class Echo(socketserver.StreamRequestHandler):
    disable_nagle_algorithm = True

    def handle(self) -> None:
        for line in self.rfile:
            self.wfile.write(line)


class Talk:
    """Asks a peer again and again over one connection, and opens another when that breaks."""

    def __init__(self, peer: str) -> None:
        self.told = dict.fromkeys(("asked", "answered", "opened", "refused", "ended"), 0)
        self.round_trip_s = self.longest_s = 0.0
        self._peer = peer
        threading.Thread(target=self._talk, daemon=True).start()

    def all_told(self) -> dict[str, float]:
        return self.told | {"round_trip_s": self.round_trip_s, "longest_s": self.longest_s}

    def _talk(self) -> None:
        while True:
            try:
                with socket.create_connection((self._peer, ECHO), timeout=PATIENCE_S) as connection:
                    self.told["opened"] += 1
                    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                    self._converse(connection)
                    self.told["ended"] += 1
            except ConnectionRefusedError:
                self.told["refused"] += 1
            except OSError:
                self.told["ended"] += 1
            time.sleep(0.02)

    def _converse(self, connection: socket.socket) -> None:
        lines = connection.makefile("rb")
        while True:
            asked_s = time.monotonic()
            self.told["asked"] += 1
            connection.sendall(b"hello\n")
            if not lines.readline():
                return
            self.told["answered"] += 1
            self.round_trip_s = time.monotonic() - asked_s
            self.longest_s = max(self.longest_s, self.round_trip_s)
            time.sleep(PACE_S)


def status_server(talks: dict[str, Talk]) -> Server:
    class Status(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            for _ in self.rfile:
                self.wfile.write(
                    json.dumps({peer: talk.all_told() for peer, talk in talks.items()}).encode() + b"\n"
                )

    return Server(("0.0.0.0", STATUS), Status)


def begin_child() -> None:
    child = subprocess.Popen([sys.executable, __file__, "child"])
    threading.Thread(target=child.wait, daemon=True).start()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("name")
    parser.add_argument("--child", action="store_true")
    parser.add_argument("--stubborn", action="store_true")
    parser.add_argument("--talk-to", nargs="*", default=[])
    chosen = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.SIG_IGN if chosen.stubborn else lambda *_: sys.exit(0))
    if chosen.child:
        signal.signal(signal.SIGUSR1, lambda *_: begin_child())
        begin_child()
    elif chosen.name != "child":
        threading.Thread(target=Server(("0.0.0.0", ECHO), Echo).serve_forever, daemon=True).start()
    if chosen.name == "child":
        Server(("0.0.0.0", ECHO), Echo).serve_forever()
    status_server({peer: Talk(peer) for peer in chosen.talk_to}).serve_forever()


main()
