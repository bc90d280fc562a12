"""Base class of the tests that every NATS client passes: servers, a harness, and the steps of a dialog."""

import os
import pathlib
import unittest

from harness import Harness
from nats_server_case import NatsServerCase
from raw_client import Tap


class NatsClientCase(NatsServerCase):
    """A client's test has `command`, which returns the command line of its harness or skips the tests. One harness serves all
    tests of a class."""

    shared = ("open", "login", "token", "tls", "verified", "tls_first", "small", "pings")

    @classmethod
    def command(cls):
        raise unittest.SkipTest("names no client")

    @classmethod
    def setUpClass(cls):
        command = cls.command()
        super().setUpClass()
        cls.harness = Harness(command, os.environ)
        cls.addClassCleanup(cls.end_harness)

    @classmethod
    def end_harness(cls):
        code = cls.harness.end()
        if code != 0:
            raise AssertionError(f"the harness ended with {code}")

    def setUp(self):
        super().setUp()
        self.addCleanup(self.harness.forget_events)

    def need(self, feature):
        if feature not in self.harness.features:
            self.skipTest(f"the client has no feature {feature}")

    def url(self, server, servers=None):
        return f"nats://localhost:{(servers or self.servers).port(server)}"

    # --- steps -------------------------------------------------------------------------------------

    def begin(self, do, **arguments):
        for key in ("client", "subscription"):
            if key in arguments:
                arguments[key] = self.name(arguments[key])
        return self.harness.begin(do, **arguments)

    def finish(self, number):
        entry = self.harness.result(number)
        self.assertIn("ok", entry, entry)
        return entry["ok"]

    def do(self, do, **arguments):
        """Runs a command; returns its result."""
        return self.finish(self.begin(do, **arguments))

    def refuses(self, do, **arguments):
        """Runs a command that fails; returns its error."""
        entry = self.harness.result(self.begin(do, **arguments))
        self.assertIn("error", entry, entry)
        return entry["error"]

    def connect(self, client="a", server="open", servers=None, port=None, **options):
        url = f"nats://localhost:{port}" if port else self.url(server, servers)
        self.do("connect", client=client, servers=[url], **options)
        self.addCleanup(self.begin, "close", client=client)

    def subscribe(self, subscription, filter_, client="a", **options):
        self.do("subscribe", client=client, subscription=subscription, filter=filter_, **options)
        self.do("flush", client=client)

    def publish(self, subject, payload="", client="a", **options):
        self.do("publish", client=client, subject=subject, **({} if "size" in options else {"payload": payload}), **options)

    def flush(self, client="a"):
        self.do("flush", client=client)

    def event(self, kind, client="a"):
        return self.harness.take_event(kind, {"client": self.name(client)})

    def message(self, subscription):
        return self.harness.take_event("message", {"subscription": self.name(subscription)})

    def messages(self, subscription, count):
        return [self.message(subscription) for _ in range(count)]

    def payloads(self, subscription, count):
        return [message["payload"] for message in self.messages(subscription, count)]

    def left(self, *kinds):
        """Returns the events of these kinds of this test's clients that were not taken."""
        return [event for event in self.harness.waiting(*kinds) if event["client"].endswith(self.name(""))]

    def counted(self, subscription):
        return self.harness.take_event("counted", {"subscription": self.name(subscription)})

    def quiet(self, subscription):
        """Fails if a message of the subscription is left. Follows a step after which it would have come."""
        left = [event for event in self.harness.waiting("message") if event["subscription"] == self.name(subscription)]
        self.assertEqual(left, [])

    def tap(self, server="open", servers=None):
        tap = Tap((servers or self.servers).port(server))
        self.addCleanup(tap.close)
        return tap


def built(name):
    """Returns the command of a harness that the build made."""
    program = pathlib.Path(os.environ["TELEX_BUILD_DIR"], "bin", name)
    if not program.exists():
        raise unittest.SkipTest(f"{name} was not built: its library is not installed")
    return (str(program),)
