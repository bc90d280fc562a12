"""Errors, limits and credentials of the NATS protocol as bytes. The texts are those that clients survive: whatever has another
text ends libnats and nats.go for good."""

import base64
import json
import re
import ssl
import unittest

from nats_servers import OTHER_SERVER, PASSWORD
from nats_server_case import NatsServerCase
from nkey import Nkey

UNAUTHORIZED = b"-ERR 'Authorization Violation'\r\n"


def connect(**options):
    return b"CONNECT %s\r\n" % json.dumps({"verbose": False, "pedantic": False, "headers": True, "no_responders": True} | options).encode()


class Credentials(NatsServerCase):
    shared = ("login", "token", "hasty")

    def assert_accepted(self, server, **options):
        client = self.raw(server, connect=connect(**options))
        self.assertEqual(client.flush(), b"")

    def assert_refused(self, server, line):
        client = self.raw(server, connect=line)
        client.send(b"PING\r\n")
        self.assertEqual(client.to_end(), UNAUTHORIZED)

    def test_are_required(self):
        info = self.raw("login", connect=None).info
        self.assertIs(info["auth_required"], True)
        for line in (b"PING\r\n", b"SUB a 1\r\n", b"PUB a 1\r\nx\r\n", connect(), connect(user="anna"),
                     connect(user="anna", **{"pass": "wrong"}), connect(user="none", **{"pass": PASSWORD}), connect(auth_token="x")):
            with self.subTest(line):
                self.assert_refused("login", line)

    def test_of_users_are_accepted(self):
        self.assert_accepted("login", user="anna", **{"pass": PASSWORD})
        self.assert_accepted("token", auth_token=self.credentials.token)

    def test_may_be_followed_by_commands_at_once(self):
        client = self.raw("login", connect=None)
        client.send(connect(user="anna", **{"pass": PASSWORD}) + b"SUB a 1\r\nPUB a 1\r\nx\r\n")
        self.assertEqual(client.flush(), b"MSG a 1 1\r\nx\r\n")

    def test_must_come_in_time(self):
        client = self.raw("hasty", connect=None)
        self.assertEqual(client.to_end(), b"-ERR 'Authentication Timeout'\r\n")

    def test_of_keys_sign_the_nonce(self):
        nkey = self.credentials.nkey
        # nats.js writes the second form, other clients the first.
        for encode in (lambda data: base64.urlsafe_b64encode(data).rstrip(b"="), base64.standard_b64encode):
            client = self.raw("login", connect=None)
            signature = encode(nkey.sign(client.info["nonce"].encode()))
            client.send(connect(nkey=nkey.public, sig=signature.decode()))
            self.assertEqual(client.flush(), b"")

    def test_of_other_keys_are_refused(self):
        nkey, other = self.credentials.nkey, Nkey()
        for name, signer in ((nkey.public, other), (other.public, other), ("UAAA", nkey), ("", nkey)):
            client = self.raw("login", connect=None)
            signature = base64.urlsafe_b64encode(signer.sign(client.info["nonce"].encode())).rstrip(b"=")
            client.send(connect(nkey=name, sig=signature.decode()))
            self.assertEqual(client.to_end(), UNAUTHORIZED, name)

    def test_of_an_older_nonce_are_refused(self):
        nkey = self.credentials.nkey
        signature = base64.urlsafe_b64encode(nkey.sign(self.raw("login", connect=None).info["nonce"].encode())).rstrip(b"=")
        self.assert_refused("login", connect(nkey=nkey.public, sig=signature.decode()))

    def test_of_jwt_are_refused(self):
        self.assert_refused("login", connect(jwt="e30.e30.e30", sig="x"))


class Permissions(NatsServerCase):
    shared = ("login",)

    def limited(self, **options):
        return self.raw("login", connect=connect(user="limited", **{"pass": PASSWORD}, **options))

    def test_refusals_name_the_subject(self):
        for command, text in ((b"PUB closed 1\r\nx\r\n", b'Publish to "closed"'), (b"PUB open.denied 1\r\nx\r\n", b'Publish to "open.denied"'),
                              (b"HPUB closed 12 12\r\nNATS/1.0\r\n\r\n\r\n", b'Publish to "closed"'),
                              (b"SUB closed 1\r\n", b'Subscription to "closed"'), (b"SUB > 1\r\n", b'Subscription to ">"'),
                              (b"SUB closed q 1\r\n", b'Subscription to "closed" using queue "q"')):
            with self.subTest(command):
                client = self.limited()
                client.send(command)
                self.assertEqual(client.flush(), b"-ERR 'Permissions Violation for %s'\r\n" % text)

    def test_refusals_are_instead_of_the_confirmation(self):
        client = self.limited(verbose=True)
        client.send(b"PUB closed 1\r\nx\r\nSUB closed 1\r\n")
        self.assertEqual(re.findall(rb"\+OK|-ERR", client.flush()), [b"+OK", b"-ERR", b"-ERR"])

    def test_denied_messages_are_withheld_from_wider_filters(self):
        client, publisher = self.limited(), self.raw("login", connect=connect(user="anna", **{"pass": PASSWORD}))
        client.send(b"SUB open.> 1\r\n")
        client.flush()
        publisher.send(b"PUB open.denied 1\r\nx\r\nPUB open.other 1\r\ny\r\n")
        publisher.flush()
        self.assertEqual(client.flush(), b"MSG open.other 1 1\r\ny\r\n")


