"""telexd as its operator meets it: starts, stops, exit codes, logs, limits and socket files."""

import json
import os
import re
import resource
import select
import signal
import socket
import stat
import subprocess
import time
import unittest

from processes import CONFIG, DEADLINE, TELEXD, DaemonTest
from wire import Client, connect, error_pb2, read_to_end, telex_pb2

LINES = """
listeners:
  - {name: echo, address: "tcp://127.0.0.1:0", protocol: raw, framing: lines, request: $SYS.echo}
"""


class Starting(DaemonTest):
    config = None

    def telexd(self, *arguments, code):
        out, err = self.run_program(TELEXD, *arguments, code=code)
        return out + err

    def test_a_mistake_in_the_file_is_shown_where_it_is(self):
        path = self.configure("listeners:\n  - name: a\n    adress: tcp://127.0.0.1:0\n")
        said = self.telexd("--config", path, code=78)
        self.assertIn(f"{path}:3:5", said)
        self.assertIn("did you mean 'address'", said)
        self.assertEqual(said, self.telexd("--check-config", path, code=78))

    def test_check_config_accepts_what_is_right(self):
        self.telexd("--check-config", self.configure(LINES), code=0)

    def test_no_such_file(self):
        self.assertIn("none.yaml", self.telexd("--config", f"{self.folder}/none.yaml", code=66))

    def test_no_such_option(self):
        self.telexd("--colour", "red", code=64)

    def test_a_port_in_use(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            said = self.telexd("--config", self.configure(LINES.replace(":0", f":{port}")), code=75)
        self.assertIn(f"127.0.0.1:{port}", said)

    def test_a_socket_file_of_a_living_daemon(self):
        config = "listeners:\n  - {name: bus, address: 'unix://{folder}/bus.sock'}\n"
        self.start_daemon(config)
        self.assertIn("bus.sock", self.telexd("--config", self.configure(config), code=75))
        with Client(f"unix://{self.folder}/bus.sock") as client:
            self.assertEqual(client.request("$SYS.echo", b"mine").message.payload, b"mine")

    def test_a_folder_that_is_not_there(self):
        config = "listeners:\n  - {name: bus, address: 'unix://{folder}/none/bus.sock'}\n"
        self.assertIn("none", self.telexd("--config", self.configure(config), code=78))

    def test_systemd_passed_nothing(self):
        config = "listeners:\n  - {name: bus, address: 'systemd:bus'}\n"
        self.assertIn("systemd", self.telexd("--config", self.configure(config), code=78))


class Stopping(DaemonTest):
    def stop_while_somebody_waits(self):
        """For an answer that will not come."""
        client = Client(self.daemon.addresses("native")[0])
        self.addCleanup(client.socket.close)
        client.subscribe(1, "slow")
        client.publish("slow", b"", request=1, timeout_ms=250_000)
        self.assertEqual(client.receive().message.subject, "slow")
        self.daemon.signal(signal.SIGTERM)
        self.assertTrue(client.receive().HasField("goodbye"))

    def test_an_idle_daemon_stops_well(self):
        self.assertEqual(self.daemon.stop(), 0)

    def test_interrupt_stops_as_well(self):
        self.daemon.signal(signal.SIGINT)
        self.assertEqual(self.daemon.wait(), 0)

    def test_a_second_signal_does_not_wait(self):
        self.stop_while_somebody_waits()
        self.daemon.signal(signal.SIGTERM)
        self.assertEqual(self.daemon.wait(), 0)
        self.assertIn("action=stop", self.daemon.log())

    def answer_later(self):
        """Starts a responder whose command waits, and a request that it works on. Returns both, and the pipe for the
        reply."""
        reply = f"{self.folder}/reply"
        os.mkfifo(reply)
        responder = self.listening(
            "reply", "slow", "--command", f"echo begun >&2; cat {reply}", "--command-timeout", "10m")
        request = self.tool("request", "slow", "--timeout", "4m", "now")
        responder.err.until("begun")
        return responder, request, reply

    def begin_drain(self):
        """Returns when clients have been sent Goodbye."""
        with Client(self.daemon.addresses("native")[0]) as witness:
            self.daemon.signal(signal.SIGTERM)
            self.assertTrue(witness.receive().HasField("goodbye"))

    def test_a_responder_that_works_on_a_request_still_replies(self):
        _, request, reply = self.answer_later()
        self.begin_drain()
        with open(reply, "w", encoding="utf-8") as pipe:
            pipe.write("done")
        self.assertEqual(self.daemon.wait(), 0)
        self.assertIn("stopped: outcome=drained", self.daemon.log())
        self.assertEqual(request.finish(), (0, "done\n"))

    def test_a_drain_does_not_wait_for_a_responder_that_has_gone(self):
        self.daemon.stop()
        self.start_daemon(CONFIG + "server: {drain_timeout: 1h}\n")
        responder, request, reply = self.answer_later()
        self.begin_drain()
        responder.process.kill()
        self.assertEqual(self.daemon.wait(), 0)
        self.assertIn("stopped: outcome=drained", self.daemon.log())
        request.err.until("the responder disconnected before it replied")
        with open(reply, "w", encoding="utf-8"):
            pass  # the command ends

    def test_the_drain_has_an_end(self):
        self.daemon.stop()
        self.start_daemon(CONFIG + "server: {drain_timeout: 100ms}\n")
        self.stop_while_somebody_waits()
        self.assertEqual(self.daemon.wait(), 0)
        self.assertIn("stopped: outcome=cut_off", self.daemon.log())

    def test_hangup_ends_nothing(self):
        client = Client(self.daemon.addresses("native")[0])
        self.addCleanup(client.socket.close)
        self.daemon.signal(signal.SIGHUP)
        self.daemon.line("configuration reloaded: changes=0")
        self.assertEqual(client.request("$SYS.echo", b"here").message.payload, b"here")

    def test_a_thousand_hangups_end_nothing(self):
        with Client(self.daemon.addresses("native")[0]) as client:
            for _ in range(1000):
                self.daemon.signal(signal.SIGHUP)
            self.assertEqual(client.request("$SYS.echo", b"here").message.payload, b"here")
        self.assertEqual(self.daemon.stop(), 0)

    def test_a_killed_daemon_leaves_nothing_in_the_way(self):
        self.daemon.signal(signal.SIGKILL)
        self.daemon.wait()
        self.assertTrue(os.path.exists(f"{self.folder}/telex/telex.sock"))
        self.start_daemon()
        with Client(f"unix://{self.folder}/telex/telex.sock") as client:
            self.assertEqual(client.request("$SYS.echo", b"new").message.payload, b"new")


class Logs(DaemonTest):
    config = None

    def test_json_lines(self):
        daemon = self.start_daemon("log: {format: json}" + LINES)
        with connect(daemon.addresses("echo")[0]) as client:
            client.sendall(b'with "quotes"\n')
            client.recv(100)
        daemon.line("connection ended")
        daemon.stop()
        for line in daemon.log().splitlines():
            self.assertIn("level", json.loads(line))

    def serve(self, log="", **streams):
        """Runs a daemon whose log has no reader, sends a request, and stops it."""
        config = log + "\nlisteners:\n  - {name: bus, address: 'unix://{folder}/bus.sock'}\n"
        notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(notify.close)
        name = f"{self.folder}/notify{len(os.listdir(self.folder))}"
        notify.bind(name)
        notify.settimeout(DEADLINE)
        process = subprocess.Popen(
            [TELEXD, "--config", self.configure(config)],
            env=self.environment | {"NOTIFY_SOCKET": name},
            **streams,
        )
        try:
            while b"READY=1" not in notify.recv(4096):
                pass
            for _ in range(200):
                with Client(f"unix://{self.folder}/bus.sock") as client:
                    self.assertEqual(client.request("$SYS.echo", b"x").message.payload, b"x")
            process.terminate()
            self.assertEqual(process.wait(DEADLINE), 0)
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()

    def test_a_level_leaves_out_what_is_below(self):
        with open(f"{self.folder}/log", "wb") as log:
            self.serve("log: {level: error}", stderr=log)
        self.assertEqual(os.path.getsize(f"{self.folder}/log"), 0)
        with open(f"{self.folder}/log", "wb") as log:
            self.serve("log: {level: info}", stderr=log)
        self.assertGreater(os.path.getsize(f"{self.folder}/log"), 0)

    def test_what_clients_cause_does_not_fill_it(self):
        daemon = self.start_daemon('listeners: [{name: native, address: "tcp://127.0.0.1:0"}]')
        address = daemon.addresses("native")[0]
        began = time.monotonic()
        offences = 0
        while "suppressed=" not in daemon.log():
            self.assertLess(time.monotonic(), began + DEADLINE)
            clients = [connect(address) for _ in range(100)]
            for client in clients:
                client.sendall(b"\xff" * 11)
            for client in clients:
                read_to_end(client)
                client.close()
            offences += len(clients)
        self.assertEqual(daemon.stop(), 0)
        seconds = time.monotonic() - began
        lines = [line for line in daemon.log().splitlines() if "reason=bad_frame" in line]
        counts = re.findall(r" suppressed=(\d+)$", daemon.log(), re.MULTILINE)
        suppressed = sum(int(count) for count in counts)
        self.assertLessEqual(len(lines), 50 * (seconds + 2))
        self.assertGreater(suppressed, 0)
        self.assertLessEqual(len(lines) + suppressed, offences)

    def test_a_full_pipe_does_not_stop_the_service(self):
        read, write = os.pipe()
        os.set_blocking(write, False)
        try:
            while True:
                os.write(write, b"x" * 65536)
        except BlockingIOError:
            os.set_blocking(write, True)
        try:
            self.serve(stderr=write)
        finally:
            os.close(read)
            os.close(write)

    def test_a_closed_standard_error_does_not_stop_the_service(self):
        self.serve(preexec_fn=lambda: os.close(2))


class Limits(DaemonTest):
    config = None

    def test_hello_timeout_sends_an_error_and_closes(self):
        daemon = self.start_daemon("""
listeners:
  - {name: native, address: "tcp://127.0.0.1:0", limits: {hello_timeout: 1s}}
""")
        with connect(daemon.addresses("native")[0]) as stranger:
            self.assertIn(b"Hello", read_to_end(stranger))
        self.assertIn("hello_timeout", daemon.line("connection ended"))

    def test_an_urgent_byte_is_no_part_of_the_stream(self):
        daemon = self.start_daemon(LINES)
        with connect(daemon.addresses("echo")[0]) as peer:
            peer.sendall(b"one li")
            peer.send(b"!", socket.MSG_OOB)
            peer.sendall(b"ne\n")
            got = b""
            while not got.endswith(b"\n"):
                got += peer.recv(100)
            self.assertEqual(got, b"one line\n")

    def test_idle_clients_are_pinged_and_closed(self):
        daemon = self.start_daemon("""
listeners:
  - {name: native, address: "tcp://127.0.0.1:0", limits: {idle_timeout: 1s}}
""")
        with Client(daemon.addresses("native")[0]) as client:
            self.assertTrue(client.receive().HasField("ping"))
            self.assertEqual(client.receive().error.code, error_pb2.IDLE_TIMEOUT)
            self.assertIsNone(client.receive())

    def test_descriptors_run_out_and_come_back(self):
        def few_descriptors():
            resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))

        daemon = self.start_daemon("server: {reactors: 2}" + LINES, preexec_fn=few_descriptors)
        address = daemon.addresses("echo")[0]
        clients = []
        try:
            for _ in range(100):
                clients.append(connect(address))
            self.assertIn("Too many open files", daemon.line("cannot accept"))
            self.assertTrue(self.anybody_answered(clients), "those who are in are served on")
        finally:
            for client in clients:
                client.close()
        # When the others are gone there is room again; until then the kernel may still give us one
        # that is shed.
        while not self.answered(last := connect(address)):
            last.close()
        last.close()

    @staticmethod
    def anybody_answered(clients):
        """Rejected and pending connections do not count."""
        waiting = set()
        for client in clients:
            try:
                client.sendall(b"are you there?\n")
                waiting.add(client)
            except (ConnectionResetError, BrokenPipeError):
                pass
        while waiting:
            for client in select.select(waiting, [], [], DEADLINE)[0]:
                try:
                    if client.recv(100) == b"are you there?\n":
                        return True
                except ConnectionResetError:
                    pass
                waiting.remove(client)
        return False

    @staticmethod
    def answered(client):
        try:
            client.sendall(b"are you there?\n")
            return client.recv(100) == b"are you there?\n"
        except (ConnectionResetError, BrokenPipeError):
            return False

    def test_no_descriptor_is_left_behind(self):
        daemon = self.start_daemon(LINES)
        folder = f"/proc/{daemon.process.pid}/fd"
        address = daemon.addresses("echo")[0]
        with connect(address) as first:
            self.answered(first)
            before = len(os.listdir(folder))
            for number in range(200):
                client = connect(address)
                if number % 2:
                    self.answered(client)
                else:
                    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
                client.close()
            while len(os.listdir(folder)) > before:
                self.answered(first)

    def test_a_frame_over_the_limit_is_named(self):
        daemon = self.start_daemon("""
listeners:
  - {name: native, address: "tcp://127.0.0.1:0", limits: {max_frame: 1KiB}}
""")
        with Client(daemon.addresses("native")[0]) as client:
            self.assertEqual(client.welcome.limits.max_frame_bytes, 1024)
            client.socket.sendall(b"\xff\x7f")
            error = client.receive().error
            self.assertEqual((error.code, error.closing), (error_pb2.FRAME_TOO_LARGE, True))
            self.assertIsNone(client.receive())
        self.assertIn("reason=frame_too_large", daemon.line("connection ended"))

    def test_a_blocked_publisher_goes_on_after_max_block(self):
        daemon = self.start_daemon("""
listeners:
  - name: native
    address: unix://{folder}/bus.sock
    slow_consumer: {policy: block, max_block: 1s, fallback: drop-newest, max_pending: 64KiB}
    limits: {max_frame: 32KiB}
""")
        address = daemon.addresses("native")[0]
        with Client(address) as consumer, Client(address) as publisher:
            consumer.subscribe(1, "data")
            for _ in range(1000):
                publisher.publish("data", b"x" * 4096)
            publisher.flush()
            stats = publisher.stats()
        lost = stats.dropped_messages["slow_newest"]
        self.assertGreater(lost, 0)
        # The statistics' own answer is a delivery, too, but comes after its count.
        self.assertEqual(stats.delivered_messages + stats.queued_messages + lost, 1000)

    def test_the_largest_backlog_is_cut_when_memory_runs_out(self):
        daemon = self.start_daemon("""
server: {memory_budget: 16MiB}
listeners:
  - name: native
    address: unix://{folder}/bus.sock
    slow_consumer: {policy: drop-newest, max_block: 1s, max_pending: 15MiB}
""")
        address = daemon.addresses("native")[0]
        with Client(address) as most, Client(address) as less, Client(address) as publisher:
            most.subscribe(1, "data.>")
            less.subscribe(1, "data.half")
            for number in range(2400):
                publisher.publish("data.half" if number % 2 else "data.other", b"x" * 10_000)
            while publisher.stats().refusals["OVER_MEMORY_BUDGET"] == 0:
                pass
            while (frame := most.receive()).HasField("message"):
                pass
            self.assertEqual(frame.error.code, error_pb2.OVER_MEMORY_BUDGET)
            self.assertGreater(frame.error.pending_bytes, 8 << 20)
            # The other one lost nothing by it.
            for number in range(1200):
                self.assertTrue(less.receive().HasField("message"), number)


class SocketFiles(DaemonTest):
    config = """
listeners:
  - {name: open, address: "unix://{folder}/open.sock", mode: "0666"}
  - {name: closed, address: "unix-seqpacket://{folder}/closed.sock", mode: "0600"}
"""

    def test_have_the_mode_that_was_asked_for(self):
        for name, mode in (("open", 0o666), ("closed", 0o600)):
            self.assertEqual(stat.S_IMODE(os.stat(f"{self.folder}/{name}.sock").st_mode), mode)

    def test_go_with_the_daemon(self):
        self.assertEqual(self.daemon.stop(), 0)
        self.assertEqual([name for name in os.listdir(self.folder) if name.endswith(".sock")], [])

    def test_a_packet_is_a_frame(self):
        with connect(f"unix-seqpacket://{self.folder}/closed.sock") as client:
            frame = telex_pb2.Frame()
            frame.hello.version = 1
            client.send(frame.SerializeToString())
            answer = telex_pb2.Frame.FromString(client.recv(65536))
            self.assertEqual(answer.welcome.version, 1)


if __name__ == "__main__":
    unittest.main()
