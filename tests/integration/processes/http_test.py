"""Health, metrics and lists over HTTP, as browsers, Prometheus and attackers ask for them."""

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import time
import unittest

from processes import DEADLINE, Crowd, DaemonTest
from unix_http import UnixConnection
from wire import Client, telex_pb2

CONFIG = """
listeners:
  - name: native
    address: [tcp://127.0.0.1:0, "unix://{folder}/telex/telex.sock"]
http:
  address: [tcp://127.0.0.1:0, "unix://{folder}/http.sock"]
  hosts: monitor.example.org
"""


class HttpTest(DaemonTest):
    config = CONFIG

    def port(self):
        line = self.daemon.line("protocol=http")
        return int(line.rsplit(":", 1)[1])

    def connection(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.port(), timeout=DEADLINE)
        self.addCleanup(connection.close)
        return connection

    def get(self, path, status=200, method="GET", connection=None, **fields):
        connection = connection or self.connection()
        connection.request(
            method, path, headers={name.replace("_", "-"): text for name, text in fields.items()}
        )
        response = connection.getresponse()
        body = response.read().decode()
        self.assertEqual(response.status, status, f"{path}: {body}")
        self.fields = dict(response.getheaders())
        return body

    def get_json(self, path, status=200, **options):
        return json.loads(self.get(path, status, **options))

    def raw(self):
        peer = socket.create_connection(("127.0.0.1", self.port()), timeout=DEADLINE)
        self.addCleanup(peer.close)
        return peer

    def samples(self):
        """Values of /metrics by name with labels."""
        text = self.get("/metrics")
        return {
            line.rsplit(" ", 1)[0]: float(line.rsplit(" ", 1)[1])
            for line in text.splitlines()
            if not line.startswith("#")
        }


def read_all(peer):
    data = b""
    try:
        while piece := peer.recv(65536):
            data += piece
    except ConnectionResetError:
        pass
    return data


class Health(HttpTest):
    def test_alive_and_ready(self):
        self.assertEqual(self.get_json("/livez"), {"alive": True})
        for path in ("/readyz", "/healthz"):
            self.assertEqual(
                self.get_json(path),
                {"ready": True, "draining": False, "reasons": [], "last_reload_succeeded": True},
            )

    def test_a_draining_daemon_is_not_ready_and_says_so(self):
        connection = self.connection()
        self.get("/livez", connection=connection)
        client = Client(self.daemon.addresses("native")[0])
        self.addCleanup(client.socket.close)
        client.subscribe(1, "work")
        client.publish("work", b"", request=1, timeout_ms=60_000)
        delivery = client.receive()
        self.daemon.signal(signal.SIGTERM)
        self.daemon.line("action=drain")
        body = self.get_json("/readyz", 503, connection=connection)
        self.assertEqual(body["reasons"], ["the daemon is draining"])
        self.assertTrue(body["draining"])
        self.get_json("/livez", connection=connection)
        client.publish(delivery.reply_to, b"")
        self.assertEqual(self.daemon.wait(), 0)

    def test_nothing_is_reloaded_while_the_daemon_drains(self):
        connection = UnixConnection(f"{self.folder}/http.sock")
        self.addCleanup(connection.close)
        self.get("/livez", connection=connection)
        client = Client(self.daemon.addresses("native")[0])
        self.addCleanup(client.socket.close)
        client.subscribe(1, "work")
        client.publish("work", b"", request=1, timeout_ms=60_000)
        delivery = client.receive()
        self.daemon.signal(signal.SIGTERM)
        self.daemon.line("action=drain")
        refused = self.get_json("/api/v1/reload", 503, method="POST", connection=connection)
        self.assertEqual(refused["code"], "shutting_down")
        client.publish(delivery.reply_to, b"")
        self.assertEqual(self.daemon.wait(), 0)

    def test_a_failed_reload_is_reported(self):
        self.assertIn("reload failed", self.reload(CONFIG + "nonsense: 1\n"))
        self.assertFalse(self.get_json("/readyz")["last_reload_succeeded"])
        refused = self.get_json("/api/v1/status")["refusedReload"]
        self.assertEqual(refused["error"]["code"], "INVALID_CONFIGURATION")
        self.assertEqual(refused["diagnostics"], [], "they are for users who may reload")
        self.assertEqual(self.samples()["telex_config_last_reload_successful"], 0)


