"""Streams as an operator sees them: configuration, commands, the tool, health, restarts, and what goes wrong."""

import hashlib
import json
import os
import pathlib
import re
import unittest

from processes import Daemon, DaemonTest
from unix_http import UnixConnection

CONFIG = """
storage: {folder: "{folder}/store", ballast: 1MiB, reserve: 1MiB}
streams:
  - {name: orders, subjects: "orders.>", max_messages: 100}
listeners:
  - {name: native, address: "unix://{folder}/telex/telex.sock"}
http: {address: "unix://{folder}/http.sock"}
"""


class StreamsTest(DaemonTest):
    config = CONFIG

    def publish(self, subject, *payloads):
        for payload in payloads:
            self.run_tool("pub", subject, payload)

    def stream(self, *arguments, code=0):
        """Runs `telex stream`; returns what it printed."""
        out, err = self.run_tool("stream", *arguments, code=code)
        return out if code == 0 else err

    def info(self, name):
        return json.loads(self.stream("info", name, "--format", "json"))["stream"]

    def payloads(self, name, *arguments):
        return self.stream("get", name, *arguments, "--raw").splitlines()

    def get(self, path, method="GET"):
        connection = UnixConnection(f"{self.folder}/http.sock")
        self.addCleanup(connection.close)
        connection.request(method, path)
        response = connection.getresponse()
        return response.status, response.read().decode()

    def restart(self, config=None):
        self.daemon.stop()
        return self.start_daemon(config)

    def ended(self, config, **options):
        """Starts a daemon that ends by itself; returns its exit code and its log."""
        daemon = Daemon("--config", self.configure(config), env=self.environment, **options)
        self.addCleanup(daemon.end)
        return daemon.wait(), daemon.log()


class Configured(StreamsTest):
    def test_streams_exist_at_the_start(self):
        self.assertIn("stream created: account=default stream=orders", self.daemon.log())
        self.assertRegex(self.daemon.log(), r"store opened: folder=\S+/store streams=0 ")
        stream = self.info("orders")
        self.assertEqual(stream["config"]["subjects"], ["orders.>"])
        self.assertTrue(stream["configured"])

    def test_messages_are_kept_over_a_restart(self):
        self.publish("orders.new", "one", "two")
        self.assertEqual(self.payloads("orders", "--from", "1"), ["one", "two"])
        self.restart()
        self.assertNotIn("stream created", self.daemon.log())
        self.publish("orders.new", "three")
        self.assertEqual(self.payloads("orders", "--from", "1"), ["one", "two", "three"])
        self.assertEqual(int(self.info("orders")["lastSequence"]), 3)

    def test_nothing_is_written_without_them(self):
        listeners = CONFIG[CONFIG.index("listeners:"):]
        self.daemon.stop()
        store = pathlib.Path(self.folder, "store")
        store.rename(f"{self.folder}/moved")
        self.start_daemon(listeners)
        self.assertFalse(store.exists())
        self.assertIn("has no storage", self.stream("ls", code=1))
        self.assertIn("stores no streams", self.stream("get", "orders", "1", code=1))

    def test_a_reload_adds_and_changes_streams(self):
        line = self.reload(CONFIG.replace(
            "max_messages: 100}", "max_messages: 200}\n  - {name: bills, subjects: bills.*}"))
        self.assertIn("configuration reloaded", line)
        self.assertIn("stream created: account=default stream=bills", self.daemon.log())
        self.assertEqual(self.info("orders")["config"]["maxMessages"], "200")
        self.publish("bills.new", "one")
        self.assertEqual(self.payloads("bills", "1"), ["one"])

    def test_a_reload_refuses_to_lose_messages(self):
        self.publish("orders.new", "one", "two", "three")
        smaller = CONFIG.replace("max_messages: 100", "max_messages: 1")
        self.assertIn("reload failed", self.reload(smaller))
        self.assertEqual(self.payloads("orders", "--from", "1"), ["one", "two", "three"])
        _, err = self.run_tool("reload", "--wait", code=1)
        self.assertIn("orders", err)
        self.assertIn("--force", err)
        out, _ = self.run_tool("reload", "--wait", "--force")
        self.assertIn("max_messages", out)
        self.assertEqual(self.payloads("orders", "--from", "1"), ["three"])

    def test_a_start_refuses_to_lose_messages(self):
        self.publish("orders.new", "one", "two")
        self.daemon.stop()
        code, log = self.ended(CONFIG.replace("max_messages: 100", "max_messages: 1"))
        self.assertEqual(code, 78, log)
        self.assertRegex(log, "startup failed: .*orders")

    def test_a_removed_stream_stays_and_can_be_removed_by_command(self):
        self.publish("orders.new", "one")
        self.assertIn("is in the configuration file", self.stream("rm", "orders", code=1))
        without = re.sub(r"streams:\n.*\n", "", CONFIG)
        self.assertIn("configuration reloaded", self.reload(without))
        self.assertFalse(self.info("orders").get("configured", False))
        self.stream("rm", "orders")
        self.stream("info", "orders", code=1)

    def test_the_store_cannot_move_without_a_restart(self):
        line = self.reload(CONFIG.replace("{folder}/store", "{folder}/other"))
        self.assertIn("only a restart can change storage.folder", line)


