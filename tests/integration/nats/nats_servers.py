"""The servers of the tests with NATS clients: one telexd with several listeners. With TELEX_NATS_SERVER, the path of a
nats-server, that program runs instead: what the tests expect was proved with it (script/nats proof)."""

import os
import pathlib
import signal
import socket
import subprocess
import time

from nkey import Nkey
from processes import DEADLINE, TELEX, Daemon, free_port

OTHER_SERVER = os.environ.get("TELEX_NATS_SERVER")
PASSWORD = "secret"
TOKEN_FILE = "token"

ALL = '{allow: [">", "$JS.>", "$KV.>", "$O.>", "$SRV.>", "$SYS.>"]}'
# Some subjects, and the inboxes of requests.
OPEN = '{allow: ["open.>", "_INBOX.>"], deny: "open.denied"}'

USERS = """
users:
  - {{name: anyone, publish: {all}, subscribe: {all}}}
{password}    publish: {all}
    subscribe: {all}
{limited}    publish: {open}
    subscribe: {open}
  - {{name: robot, {token}, publish: {all}, subscribe: {all}}}
  - {{name: keyed, keys: "ed25519:{key}", publish: {all}, subscribe: {all}}}
  - {{name: billing, certificates: localhost, publish: {all}, subscribe: {all}}}
"""

TLS = "certificate: {folder}/server.pem, key: {folder}/server.key"
LISTENERS = {
    "open": "user: anyone",
    "login": "limits: {{idle_timeout: 5m}}",
    "token": "limits: {{idle_timeout: 5m}}",
    "tls": f"user: anyone, tls: {{{{{TLS}}}}}",
    "verified": f"tls: {{{{{TLS}, client_ca: {{folder}}/ca.pem}}}}",
    "tls_first": f"user: anyone, handshake_first: true, tls: {{{{{TLS}}}}}",
    "small": "user: anyone, limits: {{max_frame: 1KiB}}",
    "slow": "user: anyone, limits: {{max_frame: 64KiB}}, slow_consumer: {{policy: disconnect, max_pending: 64KiB}}",
    "pings": "user: anyone, limits: {{idle_timeout: 1s}}",
    "single": "user: anyone, limits: {{max_connections: 1}}",
    "few": "user: anyone, limits: {{max_subscriptions: 2}}",
    "hasty": "limits: {{hello_timeout: 300ms}}",
}

# nats-server's configuration for each listener. Version 2.9 cannot begin with TLS.
OTHER_LISTENERS = {
    "open": "",
    "login": 'authorization {{users: [{{user: anna, password: secret}}, {{nkey: {nkey}}}, {{user: limited, password: secret, '
             'permissions: {{publish: {open}, subscribe: {open}}}}}]}}',
    "token": 'authorization {{token: "{token}"}}',
    "tls": 'tls {{cert_file: "{folder}/server.pem", key_file: "{folder}/server.key"}}',
    "verified": 'tls {{cert_file: "{folder}/server.pem", key_file: "{folder}/server.key", ca_file: "{folder}/ca.pem", verify: true}}',
    "small": "max_payload: 1024",
    "slow": 'max_pending: 65536, max_payload: 65536, write_deadline: "1s"',
    "pings": 'ping_interval: "1s"',
    "single": "max_connections: 1",
    "few": "max_subscriptions: 2",
    "hasty": 'authorization {{timeout: 0.3, token: "{token}"}}',
}


class Credentials:
    """Of the users and the servers, in a folder with the files of the certificate authority."""

    def __init__(self, folder):
        self.folder = folder
        self.nkey = Nkey()
        self.seed_file, self.wrong_seed_file = f"{folder}/seed", f"{folder}/wrong_seed"
        pathlib.Path(self.seed_file).write_text(self.nkey.seed, encoding="ascii")
        pathlib.Path(self.wrong_seed_file).write_text(Nkey().seed, encoding="ascii")
        self.token_entry = _telex("keygen", "--token", f"{folder}/{TOKEN_FILE}")
        self.token = pathlib.Path(folder, TOKEN_FILE).read_text(encoding="ascii").strip()


