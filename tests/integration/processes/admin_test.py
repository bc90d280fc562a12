"""Operator commands, $SYS.admin.*, by the tool and by requests."""

import json
import os
import pty
import select
import signal
import socket
import subprocess
import threading
import unittest

from processes import DEADLINE, TELEX, DaemonTest
from wire import Client, admin_pb2, error_pb2, telex_pb2

Code = admin_pb2.AdminError.Code


class AdminTest(DaemonTest):
    def ask(self, *arguments, code=0):
        out, _ = self.run_tool(*arguments, "--format", "json", code=code)
        return json.loads(out)

    def numbers(self, *arguments):
        rows = self.ask("connections", *arguments).get("connections", [])
        return [int(row["number"]) for row in rows]

    def client(self, name="test"):
        client = Client(self.daemon.addresses("native")[0], name=name)
        self.addCleanup(client.socket.close)
        return client


class Lists(AdminTest):
    def test_connections_with_identity_and_counters(self):
        client = self.client("sensor")
        client.subscribe(1, "a.>")
        client.subscribe(2, "b")
        client.publish("a.1", b"12345")
        client.receive()
        row = self.ask("connections", "--sort", "subscriptions")["connections"][0]
        self.assertEqual(row["clientName"], "sensor")
        self.assertEqual(row["listener"], "native")
        self.assertEqual(row["protocol"], "telex")
        self.assertEqual(row["subscriptions"], "2")
        port = client.socket.getsockname()[1]
        self.assertEqual(row["peer"], f"127.0.0.1:{port}")
        self.assertEqual(int(row["receivedFrames"]), 4, "Hello, two Subscribe, a message")
        self.assertIn("sensor", self.run_tool("connections")[0])

    def test_the_limit_cuts_the_list_and_says_so(self):
        clients = [self.client() for _ in range(5)]
        self.assertEqual(len(clients), 5)
        list_of_two = self.ask("connections", "--limit", "2")
        self.assertEqual(len(list_of_two["connections"]), 2)
        self.assertEqual(list_of_two["total"], "6", "the tool itself is one")
        self.assertEqual(self.numbers("--limit", "2"), self.numbers()[:2], "the oldest")
        self.assertIn("2 of 6\n", self.run_tool("connections", "--limit", "2")[0])

    def test_connections_that_dropped_messages_come_first(self):
        self.client()
        slow = self.client("slow")
        slow.subscribe(1, "flood", slow_policy=telex_pb2.SLOW_POLICY_DROP_NEWEST)
        source = self.client("source")
        while source.stats().dropped_messages["slow_newest"] == 0:
            for _ in range(100):
                source.publish("flood", bytes(100_000))
        source.flush()
        row = self.ask("connections", "--sort", "dropped")["connections"][0]
        self.assertEqual(row["clientName"], "slow")
        self.assertEqual(
            int(row["droppedMessages"]), source.stats().dropped_messages["slow_newest"]
        )
        self.assertGreater(int(row["pendingBytes"]), 1_000_000)
        first = self.ask("connections", "--sort", "pending")["connections"][0]
        self.assertEqual(first["number"], row["number"])

    def test_those_of_one_listener(self):
        self.client()
        _, err = self.run_tool("connections", "--listener", "nobody", code=1)
        self.assertIn("there is no listener 'nobody'", err)
        self.assertEqual(len(self.numbers("--listener", "native")), 2)

    def test_connections_that_ended_keep_their_reason(self):
        client = self.client("short")
        client.publish("a", b"")
        client.flush()
        client.socket.sendall(b"\xff" * 11)
        self.assertEqual(client.receive().error.code, error_pb2.BAD_FRAME)
        client.socket.close()
        self.daemon.line("reason=bad_frame")
        row = self.ask("connections", "--closed")["connections"][0]
        self.assertEqual((row["clientName"], row["closeReason"]), ("short", "bad_frame"))
        self.assertGreaterEqual(
            int(row["closedUnixNanoseconds"]), int(row["openedUnixNanoseconds"])
        )
        self.assertRegex(self.run_tool("connections", "--closed")[0], "short .* bad_frame")

    def test_no_more_than_a_hundred_ended_ones_are_kept_by_each_reactor(self):
        for _ in range(250):
            with Client(self.daemon.addresses("native")[0]):
                pass
        with self.client() as observer:
            while observer.stats().closed_connections["client_closed"] < 250:
                pass
        kept = int(self.ask("connections", "--closed", "--limit", "1000")["total"])
        self.assertLessEqual(kept, 100 * os.cpu_count())

    def test_subscriptions_that_a_subject_reaches(self):
        client = self.client("listener")
        client.subscribe(1, "news.*")
        client.subscribe(2, "news.>", queue_group="readers")
        client.subscribe(3, "weather.>")
        rows = self.ask("subscriptions", "--subject", "news.today.oslo")["subscriptions"]
        self.assertEqual([row["filter"] for row in rows], ["news.>"])
        self.assertEqual(rows[0]["queueGroup"], "readers")
        rows = self.ask("subscriptions")["subscriptions"]
        self.assertEqual([row["id"] for row in rows], ["1", "2", "3"])
        number = rows[0]["connection"]
        self.assertEqual(
            len(self.ask("subscriptions", "--connection", number)["subscriptions"]), 3
        )
        short = self.ask("subscriptions", "--limit", "1")
        self.assertEqual((len(short["subscriptions"]), short["total"]), (1, "3"))

    def test_users_and_the_messages_for_them(self):
        """Also those for clients that have left. This exchange has no users: all clients are in one row."""
        client = self.client("listener")
        client.subscribe(1, "news")
        for _ in range(3):
            client.publish("news", b"")
            client.receive()
        (row,) = self.ask("users")["users"]
        self.assertEqual((row["name"], row["clients"], row["subscriptions"]), ("", "2", "1"))
        self.assertGreaterEqual(int(row["deliveredMessages"]), 3)
        client.socket.close()
        while (left := self.ask("users")["users"][0])["clients"] != "1":
            pass
        self.assertGreaterEqual(int(left["deliveredMessages"]), int(row["deliveredMessages"]))
        self.assertEqual(left["subscriptions"], "0")

    def test_listeners_count_their_connections(self):
        clients = [self.client() for _ in range(3)]
        self.assertEqual(len(clients), 3)
        (row,) = self.ask("listeners")["listeners"]
        self.assertEqual(row["connections"], "4")
        self.assertEqual(row["acceptedTotal"], "4")
        self.assertIn(self.daemon.addresses("native")[0], row["addresses"])

    def test_the_subjects_that_carry_the_most(self):
        client = self.client()
        for _ in range(30):
            client.publish("often", b"")
            client.flush()
        client.publish("seldom", b"")
        client.flush()
        rows = self.ask("subjects")["subjects"]
        self.assertEqual(rows[0], {"subject": "often", "messages": "30"})
        self.assertIn({"subject": "seldom", "messages": "1"}, rows)

    def test_how_long_requests_took(self):
        client = self.client()
        client.subscribe(1, "service")
        self.tool("request", "service", "x", "--timeout", "30s")
        delivery = client.receive().reply_to
        client.publish(delivery, b"answer")
        client.flush()
        stats = self.client().stats()
        self.assertEqual(sum(stats.request_durations.counts), 1)
        self.assertEqual(
            len(stats.request_durations.counts), len(stats.request_durations.bounds_seconds) + 1
        )


