"""The commands of the NATS protocol as bytes. Expected is what nats-server 2.9 does, because clients depend on it; where telexd
differs, a test has both."""

import json
import socket
import unittest

from nats_server_case import NatsServerCase
from nats_servers import OTHER_SERVER

UNKNOWN = b"-ERR 'Unknown Protocol Operation'\r\n"
# A connection of nats.js 1 or of a person with netcat.
PLAIN = b'CONNECT {"verbose":false}\r\n'


def connect(**options):
    return b"CONNECT %s\r\n" % json.dumps({"verbose": False, "pedantic": False} | options).encode()


class WireCase(NatsServerCase):
    def assert_stays(self, data, answer=b"", **options):
        """The server answers these bytes so, and serves the connection further."""
        with self.subTest(data=data[:80]):
            client = self.raw(**options)
            client.send(data)
            self.assertEqual(client.flush(answer.count(b"PONG\r\n")), answer)
            client.close()

    def assert_closes(self, data, answer=b"", **options):
        """The server answers these bytes so, and closes the connection."""
        with self.subTest(data=data[:80]):
            client = self.raw(**options)
            client.send(data)
            self.assertEqual(client.to_end(), answer)
            client.close()

    @staticmethod
    def of(nats_server, telex):
        """Returns the answer that is expected of the server under test."""
        return nats_server if OTHER_SERVER else telex


class Lines(WireCase):
    def test_words_are_separated_by_any_blanks(self):
        self.assert_stays(b"SUB a  1\r\nPUB a 2\r\nhi\r\n", b"MSG a 1 2\r\nhi\r\n")
        self.assert_stays(b"SUB\ta\t \t1\r\nPUB \t a  2 \r\nhi\r\n", b"MSG a 1 2\r\nhi\r\n")
        self.assert_stays(b"SUB a 1\r\nUNSUB 1 \r\nPUB a 2\r\nhi\r\n")

    def test_verbs_have_any_case(self):
        self.assert_stays(b"sub a 1\r\nPub a 2\r\nhi\r\nhPUB a 12 12\r\nNATS/1.0\r\n\r\n\r\nuNsUb 1\r\nping\r\npong\r\n",
                          b"MSG a 1 2\r\nhi\r\nHMSG a 1 12 12\r\nNATS/1.0\r\n\r\n\r\nPONG\r\n")

    def test_lines_may_end_with_lf_but_payloads_not(self):
        self.assert_stays(b"SUB a 1\nPUB a 2\nhi\r\n", b"MSG a 1 2\r\nhi\r\n")
        self.assert_closes(b"SUB a 1\r\nPUB a 2\r\nhi\nPING\r\n", UNKNOWN)

    def test_unknown_commands_are_named(self):
        for data in (b"\r\n", b"FOO\r\n", b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", b"\x16\x03\x01\x00\xf8\x01\x00\x00\xf4\x03\x03\r\n",
                     b"PUB\r\n", b"MSG a 1 2\r\nhi\r\n", b"SUBS a 1\r\n"):
            self.assert_closes(data, UNKNOWN)

    def test_needless_commands_are_ignored(self):
        self.assert_stays(b"PING abc\r\n", b"PONG\r\n")
        self.assert_stays(b"PONG\r\nPONG\r\nINFO {}\r\n")

    def test_answers_of_servers_end_the_connection(self):
        self.assert_closes(b"-ERR 'x'\r\n")
        if not OTHER_SERVER:  # ignores the line
            self.assert_closes(b"+OK\r\n")

    def test_lines_have_a_limit(self):
        too_long = b"-ERR 'maximum control line exceeded'\r\n"
        self.assert_closes(b"SUB %s 1\r\n" % (b"a" * 5000), too_long)
        self.assert_closes(b"PUB %s" % (b"a" * 5000), too_long)
        self.assert_closes(connect(name="n" * 5000), too_long)
        self.assert_stays(b"PUB a%s1\r\nx\r\n" % (b" " * 4000))

    def test_everything_before_the_end_is_answered(self):
        client = self.raw()
        client.send(b"SUB a 1\r\nPUB a 2\r\nhi\r\nPUB none r 1\r\nx\r\nPING\r\n")
        client.socket.shutdown(socket.SHUT_WR)
        self.assertEqual(client.to_end(), b"MSG a 1 2\r\nhi\r\nPONG\r\n")

    def test_any_cut_of_the_input_is_the_same(self):
        data = b"SUB a.* 1\r\nPUB a.b r 3\r\nx\r\n\r\nHPUB a.c 14 16\r\nNATS/1.0\r\nA:\r\nhi\r\nUNSUB 1 1\r\nPING\r\n"
        answer = b"MSG a.b 1 r 3\r\nx\r\n\r\nHMSG a.c 1 14 16\r\nNATS/1.0\r\nA:\r\nhi\r\nPONG\r\n"
        for cut in range(1, len(data)):
            client = self.raw()
            client.send(data[:cut])
            client.send(data[cut:])
            self.assertEqual(client.until(b"PONG\r\n"), answer, f"cut at {cut}")
            client.close()