class Metrics(HttpTest):
    def test_prometheus_accepts_them(self):
        result = subprocess.run(
            ["promtool", "check", "metrics"], input=self.get("/metrics"), capture_output=True,
            text=True, timeout=DEADLINE, check=False,
        )
        self.assertEqual((result.returncode, result.stdout + result.stderr), (0, ""))
        self.assertEqual(self.fields["Content-Type"], "text/plain; version=0.0.4; charset=utf-8")

    def test_they_count_what_happens(self):
        client = Client(self.daemon.addresses("native")[0])
        self.addCleanup(client.socket.close)
        client.subscribe(1, "a")
        for _ in range(10):
            client.publish("a", b"x")
        client.publish("nobody", b"")
        client.publish("$SYS.mine", b"")
        frames = [client.receive() for _ in range(11)]
        self.assertEqual(len(frames), 11)
        samples = self.samples()
        self.assertEqual(samples["telex_received_messages_total"], 11)
        self.assertEqual(samples["telex_delivered_messages_total"], 10)
        self.assertEqual(samples["telex_unrouted_messages_total"], 1)
        self.assertEqual(samples["telex_subscriptions"], 1)
        self.assertEqual(samples['telex_refusals_total{code="RESERVED_SUBJECT"}'], 1)
        self.assertEqual(samples['telex_connections{listener="native"}'], 1)
        self.assertEqual(samples['telex_listener_info{listener="native",protocol="telex"}'], 1)
        self.assertEqual(samples['telex_dropped_messages_total{reason="slow_newest"}'], 0)
        self.assertGreater(samples["process_open_fds"], 5)
        self.assertGreater(samples["process_resident_memory_bytes"], 1 << 20)
        began = samples["process_start_time_seconds"]
        self.assertLess(abs(time.time() - began), 3600)

    def test_durations_are_a_histogram(self):
        self.listening("reply", "service", "--text", "42")
        self.run_tool("request", "service", "x")
        samples = self.samples()
        self.assertEqual(samples["telex_request_duration_seconds_count"], 1)
        self.assertEqual(samples['telex_request_duration_seconds_bucket{le="+Inf"}'], 1)

    def test_many_scrapes_cost_one_look(self):
        connection = self.connection()
        turns = {self.get("/metrics", connection=connection).split("turns_total{")[1]
                 for _ in range(300)}
        self.assertLess(len(turns), 150, "the figures are taken once a second")


