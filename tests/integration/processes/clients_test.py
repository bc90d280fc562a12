"""Clients of MariaDB, KISS, gdb's protocol and JSON-RPC that we did not write, with a responder on the bus."""

import json
import shutil
import subprocess
import tempfile
import threading
import unittest

from processes import DEADLINE, DaemonTest
from wire import Client

CONFIG = """
listeners:
  - {name: native, address: "unix://{folder}/telex/telex.sock"}
  - name: mysql
    address: tcp://127.0.0.1:0
    protocol: raw
    framing:
      kind: length
      length: {width: 3, order: little, head_size: 4, continuation: full, keep_head: true}
    connect: mysql.hello
    request: mysql.command
  - {name: kiss, address: "tcp://127.0.0.1:0", protocol: raw, framing: kiss, publish: kiss.in, subscribe: kiss.out,
     connect: kiss.hello}
  - name: gdb
    address: tcp://127.0.0.1:0
    protocol: raw
    framing: {kind: delimiter, delimiter: {start: "$", skip: "+-", end: "#", after: 2, keep: true}}
    request: gdb.packet
    disconnect: gdb.gone
  - {name: lsp, address: "tcp://127.0.0.1:0", protocol: raw, framing: lsp, request: lsp}
"""

# Pinned: what the test asserts was seen with it.
JSON_RPC = "vscode-jsonrpc@8.2.1"
JSON_RPC_CLIENT = """
const rpc = require('vscode-jsonrpc/node');
const socket = require('net').connect(process.argv[2], '127.0.0.1');
const connection = rpc.createMessageConnection(new rpc.StreamMessageReader(socket), new rpc.StreamMessageWriter(socket));
connection.listen();
connection.sendRequest('echo', {text: 'x'.repeat(12000)}).then(result => {
    console.log(result.text.length);
    socket.end();
    connection.dispose();
});
"""


def packet(number, body):
    return len(body).to_bytes(3, "little") + bytes([number]) + body


def counted(text):
    return bytes([len(text)]) + text


def hello_of_mysql():
    """Version 10 of the protocol, without TLS; passwords of mysql_native_password."""
    capabilities = 0x0008_8209
    return packet(0, b"\x0a10.11.0-telex\0" + bytes(4) + b"12345678\0" + (capabilities & 0xFFFF).to_bytes(2, "little")
                  + b"\x21\x02\0" + (capabilities >> 16).to_bytes(2, "little") + b"\x15" + bytes(10) + b"123456789012\0"
                  + b"mysql_native_password\0")


def rows_of_mysql(name, value):
    end = b"\xfe\0\0\2\0"
    column = (counted(b"def") + 3 * counted(b"") + counted(name) + counted(b"")
              + b"\x0c\x21\0\0\1\0\0\xfd\0\0\0\0\0")
    bodies = [b"\1", column, end, counted(value), end]
    return b"".join(packet(number, body) for number, body in enumerate(bodies, 1))


def reply_of_mysql(request):
    """To the login, a query, and the end."""
    if request[3] != 0:
        return packet(request[3] + 1, b"\0\0\0\2\0\0\0")
    return None if request[4] == 1 else rows_of_mysql(b"a", b"hello")


class ClientsTest(DaemonTest):
    config = CONFIG

    def setUp(self):
        super().setUp()
        self.bus = Client(self.daemon.addresses("native")[0])
        self.addCleanup(self.bus.socket.close)

    def serve(self, subject, reply, requests):
        """Replies to this number of requests in the background. Nothing is written for a reply of None."""
        self.bus.subscribe(1, subject)
        self.bus.flush()

        def run():
            for _ in range(requests):
                request = self.bus.receive()
                payload = reply(request.message)
                frame = Client.message(request.reply_to, payload or b"")
                if payload is None:
                    frame.message.headers.add(name="Telex-No-Answer", value="")
                self.bus.send(frame)

        thread = threading.Thread(target=run)
        thread.start()
        self.addCleanup(thread.join)

    def port(self, listener):
        return str(self.daemon.port(listener))


class MariaDb(ClientsTest):
    """The server speaks first."""

    def run_client(self):
        return subprocess.run(
            ["mariadb", "--no-defaults", "-h", "127.0.0.1", "-P", self.port("mysql"), "--skip-ssl", "-u", "user", "-N",
             "-e", "select a"], capture_output=True, timeout=DEADLINE, check=False, text=True)

    def test_prints_the_rows_of_a_reply(self):
        self.serve("mysql.>", lambda message: hello_of_mysql() if message.subject == "mysql.hello"
                   else reply_of_mysql(message.payload), requests=4)
        done = self.run_client()
        self.assertEqual((done.returncode, done.stdout), (0, "hello\n"), done)

    def test_prints_the_error_of_a_reply(self):
        error = packet(0, b"\xff" + (1040).to_bytes(2, "little") + b"telex is no database")
        self.serve("mysql.hello", lambda _: error, requests=1)
        done = self.run_client()
        self.assertEqual(done.returncode, 1)
        self.assertIn("telex is no database", done.stderr)


