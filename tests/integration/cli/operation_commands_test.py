"""Commands for operators, and errors of a tool that reaches no exchange."""

import json
import os
import socket
import threading
import time
import unittest

from namespaces import enter_mounts
from processes import DaemonTest
from silent import silent_exchange

USERS = """
listeners:
  - {name: native, address: "unix://{folder}/telex/telex.sock", user: operator}
  - {name: guests, address: "unix://{folder}/guests.sock", user: guest}
users:
  - {name: operator, certificates: a.example, publish: {allow: ">"}, subscribe: {allow: ">"}}
  - {name: guest, certificates: b.example, publish: {allow: ">"}, subscribe: {allow: ">"}}
"""


class Events(DaemonTest):
    def test_are_lines(self):
        events = self.listening("events", "disconnect", "--count", "1")
        self.run_tool("pub", "t", "x")
        code, out = events.finish()
        self.assertEqual(code, 0)
        self.assertRegex(
            out, r"^\d{4}-\d\d-\d\d \S+  disconnect  #\d+ native \S+.* client telex-pub/\S+: client_\w+ after \S+, "
                 r"received \d+ B, sent \d+ B\n$")

    def test_are_json(self):
        events = self.listening("events", "--format", "json")
        self.run_tool("pub", "t", "x")
        event = json.loads(events.out.until('"disconnect"'))
        self.assertIn("telex-pub/", event["disconnect"]["connection"]["clientName"])


class RoundTrips(DaemonTest):
    def test_are_summed_up(self):
        out, _ = self.run_tool("rtt", "--count", "5")
        self.assertRegex(
            out, r"^unix://\S+: 5 round trips, 0 lost; min [\d.]+ us, mean [\d.]+ us, p99 [\d.]+ us, max [\d.]+ us\n$")

    def test_are_printed_by_ping(self):
        out, _ = self.run_tool("ping", "--count", "2", "--interval", "1ms")
        first, second, summary = out.splitlines()
        self.assertRegex(first, r"^1: [\d.]+ us$")
        self.assertRegex(second, r"^2: [\d.]+ us$")
        self.assertIn("2 round trips, 0 lost", summary)

    def test_are_json(self):
        result = json.loads(self.run_tool("rtt", "--count", "5", "--format", "json")[0])
        self.assertEqual((result["roundTrips"], result["lost"]), (5, 0))
        self.assertLessEqual(0, result["minMicroseconds"])
        self.assertLessEqual(result["minMicroseconds"], result["meanMicroseconds"])
        self.assertLessEqual(result["meanMicroseconds"], result["maxMicroseconds"])

    def test_end_with_a_summary(self):
        ping = self.tool("ping")
        self.assertTrue(ping.out.next().startswith("1: "))
        code, out = ping.stop()
        self.assertEqual(code, 0)
        self.assertIn("round trips, 0 lost", out)


class Kicks(DaemonTest):
    config = USERS

    def guest(self, *arguments):
        return self.listening("sub", "t", "-s", f"{self.folder}/guests.sock", *arguments)

    def test_all_connections_of_a_user(self):
        guests = [self.guest(), self.guest()]
        out, _ = self.run_tool("kick", "--user", "guest", "--reason", "out of hours")
        self.assertEqual(out, "2 connections closed\n")
        for guest in guests:
            self.assertIn("out of hours", guest.err.until("connection lost"))
        self.assertIn("connections=2", self.daemon.line("operator action: action=kick"))

    def test_of_the_own_user_are_reported_first(self):
        other = self.listening("sub", "t")
        out, _ = self.run_tool("kick", "--user", "operator")
        self.assertEqual(out, "2 connections closed\n")
        other.err.until("connection lost")
        self.assertIn("connections=2", self.daemon.line("operator action: action=kick"))
        self.assertIn("user=operator", self.daemon.line("reason=kicked"))
        # The tool has its reply; whether it leaves before it is closed is not determined.
        self.daemon.line("connection ended", 2)

    def test_of_no_connection(self):
        _, err = self.run_tool("kick", "--user", "guest", code=1)
        self.assertEqual(err, "telex: kick: user 'guest' has no connection\n")

    def test_need_one_target(self):
        for arguments in ((), ("1", "--user", "guest")):
            with self.subTest(arguments):
                _, err = self.run_tool("kick", *arguments, code=64)
                self.assertIn("exactly one of CONNECTION, --user is required", err)