class Top(AdminTest):
    def test_shows_what_happens(self):
        client = self.client("busy")
        client.subscribe(1, "a.>")
        client.publish("a.b", b"")
        client.receive()
        out, _ = self.run_tool("top", "--interval", "10ms", "--count", "2")
        self.assertEqual(out.count("connections, by pending\n"), 2)
        self.assertIn("busy", out)
        self.assertIn("a.b", out)
        self.assertNotIn("\x1b", out, "no screen where there is no terminal")

    def test_one_object_per_look_for_programs(self):
        out, _ = self.run_tool("top", "--interval", "10ms", "--count", "3", "--format", "json")
        self.assertEqual(len([json.loads(line) for line in out.splitlines()]), 3)

    def test_keys_on_a_terminal(self):
        ours, theirs = pty.openpty()
        self.addCleanup(os.close, ours)
        top = subprocess.Popen(
            [TELEX, "top", "--interval", "50ms"], stdin=theirs, stdout=theirs, env=self.environment
        )
        self.addCleanup(top.wait)
        self.addCleanup(top.kill)
        os.close(theirs)
        seen = ""

        def until(text):
            nonlocal seen
            while text not in seen:
                ready, _, _ = select.select([ours], [], [], DEADLINE)
                self.assertTrue(ready, seen)
                seen += os.read(ours, 65536).decode(errors="replace")

        until("connections, by pending")
        os.write(ours, b"s")
        until("connections, by sent")
        os.write(ours, b"q")
        self.assertEqual(top.wait(DEADLINE), 0)
        until("\x1b[?1049l")  # the terminal is as it was

    def test_a_closed_output_ends_it(self):
        result = subprocess.run(
            ["/bin/bash", "-o", "pipefail", "-c", f"{TELEX} top --interval 10ms | head -1"],
            env=self.environment, capture_output=True, timeout=DEADLINE, check=False,
        )
        self.assertEqual(result.returncode, 0, result.stderr)

    def test_a_daemon_that_ends_ends_it(self):
        top = self.tool("top", "--interval", "10ms")
        top.out.until("subjects")
        self.daemon.end()
        self.assertNotEqual(top.finish()[0], 0)


