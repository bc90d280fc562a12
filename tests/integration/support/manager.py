"""A minimal service manager: opens sockets, passes them by name, receives notifications, stores descriptors, and restarts
the service."""

import array
import os
import select
import signal
import socket
import subprocess
import time

from processes import DEADLINE, TELEXD

# systemd's maximum per message.
MOST_DESCRIPTORS = 253
# The shell passes its process id, which exec keeps for the service.
AS_SYSTEMD = ["/bin/sh", "-c", 'LISTEN_PID=$$ exec "$@"', "sh"]


def unit_sockets(folder):
    """Opens the sockets of a .socket unit with three names: tcp, unix and udp."""
    native = socket.create_server(("127.0.0.1", 0))
    local = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    local.bind(f"{folder}/local.sock")
    local.listen()
    sensor = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sensor.bind(("127.0.0.1", 0))
    return {"native": native, "local": local, "sensor": sensor}


def place(numbers):
    """In the child: makes them descriptors 3 and following, as systemd passes them."""
    # Move them away first: the numbers overlap.
    copies = [os.dup2(number, 200 + i) for i, number in enumerate(numbers)]
    for i, number in enumerate(copies):
        os.dup2(number, 3 + i)
        os.close(number)


class ServiceManager:
    """`sockets` is a list of (name, listening or bound socket); several may have the same name, as with
    ReusePort=. The descriptor store exists unless the environment lacks FDSTORE. The service's log is written to
    `log_path`."""

    def __init__(self, folder, config, sockets, environment):
        self.folder = folder
        self.config = config
        self.sockets = sockets
        self.environment = environment
        self.process = None
        self.notify_path = f"{folder}/notify"
        self.notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.notify.bind(self.notify_path)
        self.notifications = []
        self.stored = []  # (name, descriptor)
        self.log_path = f"{folder}/service.log"
        self.log = open(self.log_path, "ab")

    def launch(self):
        passed = [(name, one.fileno()) for name, one in self.sockets] + self.stored
        numbers = [number for _, number in passed]
        variables = {"NOTIFY_SOCKET": self.notify_path}
        if passed:
            variables["LISTEN_FDS"] = str(len(passed))
            variables["LISTEN_FDNAMES"] = ":".join(name for name, _ in passed)
        self.process = subprocess.Popen(
            [*AS_SYSTEMD, TELEXD, "--config", self.config],
            env=self.environment | variables,
            close_fds=False, preexec_fn=lambda: place(numbers), stdout=subprocess.DEVNULL, stderr=self.log,
        )

    def start(self):
        """Returns when the service has reported readiness."""
        self.launch()
        self.until("READY=1")

    def until(self, word):
        """Returns the next notification that contains `word`."""
        deadline = time.monotonic() + DEADLINE
        while time.monotonic() < deadline:
            ready, _, _ = select.select([self.notify], [], [], 1)
            message = self.receive() if ready else ""
            if word in message:
                return message
            if not ready and self.process.poll() is not None:
                break
        with open(self.log_path, encoding="utf-8") as log:
            raise TimeoutError(f"no {word} among {self.notifications[-5:]}: {log.read()[-2000:]}")

    def logged(self, text):
        """Returns the service's log once it contains `text`; a thread writes it."""
        deadline = time.monotonic() + DEADLINE
        while True:
            with open(self.log_path, encoding="utf-8", errors="replace") as log:
                content = log.read()
            if text in content:
                return content
            if time.monotonic() > deadline:
                raise TimeoutError(f"no {text!r} in {content[-2000:]}")
            select.select([], [], [], 0.01)

    def settle(self):
        """Processes all pending notifications."""
        while select.select([self.notify], [], [], 0)[0]:
            self.receive()

    def receive(self):
        room = socket.CMSG_SPACE(MOST_DESCRIPTORS * array.array("i").itemsize)
        data, control, _, _ = self.notify.recvmsg(4096, room)
        message = data.decode()
        descriptors = array.array("i")
        for level, kind, content in control:
            if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
                descriptors.frombytes(content[:len(content) - len(content) % descriptors.itemsize])
        for number in descriptors:
            os.set_inheritable(number, False)  # the service must not inherit a second copy
        self.notifications.append(message)
        self.keep(dict(line.split("=", 1) for line in message.splitlines()), descriptors)
        return message

    def keep(self, fields, descriptors):
        if "FDSTORE" in fields:
            self.stored += [(fields["FDNAME"], number) for number in descriptors]
            return
        for number in descriptors:
            os.close(number)
        if "FDSTOREREMOVE" in fields:
            for name, number in [one for one in self.stored if one[0] == fields["FDNAME"]]:
                self.stored.remove((name, number))
                os.close(number)

    def stop(self):
        """Returns the exit code; the descriptor store is kept, as in a restart."""
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(timeout=DEADLINE)
        self.settle()
        return code

    def kill(self):
        self.process.kill()
        self.process.wait(timeout=DEADLINE)
        self.settle()

    def restart(self):
        code = self.stop()
        if code != 0:
            raise AssertionError(f"the service ended with {code}")
        self.start()

    def end(self):
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.notify.close()
        self.log.close()
        for _, passed in self.sockets:
            passed.close()
        for _, number in self.stored:
            os.close(number)