class Limits(NatsServerCase):
    shared = ("open", "small", "slow", "single", "few", "pings")

    def test_payloads(self):
        for command in (b"PUB a 1025\r\n%s\r\n" % bytes(1025), b"HPUB a 12 1025\r\nNATS/1.0\r\n\r\n%s\r\n" % bytes(1013)):
            client = self.raw("small")
            client.send(command)
            self.assertEqual(client.to_end(), b"-ERR 'Maximum Payload Violation'\r\n")
        client = self.raw("small")
        client.send(b"PUB a 1024\r\n%s\r\n" % bytes(1024))
        self.assertEqual(client.flush(), b"")

    def test_connections(self):
        first = self.raw("single")
        first.flush()
        second = self.raw("single", connect=None)
        self.assertEqual(second.to_end(), b"-ERR 'maximum connections exceeded'\r\n")
        first.flush()

    def test_subscriptions(self):
        client = self.raw("few")
        client.send(b"SUB a 1\r\nSUB b 2\r\nSUB c q 3\r\n")
        text = (b"maximum subscriptions exceeded" if OTHER_SERVER else
                b'Permissions Violation for Subscription to "c" using queue "q", too many subscriptions')
        self.assertEqual(client.flush(), b"-ERR '%s'\r\n" % text)
        client.send(b"UNSUB 1\r\nSUB c 3\r\nPUB c 1\r\nx\r\n")
        self.assertEqual(client.flush(), b"MSG c 3 1\r\nx\r\n")

    def test_silence(self):
        client = self.raw("pings")
        client.flush()
        text = client.to_end()
        self.assertRegex(text, rb"^(PING\r\n)+-ERR 'Stale Connection'\r\n$")

    def test_slowness(self):
        consumer, publisher = self.raw("slow"), self.raw("slow")
        consumer.send(b"SUB slow 1\r\n")
        consumer.flush()
        publisher.send(b"SUB r 1\r\n")
        message = b"PUB slow r 65000\r\n%s\r\n" % bytes(65000)
        for _ in range(1000):
            publisher.send(8 * message)
            if b"503" in publisher.flush():
                break
        else:
            self.fail("the consumer was not cut")
        end = consumer.to_end()[-200:]
        if not OTHER_SERVER:
            self.assertRegex(end, rb"\r\n-ERR 'Permissions Violation: slow consumer, \d+ bytes pending, limit \d+'\r\n$")


class Ends(NatsServerCase):
    def test_lame_duck_mode_is_an_info_without_an_error(self):
        servers = self.own_servers("open")
        client = self.raw(servers=servers)
        client.flush()
        servers.begin_stop()
        info = client.line()
        self.assertTrue(info.startswith(b"INFO {"), info)
        self.assertIs(json.loads(info.removeprefix(b"INFO "))["ldm"], True)
        if OTHER_SERVER:
            servers.stop()
        self.assertEqual(client.to_end(), b"")

    def test_a_stopping_server_answers_what_it_has_read(self):
        servers = self.own_servers("open")
        client = self.raw(servers=servers)
        client.send(b"SUB a 1\r\n" + 1000 * b"PUB a 1\r\nx\r\n")
        client.flush()
        servers.begin_stop()
        client.line()
        client.send(b"PUB a 1\r\ny\r\nPING\r\n")
        self.assertEqual(client.until(b"PONG\r\n"), b"MSG a 1 1\r\ny\r\nPONG\r\n")


class Tls(NatsServerCase):
    shared = ("tls", "verified", "tls_first")

    def test_begins_after_info(self):
        client = self.raw("tls", connect=None)
        self.assertIs(client.info["tls_required"], True)
        client.upgrade(cafile=f"{self.folder}/ca.pem")
        client.send(connect(tls_required=True) + b"SUB a 1\r\nPUB a 1\r\nx\r\n")
        self.assertEqual(client.flush(), b"MSG a 1 1\r\nx\r\n")

    def test_is_not_left_out(self):
        client = self.raw("tls", connect=connect())
        client.send(b"PING\r\n")
        self.assertEqual(client.to_end(), b"")

    def test_requires_a_certificate_where_configured(self):
        client = self.raw("verified", connect=None)
        with self.assertRaises((ssl.SSLError, ConnectionResetError, EOFError, BrokenPipeError)):
            client.upgrade(cafile=f"{self.folder}/ca.pem")
            client.send(connect())
            client.flush()

    @unittest.skipIf(OTHER_SERVER, "nats-server 2.9 cannot begin with TLS")
    def test_comes_first_where_configured(self):
        context = ssl.create_default_context(cafile=f"{self.folder}/ca.pem")
        client = self.raw("tls_first", context=context)
        self.assertEqual(client.flush(), b"")


if __name__ == "__main__":
    unittest.main()
