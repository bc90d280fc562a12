"""Consumers of streams as an operator sees them: commands, the tool, HTTP, metrics and rights."""

import hashlib
import json
import os
import unittest

from processes import DaemonTest
from unix_http import UnixConnection

CONFIG = """
storage: {folder: "{folder}/store", ballast: 1MiB, reserve: 1MiB}
streams:
  - {name: orders, subjects: "orders.>"}
listeners:
  - {name: native, address: "unix://{folder}/telex/telex.sock"}
http: {address: "unix://{folder}/http.sock"}
"""


class ConsumersTest(DaemonTest):
    config = CONFIG

    def publish(self, *payloads):
        for payload in payloads:
            self.run_tool("pub", "orders.new", payload)

    def member(self, *arguments):
        """Starts `telex consume`; returns once it is a member."""
        member = self.tool("consume", "orders", *arguments, "--raw")
        member.err.until("consuming ")
        return member

    def consumer(self, *arguments, code=0):
        """Runs `telex consumer`; returns what it printed."""
        out, err = self.run_tool("consumer", *arguments, code=code)
        return out if code == 0 else err

    def info(self, name):
        return json.loads(self.consumer("info", "orders", name, "--format", "json"))["consumer"]

    def info_once(self, name, **expected):
        """The information once it has these figures: acknowledgements have no reply."""
        for _ in range(500):
            info = self.info(name)
            if all(int(info.get(key, 0)) == value for key, value in expected.items()):
                return info
        self.fail(f"{expected} did not come: {info}")

    def get(self, path, method="GET"):
        connection = UnixConnection(f"{self.folder}/http.sock")
        self.addCleanup(connection.close)
        connection.request(method, path)
        response = connection.getresponse()
        return response.status, response.read().decode()