class SupportBundle(AdminTest):
    USERS = """
users:
  - {name: anna, password: "{hash}", publish: {allow: ">"}, subscribe: {allow: ">"}}
  - {name: bert, password: "${file:{folder}/secret}", publish: {allow: ">"}}
  - {name: robot, tokens: "{token}", publish: {allow: ">"}}
"""

    def test_holds_what_the_exchange_knows(self):
        client = self.client("sensor")
        client.subscribe(1, "a.>")
        client.publish("a.b", b"the payload")
        client.receive()
        folder = f"{self.folder}/bundle"
        out, _ = self.run_tool("support-bundle", folder)
        names = sorted(os.listdir(folder))
        self.assertTrue(out.startswith(f"{len(names)} files are in {folder}."))
        contents = {}
        for name in names:
            with open(f"{folder}/{name}", encoding="utf-8") as file:
                contents[name] = json.load(file) if name.endswith(".json") else file.read()
        self.assertEqual(os.stat(folder).st_mode & 0o777, 0o700)
        self.assertEqual(contents["connections.json"]["connections"][0]["clientName"], "sensor")
        self.assertEqual(contents["subjects.json"]["subjects"][0]["subject"], "a.b")
        self.assertEqual(contents["log-level.json"]["level"], "info")
        self.assertIn(" info ready: ", contents["log.txt"])
        self.assertIn("# level: info", contents["telexd.yaml"])
        self.assertNotIn("the payload", json.dumps(contents))

    def test_holds_no_secret(self):
        """Neither one that is in use, nor one that a reload would bring."""
        self.assertEqual(self.daemon.stop(), 0)
        old = self.configure_secrets("old")
        self.start_daemon(self.config_of(old))
        address = self.daemon.addresses("native")[0]
        said = [{"user": name, "password": old[f"password of {name}"]} for name in ("anna", "bert")]
        for hello in (*said, {"token": old["token"]}):
            client = Client(address, **hello)
            self.addCleanup(client.socket.close)
            self.assertIsNone(client.refusal)
            client.publish("a.b", b"")
            client.flush()
        with Client(address, user="anna", password=old["token"]) as stranger:
            self.assertIsNotNone(stranger.refusal)
        new = self.configure_secrets("new")
        self.configure(self.config_of(new))
        self.run_tool("support-bundle", f"{self.folder}/bundle")
        files = {}
        for name in os.listdir(f"{self.folder}/bundle"):
            with open(f"{self.folder}/bundle/{name}", "rb") as file:
                files[name] = file.read()
        for user in (b"anna", b"bert", b"robot"):
            self.assertIn(user, files["connections.json"])
            self.assertIn(b"users[%s]" % user, files["reload.json"])
        self.assertIn(b"not_authenticated", files["ended-connections.json"])
        for what, secret in (*old.items(), *new.items()):
            for name, content in files.items():
                self.assertNotIn(secret.encode(), content, f"{what} is in {name}")

    def configure_secrets(self, word):
        """Makes new ones, and writes the file that holds one of them."""
        secrets = {}
        for user in ("anna", "bert"):
            password = secrets[f"password of {user}"] = f"the {word} password of {user}"
            entry, _ = self.run_tool("passwd", user, data=f"{password}\n".encode())
            secrets[f"hash of {user}"] = entry.split('"')[1]
        entry, _ = self.run_tool("keygen", "--token", f"{self.folder}/{word} token")
        secrets["hash of the token"] = entry.split('"')[1]
        with open(f"{self.folder}/{word} token", encoding="ascii") as file:
            secrets["token"] = file.read().strip()
        self.write("secret", secrets["hash of bert"])
        return secrets

    def config_of(self, secrets):
        users = self.USERS.replace("{hash}", secrets["hash of anna"])
        return users.replace("{token}", secrets["hash of the token"]) + self.config

    def test_touches_no_folder_that_is_there(self):
        _, err = self.run_tool("support-bundle", self.folder, code=74)
        self.assertIn("File exists", err)

    def test_is_for_operators(self):
        address = self.daemon.addresses("native")[0]
        for command in ("connections", "drain", "top"):
            _, err = self.run_tool(command, "--server", address, code=1)
            self.assertIn("permission_denied", err)
            self.assertIn("a user who may publish to $SYS.admin.>", err)
            self.assertIn("its unix socket", err)
        _, err = self.run_tool(
            "support-bundle", f"{self.folder}/b", "--server", address, code=1
        )
        self.assertIn("permission_denied", err)