class Publications(WireCase):
    def test_wrong_arguments_end_the_connection(self):
        for data in (b"PUB a -1", b"PUB a x", b"PUB a +1", b"PUB a 1000000000", b"PUB a b c 12", b"HPUB a 13 12", b"HPUB a 12",
                     b"HPUB a x 12", b"HPUB a b c 12 12"):
            self.assert_closes(data + b"\r\nNATS/1.0\r\n\r\n\r\n")

    def test_headers_need_the_option(self):
        self.assert_closes(b"HPUB a 12 12\r\nNATS/1.0\r\n\r\n\r\n", connect=PLAIN)

    def test_sizes_may_have_zeros(self):
        size = self.of(nats_server=b"001", telex=b"1")
        self.assert_stays(b"SUB a 1\r\nPUB a 001\r\nx\r\n", b"MSG a 1 %s\r\nx\r\n" % size)

    def test_longer_payloads_are_not_delivered(self):
        subscriber = self.raw()
        subscriber.send(b"SUB a.longer 1\r\n")
        subscriber.flush()
        self.assert_closes(b"PUB a.longer 2\r\nhello\r\n", UNKNOWN)
        self.assertEqual(subscriber.flush(), b"")

    def test_payloads_have_a_limit(self):
        violation = b"-ERR 'Maximum Payload Violation'\r\n"
        for command in (b"PUB a 1048577\r\n", b"PUB a b 99999999\r\n", b"HPUB a 12 1048577\r\n"):
            self.assert_closes(command, violation)
        self.assert_stays(b"PUB a 1048576\r\n%s\r\n" % bytes(1 << 20))

    @unittest.skipIf(OTHER_SERVER, "nats-server resets the connection, with which the text may be lost")
    def test_the_text_arrives_while_the_payload_is_sent(self):
        """The server reads and drops what is on the way, because a reset would take the text with it."""
        for _ in range(5):
            client = self.raw()
            client.send(b"PUB a 4194304\r\n%s\r\nPING\r\n" % bytes(4 << 20))
            self.assertEqual(client.to_end(), b"-ERR 'Maximum Payload Violation'\r\n")

    def test_wildcards_in_subjects_are_refused(self):
        for subject in (b"a.*", b"a..b", b">", b"a.", b".a"):
            self.assert_stays(b"SUB b.> 1\r\nPUB %s 1\r\nx\r\n" % subject,
                              self.of(nats_server=b"", telex=b"-ERR 'Permissions Violation for Publish to \"%s\"'\r\n" % subject))

    def test_wildcards_in_reply_subjects_are_refused(self):
        self.assert_stays(b"SUB a 1\r\nPUB a r.* 1\r\nx\r\n", self.of(
            nats_server=b"MSG a 1 r.* 1\r\nx\r\n", telex=b"-ERR 'Permissions Violation for Publish to \"r.*\"'\r\n"))

    def test_header_blocks_are_passed_on(self):
        self.assert_stays(b"SUB a 1\r\nHPUB a r 0 2\r\nhi\r\n", b"MSG a 1 r 2\r\nhi\r\n")
        for block in (b"NATS/1.0\r\n\r\n", b"hello", b"NATS/1.0 503\r\n\r\n", b"NATS/1.0 100 Idle Heartbeat\r\nA: 1\r\n\r\n",
                      b"NATS/1.0\r\nA:1\r\nA:  2\r\na: 3\r\nEmpty:\r\n\r\n", b"NATS/1.0\r\nA: 1\nB: 2\r\n\r\n"):
            sizes = b"%d %d" % (len(block), len(block) + 2)
            self.assert_stays(b"SUB a 1\r\nHPUB a r %s\r\n%shi\r\n" % (sizes, block), b"HMSG a 1 r %s\r\n%shi\r\n" % (sizes, block))

    def test_header_blocks_are_removed_for_plain_subscribers(self):
        subscriber = self.raw(connect=PLAIN)
        subscriber.send(b"SUB a.plain h\r\n")
        subscriber.flush()
        publisher = self.raw()
        publisher.send(b"HPUB a.plain 18 21\r\nNATS/1.0\r\nA: 1\r\n\r\nabc\r\n")
        publisher.flush()
        self.assertEqual(subscriber.flush(), b"MSG a.plain h 3\r\nabc\r\n")

    def test_messages_come_before_the_pong(self):
        messages = b"".join(b"PUB a %d\r\n%d\r\n" % (len(str(number)), number) for number in range(1000))
        answer = b"".join(b"MSG a 1 %d\r\n%d\r\n" % (len(str(number)), number) for number in range(1000))
        self.assert_stays(b"SUB a 1\r\n" + messages, answer)

    def test_subjects_of_the_system_are_for_their_uses(self):
        for subject in (b"$KV.B.key", b"$O.O.M.name", b"$SRV.PING", b"$JS.ACK.S.c.1.1.1.1.1"):
            self.assert_stays(b"SUB %s 1\r\nPUB %s 1\r\nx\r\n" % (subject, subject), b"MSG %s 1 1\r\nx\r\n" % subject)
        for subject in (b"$other", b"$SYS.x"):
            refusal = b"-ERR 'Permissions Violation for Publish to \"%s\"'\r\n" % subject
            self.assert_stays(b"PUB %s 1\r\nx\r\n" % subject, self.of(nats_server=b"", telex=refusal))


