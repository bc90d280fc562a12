"""The servers of the Python client: URLs, default servers and their trust, rounds and delays."""

import os
import socket
import tempfile
import unittest

from python_client import telex
from telex.errors import Errc, make_error
from telex.options import Reconnect
from telex.search import Backoff, Search
from telex.servers import parse_servers
from telex.trust import check_listener, check_server, find_socket_owner


class Urls(unittest.TestCase):
    def one(self, url):
        (endpoint,) = parse_servers([url], {})
        return endpoint

    def test_of_each_kind(self):
        tcp = self.one("tcp://example.net:4650")
        self.assertEqual((tcp.host, tcp.port, tcp.tls, tcp.is_default), ("example.net", 4650, False, False))
        tls = self.one("tls://[::1]:1")
        self.assertEqual((tls.host, tls.port, tls.tls), ("::1", 1, True))
        self.assertEqual(self.one("unix:///run/a.sock").path, "/run/a.sock")
        self.assertEqual(self.one("/run/a.sock").path, "/run/a.sock")
        self.assertEqual(self.one("unix:@name").path, "\0name")

    def test_default_to_tcp_and_its_port(self):
        for text, host, port in (("a", "a", 4650), ("a:1", "a", 1), ("tls://a", "a", 4650), ("::1", "::1", 4650),
                                 ("[::1]", "::1", 4650), ("tcp://[::1]:2", "::1", 2)):
            endpoint = self.one(text)
            self.assertEqual((endpoint.host, endpoint.port, endpoint.tls), (host, port, text.startswith("tls")), text)

    def test_that_are_wrong_name_the_form(self):
        for url, text in (
            ("http://a:1", "a client connects to"), ("", "a client connects to"), ("unix://a/b", "a client connects to"),
            ("unix:@", "a client connects to"), ("tcp://", "a client connects to"), ("tcp://:1", "one host"),
            ("tcp://*:1", "one host"), ("tcp://a:", "one port"), ("tcp://a:0", "one port"), ("tcp://a:65536", "one port"),
            ("tcp://a:x", "one port"), ("[::1", "is written as"), ("[::1]x", "is written as"),
        ):
            with self.subTest(url), self.assertRaisesRegex(telex.InvalidArgumentError, text):
                self.one(url)

    def test_with_credentials_are_refused_and_not_printed(self):
        for servers in (["tcp://u:SECRET@h:1"], ["SECRET@h"], ["https://SECRET@h"], ["unix:SECRET@h"],
                        ["tcp://u:SECRET", "x@h"], ["localhost", "tcp://u:SECRET", "SECRET@h"]):
            with self.subTest(servers), self.assertRaisesRegex(telex.InvalidArgumentError, "TELEX_CREDENTIALS") as raised:
                parse_servers(servers, {})
            self.assertNotIn("SECRET", str(raised.exception))
        self.assertEqual(self.one("/run/a@b").path, "/run/a@b")
        self.assertEqual(self.one("unix:@a@b").path, "\0a@b")

    def test_default_to_local_sockets(self):
        environment = {"RUNTIME_DIRECTORY": "/run/unit/:/x", "XDG_RUNTIME_DIR": "/run/user/1"}
        self.assertEqual(telex.default_servers(environment), [
            "unix:///run/unit/telex.sock", "unix:///run/user/1/telex/telex.sock",
            f"unix:///tmp/telex-{os.geteuid()}/telex.sock", "unix:///run/telex/telex.sock", "tcp://127.0.0.1:4650"])
        self.assertTrue(all(endpoint.is_default for endpoint in parse_servers([], environment)))

    def test_ignore_a_relative_folder(self):
        self.assertNotIn("unix://run/telex.sock", telex.default_servers({"RUNTIME_DIRECTORY": "run"}))