class Connections(DaemonTest):
    def listed(self, *arguments):
        return json.loads(self.run_tool("connections", "--format", "json", *arguments)[0])

    def test_of_a_listener_that_does_not_exist(self):
        _, err = self.run_tool("connections", "--listener", "nativ", code=1)
        self.assertEqual(err, "telex: connections: there is no listener 'nativ'; did you mean 'native'?\n")
        _, err = self.run_tool("connections", "--listener", "x", code=1)
        self.assertEqual(err, "telex: connections: there is no listener 'x'; there are: native\n")
        self.run_tool("connections", "--listener", "native")

    def test_are_not_idle_while_they_receive(self):
        sub = self.listening("sub", "t", "--raw")
        # Its last byte was sent when it subscribed. Each command takes about as long as the list.
        for _ in range(10):
            begin = time.monotonic()
            self.run_tool("pub", "t", "x")
            self.assertEqual(sub.out.next(), "x")
        row, = (row for row in self.listed()["connections"] if row["clientName"].startswith("telex-sub/"))
        self.assertLess(int(row["idleNanoseconds"]) / 1e9, time.monotonic() - begin)

    def test_are_found_by_a_part_of_a_name(self):
        self.listening("sub", "t")
        names = [row["clientName"] for row in self.listed("--search", "EX-SUB")["connections"]]
        self.assertEqual([name.split("/")[0] for name in names], ["telex-sub"])
        for order in ("number", "dropped"):  # none has dropped a message
            rows = self.listed("--reverse", "--sort", order)["connections"]
            numbers = [int(row["number"]) for row in rows]
            self.assertEqual(numbers, sorted(numbers, reverse=True))

    def test_have_rates(self):
        self.listening("sub", "t")
        out, _ = self.run_tool("connections", "--sort", "receives")
        self.assertRegex(out, r" SENT +IN/s +OUT/s +PENDING ")

    def test_subscriptions_are_sorted_and_found(self):
        self.listening("sub", "a", "find.me", "c")
        def filters(*arguments):
            out, _ = self.run_tool("subscriptions", "--format", "json", *arguments)
            return [row["filter"] for row in json.loads(out)["subscriptions"]]
        self.assertEqual(filters(), ["a", "find.me", "c"])
        self.assertEqual(filters("--sort", "delivered", "--reverse"), ["c", "find.me", "a"])
        self.assertEqual(filters("--search", "ND.ME"), ["find.me"])
        _, err = self.run_tool("subscriptions", "--sort", "size", code=64)
        self.assertIn("connection, delivered, dropped, held", err)

    def test_are_sorted_by_the_chosen_column(self):
        self.listening("sub", "t")
        out, _ = self.run_tool("top", "--count", "1", "--interval", "10ms", "--sort", "received")
        self.assertIn("connections, by received\n", out)
        self.assertRegex(out, r"FRAMES IN/s +IN/s +FRAMES OUT/s +OUT/s")


class Traces(DaemonTest):
    def test_show_clients_and_payload_sizes(self):
        self.listening("sub", "t")
        trace = self.tool("trace", "t", "--count", "2")
        trace.err.until("tracing")
        self.run_tool("pub", "t", "12345", "--id", "a long id that is not part of the payload")
        published, delivered = trace.finish()[1].splitlines()
        self.assertRegex(published, r"published +telex-pub/\S+ #\d+  t  5 B$")
        self.assertRegex(delivered, r"delivered +telex-sub/\S+ #\d+  t  5 B  subscription 1$")


class Measurements(DaemonTest):
    def test_at_a_rate_have_the_latency_of_deliveries(self):
        out, _ = self.run_tool(
            "bench", "fan-out", "--rate", "1000", "--count", "20", "--subscribers", "2", "--format", "json")
        result = json.loads(out)
        self.assertEqual((result["published"]["messages"], result["received"]["messages"]), (20, 40))
        self.assertGreater(result["latencyMicroseconds"]["p50"], 0)
        # The last message is due after 19 ms.
        self.assertGreater(result["published"]["seconds"], 0.0189)
        out, _ = self.run_tool("bench", "pubsub", "--rate", "1000", "--count", "5", "--size", "1B")
        self.assertRegex(out, r"latency +p50 [\d.]+ us")

    def test_at_a_rate_need_publishers(self):
        _, err = self.run_tool("bench", "sub", "--rate", "5", code=64)
        self.assertIn("--rate requires pub, pubsub or fan-out", err)


class Unreachable(DaemonTest):
    config = None

    def test_default_exchange_says_how_to_start_one(self):
        enter_mounts(*filter(os.path.isdir, ("/run", f"/tmp/telex-{os.getuid()}")))
        self.enter_own_network()
        _, err = self.run_tool("status", code=69)
        self.assertIn("Start one with 'systemctl start telexd'", err)
        self.assertIn("'telexd --print-defaults > telexd.yaml; telexd --config telexd.yaml'", err)

    def test_named_exchange_says_what_to_check(self):
        self.assertIn(
            "Check the address, and that telexd runs there",
            self.run_tool("status", "-s", f"{self.folder}/none", code=69)[1])

    def test_silent_servers_may_have_another_protocol(self):
        server = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(server.close)
        _, err = self.run_tool("status", "-s", f"127.0.0.1:{server.getsockname()[1]}", code=69)
        self.assertIn("no reply in time; the port may belong to a listener with another protocol (by default 4650", err)

    def test_exchanges_that_do_not_reply(self):
        for command in (("status",), ("connections",), ("log-level", "debug"), ("support-bundle", f"{self.folder}/b")):
            with self.subTest(command):
                _, err = self.run_tool(*command, "--timeout", "50ms", "-s", silent_exchange(self), code=69)
                self.assertIn(f"telex: {command[0]}: timeout", err)

    def test_other_protocols_are_named(self):
        for banner, name in (
            (b"HTTP/1.1 400 Bad Request\r\n\r\n", "HTTP"),
            (b"SSH-2.0-OpenSSH_9.2\r\n", "SSH"),
            (b'INFO {"server_id":"x"}\r\n', "NATS"),
            (b"-ERR unknown command\r\n", "Redis"),
        ):
            with self.subTest(name):
                self.assertIn(
                    f"the server speaks {name}: expected a listener of telexd with the protocol telex", self.reply_of(banner))
        self.assertIn("the server requires TLS: use tls://", self.reply_of(b"\x15\x03\x01\0\2\2\x16"))

    def reply_of(self, banner):
        server = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(server.close)

        def reply():
            client, _ = server.accept()
            with client:
                client.recv(65536)
                client.sendall(banner)
                client.recv(65536)

        thread = threading.Thread(target=reply)
        thread.start()
        _, err = self.run_tool("status", "-s", f"127.0.0.1:{server.getsockname()[1]}", code=69)
        thread.join()
        return err


if __name__ == "__main__":
    unittest.main()
