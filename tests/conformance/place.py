"""The daemon of the conformance scenarios: listeners and users for everything that a client does."""

import os
import pathlib
import signal

from authority import issue, key_pin, make_authority
from processes import DaemonTest, free_port
from wire import Client, admin_pb2

USERS = """
users:
  - name: anyone
    publish: {{allow: [">", "$SYS.>"]}}
    subscribe: {{allow: ">"}}
    allow_block: true
  - name: limited
    publish: {{allow: "open.>"}}
    subscribe: {{allow: "open.>"}}
    limits: {{max_payload: 100B, max_subscriptions: 2}}
  - {{name: billing, certificates: localhost, publish: {{allow: "$SYS.>"}}}}
  - {{name: robot, {token}, publish: {{allow: "$SYS.>"}}}}
  - {{name: keyed, {key}, publish: {{allow: "$SYS.>"}}}}
{password}    publish: {{allow: "$SYS.>"}}
"""

LISTENERS = """
listeners:
  - {{name: open, address: ["unix://{folder}/telex/telex.sock", "tcp://127.0.0.1:{tcp}"], user: anyone}}
  - {{name: limited, address: "unix://{folder}/limited.sock", user: limited}}
  - {{name: login, address: "tcp://127.0.0.1:{login}"}}
  - {{name: tls, address: "tcp://127.0.0.1:{tls}", user: anyone, tls: {server}}}
  - {{name: tls_login, address: "tcp://127.0.0.1:{tls_login}", tls: {server}}}
  - {{name: members, address: "tcp://127.0.0.1:{members}", tls: {server_with_ca}}}
  - {{name: small, address: "unix://{folder}/small.sock", user: anyone, limits: {{max_frame: 4KiB, max_requests: 4}}}}
  - {{name: idle, address: "unix://{folder}/idle.sock", user: anyone, limits: {{idle_timeout: 1s}}}}
  - {{name: slow, address: "unix://{folder}/slow.sock", user: anyone, limits: {{max_frame: 64KiB}},
     slow_consumer: {{policy: disconnect, max_pending: 64KiB}}}}
"""


class Place(DaemonTest):
    """One daemon for several scenarios. `urls` has the servers by the names of the scenarios, `words` the placeholders in
    their texts."""

    config = None

    def setUp(self):
        super().setUp()
        make_authority(self.folder)
        issue(self.folder, "server", "server")
        issue(self.folder, "client", "billing")
        other = pathlib.Path(self.folder, "other")
        other.mkdir()
        make_authority(other)
        issue(other, "client", "billing")
        self.ports = {name: free_port() for name in ("tcp", "login", "tls", "tls_login", "members", "dead")}
        self.urls = {
            "open": f"unix://{self.folder}/telex/telex.sock",
            "tcp": f"tcp://127.0.0.1:{self.ports['tcp']}",
            "dead": f"tcp://127.0.0.1:{self.ports['dead']}",
            "login": f"tcp://127.0.0.1:{self.ports['login']}",
            "tls": f"tls://localhost:{self.ports['tls']}",
            "tls_login": f"tls://localhost:{self.ports['tls_login']}",
            "plain_to_tls": f"tcp://127.0.0.1:{self.ports['tls']}",
            "tls_to_plain": f"tls://127.0.0.1:{self.ports['tcp']}",
            "members": f"tls://localhost:{self.ports['members']}",
        } | {name: f"unix://{self.folder}/{name}.sock" for name in ("limited", "small", "idle", "slow", "none")}
        self.text = self.write_config()
        self.words = {"folder": self.folder, "login": self.urls["login"], "token": pathlib.Path(self.folder, "token").read_text().strip(),
                      "pin": key_pin(f"{self.folder}/server.pem")}
        self.start_daemon(self.text)

    def write_config(self):
        files = f"certificate: {self.folder}/server.pem, key: {self.folder}/server.key"
        users = USERS.format(
            token=self.run_tool("keygen", "--token", f"{self.folder}/token")[0].strip(),
            key=self.run_tool("keygen", f"{self.folder}/key.pem")[0].strip(),
            password=self.run_tool("passwd", "anna", data=b"secret\n")[0],
        )
        listeners = LISTENERS.format(
            folder=self.folder, server=f"{{{files}}}", server_with_ca=f"{{{files}, client_ca: {self.folder}/ca.pem}}",
            **self.ports)
        return users + listeners

    # --- actions of the scenarios -----------------------------------------------------------------

    def kill(self):
        self.daemon.end()

    def stop(self):
        """As by systemd: the daemon says Goodbye to its clients."""
        self.daemon.signal(signal.SIGTERM)
        self.daemon.wait()

    def begin_stop(self):
        self.daemon.signal(signal.SIGTERM)

    def start(self):
        self.start_daemon(self.text)

    def freeze(self):
        """Returns when the daemon neither reads nor writes."""
        self.daemon.signal(signal.SIGSTOP)
        os.waitid(os.P_PID, self.daemon.process.pid, os.WSTOPPED)

    def thaw(self):
        self.daemon.signal(signal.SIGCONT)

    def kick(self, name):
        """Closes the connection of the client with this name."""
        with Client(self.urls["open"], "operator") as operator:
            answer = operator.request("$SYS.admin.connections", admin_pb2.ListConnections(limit=1000).SerializeToString())
            rows = admin_pb2.ConnectionList.FromString(answer.message.payload).connections
            (number,) = [row.number for row in rows if row.client_name == name]
            kick = admin_pb2.Kick(connection=number, reason="conformance")
            answer = operator.request("$SYS.admin.kick", kick.SerializeToString(), number=2)
            self.assertFalse(admin_pb2.Kicked.FromString(answer.message.payload).HasField("error"))