def _telex(*arguments, data=b""):
    return subprocess.run([TELEX, *arguments], input=data, check=True, capture_output=True, timeout=DEADLINE).stdout.decode().strip("\n")


class Telexd:
    """A daemon with the named listeners, on ports that it keeps after a restart."""

    def __init__(self, folder, credentials, names):
        self._folder = folder
        self._ports = {name: free_port() for name in names}
        self._text = "server: {reactors: 3}\n" + self._users(credentials) + self._listeners(credentials.folder)
        self.daemon = None

    def _users(self, credentials):
        return USERS.format(
            all=ALL, open=OPEN, token=credentials.token_entry, key=credentials.nkey.hexadecimal,
            password=_telex("passwd", "anna", data=PASSWORD.encode() + b"\n") + "\n",
            limited=_telex("passwd", "limited", data=PASSWORD.encode() + b"\n") + "\n")

    def _listeners(self, folder):
        entries = "".join(
            f"  - {{name: {name}, protocol: nats, address: \"tcp://127.0.0.1:{port}\", {LISTENERS[name].format(folder=folder)}}}\n"
            for name, port in self._ports.items())
        return f"listeners:\n  - {{name: native, address: \"unix://{self._folder}/telex/telex.sock\", user: anyone}}\n{entries}"

    def port(self, name):
        return self._ports[name]

    def start(self):
        path = pathlib.Path(self._folder, "telexd.yaml")
        path.write_text(self._text, encoding="utf-8")
        environment = os.environ | {"XDG_RUNTIME_DIR": self._folder, "XDG_CONFIG_HOME": f"{self._folder}/config"}
        self.daemon = Daemon("--config", str(path), env=environment)
        self.daemon.line("ready:")

    def begin_stop(self):
        self.daemon.signal(signal.SIGTERM)

    def stop(self):
        """Stops it as a service manager does."""
        self.daemon.stop()

    def kill(self):
        self.daemon.end()

    def end(self):
        if self.daemon is not None:
            self.daemon.check_books()
            self.daemon.end()


class NatsServer:
    """A nats-server for each of the named listeners."""

    def __init__(self, folder, credentials, names):
        self._folder, self._credentials = folder, credentials
        self._ports = {name: free_port() for name in names if name in OTHER_LISTENERS}
        self._processes = {}

    def port(self, name):
        return self._ports[name]

    def start(self):
        for name, port in self._ports.items():
            text = OTHER_LISTENERS[name].format(folder=self._credentials.folder, nkey=self._credentials.nkey.public, open=OPEN,
                                                token=self._credentials.token)
            path = pathlib.Path(self._folder, f"{name}.conf")
            path.write_text(f'listen: "127.0.0.1:{port}"\n{text}\nlame_duck_grace_period: "1s"\n', encoding="utf-8")
            self._processes[name] = subprocess.Popen([OTHER_SERVER, "-c", path, "-l", path.with_suffix(".log")])
        for port in self._ports.values():
            _wait_until_it_listens(port)

    def begin_stop(self):
        """Lame duck mode."""
        self._signal(signal.SIGUSR2)

    def stop(self):
        self._signal(signal.SIGTERM)
        for process in self._processes.values():
            process.wait(DEADLINE)

    def kill(self):
        for process in self._processes.values():
            process.kill()
            process.wait()

    end = kill

    def _signal(self, number):
        for process in self._processes.values():
            process.send_signal(number)


def _wait_until_it_listens(port):
    deadline = time.monotonic() + DEADLINE
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return
        except OSError:
            time.sleep(0.02)
    raise TimeoutError(f"nothing listens on port {port}")


Servers = NatsServer if OTHER_SERVER else Telexd
