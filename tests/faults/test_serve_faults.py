"""The workshop server against the clumsy and the hostile: it refuses with a reason, stays up, and ends cleanly.
Argument: the path of reformsim."""
import json
import os
import signal
import socket
import sys
import tempfile
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from command_line import PROGRAM, CommandLineTest, call  # noqa: E402
from live_client import HELLO, Client, Raw, Server, in_threads  # noqa: E402

SMALL = ["--set", "population.schools=24", "--set", "population.districts=3", "--set", "horizon.years=2",
         "--set", "horizon.burn_in_years=1", "--replicates", "3"]


def serious(server):
    """What it said on stderr, but for presets and beliefs that it cannot read."""
    return [line for line in server.complaints.splitlines() if not line.startswith("Left out: ")]


class Hostile(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server(PROGRAM, *SMALL)

    @classmethod
    def tearDownClass(cls):
        code = cls.server.stop()
        assert code == 0, (code, cls.server.complaints)
        assert serious(cls.server) == [], cls.server.complaints

    def tearDown(self):
        """Whatever was done to it, the server answers the next client."""
        self.assertIsNone(self.server.process.poll())
        with Client(self.server) as client:
            client.ask({"collaboration.time": 0.5})
            self.assertEqual(client.settled()[-1]["replicates"], 3)

    def status(self, **request):
        with Raw(self.server) as raw:
            raw.request(**request)
            return raw.response(head=request.get("method") == "HEAD")

    def talk(self):
        raw = Raw(self.server)
        self.assertEqual(raw.upgrade()[0], 101)
        return raw

    def greeted(self):
        raw = self.talk()
        raw.frame(json.dumps(HELLO))
        self.assertEqual(json.loads(raw.message()[1])["type"], "welcome")
        return raw

    # HTTP

    def test_page_and_its_headers(self):
        status, headers, body = self.status()
        self.assertEqual(status, 200)
        self.assertIn(b"<!DOCTYPE html>", body)
        self.assertEqual(headers["x-content-type-options"], "nosniff")
        self.assertIn("default-src 'none'", headers["content-security-policy"])
        self.assertNotIn("unsafe", headers["content-security-policy"])
        self.assertNotIn("access-control-allow-origin", headers)
        # Every file that the page names is there, and nothing it names lies elsewhere.
        import re
        names = re.findall(r'(?:src|href)="([^"#:]+)"', body.decode())
        self.assertGreater(len(names), 3)
        for name in names:
            status, headers, text = self.status(target="/" + name.lstrip("/"))
            self.assertEqual((name, status), (name, 200))
            self.assertGreater(len(text), 0)
        self.assertNotIn("http://", re.sub(r"http://www\.w3\.org/\S+", "", body.decode()))

    def test_head_and_other_methods(self):
        status, headers, body = self.status(method="HEAD")
        self.assertEqual((status, body), (200, b""))
        self.assertGreater(int(headers["content-length"]), 500)
        for method in ("POST", "PUT", "DELETE", "OPTIONS", "TRACE"):
            self.assertEqual(self.status(method=method)[0], 405)

    def test_no_file_but_those_built_in(self):
        for target in ("/etc/passwd", "/../../../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "//etc/passwd",
                       "/live.html/../page.html", "/page.html", "/live.html\0.js", "etc/passwd", "*", "/" + "x" * 4000):
            self.assertIn(self.status(target=target)[0], (400, 404), target)

    def test_other_names_for_this_server(self):
        for host in ("evil.example", f"evil.example:{self.server.port}", "", "localhost.evil.example", "10.0.0.1"):
            self.assertEqual(self.status(host=host)[0], 403, host)
        for host in (f"localhost:{self.server.port}", "[::1]:80", "127.0.0.1"):
            self.assertEqual(self.status(host=host)[0], 200, host)

    def test_pages_of_other_sites(self):
        for origin in ("http://evil.example", "null", f"https://127.0.0.1:{self.server.port}", "http://127.0.0.1:1",
                       f"http://127.0.0.1:{self.server.port}.evil.example", "file://"):
            with Raw(self.server) as raw:
                self.assertEqual(raw.upgrade(origin=origin)[0], 403, origin)
        with Raw(self.server) as raw:
            self.assertEqual(raw.upgrade(host="evil.example", origin="http://evil.example")[0], 403)
        with Raw(self.server) as raw:
            self.assertEqual(raw.upgrade(origin=f"http://127.0.0.1:{self.server.port}")[0], 101)
        with Raw(self.server) as raw:
            self.assertEqual(raw.upgrade(target="/elsewhere")[0], 404)

    def test_what_is_no_http(self):
        for data in (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 500, b"GET\r\n\r\n", b"\r\n\r\n\r\n\r\n",
                     b"GET / HTTP/9.9\r\n\r\n", b"GET / HTTP/1.1\r\nHost: a\r\nHost" + b"\0" * 100 + b"\r\n\r\n",
                     b"GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999999999999\r\n\r\n",
                     b"GET / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffff\r\n"):
            with Raw(self.server) as raw:
                raw.send(data)
                self.assertIn(raw.response()[0], (0, 400, 403, 413, 431), data)

    def test_large_requests(self):
        with Raw(self.server) as raw:
            raw.send(b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"x" * 20000)
            self.assertEqual(raw.response()[0], 431)
        with Raw(self.server) as raw:
            raw.request(method="POST", headers=["Content-Length: 1000000"])
            self.assertIn(raw.response()[0], (405, 413, 431))

    def test_slow_requests_are_cut_off(self):
        begun = time.monotonic()
        raws = [Raw(self.server) for _ in range(5)]
        for n, raw in enumerate(raws):
            if n:
                raw.send(b"GET / HTTP/1.1\r\nHost: loc")

        def drip(raw):
            for _ in range(30):
                try:
                    raw.send(b"X-Slow: 1\r\n")
                except OSError:
                    return
                time.sleep(0.5)
        in_threads([lambda: drip(raws[1])] + [lambda raw=raw: self.assertTrue(raw.closed(20)) for raw in raws[2:]])
        self.assertLess(time.monotonic() - begun, 20)
        for raw in raws:
            self.assertTrue(raw.closed(5))
            raw.socket.close()

    def test_many_connections(self):
        raws, refused = [], 0
        try:
            for _ in range(600):
                raw = Raw(self.server)
                raws.append(raw)
                raw.request(headers=["Connection: keep-alive"])
            for raw in raws:
                try:
                    status = raw.response()[0]
                except OSError:
                    status = 0
                refused += status in (0, 503)
            self.assertGreaterEqual(refused, 600 - 512)
            self.assertLess(refused, 100)  # some of an earlier test may still be closing
        finally:
            for raw in raws:
                raw.socket.close()
        time.sleep(0.3)

    def test_a_room_is_served_and_who_is_silent_makes_room(self):
        raws = []
        try:
            for _ in range(128):
                raws.append(self.talk())
            # The places for pages are taken; files are still sent.
            with Raw(self.server) as raw:
                self.assertEqual(raw.upgrade()[0], 503)
            self.assertEqual(self.status()[0], 200)
            for raw in raws[:40]:
                raw.frame(json.dumps(HELLO))
            for raw in raws[:40]:
                self.assertEqual(json.loads(raw.message()[1])["type"], "welcome")
            # Who has not said hello within ten seconds is let go, and nobody else.
            begun = time.monotonic()
            for raw in raws[40:]:
                self.assertTrue(raw.closed(20))
            self.assertLess(time.monotonic() - begun, 20)
            for raw in raws[:40]:
                raw.frame('{"type": "map", "id": 1, "year": 1}')
                self.assertEqual(json.loads(raw.message()[1])["type"], "map")
        finally:
            for raw in raws:
                raw.socket.close()
        time.sleep(0.3)

    # Messages

    def test_messages_that_are_wrong_are_told_why(self):
        with self.greeted() as raw:
            for text, path in (("{", ""), ("[]", ""), ("null", ""), ('"hello"', ""), ("{}", "type"),
                               ('{"type": "ask", "id": 1}', "policy"),
                               ('{"type": "ask", "id": "1", "policy": {}, "measures": ["energy_mean"]}', "id"),
                               ('{"type": "ask", "id": 1, "policy": {}, "measures": ["energy"]}', "measures"),
                               ('{"type": "ask", "id": 1, "policy": {"preset": "x"}, "measures": ["energy_mean"]}',
                                "policy.preset"),
                               ('{"type": "ask", "id": 1, "policy": {}, "belief": "x", "measures": ["energy_mean"]}',
                                "belief"),
                               ('{"type": "ask", "id": 1, "policy": {"levers": {"networks.hubs": 9}}, '
                                '"measures": ["energy_mean"]}', "networks.hubs"),
                               ('{"type": "map", "id": 1, "year": 99}', "year"),
                               ('{"type": "map", "id": 1, "year": 1, "columns": ["roll"]}', "columns"),
                               ('{"type": "save", "id": 1, "policy": {"levers": {"x": 1}}}', "x"),
                               ("[" * 60000, ""), ('{"a":' * 10000 + "1" + "}" * 10000, "")):
                raw.frame(text)
                answer = json.loads(raw.message()[1])
                self.assertEqual((text[:80], answer["type"]), (text[:80], "problem"))
                self.assertEqual([problem["path"] for problem in answer["problems"]][0], path, answer)
                self.assertTrue(answer["problems"][0]["message"])
            raw.frame('{"type": "map", "id": 4, "year": 1}')
            self.assertEqual(json.loads(raw.message()[1])["ready"], False)

    def test_frames_that_end_the_connection(self):
        def code_after(send, hello=True):
            with (self.greeted() if hello else self.talk()) as raw:
                try:
                    send(raw)
                except (BrokenPipeError, ConnectionResetError):
                    return None  # closed while we were still sending
                return raw.close_code()
        ask = '{"type": "ask", "id": 1, "policy": {}, "measures": ["energy_mean"]}'
        self.assertEqual(code_after(lambda raw: raw.frame(b"\0\1\2", opcode=2)), 1003)
        self.assertEqual(code_after(lambda raw: raw.frame("x" * 70000)), 1009)
        self.assertEqual(code_after(lambda raw: raw.frame("x", length=2 ** 62)), 1009)
        self.assertEqual(code_after(lambda raw: raw.frame(b"\xff\xfe{}")), 1007)
        self.assertEqual(code_after(lambda raw: raw.frame(ask), hello=False), 1008)
        self.assertEqual(code_after(lambda raw: raw.frame("nonsense"), hello=False), 1008)
        self.assertEqual(code_after(lambda raw: raw.frame(ask, opcode=3)), 1002)
        self.assertEqual(code_after(lambda raw: raw.frame(ask, masked=False)), 1002)
        self.assertEqual(code_after(lambda raw: raw.frame("more", opcode=0)), 1002)
        self.assertEqual(code_after(lambda raw: raw.frame(b"x" * 200, opcode=9)), 1002)

        def pieces(raw):
            raw.frame("x" * 1000, final=False)
            for _ in range(100):
                raw.frame("x" * 1000, opcode=0, final=False)
        self.assertIn(code_after(pieces), (1009, None))

    def test_a_message_in_pieces_is_whole_again(self):
        with self.talk() as raw:
            text = json.dumps(HELLO)
            raw.frame(text[:5], final=False)
            raw.frame(b"", opcode=9)
            raw.frame(text[5:], opcode=0)
            kinds = [raw.message()[0] for _ in range(2)]
            self.assertEqual(kinds, [10, 1])

    def test_flood_is_slowed_and_not_lost(self):
        with self.greeted() as raw:
            for n in range(180):
                raw.frame(json.dumps({"type": "map", "id": n, "year": 1}))
            kinds, ids = set(), []
            begun = time.monotonic()
            while len(ids) < 180:
                answer = json.loads(raw.message()[1])
                kinds.add(answer["type"])
                if answer["type"] == "map":
                    ids.append(answer["id"])
            self.assertEqual(ids, list(range(180)))
            self.assertEqual(kinds, {"map", "limit"})
            self.assertGreater(time.monotonic() - begun, 1.5)  # 60 beyond the 120, at 30 a second

    def test_who_does_not_read_is_cut_off(self):
        # What the address sanitizer keeps of what was freed is no queue.
        quarantine = os.environ.get("ASAN_OPTIONS", "") + ":quarantine_size_mb=1"
        with Server(PROGRAM, "--set", "population.schools=3000", "--set", "horizon.years=1", "--set",
                    "horizon.burn_in_years=1", "--replicates", "2",
                    env={**os.environ, "ASAN_OPTIONS": quarantine.lstrip(":")}) as server:
            def memory():
                with open(f"/proc/{server.process.pid}/statm", encoding="ascii") as file:
                    return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
            raw = Raw(server, timeout=60)
            raw.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            raw.upgrade()
            raw.frame(json.dumps(HELLO))
            raw.frame(json.dumps({"type": "ask", "id": 1, "policy": {}, "measures": ["energy_mean"]}))
            settled = False
            while not settled:  # from here on every map is large
                settled = json.loads(raw.message()[1]).get("settled", False)
            before = most = memory()
            cut, n, begun = False, 0, time.monotonic()
            while not cut and time.monotonic() < begun + 120:  # a sanitized server makes few maps a second
                try:
                    raw.frame(json.dumps({"type": "map", "id": n, "year": 1}))
                except ConnectionError:
                    cut = True
                n += 1
                time.sleep(0.02)
                most = max(most, memory())
            raw.socket.close()
            with Client(server) as client:
                client.ask()
                client.settled()
            self.assertTrue(cut)
            # 16 MiB that wait, the message that is made, and what the allocator does not give back.
            self.assertLess(most - before, 50e6)

    def test_gone_in_the_middle_of_an_answer(self):
        for n in range(20):
            raw = self.greeted()
            raw.frame(json.dumps({"type": "ask", "id": n, "policy": {"levers": {"collaboration.time": n / 20}},
                                  "measures": ["energy_mean"]}))
            if n % 2:
                raw.message()
            raw.socket.close()

    def test_a_newer_ask_silences_the_older(self):
        with Client(self.server) as client:
            for n in range(30):
                client.ask({"collaboration.time": 0.3 + n / 100})
            fans, newest = [], client.asks
            while not fans or fans[-1]["id"] != newest or not fans[-1]["settled"]:
                fans.append(client.hear("fan"))
            ids = [fan["id"] for fan in fans]
            self.assertEqual(ids, sorted(ids))

    def test_two_clients_do_not_disturb_each_other(self):
        answers = {}

        def work(n):
            with Client(self.server) as client:
                for turn in range(5):
                    client.ask({"collaboration.time": 0.1 * n + 0.05 * turn})
                    answers[n, turn] = client.settled()[-1]["measures"]
        in_threads([lambda: work(1), lambda: work(2), lambda: work(3)])
        # The same question has the same answer, whoever asks: 0.1 + 0.05 * 2 is 0.2 + 0.05 * 0.
        self.assertEqual(answers[1, 2], answers[2, 0])
        self.assertEqual(answers[2, 2], answers[3, 0])
        self.assertNotEqual(answers[1, 0], answers[2, 0])


class Ending(CommandLineTest):
    def test_signals_end_it_cleanly(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            server = Server(PROGRAM, "--set", "population.schools=300", "--replicates", "8")
            with Raw(server) as raw:
                self.assertEqual(raw.upgrade()[0], 101)
                raw.frame(json.dumps(HELLO))
                raw.message()
                raw.frame(json.dumps({"type": "ask", "id": 1, "policy": {}, "measures": ["energy_mean"]}))
                begun = time.monotonic()
                server.process.send_signal(number)
                self.assertEqual(raw.close_code(), 1001)
                self.assertEqual(server.ended(), 0)
                self.assertLess(time.monotonic() - begun, 10)
            self.assertIn("Stopped.", server.said)
            self.assertEqual(serious(server), [])

    def test_a_signal_does_not_wait_for_worlds_that_are_made(self):
        # A hundred years of burn-in take these schools far longer than a term.
        server = Server(PROGRAM, "--set", "population.schools=3000", "--set", "horizon.burn_in_years=100")
        time.sleep(0.5)
        begun = time.monotonic()
        self.assertEqual(server.stop(), 0)
        self.assertLess(time.monotonic() - begun, 5)

    def test_a_port_in_use(self):
        with Server(PROGRAM, *SMALL) as server:
            done = call("serve", *SMALL, "--port", str(server.port))
            self.fails(done, f"port {server.port}", "in use", "--port", code=1)

    def test_bad_arguments(self):
        self.fails(call("serve", "--port", "70000"), "--port", "65535")
        self.fails(call("serve", "--address", "evil.example"), "--address")
        self.fails(call("serve", "--replicates", "1"), "--replicates", "2 to")
        self.fails(call("serve", self.path("nowhere.yaml")), "no such file")
        self.fails(call("serve", "--set", "population.schools=0"), "population.schools")
        self.fails(call("serve", "--set", "ensemble.replicates=4"), "--set ensemble.replicates=4", "--replicates says")
        self.fails(call("serve", "--parameters", "scepticl"), "sceptical")
        self.fails(call("serve", "--address", "192.0.2.1", "--port", "0"), "192.0.2.1", code=1)

    def test_other_addresses_are_warned_of(self):
        server = Server(PROGRAM, *SMALL, "--address", "0.0.0.0")
        with Raw(server) as raw:
            raw.request(host="192.0.2.7:80")
            self.assertEqual(raw.response()[0], 200)
        with Raw(server) as raw:
            raw.request(host="evil.example")
            self.assertEqual(raw.response()[0], 403)
        self.assertEqual(server.stop(), 0)
        self.assertIn("Warning: everybody", server.complaints)

    def test_a_belief_that_cannot_be_read_is_left_out(self):
        import shutil
        top = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
        shutil.copytree(os.path.join(top, "scenarios", "governance"), self.path("scenarios", "governance"))
        shutil.copy(os.path.join(top, "scenarios", "live.yaml"), self.path("scenarios"))
        os.mkdir(self.path("scenarios", "parameters"))
        self.write("scenarios/parameters/odd.yaml", "parameters: {teaching: {luck: 1}}\n")
        with Server(PROGRAM, *SMALL, cwd=self.folder.name) as server, Client(server) as client:
            self.assertEqual([belief["name"] for belief in client.welcome["beliefs"]], ["own"])
            client.ask({"networks.hubs": 0.2})
            client.settled()
        self.assertIn("Left out: scenarios/parameters/odd.yaml:1:", server.complaints)

    def test_the_program_alone_is_enough(self):
        import shutil
        with tempfile.TemporaryDirectory() as folder:
            alone = os.path.join(folder, "reformsim")
            shutil.copy(PROGRAM, alone)
            env = {**os.environ, "XDG_CACHE_HOME": os.path.join(folder, "cache")}
            for _ in range(2):
                with Server(alone, *SMALL, cwd=folder, env=env) as server, Client(server) as client:
                    self.assertGreaterEqual(len(client.welcome["presets"]), 4)
                    self.assertGreaterEqual(len(client.welcome["beliefs"]), 3)
                    client.ask(preset=client.welcome["presets"][-1]["name"])
                    client.settled()
            cache = os.path.join(folder, "cache", "reformsim")
            kept = os.listdir(cache)
            self.assertEqual(len(kept), 1)
            # What somebody has tidied up is laid out again; of two that do it at once one is enough.
            presets = os.path.join(cache, kept[0], "scenarios", "governance")
            for name in os.listdir(presets):
                os.remove(os.path.join(presets, name))

            def starts():
                with Server(alone, *SMALL, cwd=folder, env=env) as server, Client(server) as client:
                    self.assertGreaterEqual(len(client.welcome["presets"]), 4)
            in_threads([starts] * 4)
            self.assertEqual(os.listdir(cache), kept)
            # A cache that cannot be written is no hindrance.
            shutil.rmtree(cache)
            with open(cache, "w", encoding="ascii"):
                pass
            aside = os.path.join(folder, "aside")
            os.mkdir(aside)
            env["TMPDIR"] = aside
            starts()
            self.assertEqual(len(os.listdir(aside)), 1)


if __name__ == "__main__":
    unittest.main()
