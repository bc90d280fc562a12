"""Connections that begin, end and come back, as every NATS client does it."""

from nats_client_case import NatsClientCase


class ConnectionCases(NatsClientCase):
    def test_clients_learn_the_largest_payload(self):
        self.connect()
        self.assertEqual(self.do("server", client="a"), {"max_payload": 1 << 20})
        self.connect("small", server="small")
        self.assertEqual(self.do("server", client="small"), {"max_payload": 1024})

    def test_clients_refuse_larger_payloads(self):
        self.connect(server="small")
        subject = self.name("p")
        self.subscribe("s", subject)
        self.publish(subject, size=1024)
        self.assertEqual(self.refuses("publish", client="a", subject=subject, size=1025)["code"], "max_payload")
        self.publish(subject, "after")
        self.assertEqual([message["size"] for message in self.messages("s", 2)], [1024, 5])

    def test_clients_keep_idle_connections_alive(self):
        tap = self.tap()
        self.connect(port=tap.port, ping_interval=0.02, max_pings_out=1000)
        before = tap.from_server().count(b"PONG\r\n")
        tap.wait(lambda: tap.from_server().count(b"PONG\r\n") >= before + 10)
        self.assertEqual(self.left("disconnected"), [])

    def test_idle_clients_answer_the_pings_of_the_server(self):
        tap = self.tap("pings")
        self.connect(port=tap.port)
        before = tap.from_client().count(b"PONG\r\n")
        tap.wait(lambda: tap.from_server().count(b"PING\r\n") >= 2 and tap.from_client().count(b"PONG\r\n") >= before + 2)
        self.flush()
        self.assertEqual(self.left("disconnected", "error"), [])

    def test_clients_reconnect_to_a_restarted_server(self):
        servers = self.own_servers("open")
        self.connect("a", servers=servers)
        self.connect("b", servers=servers)
        subject = self.name("r")
        self.subscribe("s", subject, "b", take="count", count=5000)
        self.subscribe("echo", self.name("echo"), "b", take="respond")
        self.publish(subject, count=5000, size=100)
        self.flush()
        servers.stop()
        self.assertEqual(self.counted("s")["count"], 5000)
        servers.start()
        for client in ("a", "b"):
            self.event("disconnected", client)
            self.event("reconnected", client)
        for client in ("a", "b"):
            self.flush(client)
        self.assertEqual(self.do("request", client="a", subject=self.name("echo"), payload="x")["payload"], "x")

    def test_clients_reconnect_to_a_killed_server(self):
        servers = self.own_servers("open")
        self.connect(servers=servers)
        self.subscribe("s", self.name("k"), queue_group="g")
        servers.kill()
        servers.start()
        self.event("disconnected")
        self.event("reconnected")
        self.publish(self.name("k"), "x")
        self.assertEqual(self.message("s")["payload"], "x")

    def test_limits_of_subscriptions_survive_a_restart(self):
        servers = self.own_servers("open")
        self.connect(servers=servers)
        subject = self.name("l")
        self.subscribe("s", subject, max_messages=5)
        self.subscribe("plain", subject)
        for number in range(2):
            self.publish(subject, str(number))
        self.messages("plain", 2)
        self.assertEqual(self.payloads("s", 2), ["0", "1"])
        servers.stop()
        servers.start()
        self.event("disconnected")
        self.event("reconnected")
        for number in range(2, 8):
            self.publish(subject, str(number))
        self.assertEqual(self.payloads("plain", 6), ["2", "3", "4", "5", "6", "7"])
        self.assertEqual(self.payloads("s", 3), ["2", "3", "4"])
        self.flush()
        self.quiet("s")

    def test_publications_wait_for_a_restarted_server(self):
        self.need("keeps_publishes")
        servers = self.own_servers("open")
        self.connect(servers=servers)
        subject = self.name("w")
        self.subscribe("s", subject, take="count", count=1000)
        servers.stop()
        self.event("disconnected")
        self.publish(subject, count=1000)
        servers.start()
        self.event("reconnected")
        counted = self.counted("s")
        self.assertEqual((counted["count"], counted["in_order"]), (1000, True))

    def test_lame_duck_mode_is_announced(self):
        servers = self.own_servers("open")
        self.connect(servers=servers)
        servers.begin_stop()
        self.event("lame_duck")
        self.event("disconnected")
        servers.kill()
        servers.start()
        self.event("reconnected")
        self.assertEqual(self.left("closed"), [])

    def test_slow_consumers_are_cut_and_come_back(self):
        servers = self.own_servers("slow")
        self.connect(servers=servers, server="slow")
        subject = self.name("slow")
        self.subscribe("s", subject, take="count", count=1 << 62)
        self.subscribe("marks", self.name("marks"))
        raw = self.raw("slow", servers)
        with self.harness.frozen():
            self.flood(raw, subject)
        self.event("disconnected")
        self.event("reconnected")
        self.flush()
        raw.send(b"PUB %s 1\r\nx\r\n" % self.name("marks").encode())
        self.message("marks")
        self.assertEqual(self.left("closed"), [])

    def flood(self, raw, subject):
        """Publishes until the subject has no subscriber: then its messages, which are requests, are refused."""
        inbox = self.name("inbox").encode()
        raw.send(b"SUB %s 1\r\n" % inbox)
        message = b"PUB %s %s 65000\r\n%s\r\n" % (subject.encode(), inbox, b"0" * 65000)
        for _ in range(1000):
            raw.send(8 * message)
            if b"NATS/1.0 503" in raw.flush():
                return
        self.fail("the consumer was not cut")