class Kissutil(ClientsTest):
    def test_sends_and_prints_frames(self):
        """Of the direwolf package: a frame of AX.25 in both directions, with an escaped byte."""
        self.bus.subscribe(1, "kiss.in")
        self.bus.subscribe(2, "kiss.hello")
        self.bus.flush()
        process = subprocess.Popen(["kissutil", "-h", "127.0.0.1", "-p", self.port("kiss")], stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE, text=True, bufsize=1,
                                   errors="replace")
        self.addCleanup(process.communicate)
        self.addCleanup(process.kill)
        hello = self.bus.receive()
        frame = Client.message(hello.reply_to, b"")
        frame.message.headers.add(name="Telex-No-Answer", value="")
        self.bus.send(frame)
        address = bytes.fromhex("82a0a4a64040609c60868298986103f0")
        self.bus.publish("kiss.out", b"\0" + address + b"sec\xc0ond")
        self.bus.publish("kiss.out", b"\0" + address + b"third")
        while "third" not in (line := process.stdout.readline()):
            self.assertNotEqual(line, "", "kissutil has ended")
            self.assertNotIn("error", line.lower())
        # Only now: before, its input could be read before it is connected.
        process.stdin.write("W1ABC>APRS:hello\n")
        self.assertEqual(self.bus.receive().message.payload[-5:], b"hello")


def reply_of_gdb(packet):
    """The acknowledgement, and a packet: of a target whose registers and memory are zeros."""
    command = packet[1:-3]
    content = b""
    if command.startswith(b"m"):
        content = b"00" * int(command.split(b",")[1], 16)
    elif command.startswith(b"g"):
        content = b"00" * 164
    elif command.startswith((b"H", b"D")):
        content = b"OK"
    else:
        content = {b"?": b"S05", b"qC": b"QC1", b"qfThreadInfo": b"m1", b"qsThreadInfo": b"l"}.get(command, b"")
    return b"+$%b#%02x" % (content, sum(content) % 256)


@unittest.skipIf(shutil.which("gdb") is None, "gdb is not installed")
class Gdb(ClientsTest):
    """Each packet is acknowledged by a single byte."""

    def test_debugs_a_target_on_the_bus(self):
        self.bus.subscribe(1, "gdb.>")
        self.bus.flush()
        packets = []

        def run():
            while (request := self.bus.receive()).message.subject != "gdb.gone":
                packets.append(request.message.payload)
                self.bus.send(Client.message(request.reply_to, reply_of_gdb(request.message.payload)))

        thread = threading.Thread(target=run)
        thread.start()
        done = subprocess.run(
            ["gdb", "-nx", "-batch", "-ex", f"target remote 127.0.0.1:{self.port('gdb')}", "-ex", "x/1xb 0x40", "-ex", "disconnect"],
            capture_output=True, timeout=DEADLINE, check=False, text=True)
        thread.join(DEADLINE)
        self.assertIn("0x40:\t0x00", done.stdout, done)
        self.assertNotIn("Ignoring packet error", done.stderr)
        self.assertEqual({packet[:1] for packet in packets}, {b"$"})


class JsonRpc(ClientsTest):
    """The library of Visual Studio Code. Its messages have more than a segment."""

    def setUp(self):
        super().setUp()
        if shutil.which("npm") is None or shutil.which("node") is None:
            self.skipTest("Node.js or npm is not installed")
        folder = tempfile.TemporaryDirectory(prefix="telex-npm-")
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        try:
            done = subprocess.run(
                ["npm", "install", "--prefix", self.folder, "--prefer-offline", "--ignore-scripts", "--no-audit",
                 "--no-fund", "--fetch-retries=0", JSON_RPC],
                capture_output=True, timeout=DEADLINE, check=False, text=True)
            failure = done.stderr if done.returncode else None
        except subprocess.TimeoutExpired:
            failure = "npm takes too long"
        if failure:
            self.skipTest(f"{JSON_RPC} cannot be installed: {failure.strip()[-200:]}")

    def test_with_a_message_of_12_kilobytes(self):
        def echo(message):
            request = json.loads(message.payload)
            return json.dumps({"jsonrpc": "2.0", "id": request["id"], "result": request["params"]}).encode()

        self.serve("lsp", echo, requests=1)
        done = subprocess.run(["node", "-e", JSON_RPC_CLIENT, "-", self.port("lsp")], cwd=self.folder, capture_output=True,
                              timeout=DEADLINE, check=False, text=True)
        self.assertEqual((done.returncode, done.stdout), (0, "12000\n"), done)


if __name__ == "__main__":
    unittest.main()
