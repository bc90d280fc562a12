"""Credentials, permissions and TLS, as every NATS client presents and meets them."""

from nats_client_case import NatsClientCase
from nats_servers import OTHER_SERVER, PASSWORD


class SecurityCases(NatsClientCase):
    def assert_works(self, client="a"):
        """A connected client gets its own message."""
        subject = self.name(f"works.{client}")
        self.subscribe(f"works {client}", subject, client)
        self.publish(subject, "x", client)
        self.assertEqual(self.message(f"works {client}")["payload"], "x")

    def refused(self, server, **options):
        """Returns the error of a connection that is refused."""
        return self.refuses("connect", client="refused", servers=[self.url(server)], max_reconnects=0, **options)

    # --- credentials -------------------------------------------------------------------------------

    def test_passwords_authenticate(self):
        self.connect(server="login", user="anna", password=PASSWORD)
        self.assert_works()
        self.assertEqual(self.refused("login", user="anna", password="wrong")["code"], "authorization")
        self.assertEqual(self.refused("login")["code"], "authorization")

    def test_tokens_authenticate(self):
        self.connect(server="token", token=self.credentials.token)
        self.assert_works()
        self.assertEqual(self.refused("token", token="wrong")["code"], "authorization")

    def test_nkeys_authenticate(self):
        nkey = self.credentials.nkey.public
        self.connect(server="login", nkey=nkey, seed_file=self.credentials.seed_file)
        self.assert_works()
        error = self.refused("login", nkey=nkey, seed_file=self.credentials.wrong_seed_file)
        self.assertEqual(error["code"], "authorization")

    # --- permissions -------------------------------------------------------------------------------

    def limited(self):
        self.connect(server="login", user="limited", password=PASSWORD)
        self.subscribe("allowed", f"open.{self.name('x')}")

    def test_refused_publications_leave_the_connection_open(self):
        self.limited()
        for subject in ("closed.door", "open.denied"):
            self.publish(subject, "x")
            self.assertIn(f'permissions violation for publish to "{subject}"', self.event("error")["text"].lower())
        self.publish(f"open.{self.name('x')}", "allowed")
        self.assertEqual(self.message("allowed")["payload"], "allowed")
        self.assertEqual(self.do("status", client="a"), {"status": "connected"})

    def test_refused_subscriptions_leave_the_connection_open(self):
        self.limited()
        self.subscribe("denied", "closed.door")
        self.assertIn('permissions violation for subscription to "closed.door"', self.event("error")["text"].lower())
        self.subscribe("denied group", "closed.door", queue_group="g")
        text = self.event("error")["text"].lower()
        self.assertIn('permissions violation for subscription to "closed.door"', text)
        self.assertIn('using queue "g"', text)
        self.publish(f"open.{self.name('x')}", "allowed")
        self.assertEqual(self.message("allowed")["payload"], "allowed")

    def test_clients_with_permissions_send_requests(self):
        self.limited()
        self.subscribe("service", f"open.{self.name('echo')}", take="respond")
        reply = self.do("request", client="a", subject=f"open.{self.name('echo')}", payload="x")
        self.assertEqual(reply["payload"], "x")
        self.assertEqual(self.refuses("request", client="a", subject="open.none")["code"], "no_responders")

    # --- TLS ---------------------------------------------------------------------------------------

    @property
    def authority(self):
        return {"ca_file": f"{self.folder}/ca.pem"}

    @property
    def certificate(self):
        return self.authority | {"certificate_file": f"{self.folder}/client.pem", "key_file": f"{self.folder}/client.key"}

    def test_tls_is_spoken(self):
        self.connect(server="tls", tls=self.authority)
        self.assert_works()
        subject = self.name("large")
        self.subscribe("s", subject)
        self.publish(subject, size=1_000_000)
        self.assertEqual(self.message("s")["size"], 1_000_000)

    def test_tls_refuses_clients_without_the_authority(self):
        self.refused("tls", tls={})

    def test_tls_is_missed_where_it_is_expected(self):
        self.refused("open", tls=self.authority)

    def test_client_certificates_authenticate(self):
        self.connect(server="verified", tls=self.certificate)
        self.assert_works()
        self.refused("verified", tls=self.authority, timeout=5)

    def test_connections_of_tls_reconnect(self):
        servers = self.own_servers("tls")
        self.connect(servers=servers, server="tls", tls=self.authority)
        servers.kill()
        servers.start()
        self.event("disconnected")
        self.event("reconnected")
        self.assert_works()

    def test_tls_comes_first_where_the_client_wants_it(self):
        self.need("tls_first")
        if OTHER_SERVER:
            self.skipTest("nats-server 2.9 cannot begin with TLS")
        self.connect(server="tls_first", tls=self.authority, tls_first=True)
        self.assert_works()