class Rates(AdminTest):
    def test_of_connections_are_listed_and_sorted_by(self):
        self.client("quiet")
        busy = self.client("busy")
        busy.subscribe(1, "a")
        for order, field in (("receives", "receivedBytesPerSecond"), ("sends", "sentBytesPerSecond")):
            names = {}
            while not names.get("busy", 0) > names.get("quiet", 0):  # until the exchange has looked
                busy.publish("a", 1000 * b"x")
                self.assertEqual(len(busy.receive().message.payload), 1000)
                rows = self.ask("connections", "--sort", order)["connections"]
                names = {row["clientName"]: int(row[field]) for row in rows}
            self.assertEqual(next(iter(names)), "busy")


class Actions(AdminTest):
    def test_kick_tells_the_client_why(self):
        client = self.client("victim")
        (number,) = [
            row["number"]
            for row in self.ask("connections")["connections"]
            if row["clientName"] == "victim"
        ]
        self.run_tool("kick", number, "--reason", "go to bed")
        error = client.receive().error
        self.assertEqual((error.code, error.text), (error_pb2.KICKED, "go to bed"))
        self.assertTrue(error.closing)
        self.assertIn('reason=kicked detail="go to bed"', self.daemon.line("reason=kicked"))

    def test_kick_without_a_connection(self):
        _, err = self.run_tool("kick", "4711", code=1)
        self.assertIn("there is no connection 4711", err)

    def test_the_level_of_the_log(self):
        self.assertEqual(self.run_tool("log-level")[0], "info\n")
        self.assertEqual(self.run_tool("log-level", "error")[0], "error\n")
        with self.client():
            pass
        self.assertEqual(self.run_tool("log-level", "info")[0], "info\n")
        self.assertNotIn("client=test", self.daemon.log())
        self.run_tool("log-level", "verbose", code=64)

    def test_drain_stops_the_daemon(self):
        self.run_tool("drain")
        self.assertEqual(self.daemon.wait(), 0)
        self.assertIn("stopped: outcome=drained", self.daemon.log())
        # Its identity is in the log line at the connection's end.
        order = self.daemon.line("operator action: action=drain by=(owner) from=")
        number = order.rsplit("from=", 1)[1].strip()
        self.daemon.line(f"connection ended: connection={number} ")


class ReloadByTool(AdminTest):
    def test_says_what_has_changed(self):
        self.configure(self.config + "log: {level: warning}\n")
        out, _ = self.run_tool("reload", "--dry-run")
        self.assertEqual(out, "log.level: set to 'warning'\ndry run, nothing was changed\n")
        self.assertEqual(self.run_tool("log-level")[0], "info\n")
        out, _ = self.run_tool("reload", "--wait")
        self.assertEqual(out, "log.level: set to 'warning'\nreloaded\n")
        self.assertEqual(self.run_tool("log-level")[0], "warning\n")
        self.assertEqual(self.run_tool("reload", "--wait")[0], "nothing has changed\n")

    def test_says_why_it_was_refused(self):
        path = self.configure(self.config + "log: {level: loud}\n")
        _, err = self.run_tool("reload", "--wait", code=78)
        self.assertIn(f"{path}:7:14", err)
        self.assertIn("failed, keeping the current configuration", err)
        self.assertEqual(self.run_tool("log-level")[0], "info\n")

    def test_names_what_only_a_restart_can_do(self):
        self.configure(self.config + "server: {name: other}\n")
        for how in ("--wait", "--dry-run"):
            out, err = self.run_tool("reload", how, code=78)
            self.assertIn("server.name: set to 'other'  (requires a restart)\n", out)
            self.assertIn("only a restart can change server.name", err)
        changes = self.ask("reload", "--dry-run", code=78)["changes"]
        self.assertEqual(
            changes,
            [{"path": "server.name", "before": "", "after": "'other'", "needsRestart": True,
              "text": "server.name: set to 'other'"}],
        )

    def test_without_waiting_the_log_says_how_it_ended(self):
        before = self.daemon.log().count("configuration reloaded")
        self.run_tool("reload")
        self.daemon.line("configuration reloaded", before + 1)


