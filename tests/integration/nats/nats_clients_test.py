"""Clients of NATS that we did not write, unchanged: libnats (C), nats.go, and the two of JavaScript. Each passes the same
dialogs."""

import unittest

from nats_cases import JavascriptCases, NatsCases
from nats_client_case import built


class Libnats(NatsCases):
    @classmethod
    def command(cls):
        return built("nats_libnats_harness")


class NatsGo(NatsCases):
    @classmethod
    def command(cls):
        return built("nats_go_harness")


class NatsJs(JavascriptCases):
    program = "nats.mjs"


class TransportNode(JavascriptCases):
    program = "transport_node.mjs"


if __name__ == "__main__":
    unittest.main()
