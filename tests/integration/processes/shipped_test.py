"""The shipped configurations, run unchanged except for their ports."""

import json
import os
import pathlib
import select
import unittest

from processes import DaemonTest
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
                     "SENSOR_PORT", "CONVERTER_PORT", "NETCAT_PORT", "BROWSER_PORT")
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
