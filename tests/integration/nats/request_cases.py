"""Requests and replies, as every NATS client does them."""

import re

from nats_client_case import NatsClientCase

# Requests of one command.
PART = 10_000


class RequestCases(NatsClientCase):
    def serve(self, **options):
        """Connects the clients a and b, of which b responds. Returns the subject of its service."""
        self.connect("a")
        self.connect("b")
        subject = self.name("echo")
        self.subscribe("service", subject, "b", take="respond", **options)
        return subject

    def request(self, subject, payload="", client="a", **options):
        return self.do("request", client=client, subject=subject, payload=payload, **options)

    def test_requests_get_their_reply(self):
        subject = self.serve()
        reply = self.request(subject, "hello", headers=[["Name", "value"]])
        self.assertEqual((reply["payload"], reply["headers"]), ("hello", [["Name", "value"]]))
        self.assertEqual(self.request(subject)["payload"], "")

    def test_requests_without_responders_fail_at_once(self):
        self.connect()
        self.assertEqual(self.refuses("request", client="a", subject=self.name("none"))["code"], "no_responders")

    def test_requests_fail_when_the_responder_has_unsubscribed(self):
        subject = self.serve()
        self.request(subject)
        self.do("unsubscribe", subscription="service")
        self.flush("b")
        self.assertEqual(self.refuses("request", client="a", subject=subject)["code"], "no_responders")

    def test_requests_time_out(self):
        self.connect()
        self.subscribe("silent", self.name("silent"))
        error = self.refuses("request", client="a", subject=self.name("silent"), timeout=0.05)
        self.assertEqual(error["code"], "timeout")

    def test_old_style_requests_get_their_reply(self):
        subject = self.serve()
        tap = self.tap()
        self.connect("old", port=tap.port, old_requests=True)
        for number in range(3):
            self.assertEqual(self.request(subject, str(number), "old", old_style=True)["payload"], str(number))
        error = self.refuses("request", client="old", subject=self.name("none"), old_style=True)
        self.assertEqual(error["code"], "no_responders")
        self.flush("old")
        sent = tap.from_client()
        self.assertEqual(len(re.findall(rb"SUB _INBOX\.\w+ +\d+\r\n", sent)), 4, sent)

    def test_many_requests_share_an_inbox(self):
        subject = self.serve()
        tap = self.tap()
        self.connect("mux", port=tap.port)
        echoed = self.do("requests", client="mux", subject=subject, count=2000, in_flight=50)
        self.assertEqual(echoed, {"echoed": 2000})
        # nats.js may begin two while the first requests are in flight.
        self.assertLessEqual(len(re.findall(rb"(?<!UN)SUB ", tap.from_client())), 2)

    def test_requests_may_have_many_replies(self):
        subject = self.serve(replies=5)
        self.subscribe("second service", subject, "a", take="respond", replies=3)
        found = self.do("request_many", client="a", subject=subject, payload="x", replies=8)
        self.assertEqual(found, {"payloads": ["x"] * 8})

    def test_queue_groups_share_requests(self):
        subject = self.serve(queue_group="workers")
        self.subscribe("second service", subject, "a", take="respond", queue_group="workers")
        self.assertEqual(self.do("requests", client="a", subject=subject, count=500, in_flight=10), {"echoed": 500})

    def test_requests_without_echo_reach_others_only(self):
        self.connect()
        self.connect("c", no_echo=True)
        subject = self.name("own")
        self.subscribe("own service", subject, "c", take="respond")
        self.assertEqual(self.refuses("request", client="c", subject=subject)["code"], "no_responders")
        self.assertEqual(self.request(subject, "x", "a")["payload"], "x")

    def test_a_chain_of_services_loses_no_request(self):
        """A asks the first of three services, each of which forwards the request; the last one replies to A's inbox."""
        first, second, third = self.name("first"), self.name("second"), self.name("third")
        for client in ("a", "b", "c", "d"):
            self.connect(client)
        self.subscribe("first", first, "b", take="forward", to=second)
        self.subscribe("second", second, "c", take="forward", to=third)
        self.subscribe("third", third, "d", take="respond")
        # In parts: a command of the harness has a deadline.
        for begun in range(0, self.chain_requests, PART):
            count = min(PART, self.chain_requests - begun)
            self.assertEqual(
                self.do("requests", client="a", subject=first, count=count, in_flight=20), {"echoed": count}
            )