class Subscriptions(WireCase):
    def test_wrong_arguments_end_the_connection(self):
        for data in (b"SUB a\r\n", b"SUB a b c d\r\n", b"UNSUB 1 2 3\r\n"):
            self.assert_closes(data)

    def test_bad_filters_are_refused(self):
        for filter_ in (b"a..b", b">.a", b".a", b"a."):
            text = self.of(nats_server=b"Invalid Subject", telex=b'Permissions Violation for Subscription to "%s"' % filter_)
            self.assert_stays(b"SUB %s 1\r\nPUB a.b 1\r\nx\r\n" % filter_, b"-ERR '%s'\r\n" % text)

    def test_wildcards_are_whole_tokens(self):
        self.assert_stays(b"SUB foo* 1\r\nPUB foox 1\r\nx\r\n", self.of(
            nats_server=b"", telex=b"-ERR 'Permissions Violation for Subscription to \"foo*\"'\r\n"))

    def test_names_of_subscriptions_are_any_words(self):
        for name in (b"sid-x", b"123456789012345678901", b"0", b"007", b"-1"):
            self.assert_stays(b"SUB a %s\r\nPUB a 1\r\nx\r\nUNSUB %s\r\nPUB a 1\r\nx\r\n" % (name, name), b"MSG a %s 1\r\nx\r\n" % name)

    def test_names_in_use_keep_the_first_filter(self):
        self.assert_stays(b"SUB a 1\r\nSUB b 1\r\nPUB a 1\r\nx\r\nPUB b 1\r\ny\r\n", b"MSG a 1 1\r\nx\r\n")

    def test_names_are_free_after_the_end(self):
        self.assert_stays(b"SUB a 1\r\nUNSUB 1\r\nSUB b 1\r\nPUB a 1\r\nx\r\nPUB b 1\r\ny\r\n", b"MSG b 1 1\r\ny\r\n")

    def test_unsubscribe_takes_anything(self):
        self.assert_stays(b"UNSUB 9\r\nSUB a 1\r\nUNSUB 1\r\nUNSUB 1\r\nPUB a 1\r\nx\r\n")
        message = b"MSG a 1 1\r\nx\r\n"
        self.assert_stays(b"SUB a 1\r\nUNSUB 1 x\r\nPUB a 1\r\nx\r\n", self.of(nats_server=b"", telex=message))
        self.assert_stays(b"SUB a 1\r\nUNSUB 1 0\r\nPUB a 1\r\nx\r\n")

    def test_maximum_counts_from_the_subscription(self):
        three = 3 * b"PUB a 1\r\nx\r\n"
        message = b"MSG a 1 1\r\nx\r\n"
        self.assert_stays(b"SUB a 1\r\nUNSUB 1 2\r\n" + three, 2 * message)
        self.assert_stays(b"SUB a 1\r\n" + three + b"UNSUB 1 5\r\n" + three, 5 * message)
        self.assert_stays(b"SUB a 1\r\n" + three + b"UNSUB 1 1\r\n" + three, 3 * message)
        self.assert_stays(b"SUB a 1\r\nUNSUB 1 2\r\nUNSUB 1 4\r\n" + three + three, 4 * message)

    def test_queue_groups_have_any_name(self):
        for group in (b"q", b"q.*", b">", "größe".encode()):
            self.assert_stays(b"SUB a %s 1\r\nSUB a %s 2\r\nUNSUB 2\r\nPUB a 1\r\nx\r\n" % (group, group), b"MSG a 1 1\r\nx\r\n")


    def test_idle_members_share_a_burst(self):
        """Also a member whose connection has left another group while messages were on their way to it."""
        group, former = self.name("shared").encode(), self.name("former").encode()
        members, publisher = [self.raw() for _ in range(3)], self.raw()
        for member in members:
            member.send(b"SUB %s q 1\r\n" % group)
            member.flush()
        members[0].send(b"SUB other 2\r\n")
        for _ in range(20):
            members[0].send(b"SUB %s q 3\r\n" % former)
            members[0].flush()
            publisher.send(b"PUB %s 1000\r\n%s\r\n" % (former, bytes(1000)) * 60)
            members[0].send(b"UNSUB 3\r\n")
            publisher.flush()
            members[0].flush()
        publisher.send(b"PUB %s 5\r\nhello\r\n" % group * 300)
        publisher.flush()
        shares = [member.flush().count(b"hello") for member in members]
        self.assertEqual(sum(shares), 300)
        self.assertGreaterEqual(min(shares), 50, shares)