class Lists(HttpTest):
    def test_are_those_of_the_admin_interface(self):
        client = Client(self.daemon.addresses("native")[0], name="sensor")
        self.addCleanup(client.socket.close)
        client.subscribe(7, "weather.>")
        client.publish("a.b", b"")
        client.flush()
        (row,) = self.get_json("/api/v1/connections?sort=subscriptions&limit=5")["connections"]
        self.assertEqual((row["clientName"], row["subscriptions"]), ("sensor", "1"))
        (row,) = self.get_json("/api/v1/subscriptions?subject=weather.oslo")["subscriptions"]
        self.assertEqual(row["filter"], "weather.>")
        self.assertEqual(self.get_json("/api/v1/subscriptions?subject=news")["total"], "0")
        (row,) = self.get_json("/api/v1/listeners")["listeners"]
        self.assertEqual(row["connections"], "1")
        self.assertEqual(
            self.get_json("/api/v1/subjects")["subjects"], [{"subject": "a.b", "messages": "1"}]
        )
        self.assertEqual(self.get_json("/api/v1/status")["info"]["listeners"][0]["name"], "native")
        client.socket.close()
        self.daemon.line("connection ended")
        (row,) = self.get_json("/api/v1/connections?closed=true")["connections"]
        self.assertEqual(row["closeReason"], "client_closed")

    def test_unknown_parameters_are_errors(self):
        for query, problem in (
            ("connections?limit=many", "limit: "),
            ("connections?sort=size", "sort: one of "),
            ("connections?number=-1", "number: "),
            ("subscriptions?connection=1e3", "connection: "),
            ("connections?closed=1", "closed: true or false"),
            ("connections?closed", "closed: true or false"),
            ("connections?limit=1&limit=2", "more than once"),
            ("connections?close=true", "allowed are sort, limit, listener, number, closed, search, after, reverse"),
            ("subscriptions?sort=pending", "sort: one of connection, "),
            ("subscriptions?closed=true", "allowed are sort, limit, connection, subject, search"),
            ("connections?after=2", "after: is not the `next` of a list"),
            (f"subscriptions?search={65 * 'a'}", "search: the maximum is 64 bytes"),
            ("history?range=7d", "range: one of 5m, "),
            ("subjects?subject=a", "allowed are limit"),
            ("listeners?limit=1", "no parameters"),
            ("status?format=json", "no parameters"),
        ):
            body = self.get_json(f"/api/v1/{query}", 400)
            self.assertIn(problem, body["error"])
            self.assertEqual(body["code"], "invalid_argument")

    def test_one_connection_is_found_by_its_number(self):
        clients = [Client(self.daemon.addresses("native")[0], name=name) for name in ("a", "b")]
        for client in clients:
            self.addCleanup(client.socket.close)
        rows = self.get_json("/api/v1/connections?closed=false&sort=number")["connections"]
        number = rows[1]["number"]
        (row,) = self.get_json(f"/api/v1/connections?number={number}")["connections"]
        self.assertEqual(row["clientName"], "b")

    def test_are_searched_on_the_server(self):
        for name in ("Sensor-1", "sensor-2", "printer"):
            client = Client(self.daemon.addresses("native")[0], name=name)
            self.addCleanup(client.socket.close)
            client.subscribe(1, f"from.{name}")
        found = self.get_json("/api/v1/connections?search=SENSOR&limit=1&sort=number")
        self.assertEqual((found["total"], len(found["connections"])), ("2", 1))
        found = self.get_json("/api/v1/subscriptions?search=rom.PR")
        self.assertEqual([row["filter"] for row in found["subscriptions"]], ["from.printer"])
        self.assertEqual(self.get_json("/api/v1/connections?search=nothing")["total"], "0")

    def test_have_pages_over_all_reactors(self):
        self.daemon.stop()
        self.start_daemon("server: {reactors: 3}\n" + CONFIG)
        for _ in range(10):
            client = Client(self.daemon.addresses("native")[0])
            self.addCleanup(client.socket.close)
        for order in ("number", "dropped"):  # all have dropped nothing
            seen, after = [], ""
            while True:
                page = self.get_json(f"/api/v1/connections?sort={order}&limit=4&reverse=true&after={after}")
                self.assertEqual(page["total"], "10")
                seen.append([int(row["number"]) for row in page["connections"]])
                if not (after := page["next"]):
                    break
            self.assertEqual([len(page) for page in seen], [4, 4, 2])
            self.assertEqual(sum(seen, []), sorted(sum(seen, []), reverse=True))

    def test_drops_of_a_connection_have_reasons(self):
        client = Client(self.daemon.addresses("native")[0])
        self.addCleanup(client.socket.close)
        client.subscribe(1, "a", credit=1)
        for _ in range(3):
            client.publish("a", b"")
        self.assertEqual(client.receive().message.subject, "a")
        frame = telex_pb2.Frame()
        frame.unsubscribe.subscription = 1
        client.send(frame)
        self.assertEqual(client.receive().unsubscribed.subscription, 1)
        (row,) = self.get_json("/api/v1/connections")["connections"]
        self.assertEqual(row["droppedByReason"], {"no_credit": "2"})

    def test_names_of_clients_are_no_markup(self):
        with Client(self.daemon.addresses("native")[0], name="</script><b>\x1b[31m\u202e") as client:
            client.publish("a.\u202e\u2066\u061c", b"")
            client.flush()
            subjects = self.get("/api/v1/subjects")
            self.assertEqual(json.loads(subjects)["subjects"][0]["subject"], "a.\u202e\u2066\u061c")
            self.assertTrue(subjects.isascii())
            body = self.get("/api/v1/connections")
        self.assertEqual(self.fields["Content-Type"], "application/json")
        self.assertNotIn("\x1b", body)
        self.assertNotIn("</script>", body)