class Commands(StreamsTest):
    config = CONFIG.replace('  - {name: orders, subjects: "orders.>", max_messages: 100}\n', "").replace("streams:\n", "")

    def setUp(self):
        super().setUp()
        self.stream("add", "orders", "orders.>", "--max-messages", "100")

    def test_create_a_stream(self):
        self.assertIn("operator action: action=stream-add", self.daemon.log())
        self.assertIn("orders.>", self.stream("ls"))
        self.publish("orders.new", "one")
        self.assertEqual(self.payloads("orders", "1"), ["one"])
        self.assertIn("orders.>", self.stream("add", "orders", "orders.>", "--max-messages", "100"),
                      "the same again")
        self.stream("add", "orders", "other", code=1)
        self.stream("add", "more", "orders.new", code=1)
        self.assertIn("max_age", self.stream("add", "bad", "bad.>", "--max-age", "1ms", code=64))
        self.assertIn("no account", self.stream("add", "s", "s", "--account", "nobody", code=1))

    def test_change_a_stream(self):
        self.publish("orders.new", "one", "two")
        self.stream("change", "orders", "--max-age", "1h")
        config = self.info("orders")["config"]
        self.assertEqual((config["maxAgeMs"], config["maxMessages"]), ("3600000", "100"))
        self.stream("change", "orders", "--max-messages", "1", code=1)
        self.stream("change", "orders", "--max-messages", "1", "--force")
        self.assertEqual(self.payloads("orders", "--from", "1"), ["two"])

    def test_remove_messages(self):
        self.publish("orders.a", "one", "two", "three")
        self.publish("orders.b", "four")
        self.stream("erase", "orders", "2")
        self.assertEqual(self.payloads("orders", "--from", "1"), ["one", "three", "four"])
        self.stream("get", "orders", "2", code=1)
        self.assertIn("1 messages removed",
                      self.stream("purge", "orders", "--filter", "orders.a", "--keep", "1"))
        self.assertEqual(self.payloads("orders", "--from", "1"), ["three", "four"])
        self.stream("purge", "orders")
        self.assertEqual(self.payloads("orders", "--from", "1"), [])

    def test_remove_a_stream(self):
        self.publish("orders.a", "one")
        self.stream("rm", "orders")
        self.stream("info", "orders", code=1)
        self.restart()
        self.stream("info", "orders", code=1)

    def test_read_messages(self):
        self.publish("orders.a", "one", "two")
        self.publish("orders.b", "three")
        self.assertEqual(self.payloads("orders", "2"), ["two"])
        self.assertEqual(self.payloads("orders", "--last", "orders.a"), ["two"])
        self.assertEqual(self.payloads("orders", "--from", "2"), ["two", "three"])
        self.assertEqual(self.payloads("orders", "--from", "1", "--filter", "*.b"), ["three"])
        self.assertEqual(self.payloads("orders", "--from", "1", "--count", "2"), ["one", "two"])
        line = json.loads(self.stream("get", "orders", "3", "--format", "json"))
        self.assertEqual((line["subject"], line["text"], line["number"]), ("orders.b", "three", 3))

    def test_page_through_a_long_stream(self):
        self.stream("change", "orders", "--max-messages", "none")
        self.run_tool("pub", "orders.many", "--lines",
                      data="".join(f"{number}\n" for number in range(2_500)).encode())
        self.assertEqual(self.payloads("orders", "--from", "1"),
                         [str(number) for number in range(2_500)])

    def test_over_http(self):
        status, body = self.get("/api/v1/stream-add?name=bills&subjects=bills.*&subjects=dues", "POST")
        self.assertEqual(status, 200, body)
        self.assertEqual(json.loads(body)["stream"]["config"]["subjects"], ["bills.*", "dues"])
        status, body = self.get("/api/v1/streams")
        self.assertEqual([row["config"]["name"] for row in json.loads(body)["streams"]],
                         ["bills", "orders"])
        status, body = self.get("/api/v1/stream?name=nothing")
        self.assertEqual((status, json.loads(body)["code"]), (404, "not_found"))
        self.assertEqual(self.get("/api/v1/stream-get?name=orders")[0], 404)
        status, body = self.get("/api/v1/storage")
        self.assertEqual(json.loads(body)["storage"]["state"], "ok")

    def test_metrics(self):
        self.publish("orders.a", "one", "two")
        self.payloads("orders", "--from", "1")
        _, text = self.get("/metrics")
        self.assertIn('telex_stream_messages{account="default",stream="orders"} 2\n', text)
        self.assertIn('telex_storage_state{state="ok"} 1\n', text)
        self.assertRegex(text, r"telex_storage_committed_messages_total [1-9]")

    def test_storage(self):
        self.assertIn(f"store {self.folder}/store: ok", self.stream("storage"))