class Commands(ConsumersTest):
    def test_list_and_show(self):
        self.assertNotIn("billing", self.consumer("ls", "orders"))
        self.publish("one", "two", "three")
        member = self.member("billing", "--create", "--max-in-flight", "7", "--ack-wait", "45s")
        self.assertEqual([member.out.next() for _ in range(3)], ["one", "two", "three"])
        info = self.info_once("billing", floor=3, acknowledged=3, inFlight=0)
        self.assertEqual((info["stream"], info["name"], info["members"]), ("orders", "billing", 1))
        self.assertTrue(info["durable"])
        self.assertEqual(info["config"]["maxInFlight"], 7)
        self.assertEqual(int(info["delivered"]), 3)
        self.assertEqual(int(info.get("lag", 0)), 0)
        text = self.consumer("info", "orders", "billing")
        self.assertRegex(text, r"(?m)^billing of orders$")
        self.assertRegex(text, r"(?m)^  ack-wait +45s$")
        self.assertRegex(text, r"(?m)^  acknowledged +3$")
        self.member("archive", "--create")
        rows = json.loads(self.consumer("ls", "orders", "--format", "json"))
        self.assertEqual([row["name"] for row in rows["consumers"]], ["archive", "billing"])
        self.assertIn("1 of 2", self.consumer("ls", "orders", "--limit", "1"))

    def test_names_that_do_not_exist(self):
        self.assertIn("nothing", self.consumer("ls", "nothing", code=1))
        self.assertIn("consumer 'stranger'", self.consumer("info", "orders", "stranger", code=1))
        self.assertIn("consumer 'stranger'", self.consumer("rm", "orders", "stranger", code=1))
        self.assertIn("consumer 'stranger'", self.consumer("pause", "orders", "stranger", "1s", code=1))
        self.assertIn("no account", self.consumer("ls", "orders", "--account", "shop", code=1))

    def test_a_removal_ends_the_members(self):
        member = self.member("billing", "--create")
        self.publish("one")
        self.assertEqual(member.out.next(), "one")
        self.assertEqual(self.consumer("rm", "orders", "billing"), "consumer billing removed\n")
        self.assertIn("consumer 'billing' was removed", member.err.until("billing"))
        self.assertEqual(member.finish()[0], 1)
        self.assertRegex(
            self.daemon.log(),
            "operator action: action=consumer-remove .*stream=orders consumer=billing")
        self.consumer("info", "orders", "billing", code=1)
        self.daemon.stop()
        self.start_daemon()
        self.consumer("info", "orders", "billing", code=1)

    def test_pause_and_resume(self):
        member = self.member("billing", "--create")
        self.publish("one")
        self.assertEqual(member.out.next(), "one")
        self.assertIn("paused for", self.consumer("pause", "orders", "billing", "1h"))
        self.publish("two")
        info = self.info_once("billing", floor=1, lag=1)
        self.assertEqual(int(info["delivered"]), 1)
        self.assertGreater(int(info["pausedMs"]), 3_000_000)
        self.assertNotIn("paused for", self.consumer("resume", "orders", "billing"))
        self.assertEqual(member.out.next(), "two")
        self.assertIn("a year", self.consumer("pause", "orders", "billing", "366d", code=64))

    def test_over_http(self):
        self.member("billing", "--create")
        status, body = self.get("/api/v1/consumers?stream=orders")
        self.assertEqual(status, 200, body)
        self.assertEqual([row["name"] for row in json.loads(body)["consumers"]], ["billing"])
        status, body = self.get("/api/v1/consumer?stream=orders&name=nothing")
        self.assertEqual((status, json.loads(body)["code"]), (404, "not_found"))
        pause = "/api/v1/consumer-pause?stream=orders&name=billing&time_ms=3600000"
        self.assertEqual(self.get(pause)[0], 405)
        status, body = self.get(pause, "POST")
        self.assertEqual(status, 200, body)
        self.assertGreater(int(json.loads(body)["consumer"]["pausedMs"]), 3_000_000)
        status, body = self.get("/api/v1/consumer-remove?stream=orders&name=billing", "POST")
        self.assertEqual(status, 200, body)
        self.consumer("info", "orders", "billing", code=1)

    def test_metrics(self):
        self.member("billing", "--create")
        other = self.member()
        self.consumer("pause", "orders", "billing", "1h")
        self.publish("one", "two")
        self.assertEqual([other.out.next() for _ in range(2)], ["one", "two"])
        _, text = self.get("/metrics")
        labels = '{account="default",stream="orders",consumer="billing"}'
        self.assertIn("telex_consumers 2\n", text)
        self.assertIn(f"telex_consumer_lag{labels} 2\n", text)
        self.assertIn(f"telex_consumer_in_flight{labels} 0\n", text)
        self.assertIn(f"telex_consumer_redeliveries_total{labels} 0\n", text)
        self.assertIn(f"telex_consumer_dead_letters_total{labels} 0\n", text)
        self.assertEqual(text.count("telex_consumer_lag{"), 1, "the other one has no name")


class Rights(ConsumersTest):
    config = CONFIG.replace("listeners:\n", "listeners:\n  - {name: tcp, address: \"tcp://127.0.0.1:0\"}\n") + """
users:
  - {name: all, unix_users: "{uid}", publish: {allow: [">", "$SYS.>"]}, subscribe: {allow: ">"}}
  - {name: viewer, tokens: "sha256:{token}", publish: {allow: "$SYS.admin.consumers"}}
"""

    def configure(self, config):
        self.write("token", "token")
        os.chmod(f"{self.folder}/token", 0o600)
        digest = hashlib.sha256(b"token").hexdigest()
        return super().configure(
            config.replace("{token}", digest).replace("{uid}", str(os.getuid())))

    def view(self, *arguments, code=0):
        # At the unix socket the test is the owner of the daemon, who may send all commands.
        return self.run_tool("--server", self.daemon.addresses("tcp")[0], "--token-file",
                             f"{self.folder}/token", "consumer", *arguments, code=code)

    def test_each_command_has_its_right(self):
        self.member("billing", "--create")
        out, _ = self.view("ls", "orders")
        self.assertIn("billing", out)
        for arguments in (("info",), ("rm",), ("resume",)):
            _, err = self.view(*arguments, "orders", "billing", code=1)
            self.assertIn("PERMISSION_DENIED", err.upper())
        self.assertEqual(self.info("billing")["members"], 1)


if __name__ == "__main__":
    unittest.main()