class Trust(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        os.chmod(self.folder, 0o700)

    def refuse(self, path, text):
        with self.assertRaisesRegex(telex.Error, text) as raised:
            find_socket_owner(path)
        self.assertEqual(raised.exception.code, Errc.UNTRUSTED_SERVER)

    def test_in_a_private_folder(self):
        self.assertEqual(find_socket_owner(f"{self.folder}/telex.sock"), os.geteuid())

    def test_not_in_a_folder_that_others_may_write(self):
        os.chmod(self.folder, 0o770)
        self.refuse(f"{self.folder}/telex.sock", "others may write to .* \\(mode 0770\\)")

    def test_not_through_a_symbolic_link(self):
        os.symlink(self.folder, f"{self.folder}/link")
        self.refuse(f"{self.folder}/link/telex.sock", "symbolic link")

    @unittest.skipUnless(os.geteuid() == 0, "only root can give a folder to another user")
    def test_not_in_the_folder_of_another_user(self):
        os.chown(self.folder, 12345, 12345)
        self.refuse(f"{self.folder}/telex.sock", "belongs to user 12345")

    @unittest.skipUnless(os.geteuid() == 0, "only root can listen as another user")
    def test_not_if_another_user_listens(self):
        for user, trusted in ((0, True), (12345, False)):
            with socket.socket(socket.AF_UNIX) as listener, socket.socket(socket.AF_UNIX) as client:
                listener.bind(f"\0{self.folder}/{user}")
                os.seteuid(user)
                listener.listen()
                os.seteuid(0)
                client.connect(f"\0{self.folder}/{user}")
                if trusted:
                    check_listener(client, owner=0)
                else:
                    with self.assertRaisesRegex(telex.Error, "user 12345 listens there"):
                        check_listener(client, owner=0)
                check_listener(client, owner=user)

    def test_credentials_do_not_go_to_the_default_port(self):
        tcp = parse_servers([], {})[-1]
        self.assertIsNone(check_server(tcp, has_credentials=False))
        with self.assertRaisesRegex(telex.Error, "name the server to send them"):
            check_server(tcp, has_credentials=True)

    def test_named_servers_are_not_checked(self):
        (named,) = parse_servers(["tcp://127.0.0.1:4650"], {})
        self.assertIsNone(check_server(named, has_credentials=True))


class Delays(unittest.TestCase):
    def test_double_up_to_the_maximum(self):
        backoff = Backoff(Reconnect(initial_delay=1, max_delay=5, jitter=0.5), lambda: 0)
        self.assertEqual([backoff.next() for _ in range(5)], [1, 2, 4, 5, 5])

    def test_have_a_random_part(self):
        backoff = Backoff(Reconnect(initial_delay=1, max_delay=5, jitter=0.5), lambda: 1)
        self.assertEqual([backoff.next() for _ in range(3)], [0.5, 1, 2])

    def test_are_reset_by_a_long_or_announced_end_only(self):
        for lifetime, announced, expected in ((0.1, False, 4), (4, False, 1), (0.1, True, 1)):
            with self.subTest(lifetime=lifetime, announced=announced):
                backoff = Backoff(Reconnect(initial_delay=1, max_delay=5, jitter=0), lambda: 0)
                backoff.next()
                backoff.next()
                backoff.connection_ended(lifetime, announced)
                self.assertEqual(backoff.next(), expected)


class Rounds(unittest.TestCase):
    def search(self, servers=("tcp://a:1", "tcp://b:2"), **options):
        return Search(parse_servers(servers, {}), Reconnect(**{"jitter": 0.0} | options), lambda: 0)

    def test_try_every_server_and_list_the_failures(self):
        search = self.search()
        search.begin_round()
        self.assertEqual(search.current.host, "a")
        search.fail(make_error(Errc.CONNECT_FAILED, "refused"))
        self.assertEqual(search.current.host, "b")
        search.fail(make_error(Errc.CONNECT_FAILED, "unreachable"))
        self.assertTrue(search.round_is_over)
        self.assertEqual(search.failures, "tcp://a:1: refused; tcp://b:2: unreachable")
        self.assertEqual(search.after_round(Errc.CONNECT_FAILED), 0.1)

    def test_end_when_the_credentials_are_rejected(self):
        for code, delay in ((Errc.NOT_AUTHENTICATED, None), (Errc.AUTHENTICATION_BUSY, 0.1)):
            with self.subTest(code):
                search = self.search()
                search.begin_round()
                search.fail(make_error(code, "no"))
                self.assertTrue(search.round_is_over)
                self.assertEqual(search.after_round(code), delay)

    def test_are_limited(self):
        search = self.search(max_rounds=2)
        self.assertIsNotNone(search.after_round(Errc.CONNECT_FAILED))
        self.assertIsNone(search.after_round(Errc.CONNECT_FAILED))
        search = self.search(max_rounds=2)
        search.after_round(Errc.CONNECT_FAILED)
        search.succeed()
        self.assertIsNotNone(search.after_round(Errc.CONNECT_FAILED))

    def test_begin_with_the_next_server_after_an_announced_end(self):
        search = self.search()
        search.begin_round()
        self.assertEqual(search.after_loss(10, announced=True), 0)
        search.begin_round()
        self.assertEqual(search.current.host, "b")
        self.assertEqual(search.after_loss(10, announced=False), 0.1)
        search.begin_round()
        self.assertEqual(search.current.host, "a")

    def test_wait_for_the_only_server(self):
        search = self.search(["tcp://a:1"])
        search.begin_round()
        self.assertEqual(search.after_loss(10, announced=True), 0.1)

    def test_are_not_repeated_without_reconnect(self):
        search = self.search(enabled=False)
        self.assertIsNone(search.after_round(Errc.CONNECT_FAILED))
        self.assertIsNone(search.after_loss(10, announced=True))

    def test_report_skipped_servers_once(self):
        search = self.search()
        for expected in ("tcp://a:1: not used", ""):
            search.begin_round()
            search.fail(make_error(Errc.UNTRUSTED_SERVER, "not used"))
            self.assertEqual(search.succeed(), expected)


if __name__ == "__main__":
    unittest.main()