class Rights(StreamsTest):
    config = CONFIG + """
users:
  - {name: all, unix_users: "{uid}", publish: {allow: [">", "$SYS.>"]}, subscribe: {allow: ">"}}
  - {name: reader, tokens: "sha256:{token}", publish: {allow: "$SYS.stream.get"},
     subscribe: {allow: "orders.open.>"}}
  - {name: stranger, tokens: "sha256:{other}", publish: {allow: ">"}, subscribe: {allow: ">"}}
"""

    def configure(self, config):
        digest = {name: hashlib.sha256(name.encode()).hexdigest() for name in ("token", "other")}
        for name, value in digest.items():
            self.write(name, name)
            os.chmod(f"{self.folder}/{name}", 0o600)
            config = config.replace(f"{{{name}}}", value)
        return super().configure(config.replace("{uid}", str(os.getuid())))

    def read_as(self, token, *arguments, code=0):
        return self.run_tool("--server", f"unix://{self.folder}/telex/telex.sock", "--token-file",
                             f"{self.folder}/{token}", "stream", "get", *arguments, code=code)

    def test_only_what_a_user_may_subscribe_to(self):
        self.publish("orders.open.a", "one")
        self.publish("orders.secret.a", "two")
        out, _ = self.read_as("token", "orders", "--from", "1", "--raw")
        self.assertEqual(out.splitlines(), ["one"])
        self.read_as("token", "orders", "2", code=1)
        _, err = self.read_as("other", "orders", "1", code=1)
        self.assertIn("PERMISSION_DENIED", err.upper())
        self.assertEqual(self.payloads("orders", "--from", "1"), ["one", "two"])


class Troubles(StreamsTest):
    def test_a_second_daemon_on_the_folder(self):
        second = CONFIG.replace("telex/telex.sock", "second.sock").replace("http.sock", "second-http.sock")
        code, log = self.ended(second)
        self.assertEqual(code, 75, log)
        self.assertIn("has the store open", log)
        self.configure(CONFIG)

    def test_a_damaged_store(self):
        self.publish("orders.new", "one", "two")
        self.daemon.stop()
        (manifest,) = pathlib.Path(self.folder, "store/db").glob("MANIFEST-*")
        data = bytearray(manifest.read_bytes())
        data[len(data) // 2] ^= 1
        manifest.write_bytes(data)
        code, log = self.ended(CONFIG)
        self.assertEqual(code, 74, log)
        self.assertIn("startup failed", log)

    def test_a_folder_that_others_can_read(self):
        self.daemon.stop()
        os.chmod(f"{self.folder}/store", 0o755)
        code, log = self.ended(CONFIG)
        self.assertEqual(code, 78, log)
        self.assertIn("set its mode to 0700", log)

    def test_a_full_disk(self):
        """The reserve is larger than the disk."""
        self.daemon.stop()
        self.start_daemon(CONFIG.replace("reserve: 1MiB", "reserve: 1000TiB"))
        self.daemon.line("disk full, streams store nothing")
        status, body = self.get("/readyz")
        self.assertEqual(status, 503)
        self.assertIn("streams store nothing", body)
        self.assertIn("full", self.stream("storage"))
        self.assertIn('telex_storage_state{state="full"} 1\n', self.get("/metrics")[1])
        self.publish("elsewhere", "other messages are delivered")
        self.restart(CONFIG)
        self.assertEqual(self.get("/readyz")[0], 200)


if __name__ == "__main__":
    unittest.main()