class History(HttpTest):
    def test_has_what_happened(self):
        with Client(self.daemon.addresses("native")[0]) as client:
            history = {"receivedMessages": []}
            end = time.monotonic() + DEADLINE
            while not history["receivedMessages"] and time.monotonic() < end:
                # Again and again: the first message may precede the first sample.
                client.publish("a", bytes(1000))
                client.flush()
                history = self.get_json("/api/v1/history?range=1h")
        self.assertEqual(history["stepSeconds"], 5)
        lists = [name for name, value in history.items() if isinstance(value, list)]
        self.assertEqual(len(lists), 11)
        self.assertEqual({len(history[name]) for name in lists}, {1})
        self.assertGreater(history["receivedMessages"][0], 0)
        self.assertGreater(history["receivedBytes"][0], 1000 / 10)
        self.assertEqual(history["requestMedianSeconds"], ["NaN"])
        self.assertLess(abs(int(history["endUnixNanoseconds"]) / 1e9 - time.time()), DEADLINE)


USERS = {
    "operator": 'publish: {allow: ["$SYS.>"]}',
    "guest": 'publish: {allow: [">"]}',
    "looker": 'publish: {allow: ["$SYS.admin.connections", "$SYS.info"]}',
    "local": 'listeners: native, publish: {allow: ["$SYS.>"]}',
}
# Sends commands as another user, then checks the result.
ANOTHER_USER = """
import http.client, socket, sys
for method, page in ("POST", "drain"), ("GET", "connections"):
    connection = http.client.HTTPConnection("telex")
    connection.sock = socket.socket(socket.AF_UNIX)
    connection.sock.connect(sys.argv[1])
    connection.request(method, "/api/v1/" + page)
    print(connection.getresponse().status)
"""
WRONG_TOKENS = """
import http.client, json, socket, sys
for _ in range(5):
    connection = http.client.HTTPConnection("telex")
    connection.sock = socket.socket(socket.AF_UNIX)
    connection.sock.connect(sys.argv[1])
    connection.request("GET", "/api/v1/status", headers={"Authorization": "Bearer wrong"})
    print(*json.load(connection.getresponse())["commands"].values(), sep="\\n")
"""
PAGES = ("status", "connections", "subscriptions", "users", "listeners", "subjects", "history")


class UsersTest(HttpTest):
    config = None

    def setUp(self):
        super().setUp()
        self.tokens = {}
        users = "users:\n"
        for name, rights in USERS.items():
            path = f"{self.folder}/{name}.token"
            out, _ = self.run_tool("keygen", "--token", path)
            with open(path, encoding="ascii") as file:
                self.tokens[name] = file.read().strip()
            digest = re.search("sha256:[0-9a-f]{64}", out).group()
            users += f'  - {{name: {name}, tokens: "{digest}", {rights}}}\n'
        self.config_text = users + CONFIG
        self.start_daemon(self.config_text)

    def bearer(self, token, status, page="connections"):
        return self.get_json(f"/api/v1/{page}", status, Authorization=f"Bearer {token}")


class Rights(UsersTest):
    def test_lists_are_for_operators_where_there_are_users(self):
        for page in PAGES:
            self.bearer(self.tokens["operator"], 200, page)
            self.bearer(self.tokens["guest"], 403, page)
            for token in ("wrong", "", self.tokens["operator"] + "0"):
                self.bearer(token, 401, page)
                self.assertEqual(self.fields["WWW-Authenticate"], 'Bearer realm="telex"')
            self.get(f"/api/v1/{page}", 401)
        for path in ("/livez", "/readyz", "/metrics", "/"):
            self.get(path)

    def test_the_scheme_has_no_case(self):
        self.get_json("/api/v1/connections", 200, Authorization=f"bearer {self.tokens['operator']}")

    def test_each_list_has_a_right_of_its_own(self):
        looker = self.tokens["looker"]
        self.bearer(looker, 200, "connections")
        for page in ("subscriptions", "users", "listeners", "subjects"):
            problem = self.bearer(looker, 403, page)["error"]
            self.assertEqual(problem, f"user looker may not publish to $SYS.admin.{page}")
        self.assertIn("$SYS.stats", self.bearer(looker, 403, "status")["error"])

    def test_users_of_some_listeners_are_none_here(self):
        for page in PAGES:
            self.assertIn("listeners", self.bearer(self.tokens["local"], 403, page)["error"])

    def test_at_the_unix_socket_its_file_decides(self):
        path = f"{self.folder}/http.sock"
        self.assertEqual(os.stat(path).st_mode & 0o777, 0o600)
        connection = UnixConnection(path)
        self.addCleanup(connection.close)
        self.get("/api/v1/connections", connection=connection)


