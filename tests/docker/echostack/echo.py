"""Answers each line with its own host name and the line, on every port that it is told."""

import os
import signal
import socketserver
import sys
import threading


class Echo(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        for line in self.rfile:
            self.wfile.write(f"{os.uname().nodename} ".encode() + line)


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
servers = [Server(("0.0.0.0", int(port)), Echo) for port in sys.argv[1:]]
print("listening", os.environ["GREETING"], flush=True)
for server in servers[1:]:
    threading.Thread(target=server.serve_forever, daemon=True).start()
servers[0].serve_forever()
