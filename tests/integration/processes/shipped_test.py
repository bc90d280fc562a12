"""The shipped configurations, run unchanged except for their ports."""

import json
import os
import pathlib
import re
import select
import subprocess
import unittest

from nats_raw import NatsClient
from processes import DEADLINE, DaemonTest
from websockets_raw import TEXT, Raw
from wire import Client, connect, error_pb2

CONFIG = pathlib.Path(__file__).resolve().parents[3] / "config"
# Covered by other tests.
ELSEWHERE = {"syslog-collector", "chat", "legacy-service", "socket-activated"}


class Shipped(DaemonTest):
    config = None
    variables = {
        name: "0"
        for name in ("TELEX_PORT", "TELEX_JSON_PORT", "TELEX_SYSLOG_PORT", "TELEX_HTTP_PORT",
                     "NATIVE_PORT", "SYSLOG_PORT",
                     "SENSOR_PORT", "CONVERTER_PORT", "NETCAT_PORT", "BROWSER_PORT",
                     "TELEX_NATS_PORT", "NATS_PORT", "METER_PORT")
    }

    def start_shipped(self, name):
        return self.start_daemon((CONFIG / name).read_text())

    def test_every_example_is_tested(self):
        here = {name for name in dir(self) if name.startswith("test_example_")}
        for path in (CONFIG / "examples").glob("*.yaml"):
            if path.stem not in ELSEWHERE:
                self.assertIn("test_example_" + path.stem.replace("-", "_"), here)

    def test_default(self):
        daemon = self.start_shipped("telexd.yaml")
        with Client(f"unix://{self.folder}/telex/telex.sock") as local, \
                Client(daemon.addresses("native")[0]) as client:
            client.subscribe(1, "log.>")
            client.subscribe(2, "hello")
            local.publish("hello", b"by unix")
            self.assertEqual(client.receive().message.payload, b"by unix")
            with connect(daemon.addresses("json")[0]) as person:
                said = {"message": {"subject": "hello", "text": "by hand"}}
                person.sendall(json.dumps(said).encode() + b"\n")
                self.assertEqual(client.receive().message.payload, b"by hand")
            for address in daemon.addresses("syslog"):
                with connect(address) as sender:
                    # Terminators of rsyslog and of Python's SysLogHandler.
                    for end in (b"\n", b"\0"):
                        sender.sendall(b"<13>a line" + end)
                        message = client.receive().message
                        self.assertEqual(message.payload, b"<13>a line")
                        self.assertTrue(message.subject.startswith("log."), message.subject)
        # Clients find it without an address.
        out, _ = self.run_tool("request", "$SYS.echo", "found")
        self.assertIn("found", out)

    def test_default_with_nats(self):
        text = (CONFIG / "telexd.yaml").read_text()
        daemon = self.start_daemon(re.sub(r"(?m)^  # ((- name: nats|  address: .*_NATS_PORT|  protocol: nats).*)$", r"  \1", text))
        with Client(daemon.addresses("native")[0]) as client:
            client.subscribe(1, "hello")
            nats = NatsClient(daemon.addresses("nats")[0])
            self.addCleanup(nats.close)
            nats.publish("hello", b"from NATS")
            self.assertEqual(client.receive().message.payload, b"from NATS")

    def nats_client(self, **credentials):
        client = NatsClient(self.daemon.addresses("nats")[0], **credentials)
        self.addCleanup(client.close)
        return client

    def test_example_nats(self):
        hashed = subprocess.run(
            ["argon2", "saltsaltsalt", "-id", "-t", "1", "-k", "1024", "-p", "1", "-e"],
            input=b"secret", capture_output=True, check=True, timeout=DEADLINE).stdout.decode().strip()
        printed, _ = self.run_tool("keygen", f"{self.folder}/token", "--token")
        self.environment |= {"ORDERS_PASSWORD": hashed, "SHOP_TOKEN": printed.split('"')[1]}
        self.start_shipped("examples/nats.yaml")
        orders = self.nats_client(user="orders", **{"pass": "secret"})
        shop = self.nats_client(auth_token=pathlib.Path(self.folder, "token").read_text().strip())
        orders.send("SUB > 1")
        self.assertEqual(orders.ping(), ["-ERR 'Permissions Violation for Subscription to \">\"'"])
        orders.send("SUB orders.> 2")
        orders.send("SUB meters.> 3")
        orders.ping()
        with connect(self.daemon.addresses("meters")[0]) as meter:
            meter.sendall(b"\0\00221")
            self.assertEqual(orders.receive().payload, b"21")
        shop.send("SUB _INBOX.1.* 1")
        shop.publish("orders.new", b"2 apples", reply="_INBOX.1.a")
        order = orders.receive()
        self.assertEqual((order.payload, order.reply), (b"2 apples", "_INBOX.1.a"))
        orders.publish(order.reply, b"thanks")
        self.assertEqual(shop.receive().payload, b"thanks")
        shop.publish("_INBOX.1.a", b"forged")
        shop.publish("orders.all", b"forged")
        self.assertEqual(len(shop.ping()), 2)
        self.assertEqual(orders.ping(), [])

    def test_example_streams(self):
        self.environment |= {"STATE_DIRECTORY": f"{self.folder}/state"}
        self.start_shipped("examples/streams.yaml")
        out, _ = self.run_tool("pub", "--durable", "orders.new", "one")
        self.assertEqual(out, "orders 1\n")
        with connect(self.daemon.addresses("meters")[0]) as meter:
            meter.sendall(b"21\n")
            self.assertEqual(meter.recv(100), b"+1\n")
        out, _ = self.run_tool("stream", "get", "orders", "--last", "orders.new", "--raw")
        self.assertEqual(out, "one\n")

    def test_example_local_bus(self):
        self.start_shipped("examples/local-bus.yaml")
        address = f"unix://{self.folder}/telex/bus.sock"
        with Client(address) as one, Client(address) as other:
            one.subscribe(1, "a")
            other.publish("a", b"x")
            self.assertEqual(one.receive().message.payload, b"x")

    def test_example_sensors_udp(self):
        daemon = self.start_shipped("examples/sensors-udp.yaml")
        with Client(daemon.addresses("native")[0]) as client:
            client.subscribe(1, "sensor.>")
            with connect(daemon.addresses("sensors")[0]) as sensor:
                sensor.send(b"21.5")
                message = client.receive().message
                self.assertEqual(
                    (message.subject, message.payload), ("sensor.udp.127-0-0-1", b"21.5")
                )
            with connect(daemon.addresses("converters")[0]) as converter:
                # Start byte, length of the whole frame, reading, end byte.
                converter.sendall(b"\x02\x0722.5\x7e")
                message = client.receive().message
                self.assertEqual(
                    (message.subject, message.payload), ("sensor.tcp.127-0-0-1", b"22.5")
                )

    def test_example_browser_chat(self):
        daemon = self.start_shipped("examples/browser-chat.yaml")
        page = Raw(daemon.addresses("browsers")[0])
        self.addCleanup(page.socket.close)
        with connect(daemon.addresses("netcat")[0]) as netcat:
            lines = netcat.makefile("rb")
            # Until both are subscribed, a message may have no receiver.
            while not select.select([netcat], [], [], 0.05)[0]:
                page.send(TEXT, b"from the page")
            self.assertEqual(lines.readline(), b"from the page\n")
            netcat.sendall(b"from netcat\n")
            self.assertEqual(page.receive(), (TEXT, b"from netcat"))

    def test_example_syslog_by_program(self):
        daemon = self.start_shipped("examples/syslog-by-program.yaml")
        with Client(daemon.addresses("native")[0]) as client:
            client.subscribe(1, "log.err.>")
            for address in daemon.addresses("syslog"):
                with connect(address) as sender:
                    sender.send(b"<14>Nov 29 18:33:00 web.1 nginx[7]: fine\n")
                    sender.send(b"<11>Nov 29 18:33:00 web.1 nginx[7]: failed\n")
                    message = client.receive().message
                    self.assertEqual((message.subject, message.payload),
                                     ("log.err.web-1.nginx", b"failed"))

    def test_example_users(self):
        self.start_shipped("examples/users.yaml")
        with Client(f"unix://{self.folder}/telex/telex.sock") as client:
            self.assertEqual(client.request("$SYS.echo", b"mine").message.payload, b"mine")
            answer = client.request("$SYS.stats", b"")
            if os.getuid() == 0:
                self.assertFalse(answer.HasField("error"), answer)
            else:
                self.assertEqual(answer.error.code, error_pb2.PERMISSION_DENIED)


if __name__ == "__main__":
    unittest.main()