class Orders(UsersTest):
    """What POST does, and for whom."""

    def order(self, page, status=200, token="operator"):
        return self.get_json(
            f"/api/v1/{page}", status, method="POST", Authorization=f"Bearer {self.tokens[token]}"
        )

    def log_level(self):
        return self.bearer(self.tokens["operator"], 200, "log-level")["level"]

    def member(self):
        client = Client(f"unix://{self.folder}/telex/telex.sock")
        self.addCleanup(client.socket.close)
        return client

    def test_a_connection_is_closed(self):
        client = self.member()
        (row,) = self.bearer(self.tokens["operator"], 200)["connections"]
        number = row["number"]
        self.order(f"kick?connection={number}&reason=too%20loud")
        self.assertIn("too loud", client.receive().error.text)
        self.daemon.line(
            f"operator action: action=kick by=operator from=http connection={number}"
        )
        self.daemon.line("connection ended")
        self.assertEqual(
            self.order(f"kick?connection={number}", 404),
            {"error": f"there is no connection {number}", "code": "not_found"},
        )
        self.assertEqual(self.order("kick", 400)["error"], "connection: must be given")
        problem = self.order(f"kick?connection={number}&reason=%ff", 400)["error"]
        self.assertEqual(problem, "reason: is not UTF-8")

    def test_the_level_of_the_log_is_shown_and_set(self):
        self.assertEqual(self.log_level(), "info")
        self.assertEqual(self.order("log-level?level=debug")["level"], "debug")
        self.assertEqual(self.log_level(), "debug")
        refused = self.order("log-level?level=loud", 400)
        self.assertIn("one of debug, ", refused["error"])
        self.assertEqual(refused["code"], "invalid_argument")

    def test_a_reload_says_what_it_does(self):
        self.assertEqual(self.order("reload")["changes"], [])
        self.configure(self.config_text + "log: {level: warning}\n")
        (change,) = self.order("reload?dry_run=true")["changes"]
        self.assertEqual(change["path"], "log.level")
        self.assertEqual(self.log_level(), "info")
        self.order("reload")
        self.assertEqual(self.log_level(), "warning")
        self.configure(self.config_text + "nonsense: 1\n")
        refused = self.order("reload", 409)
        self.assertIn("nonsense", " ".join(refused["diagnostics"]))
        self.assertEqual(refused["code"], "invalid_configuration")
        self.assertTrue(refused["error"])
        self.assertNotIn("problem", refused)
        status = self.bearer(self.tokens["operator"], 200, "status")
        self.assertIn("nonsense", status["refusedReload"]["diagnostics"][0])

    def test_a_reload_that_cannot_be_done_says_why(self):
        self.configure(self.config_text + "server: {name: other}\n")
        refused = self.order("reload?dry_run=true", 409)
        self.assertEqual(refused["code"], "needs_restart")
        self.assertEqual([change["needsRestart"] for change in refused["changes"]], [True])
        with socket.create_server(("127.0.0.1", 0)) as taken:
            address = f"tcp://127.0.0.1:{taken.getsockname()[1]}"
            listener = f'listeners:\n  - {{name: other, address: "{address}"}}\n'
            self.configure(self.config_text.replace("listeners:\n", listener))
            refused = self.order("reload", 409)
        self.assertEqual(refused["code"], "cannot_apply")
        self.assertIn(address, refused["error"])

    def test_a_connection_is_traced(self):
        client = self.member()
        (row,) = self.bearer(self.tokens["operator"], 200)["connections"]
        trace = self.order(f"trace?connection={row['number']}")["trace"]
        self.daemon.line(f"operator action: action=trace by=operator from=http trace={trace}")
        client.socket.close()
        self.daemon.line("connection ended")
        events = self.order(f"trace?trace={trace}&end=true")["events"]
        self.assertEqual([(one["kind"], one["connection"]) for one in events], [("CLOSED", row["number"])])
        self.assertEqual(self.order(f"trace?trace={trace}", 404)["code"], "not_found")
        self.assertEqual(self.order("trace", 400)["code"], "invalid_argument")

    def test_the_daemon_drains(self):
        self.order("drain")
        self.assertEqual(self.daemon.wait(), 0)

    def test_each_order_has_a_right_of_its_own(self):
        for page in ("kick?connection=1", "drain", "reload", "log-level?level=debug", "trace?filter=a", "stream-purge?stream=a",
                     "stream-remove?stream=a", "consumer-remove?stream=a&consumer=b"):
            for token in ("guest", "looker", "local"):
                self.order(page, 403, token)
            self.get(f"/api/v1/{page}", 401, method="POST")
        commands = self.bearer(self.tokens["operator"], 200, "status")["commands"]
        self.assertEqual(set(commands), {
            "kick", "drain", "reload", "log-level", "trace", "stream-add", "stream-change", "stream-remove", "stream-purge",
            "stream-erase", "consumer-remove", "consumer-pause"})
        self.assertEqual(set(commands.values()), {""}, "the operator may send all")
        looker = self.order("drain", 403, "looker")["error"]
        self.assertEqual(looker, "user looker may not publish to $SYS.admin.drain")
        self.get("/livez")

    def test_at_the_unix_socket_they_are_the_owners(self):
        connection = UnixConnection(f"{self.folder}/http.sock")
        self.addCleanup(connection.close)
        for _ in range(2):
            body = self.get("/api/v1/log-level?level=debug", method="POST", connection=connection)
            self.assertEqual(json.loads(body)["level"], "debug")
        self.daemon.line("action=log-level by=(owner) from=http level=debug")

    def as_another_user(self, program):
        self.need_another_user()
        os.chmod(f"{self.folder}/http.sock", 0o666)
        return subprocess.run(
            ["/usr/bin/python3", "-c", program, f"{self.folder}/http.sock"],
            user=4242, group=4242, extra_groups=[], env={"PATH": os.environ["PATH"]},
            capture_output=True, text=True, timeout=DEADLINE, check=True,
        ).stdout

    def test_at_the_unix_socket_only_the_owner_sends_them(self):
        self.assertEqual(self.as_another_user(ANOTHER_USER).split(), ["401", "200"])

    def test_the_token_of_a_request_is_checked_once(self):
        # Ten wrong ones are one too many. The page of the status has a right for each command.
        self.assertEqual(set(self.as_another_user(WRONG_TOKENS).splitlines()), {"no user has this token"})

    def test_are_refused_over_tcp_without_users(self):
        self.daemon.stop()
        self.start_daemon(CONFIG)
        for page in ("kick?connection=1", "drain", "reload", "log-level?level=debug", "trace?filter=a"):
            for fields in ({}, {"Authorization": "Bearer " + self.tokens["operator"]}):
                problem = self.get_json(f"/api/v1/{page}", 403, method="POST", **fields)["error"]
                self.assertIn("has none", problem)
        self.assertIn("has none", self.get_json("/api/v1/status")["commands"]["drain"])
        self.get("/api/v1/log-level")