class Options(WireCase):
    def test_info_has_what_clients_need(self):
        client = self.raw(connect=None)
        self.assertTrue(client.info_line.startswith(b"INFO {"))
        info = client.info
        self.assertRegex(info["version"], r"^2\.9\.10($|-)")
        self.assertIs(info["headers"], True)
        self.assertEqual((info["max_payload"], info["proto"]), (1 << 20, 1))
        self.assertIsInstance(info["client_id"], int)
        self.assertGreater(info["client_id"], 0)
        self.assertEqual([name for name, value in info.items() if isinstance(value, (dict, list))], [])
        self.assertNotIn("tls_required", info)

    def test_connect_is_not_needed(self):
        self.assert_stays(b"SUB a 1\r\nPUB a 2\r\nhi\r\nUNSUB 1\r\n", self.of(
            nats_server=b"+OK\r\n+OK\r\nMSG a 1 2\r\nhi\r\n+OK\r\n", telex=b"+OK\r\nMSG a 1 2\r\nhi\r\n+OK\r\n+OK\r\n"), connect=None)

    def test_verbose_confirms_each_command(self):
        client = self.raw(connect=connect(verbose=True))
        client.send(b"SUB a 1\r\n")
        self.assertEqual(client.flush(), b"+OK\r\n+OK\r\n")
        client.send(b"SUB a..b 2\r\n")
        self.assertRegex(client.flush(), rb"^-ERR '[^']*'\r\n$")
        client.send(b"PUB a 1\r\nx\r\nUNSUB 1\r\n")
        self.assertEqual(sorted(client.flush().split(b"\r\n")), [b"", b"+OK", b"+OK", b"MSG a 1 1", b"x"])

    def test_connect_may_come_again(self):
        self.assert_stays(connect(verbose=True) + b"PING\r\n", b"+OK\r\nPONG\r\n")

    def test_connect_ignores_what_it_does_not_know(self):
        self.assert_stays(b"", connect=connect(lang="x", version="1", protocol=1, unknown={"a": [1, {}]}, other=None))

    def test_bad_connects_end_the_connection(self):
        for line in (b"CONNECT {\r\n", b'CONNECT {"verbose":1}\r\n', b'CONNECT {"user":{}}\r\n', b"CONNECT x\r\n", b"CONNECT [1]\r\n",
                     b"CONNECT host:443 HTTP/1.1\r\nHost: host\r\n\r\n"):
            self.assert_closes(line, connect=None)

    def test_unknown_protocols_are_refused(self):
        self.assert_closes(connect(protocol=7), b"-ERR 'invalid client protocol'\r\n", connect=None)

    def test_no_responders_needs_headers(self):
        client = self.raw(connect=connect(no_responders=True))
        self.assertRegex(client.to_end(), rb"(?i)^-ERR 'no ?responders requires headers support'\r\n$")

    def test_no_echo_hides_own_messages(self):
        self.assert_stays(b"SUB a 1\r\nSUB a q 2\r\nPUB a 1\r\nx\r\n", connect=connect(echo=False))


