"""For tests of `reformsim serve`: a server of its own, a client of its protocol, and raw bytes on a socket."""
import base64
import contextlib
import json
import os
import re
import socket
import struct
import subprocess
import threading
import time

HELLO = {"type": "hello", "protocol": 1}


class Server:
    """reformsim serve on a free port, stopped at the end of a `with`; where it answers is `port` and `url`."""

    def __init__(self, program, *arguments, port=0, cwd=None, env=None):
        self.command, self.port, self.where = [program, "serve", *arguments], port, {"cwd": cwd, "env": env}
        self.start()

    def start(self):
        """Also again after it was stopped, on the port it had."""
        self.process = subprocess.Popen([*self.command, "--port", str(self.port)], **self.where,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.said = ""
        for line in self.process.stdout:
            self.said += line
            found = re.search(r"http://([^/]+):(\d+)/", line)
            if found:
                self.host, self.port = found.group(1), int(found.group(2))
                break
        else:
            raise RuntimeError(self.said + self.process.stderr.read())
        self.url = f"http://127.0.0.1:{self.port}/"

    def stop(self):
        """Ends it; its exit code."""
        if self.process.poll() is None:
            self.process.terminate()
        return self.ended()

    def ended(self):
        """Its exit code, once it has ended."""
        try:
            rest, self.complaints = self.process.communicate(timeout=60)
            self.said += rest
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise
        return self.process.returncode

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


class Client:
    """One WebSocket that has said hello; needs python3-websocket."""

    def __init__(self, server, timeout=120):
        import websocket
        self.socket = websocket.create_connection(f"ws://127.0.0.1:{server.port}/live", timeout=timeout)
        self.asks = 0
        self.say(HELLO)
        self.welcome = self.hear("welcome")

    def say(self, message):
        self.socket.send(message if isinstance(message, str) else json.dumps(message))

    def hear(self, kind=None):
        while True:
            message = json.loads(self.socket.recv())
            if kind is None or message["type"] == kind:
                return message

    def ask(self, levers=None, preset=None, belief=None, measures=("true_attainment_mean",)):
        self.asks += 1
        self.say({"type": "ask", "id": self.asks, "policy": {"preset": preset, "levers": levers or {}},
                  "belief": belief, "measures": list(measures)})
        return self.asks

    def settled(self, number=None):
        """All fans of the newest ask, the last of them settled."""
        number = number or self.asks
        fans = []
        while not fans or not fans[-1]["settled"]:
            message = self.hear()
            if message["type"] == "problem":
                raise AssertionError(message)
            if message["type"] == "fan":
                assert message["id"] == number, (message["id"], number)
                fans.append(message)
        return fans

    def __enter__(self):
        return self

    def __exit__(self, *_):
        with contextlib.suppress(OSError):
            self.socket.close()


class Raw:
    """A socket on which anything can be said."""

    def __init__(self, server, timeout=20):
        self.port = server.port
        self.socket = socket.create_connection(("127.0.0.1", server.port), timeout=timeout)
        self.bytes = b""

    def send(self, data):
        self.socket.sendall(data if isinstance(data, bytes) else data.encode())

    def request(self, method="GET", target="/", host=None, headers=(), version="1.1"):
        host = f"127.0.0.1:{self.port}" if host is None else host
        lines = [f"{method} {target} HTTP/{version}", f"Host: {host}", *headers, "", ""]
        self.send("\r\n".join(lines))

    def upgrade(self, target="/live", origin=None, host=None):
        key = base64.b64encode(os.urandom(16)).decode()
        headers = ["Upgrade: websocket", "Connection: Upgrade", f"Sec-WebSocket-Key: {key}",
                   "Sec-WebSocket-Version: 13"] + ([f"Origin: {origin}"] if origin is not None else [])
        self.request(target=target, host=host, headers=headers)
        return self.response()

    def until(self, mark):
        while mark not in self.bytes:
            more = self.socket.recv(65536)
            if not more:
                break
            self.bytes += more
        at = self.bytes.find(mark)
        end = len(self.bytes) if at < 0 else at + len(mark)
        found, self.bytes = self.bytes[:end], self.bytes[end:]
        return found

    def exactly(self, count):
        while len(self.bytes) < count:
            more = self.socket.recv(65536)
            if not more:
                raise ConnectionError("closed")
            self.bytes += more
        found, self.bytes = self.bytes[:count], self.bytes[count:]
        return found

    def response(self, head=False):
        """Status, headers and body of an HTTP response; status 0 when the connection was closed."""
        lines = self.until(b"\r\n\r\n").decode("latin-1").split("\r\n")
        if not lines[0]:
            return 0, {}, b""
        headers = dict(line.lower().split(": ", 1) for line in lines[1:] if ": " in line)
        length = 0 if head else int(headers.get("content-length", 0))
        return int(lines[0].split()[1]), headers, self.exactly(length)

    def frame(self, data, opcode=1, final=True, length=None, masked=True):
        """A WebSocket frame, which may lie about its length."""
        data = data.encode() if isinstance(data, str) else data
        size = len(data) if length is None else length
        head = bytes([(0x80 if final else 0) | opcode])
        bit = 0x80 if masked else 0
        if size < 126:
            head += bytes([bit | size])
        elif size < 65536:
            head += bytes([bit | 126]) + struct.pack(">H", size)
        else:
            head += bytes([bit | 127]) + struct.pack(">Q", size)
        self.send(head + (b"\0\0\0\0" if masked else b"") + data)  # a mask of zeros changes nothing

    def message(self):
        """Opcode and payload of the next frame; (None, b"") when the connection is closed."""
        try:
            first, second = self.exactly(2)
            size = second & 0x7F
            if size == 126:
                size = struct.unpack(">H", self.exactly(2))[0]
            elif size == 127:
                size = struct.unpack(">Q", self.exactly(8))[0]
            return first & 0x0F, self.exactly(size)
        except (ConnectionError, TimeoutError):
            return None, b""

    def close_code(self):
        """The code of the close frame that ends the connection; None when it ends without."""
        while True:
            opcode, data = self.message()
            if opcode is None:
                return None
            if opcode == 8:
                return struct.unpack(">H", data[:2])[0] if len(data) >= 2 else 1005

    def closed(self, seconds=20):
        """Whether the server closes the connection within that time."""
        end = time.monotonic() + seconds
        self.socket.settimeout(seconds)
        try:
            while self.socket.recv(65536):
                if time.monotonic() > end:
                    return False
            return True
        except TimeoutError:
            return False
        except OSError:
            return True

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()


def in_threads(works):
    """Runs functions side by side; raises the first error."""
    errors = []

    def guarded(work):
        try:
            work()
        except BaseException as error:  # noqa: BLE001
            errors.append(error)
    threads = [threading.Thread(target=guarded, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
