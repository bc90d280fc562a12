"""Crowds at the doors of the daemon, beside a victim that is inside. Limits are asserted by counts; times are printed."""

import http.client
import pathlib
import ssl
import subprocess
import sys
import unittest

from hostile_test import Victim
from inside import FEW, SECURED, WITH_USERS, InsideTest, frame, in_settings
from processes import DEADLINE, Crowd
from wire import Client

REPLAY = str(pathlib.Path(__file__).with_name("replay.py"))
# Steps of TLS handshakes in a turn of a reactor (daemon/server/connection/handshake_turns.hpp).
STEPS_PER_TURN = 2


class Handshakes(InsideTest):
    HELLOS = 2_000
    TOGETHER = 64

    def recorded_hello(self):
        """The first bytes of a client, which anyone can repeat."""
        sent = ssl.MemoryBIO()
        channel = self.context.wrap_bio(ssl.MemoryBIO(), sent, server_hostname="localhost")
        try:
            channel.do_handshake()
        except ssl.SSLWantReadError:
            pass
        return sent.read()

    @in_settings(SECURED)
    def test_that_are_replayed_take_turns(self):
        """Two victims: on the same listener, and on one without TLS."""
        secured, plain = self.victim, Victim(self.operator, "plain")
        alone = self.round_trips(200)
        self.victim = plain
        alone_plain = self.round_trips(200)
        before = self.stats()
        port = self.daemon.port("native")
        tool = self.program(sys.executable, REPLAY, "127.0.0.1", str(port), str(self.TOGETHER), self.recorded_hello().hex(),
                            stdin=subprocess.PIPE)
        tool.out.until("ready")
        self.victim = secured
        self.await_count(lambda stats: stats.connections_total - before.connections_total, self.HELLOS // 2)
        beside = self.round_trips(200)
        self.victim = plain
        beside_plain = self.round_trips(200)
        after = self.await_count(lambda stats: stats.connections_total - before.connections_total, self.HELLOS)
        tool.process.stdin.close()
        hellos = int(tool.out.next())
        self.report("replayed hellos", alone, beside)
        self.report("replayed hellos, the victim without TLS", alone_plain, beside_plain)
        turns = sum(row.turns for row in after.reactors) - sum(row.turns for row in before.reactors)
        done = after.connections_total - before.connections_total - self.TOGETHER
        print(f"{hellos} hellos, {done} connections in {turns} turns", file=sys.stderr)
        self.assertLessEqual(done, turns * STEPS_PER_TURN)
        self.victim = secured


class Guesses(InsideTest):
    """A hundred guess a token, all the time."""

    COUNT = 100

    def further_configuration(self):
        return "  - {name: door, address: \"tcp://127.0.0.1:0\"}\n"

    @in_settings(WITH_USERS)
    def test_of_tokens_keep_no_client_out(self):
        alone = self.round_trips(200)
        address = self.address("door")
        with Crowd(address, self.COUNT, frame("hello", version=1, token="wrong")):
            for _ in range(10):
                with Client(address, **self.token("victim")) as late:
                    self.assertIsNone(late.refusal)
                    self.assertEqual(late.request("$SYS.echo", b"hi").message.payload, b"hi")
                self.victim.live()
            beside = self.round_trips(200)
        self.report(f"{self.COUNT} that guess a token", alone, beside)


class SilentHttp(InsideTest):
    """Peers that say nothing and come again, more than the surface has places."""

    COUNT = 300

    def further_configuration(self):
        return "http: {address: \"tcp://127.0.0.1:0\"}\n"

    def is_alive(self, port):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=DEADLINE)
        connection.request("GET", "/livez")
        status = connection.getresponse().status
        connection.close()
        return status == 200

    @in_settings(FEW)
    def test_peers_keep_no_probe_out(self):
        port = int(self.daemon.line("protocol=http").rsplit(":", 1)[1])
        alone = self.round_trips(200)
        with Crowd(f"tcp://127.0.0.1:{port}", self.COUNT):
            for _ in range(50):
                self.assertTrue(self.is_alive(port))
                self.victim.live()
            beside = self.round_trips(200)
        self.report(f"{self.COUNT} silent peers of HTTP", alone, beside)


if __name__ == "__main__":
    unittest.main()