class Requests(WireCase):
    NONE = b"HMSG r.1 9 16 16\r\nNATS/1.0 503\r\n\r\n\r\n"

    def test_requests_without_responders_have_a_status(self):
        self.assert_stays(b"SUB r.* 9\r\nPUB none r.1 2\r\nhi\r\n", self.NONE)
        self.assert_stays(b"SUB r.* 9\r\nHPUB none r.1 12 14\r\nNATS/1.0\r\n\r\nhi\r\n", self.NONE)

    def test_the_status_is_for_clients_that_asked(self):
        self.assert_stays(b"SUB r.* 9\r\nPUB none r.1 2\r\nhi\r\n", connect=PLAIN)
        self.assert_stays(b"SUB r.* 9\r\nPUB none r.1 2\r\nhi\r\n", connect=connect(headers=True))
        self.assert_stays(b"SUB other.* 9\r\nPUB none r.1 2\r\nhi\r\n")
        self.assert_stays(b"SUB r.* 9\r\nPUB none 2\r\nhi\r\n")

    def test_interest_of_any_kind_takes_the_request(self):
        self.assert_stays(b"SUB r.* 9\r\nSUB a 1\r\nPUB a r.1 2\r\nhi\r\n", b"MSG a 1 r.1 2\r\nhi\r\n")
        self.assert_stays(b"SUB r.* 9\r\nSUB a q 1\r\nPUB a r.1 2\r\nhi\r\n", b"MSG a 1 r.1 2\r\nhi\r\n")

    def test_own_interest_without_echo_is_none(self):
        self.assert_stays(b"SUB r.* 9\r\nSUB none 1\r\nPUB none r.1 2\r\nhi\r\n", self.NONE,
                          connect=connect(headers=True, no_responders=True, echo=False))

    @unittest.skipIf(OTHER_SERVER, "nats-server without JetStream replies with 503")
    def test_the_api_of_streams_says_that_there_are_none(self):
        for subject in (b"$JS.API.INFO", b"$JS.API.STREAM.INFO.S", b"$JS.API.CONSUMER.CREATE.S.c.gs.>"):
            client = self.raw()
            client.send(b"SUB r.* 9\r\nPUB %s r.1 0\r\n\r\n" % subject)
            line, payload = client.message()
            self.assertTrue(line.startswith(b"MSG r.1 9 "), line)
            reply = json.loads(payload)
            self.assertEqual((reply["error"]["code"], reply["error"]["err_code"]), (503, 10076))
            self.assertRegex(reply["type"], r"^io\.nats\.jetstream\.api\.v1\.[a-z_]+_response$")

    def test_the_exchange_answers_its_own_requests(self):
        if OTHER_SERVER:
            self.skipTest("of telexd only")
        client = self.raw()
        client.send(b"SUB r.* 9\r\nPUB $SYS.echo r.1 5\r\nhello\r\n")
        self.assertEqual(client.message(), (b"MSG r.1 9 5", b"hello"))

    @unittest.skipIf(OTHER_SERVER, "of telexd only")
    def test_replies_of_the_exchange_reach_clients_without_echo(self):
        client = self.raw(connect=connect(headers=True, no_responders=True, echo=False))
        client.send(b"SUB r.* 9\r\nSUB g.* q 8\r\nPUB $SYS.echo r.1 5\r\nhello\r\n")
        self.assertEqual(client.message(), (b"MSG r.1 9 5", b"hello"))
        client.send(b"PUB $SYS.echo g.1 5\r\nhello\r\n")
        self.assertEqual(client.message(), (b"MSG g.1 8 5", b"hello"))
        client.send(b"PUB $JS.API.INFO r.2 0\r\n\r\n")
        line, payload = client.message()
        self.assertTrue(line.startswith(b"MSG r.2 9 "), line)
        self.assertEqual(json.loads(payload)["error"]["err_code"], 10076)
        client.send(b"PUB $SYS.nothing r.3 0\r\n\r\n")
        self.assertEqual(client.flush(), b"HMSG r.3 9 16 16\r\nNATS/1.0 503\r\n\r\n\r\n")


if __name__ == "__main__":
    unittest.main()
