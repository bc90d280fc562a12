"""The framings of the documentation are accepted, and the examples of docs/framing.md carry frames as programs send them."""

import pathlib
import re
import unittest

from processes import DaemonTest
from wire import connect, read_exactly, read_to_end

DOCS = pathlib.Path(__file__).resolve().parents[3] / "docs"
DOCUMENT = (DOCS / "framing.md").read_text()
COOKBOOK = (DOCS / "framing-cookbook.md").read_text()
# Comment and framing.
EXAMPLES = re.findall(r"^# (.*)\n(\{kind: .*|\{preset: .*)$", DOCUMENT, re.MULTILINE)

LARGE_DOCUMENT = b'{"jsonrpc":"2.0","method":"big","params":{"x":"' + b"x" * 12_000 + b'"}}'
POST = (b"POST /x HTTP/1.1\r\nHost: 127.0.0.1:21470\r\nUser-Agent: curl/7.88.1\r\nAccept: */*\r\n"
        b"Content-Length: 3\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\nabc")
LDAP_BIND = bytes.fromhex("302502010160200201030413636e3d61646d696e2c64633d6578616d706c6580"
                          "06736563726574")
LDAP_LONG_BIND = bytes.fromhex("3081e90201016081e30201030413636e3d61646d696e2c64633d6578616d706c65"
                               "8081c8") + 200 * b"s"

# For the first word of each comment: what is sent, and what comes back if it is not the same.
FRAMES = {
    # mosquitto_pub: a PINGREQ, a publication, a DISCONNECT.
    "MQTT's": [(b"\xc0\x00" + b"\x30\x03a/b" + b"\xe0\x00", None)],
    "The": [(b"Content-Length: %d\r\n\r\n%b" % (len(LARGE_DOCUMENT), LARGE_DOCUMENT), None)],
    "HTTP,": [(POST + POST, None)],
    # A command, and an event as the other side writes it.
    "FreeSWITCH's": [(b"connect\n\n", None),
                     (b"Content-Length: 4\nContent-Type: text/event-plain\n\nA: b", None)],
    "HL7": [(b"\x0bMSH|^~\\&|A\r\x1c\r", None)],
    # `adb devices`.
    "adb:": [(b"000chost:version", None), (b"000CHOST:VERSION", b"000cHOST:VERSION")],
    "ISO": [(b"00160800822000000000" * 2, None)],
    # ldapsearch with a short and a long password; the long form of a short length, as some servers write it.
    "LDAP": [(LDAP_BIND + LDAP_LONG_BIND, None), (bytes.fromhex("3084000000050201014200"), None)],
    # A query, as mariadb sends it.
    "MySQL:": [(b"\x09\0\0\0\x03select 1", None)],
    "FIX": [(b"8=FIX.4.4\x019=5\x0135=0\x0110=163\x01", None)],
    "FastCGI:": [(bytes.fromhex("0105000100030500") + b"abc" + bytes(5), None),
                 (bytes.fromhex("0105000100030500") + b"abc.....",
                  bytes.fromhex("0105000100030500") + b"abc" + bytes(5))],
    "RTCM": [(bytes.fromhex("d30004") + b"bodycrc", None)],
    # A frame, a damaged one, a frame.
    "PPP": [(b"~123456789\x6e\x90~" + b"~123456780\x6e\x90~" + b"~123456789\x6e\x90~",
             2 * b"~123456789\x6e\x90~")],
    # A packet, noise, a packet.
    "Trimble": [(b"\x10\x41\x10\x10\1\x10\3" + b"noise" + b"\x10\x41\2\x10\3",
                 b"\x10\x41\x10\x10\1\x10\3" + b"\x10\x41\2\x10\3")],
    "CSV:": [(b'1,"two\nlines, ""quoted"""\n2,b\n', None)],
    "gdb's": [(b"+$qSupported#37+$g#67-", b"$qSupported#37$g#67")],
    "Modbus": [(bytes.fromhex("010300000002c40b"), None)],
    "SlimProto": [(b"HELO\0\0\0\2\xab\xcd", b"\0\nHELO\0\0\0\2\xab\xcd")],
    "A": [(b"token\n\0\0\0\2hi", b"\0\0\0\5token\0\0\0\2hi")],
    "Records": [(b"a;b\nc;", b"a\nb\nc\n")],
}


def name_of(comment):
    return comment.split()[0]


def listener(index, framing, transport="tcp"):
    return f"""
  - name: example-{index}
    address: {transport}://127.0.0.1:0
    protocol: raw
    request: $SYS.echo
    framing: {framing}"""


def framings_of_the_cookbook():
    """Framing and transport of each row."""
    for section in COOKBOOK.split("\n## "):
        transport = "udp" if section.startswith("Datagrams") else "tcp"
        for row in re.findall(r"^\| .* \| (`.*`) \| (?:both|read|specification)", section, re.MULTILINE):
            for framing in re.findall(r"`(.*?)`", row):
                yield framing, transport


class Cookbook(DaemonTest):
    config = "listeners:" + "".join(
        listener(index, framing if framing[0] == "{" else f"'{framing}'", transport)
        for index, (framing, transport) in enumerate(framings_of_the_cookbook())
    )

    def test_its_framings_are_accepted(self):
        listeners = self.config.count("name: example-")
        self.assertEqual(listeners, COOKBOOK.count("| both") + COOKBOOK.count("| read")
                         + COOKBOOK.count("| specification") + 2, "and two more in a row of three")
        for index in range(listeners):
            self.assertEqual(len(self.daemon.addresses(f"example-{index}")), 1)


class Recipes(DaemonTest):
    config = "listeners:" + "".join(
        listener(index, framing) for index, (_, framing) in enumerate(EXAMPLES)
    )

    def open(self, name):
        index = [name_of(comment) for comment, _ in EXAMPLES].index(name)
        client = connect(self.daemon.addresses(f"example-{index}")[0])
        self.addCleanup(client.close)
        return client

    def test_every_example_has_frames(self):
        self.assertEqual([name_of(comment) for comment, _ in EXAMPLES], list(FRAMES))

    def test_examples_echo_their_frames(self):
        for name, exchanges in FRAMES.items():
            for sent, expected in exchanges:
                with self.subTest(example=name, sent=sent[:40]):
                    client = self.open(name)
                    client.sendall(sent)
                    wanted = sent if expected is None else expected
                    self.assertEqual(read_exactly(client, len(wanted)), wanted)

    def test_a_peer_of_another_version_is_refused_at_its_first_frame(self):
        client = self.open("FIX")
        client.sendall(b"8=FIX.4.2\x019=5\x0135=0\x0110=161\x01")
        self.assertEqual(read_to_end(client), b"")
        self.assertIn("bad_start", self.daemon.line("reason=bad_frame"))


if __name__ == "__main__":
    unittest.main()