USERS = """
users:
  - name: operator
    unix_users: 4242
    publish: {allow: ["$SYS.>"]}
  - name: guest
    publish: {allow: [">"]}
listeners:
  - {name: native, address: "tcp://127.0.0.1:0", user: guest}
  - {name: bus, address: "unix://{folder}/telex/telex.sock", mode: "0666"}
  - {name: hall, address: "unix://{folder}/hall.sock", mode: "0666", user: guest}
"""


class Rights(AdminTest):
    def test_tcp_clients_are_not_operators(self):
        client = self.client()
        for command in ("connections", "kick", "drain", "reload", "log-level", "nothing"):
            frame = client.request(f"$SYS.admin.{command}", b"")
            self.assertEqual(frame.error.code, error_pb2.PERMISSION_DENIED, command)
        self.assertEqual(client.request("$SYS.echo", b"yes").message.payload, b"yes")

    SPEAKER = """
import socket, sys
peer = socket.socket(socket.AF_UNIX)
peer.connect(sys.argv[1])
peer.sendall(b'{"message": {"subject": "$SYS.admin.drain"}, "request": 1}\\n')
print(peer.recv(65536).decode(), end="")
"""

    def test_another_user_of_the_system_is_none(self):
        self.need_another_user()
        self.daemon.stop()
        self.start_daemon(
            'listeners: [{name: lines, protocol: json, mode: "0666",'
            ' address: "unix://{folder}/lines.sock"}]'
        )
        result = subprocess.run(
            ["/usr/bin/python3", "-c", self.SPEAKER, f"{self.folder}/lines.sock"],
            user=4242, group=4242, extra_groups=[], capture_output=True, timeout=DEADLINE,
            check=True, text=True, env={"PATH": os.environ["PATH"]},
        )
        self.assertEqual(json.loads(result.stdout)["error"]["code"], "PERMISSION_DENIED")

    def test_the_owner_is_one_where_there_are_users(self):
        self.daemon.stop()
        self.start_daemon(USERS)
        bus = f"unix://{self.folder}/telex/telex.sock"
        self.assertIn("(owner)", self.run_tool("connections", "--server", bus)[0])
        # And nothing else: the owner is not in the list of users.
        self.run_tool("pub", "a", "x", "--server", bus, code=1)
        # The owner stays an operator as another user, with that user's permissions.
        hall = f"unix://{self.folder}/hall.sock"
        self.assertIn("guest", self.run_tool("connections", "--server", hall)[0])
        self.run_tool("pub", "a", "x", "--server", hall)
        self.reload()
        self.run_tool("listeners", "--server", bus)

    def test_a_reload_leaves_the_owner_connected(self):
        self.daemon.stop()
        self.start_daemon(USERS)
        owner = Client(f"unix://{self.folder}/telex/telex.sock")
        self.addCleanup(owner.socket.close)
        self.reload(USERS.replace("4242", "4243"))
        self.assertTrue(owner.request("$SYS.admin.listeners", b"").HasField("message"))

    def test_users_need_the_permission(self):
        self.daemon.stop()
        self.start_daemon(USERS)
        client = self.client()
        frame = client.request("$SYS.admin.listeners", b"")
        self.assertEqual(frame.error.code, error_pb2.PERMISSION_DENIED)