class CrossSiteRequests(HttpTest):
    """Requests that another site's page can make a browser send."""

    def test_only_known_hosts(self):
        for host in ("localhost", "LOCALHOST:99", "127.0.0.1", "127.0.0.2:4680", "[::1]:4680",
                     "monitor.example.org"):
            self.get("/metrics", Host=host)
        for host in ("evil.example.org", "localhost.evil.org", "127.0.0.1.evil.org", "", "[::1",
                     "128.0.0.1"):
            self.get("/metrics", 421, Host=host)

    def test_no_host_at_all(self):
        for version in (b"1.0", b"1.1"):
            peer = self.raw()
            peer.sendall(b"GET /metrics HTTP/" + version + b"\r\nConnection: close\r\n\r\n")
            self.assertIn(b" 421 ", read_all(peer).split(b"\r\n")[0])

    def test_no_page_of_another_site(self):
        own = f"http://localhost:{self.port()}"
        self.get("/metrics", Origin=own)
        self.get("/metrics", Sec_Fetch_Site="same-origin")
        self.get("/metrics", Sec_Fetch_Site="none")
        for fields in (
            {"Origin": "http://evil.example.org"}, {"Origin": "null"},
            {"Sec_Fetch_Site": "cross-site"}, {"Sec_Fetch_Site": "same-site"},
        ):
            self.get("/metrics", 403, **fields)

    def test_a_link_of_another_site_leads_to_the_dashboard_only(self):
        link = {
            "Sec_Fetch_Site": "cross-site", "Sec_Fetch_Mode": "navigate",
            "Sec_Fetch_Dest": "document",
        }
        self.get("/", **link)
        self.get("/", 403, **link, Origin="http://evil.example.org")
        self.get("/", 403, **link | {"Sec_Fetch_Mode": "no-cors"})
        self.get("/", 403, **link | {"Sec_Fetch_Dest": "iframe"})
        for path in ("/dashboard/page.js", "/metrics", "/readyz", "/api/v1/connections"):
            self.get(path, 403, **link)

    def test_each_page_has_its_methods(self):
        for path, methods in (
            ("/api/v1/connections", "GET, HEAD"), ("/", "GET, HEAD"), ("/api/v1/kick", "POST"),
            ("/api/v1/log-level", "GET, POST, HEAD"),
        ):
            for method in {"GET", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"} - set(methods.split(", ")):
                self.get(path, 405, method=method)
                self.assertEqual(self.fields["Allow"], methods)
        self.assertEqual(self.get("/metrics", method="HEAD"), "")

    def test_no_page_of_another_site_gives_orders(self):
        for fields in (
            {"Origin": "http://evil.example.org"}, {"Origin": "null"},
            {"Sec_Fetch_Site": "cross-site", "Sec_Fetch_Mode": "navigate", "Sec_Fetch_Dest": "document"},
            {"Sec_Fetch_Site": "same-site"},
        ):
            problem = self.get_json("/api/v1/drain", 403, method="POST", **fields)["error"]
            self.assertIn("another site", problem)
        self.get("/api/v1/drain", 421, method="POST", Host="evil.example.org")

    def test_a_page_of_ours_may_load_nothing_of_others(self):
        self.get("/")
        policy = self.fields["Content-Security-Policy"]
        for rule in ("default-src 'none'", "script-src 'self'", "require-trusted-types-for 'script'", "trusted-types 'none'"):
            self.assertIn(rule, policy)
        self.assertNotIn("unsafe", policy)
        self.assertEqual(self.fields["X-Content-Type-Options"], "nosniff")
        self.assertEqual(self.fields["X-Frame-Options"], "DENY")
        self.assertEqual(self.fields["Cache-Control"], "no-store")


class Hostile(HttpTest):
    def still_alive(self):
        self.assertEqual(self.get_json("/livez"), {"alive": True})

    def test_no_file_is_behind_any_path(self):
        for path in ("/../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "//", "/metrics/", "/METRICS",
                     "/dashboard/page.js/..", "/dashboard/", "/dashboard/index.html", "/dashboard/../livez", "/index.html", "/%00", "/api/v1/../../metrics"):
            self.get(path, 404)
        self.still_alive()

    def test_a_huge_head_is_refused(self):
        for head in (b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"x" * 100_000 + b"\r\n\r\n",
                     b"GET /" + b"y" * 100_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n"):
            peer = self.raw()
            try:
                peer.sendall(head)
            except (BrokenPipeError, ConnectionResetError):
                pass
            answer = read_all(peer)
            self.assertNotIn(b"200 OK", answer)
        self.still_alive()

    def test_bodies_are_refused_however_they_are_announced(self):
        for head in (b"Content-Length: 1000000000000\r\n", b"Transfer-Encoding: chunked\r\n",
                     b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"):
            peer = self.raw()
            peer.sendall(b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n" + head + b"\r\n")
            try:
                for _ in range(100):
                    peer.sendall(b"4\r\nabcd\r\n" * 100)
            except (BrokenPipeError, ConnectionResetError):
                pass
            self.assertNotIn(b" 200 ", read_all(peer).split(b"\r\n")[0])
        self.still_alive()

    def test_requests_in_a_row_are_answered_in_order(self):
        peer = self.raw()
        request = b"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n"
        peer.sendall(request * 50 + request.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
        self.assertEqual(read_all(peer).count(b"200 OK"), 51)

    def test_what_is_no_http_is_closed(self):
        for bytes_of_others in (b"\x16\x03\x01\x02\x00\x01" * 50, b"\x00" * 1000, b"SSH-2.0-x\r\n\r\n",
                                b"GET / HTTP/9.9\r\n\r\n", b"\r\n" * 1000 + b"x\r\n\r\n"):
            peer = self.raw()
            peer.sendall(bytes_of_others)
            peer.shutdown(socket.SHUT_WR)
            self.assertNotIn(b"200 OK", read_all(peer))
        self.still_alive()

    def test_a_trickle_of_header_bytes_ends(self):
        """Ten seconds from the first byte, however steadily it goes on."""
        peer = self.raw()
        peer.sendall(b"GET /livez HTTP/1.1\r\nHost: localhost\r\nX: ")
        peer.settimeout(0.2)
        deadline = time.monotonic() + DEADLINE
        ended = False
        while not ended:
            self.assertLess(time.monotonic(), deadline)
            try:
                peer.sendall(b"x")
                ended = peer.recv(4096) == b""
            except TimeoutError:
                pass
            except (BrokenPipeError, ConnectionResetError):
                ended = True
        self.still_alive()

    def test_a_crowd_does_not_keep_others_out_for_ever(self):
        crowd = [socket.create_connection(("127.0.0.1", self.port())) for _ in range(100)]
        for peer in crowd:
            self.addCleanup(peer.close)
        deadline = time.monotonic() + DEADLINE
        while True:
            self.assertLess(time.monotonic(), deadline)
            try:
                self.still_alive()
                break
            except (ConnectionError, http.client.HTTPException):
                pass
        # And those who speak the exchange's protocols never notice.
        client = Client(self.daemon.addresses("native")[0])
        self.addCleanup(client.socket.close)
        client.flush()

    def test_a_silent_crowd_that_comes_again_keeps_no_client_out(self):
        """More connections than there are places, at each socket: a newcomer has the place of the one that has been
        silent for longest."""
        unix = f"{self.folder}/http.sock"
        for address in (f"tcp://127.0.0.1:{self.port()}", f"unix://{unix}"):
            with self.subTest(address):
                with Crowd(address, 600):
                    for _ in range(50):
                        self.still_alive()
                        connection = UnixConnection(unix)
                        self.get("/livez", connection=connection)
                        connection.close()

    def test_a_crowd_that_does_not_read_keeps_no_client_out(self):
        """Responses fill the buffers of the sockets, and are not taken."""
        request = b"GET /dashboard/dashboard.css HTTP/1.1\r\nHost: localhost\r\n\r\n"
        crowd = [self.raw() for _ in range(300)]
        for peer in crowd:
            peer.setblocking(False)
            try:
                peer.send(request * 1500)
            except BlockingIOError:
                pass
            self.still_alive()

    def test_a_client_that_does_not_read(self):
        peer = self.raw()
        request = b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n"
        peer.setblocking(False)
        try:
            for _ in range(100_000):
                peer.send(request)
        except BlockingIOError:
            pass
        self.still_alive()


class Configuration(HttpTest):
    config = None

    def test_without_the_section_there_is_no_surface(self):
        self.start_daemon('listeners: [{name: n, address: "tcp://127.0.0.1:0"}]')
        self.assertNotIn("http address", self.daemon.log())

    def test_any_loopback_address_will_do(self):
        self.start_daemon(
            'listeners: [{name: n, address: "tcp://127.0.0.1:0"}]\n'
            'http: {address: "tcp://127.0.0.2:0"}'
        )
        connection = http.client.HTTPConnection("127.0.0.2", self.port(), timeout=DEADLINE)
        self.addCleanup(connection.close)
        self.get("/livez", connection=connection)

    def test_a_port_that_is_taken_ends_the_start(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            daemon = self.launch_daemon(
                'listeners: [{name: n, address: "tcp://127.0.0.1:0"}]\n'
                f'http: {{address: "tcp://127.0.0.1:{taken.getsockname()[1]}"}}'
            )
            self.assertEqual(daemon.wait(), 75)
        self.assertIn("listener=http ", daemon.log())


if __name__ == "__main__":
    unittest.main()
