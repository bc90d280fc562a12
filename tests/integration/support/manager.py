"""A service manager of our own, as small as can be: it opens sockets and keeps them, passes them by name,
listens to what the service says of itself, and starts it again."""

import os
import select
import signal
import socket
import subprocess
import time

from processes import DEADLINE, TELEXD


class ServiceManager:
    """`sockets` is a list of (name, listening or bound socket): one name may stand for several, as
    with ReusePort=. Says nothing of the service's log, which goes to `log`."""

    def __init__(self, folder, config, sockets, environment):
        self.folder = folder
        self.config = config
        self.sockets = sockets
        self.environment = environment
        self.process = None
        self.notify_path = f"{folder}/notify"
        self.notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.notify.bind(self.notify_path)
        self.said = []
        self.log = open(f"{folder}/service.log", "ab")

    def start(self):
        """Returns when the service has said that it is ready."""
        descriptors = [passed.fileno() for _, passed in self.sockets]

        def place():
            copies = [os.dup2(number, 200 + i) for i, number in enumerate(descriptors)]
            for i, number in enumerate(copies):
                os.dup2(number, 3 + i)
                os.close(number)

        self.process = subprocess.Popen(
            ["/bin/sh", "-c", 'LISTEN_PID=$$ exec "$@"', "sh", TELEXD, "--config", self.config],
            env=self.environment | {
                "NOTIFY_SOCKET": self.notify_path,
                "LISTEN_FDS": str(len(descriptors)),
                "LISTEN_FDNAMES": ":".join(name for name, _ in self.sockets),
            },
            close_fds=False, preexec_fn=place, stdout=subprocess.DEVNULL, stderr=self.log,
        )
        self.until("READY=1")

    def until(self, word):
        """The first message with that word from now on."""
        deadline = time.monotonic() + DEADLINE
        while True:
            ready, _, _ = select.select([self.notify], [], [], max(0, deadline - time.monotonic()))
            if not ready:
                raise TimeoutError(f"no {word} among {self.said[-5:]}")
            message = self.notify.recv(4096).decode()
            self.said.append(message)
            if word in message:
                return message

    def stop(self):
        """Its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=DEADLINE)

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