class ByHand(AdminTest):
    def owner(self):
        client = Client(f"unix://{self.folder}/telex/telex.sock")
        self.addCleanup(client.socket.close)
        return client

    def test_an_answer_is_a_protobuf_message_with_its_type(self):
        query = admin_pb2.ListConnections(limit=1).SerializeToString()
        message = self.owner().request("$SYS.admin.connections", query).message
        self.assertEqual(message.type, "telex.v1.ConnectionList")
        self.assertEqual(len(admin_pb2.ConnectionList.FromString(message.payload).connections), 1)

    def refused(self, command, request, answer, owner=None):
        """The error of an answer, whose text is also where older tools look for it."""
        frame = (owner or self.owner()).request(f"$SYS.admin.{command}", request.SerializeToString())
        self.assertTrue(frame.HasField("message"), frame)
        answer = answer.FromString(frame.message.payload)
        self.assertEqual(answer.problem, answer.error.message)
        self.assertTrue(answer.error.message)
        return answer.error.code

    def refused_reload(self, config, **order):
        self.configure(config)
        return self.refused("reload", admin_pb2.Reload(**order), admin_pb2.ReloadReport)

    def test_an_error_has_a_code(self):
        level = self.refused("log-level", admin_pb2.SetLogLevel(level="loud"), admin_pb2.LogLevel)
        self.assertEqual(level, Code.INVALID_ARGUMENT)
        kick = self.refused("kick", admin_pb2.Kick(connection=4711), admin_pb2.Kicked)
        self.assertEqual(kick, Code.NOT_FOUND)

    def test_an_answer_without_an_error_has_neither_code_nor_text(self):
        request = admin_pb2.SetLogLevel().SerializeToString()
        message = self.owner().request("$SYS.admin.log-level", request).message
        answer = admin_pb2.LogLevel.FromString(message.payload)
        self.assertFalse(answer.HasField("error"))
        self.assertEqual((answer.problem, answer.level), ("", "info"))

    def test_a_refused_reload_has_a_code_for_each_reason(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            address = f"tcp://127.0.0.1:{taken.getsockname()[1]}"
            other = f'  - {{name: other, address: "{address}"}}\n'
            for dry_run in (True, False):
                for config, code in (
                    ("log: {level: loud}\n", Code.INVALID_CONFIGURATION),
                    ("server: {name: other}\n", Code.NEEDS_RESTART),
                    (other, Code.CANNOT_APPLY),
                ):
                    refused = self.refused_reload(self.config + config, dry_run=dry_run)
                    self.assertEqual(refused, code, config)
        os.unlink(self.configure(self.config))
        reload = self.refused("reload", admin_pb2.Reload(), admin_pb2.ReloadReport)
        self.assertEqual(reload, Code.INVALID_CONFIGURATION)

    def test_the_own_connection_is_closed_after_the_answer(self):
        owner = self.owner()
        connections = owner.request("$SYS.admin.connections", b"").message.payload
        (own,) = admin_pb2.ConnectionList.FromString(connections).connections
        kick = admin_pb2.Kick(connection=own.number, reason="done").SerializeToString()
        answer = admin_pb2.Kicked.FromString(owner.request("$SYS.admin.kick", kick, number=2).message.payload)
        self.assertEqual(answer, admin_pb2.Kicked(connections=1))
        error = owner.receive().error
        self.assertEqual((error.code, error.text), (error_pb2.KICKED, "done"))

    def test_what_is_not_known_or_not_understood_is_refused(self):
        owner = self.owner()
        frame = owner.request("$SYS.admin.nothing", b"", number=1)
        self.assertEqual(frame.error.code, error_pb2.NO_RESPONDERS)
        frame = owner.request("$SYS.admin.kick", b"\xff\xff", number=2)
        self.assertEqual(frame.error.code, error_pb2.BAD_REQUEST)
        self.assertIn("its payload not that of the command", frame.error.text)

    def test_an_operator_that_disconnects_before_the_reply_is_forgotten(self):
        for _ in range(50):
            with Client(f"unix://{self.folder}/telex/telex.sock") as owner:
                owner.publish("$SYS.admin.connections", b"", request=1)
        self.assertTrue(self.ask("listeners"))

    def test_many_operators_at_once(self):
        owners = [self.owner() for _ in range(8)]
        for number in range(1, 101):
            for owner in owners:
                owner.publish("$SYS.admin.connections", b"", request=number)
        for owner in owners:
            for _ in range(100):
                self.assertTrue(owner.receive().HasField("message"))


class WhileStopping(AdminTest):
    def test_requests_during_a_drain_get_a_reply(self):
        """Closed by the command, or by the drain, once the reactor drains, too."""
        held = self.client()
        held.subscribe(1, "work")
        waiting = self.tool("request", "work", "x", "--timeout", "60s")
        delivery = held.receive().reply_to
        owner = Client(f"unix://{self.folder}/telex/telex.sock")
        self.addCleanup(owner.socket.close)
        owner.publish("work", b"", request=1, timeout_ms=60_000)  # who waits is not let go
        later = held.receive().reply_to
        self.daemon.signal(signal.SIGTERM)
        self.daemon.line("action=drain")
        frame = owner.request("$SYS.admin.listeners", b"", number=2)
        while frame.request != 2:  # the exchange says that it stops
            frame = owner.receive()
        if frame.error.code != error_pb2.SHUTTING_DOWN:
            self.assertEqual(frame.message.type, "telex.v1.ListenerList")
        # And nothing new begins.
        self.daemon.signal(signal.SIGHUP)
        self.assertIn("the daemon stops", self.daemon.line("reload failed"))
        held.publish(delivery, b"done")
        held.publish(later, b"done")
        self.assertEqual(waiting.finish()[0], 0)
        self.assertEqual(self.daemon.wait(), 0)


class OtherDaemon(Client):
    """The other end of a tool's connection: an exchange of another version, which gives one answer."""

    def __init__(self, connection):
        self.socket = connection
        self._unread = b""
        self._early = []

    def serve(self, answer):
        while (frame := self.receive()) is not None:
            if frame.HasField("hello"):
                reply = telex_pb2.Frame()
                reply.welcome.version = 1
                reply.welcome.limits.max_frame_bytes = 1 << 20
                reply.welcome.limits.max_subject_bytes = 1024
                reply.welcome.limits.max_subject_tokens = 32
                self.send(reply)
            elif frame.request:
                self.publish("_REPLY", answer.SerializeToString(), request=frame.request)


class OtherVersions(AdminTest):
    """The tool with errors of older and newer daemons."""

    def run_against(self, answer, *arguments, code):
        with socket.create_server(("127.0.0.1", 0)) as listener:
            def serve():
                with listener.accept()[0] as connection:
                    OtherDaemon(connection).serve(answer)

            thread = threading.Thread(target=serve)
            thread.start()
            address = f"tcp://127.0.0.1:{listener.getsockname()[1]}"
            try:
                return self.run_tool(*arguments, "--server", address, code=code)
            finally:
                thread.join(DEADLINE)

    def test_a_refusal_of_an_older_daemon_has_no_code(self):
        answer = admin_pb2.Kicked(problem="there is no connection 7")
        _, err = self.run_against(answer, "kick", "7", code=1)
        self.assertIn("there is no connection 7", err)
        answer = admin_pb2.ReloadReport(problem="the configuration has errors", diagnostics=["x:1"])
        _, err = self.run_against(answer, "reload", "--wait", code=78)
        self.assertIn("the configuration has errors", err)
        answer = admin_pb2.ConnectionList(problem="a reactor does not answer")
        _, err = self.run_against(answer, "connections", code=1)
        self.assertIn("a reactor does not answer", err)

    def test_an_answer_of_an_older_daemon_is_shown(self):
        out, _ = self.run_against(admin_pb2.LogLevel(level="debug"), "log-level", code=0)
        self.assertEqual(out, "debug\n")

    def test_a_code_of_a_newer_daemon_is_a_refusal(self):
        answer = admin_pb2.Kicked(error={"code": 4711, "message": "not on Sundays"})
        _, err = self.run_against(answer, "kick", "7", code=1)
        self.assertIn("not on Sundays", err)

    def test_the_exit_code_follows_from_the_code(self):
        for code, exit_code in (
            (Code.INVALID_ARGUMENT, 64), (Code.LIMIT_REACHED, 1), (Code.CANNOT_APPLY, 78),
            (Code.SHUTTING_DOWN, 69), (Code.UNRESPONSIVE, 69),
        ):
            error = {"code": code, "message": "said so"}
            for answer, verb in (
                (admin_pb2.Kicked(error=error), ("kick", "7")),
                (admin_pb2.ReloadReport(error=error), ("reload", "--wait")),
                (admin_pb2.TraceReport(error=error), ("trace", "a")),
            ):
                _, err = self.run_against(answer, *verb, code=exit_code)
                self.assertIn("said so", err)


if __name__ == "__main__":
    unittest.main()
