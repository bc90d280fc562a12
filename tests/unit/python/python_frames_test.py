"""Frames of the Python client: the bytes that it sends, and the division of what it receives."""

import tracemalloc
import unittest
import warnings

from python_client import telex
from telex.frames import (
    BrokenFrame, FrameSplitter, decode_frame, encode_control, encode_message, encode_publication, encode_request, varint)
from telex.v1 import telex_pb2 as pb


def delimited(frame):
    data = frame.SerializeToString()
    return varint(len(data)) + data


class Encoding(unittest.TestCase):
    def test_equals_that_of_the_protobuf_runtime(self):
        for payload in (b"", b"x", b"\0" * 127, b"y" * 128, b"z" * 20_000, b"w" * 3_000_000):
            for fields, more in (
                ({}, {}),
                ({"reply_to": "r.s", "headers": [("a", "1"), ("a", "2")], "id": "i", "content_type": "t", "type": "T"},
                 {"reply": "r.s", "headers": [pb.Header(name="a", value="1"), pb.Header(name="a", value="2")], "id": "i",
                  "content_type": "t", "type": "T"}),
            ):
                with self.subTest(size=len(payload), fields=fields):
                    message = encode_message("a.b", payload, fields)
                    expected = pb.Message(subject="a.b", payload=payload, **more)
                    self.assertEqual(message, expected.SerializeToString())
                    self.assertEqual(encode_publication(message), delimited(pb.Frame(message=expected)))
                    self.assertEqual(
                        encode_request(message, 300, 70_000),
                        delimited(pb.Frame(message=expected, request=300, timeout_ms=70_000)))

    def test_accepts_a_mapping_of_headers(self):
        message = pb.Message.FromString(encode_message("a", b"", {"headers": {"name": "value"}}))
        self.assertEqual([(header.name, header.value) for header in message.headers], [("name", "value")])

    def test_rejects_text_that_is_not_utf8(self):
        for fields in ({"id": "\ud800"}, {"headers": {"a": "\ud800"}}, {"headers": {"a": 1}}, {"reply_to": "a..b"}):
            with self.subTest(fields), self.assertRaises(telex.InvalidArgumentError):
                encode_message("a", b"", fields)

    def test_of_varints_has_seven_bits_a_byte(self):
        self.assertEqual(
            [varint(number).hex() for number in (0, 127, 128, 16_383, 16_384, 2**64 - 1)],
            ["00", "7f", "8001", "ff7f", "808001", "ff" * 9 + "01"])


class Splitting(unittest.TestCase):
    FRAMES = (b"", b"a", b"b" * 127, b"c" * 128, b"", b"d" * 1000)
    STREAM = b"".join(varint(len(frame)) + frame for frame in FRAMES)

    def test_gives_the_same_frames_for_every_cut(self):
        for cut in range(len(self.STREAM) + 1):
            splitter = FrameSplitter(1000)
            frames = splitter.feed(self.STREAM[:cut]) + splitter.feed(self.STREAM[cut:])
            self.assertEqual(frames, list(self.FRAMES), cut)

    def test_byte_by_byte(self):
        splitter = FrameSplitter(1000)
        self.assertEqual([frame for byte in self.STREAM for frame in splitter.feed(bytes([byte]))], list(self.FRAMES))

    def test_stops_at_the_number_that_is_asked_for(self):
        splitter = FrameSplitter(1000)
        frames, piece = [], self.STREAM + b"\x05half"
        for expected, is_behind in ((4, True), (2, False), (0, False)):
            found = splitter.feed(piece, 4)
            self.assertEqual((len(found), splitter.is_behind), (expected, is_behind))
            frames, piece = frames + found, b""
        self.assertEqual(frames + splitter.feed(b"s"), [*self.FRAMES, b"halfs"])

    def test_rejects_a_frame_over_the_limit_before_it_arrives(self):
        splitter = FrameSplitter(1000)
        self.assertEqual(splitter.feed(varint(1000)), [])
        with self.assertRaisesRegex(BrokenFrame, "1001 bytes; the limit is 1000"):
            FrameSplitter(1000).feed(varint(1001))

    def test_rejects_an_endless_length(self):
        with self.assertRaisesRegex(BrokenFrame, "broken length"):
            FrameSplitter(1000).feed(b"\x80" * 10)

    def test_work_is_linear_in_the_bytes_of_a_long_frame(self):
        size = 8 << 20
        splitter = FrameSplitter(size)
        splitter.feed(varint(size))
        splitter.feed(b"x")
        held = splitter._held
        for _ in range(size // 1024 - 1):
            self.assertEqual(splitter.feed(bytes(1024)), [])
        self.assertIs(splitter._held, held)  # grows in place: what has arrived is not copied again and again
        self.assertEqual([len(frame) for frame in splitter.feed(bytes(1023))], [size])

    def test_memory_of_small_pieces_is_bounded_by_their_bytes(self):
        size = 64 << 10
        pieces = [bytes(2) for _ in range(size // 2 - 1)]
        splitter = FrameSplitter(size)
        splitter.feed(varint(size))
        tracemalloc.start()
        self.addCleanup(tracemalloc.stop)
        for piece in pieces:
            splitter.feed(bytes(memoryview(piece)))  # an object that only the splitter can keep
        self.assertLess(tracemalloc.get_traced_memory()[1], 4 * size)


class Decoding(unittest.TestCase):
    def test_rejects_what_is_not_protobuf(self):
        end_of_a_group = b"\x08\x01\x0c\x08\x02"
        for data in (b"\xff\xff", b"\x12\x05ab", end_of_a_group):
            with self.subTest(data), warnings.catch_warnings(), self.assertRaises(BrokenFrame):
                warnings.simplefilter("ignore")
                decode_frame(data)

    def test_of_an_own_control(self):
        frame = decode_frame(bytes(encode_control(ping=pb.Ping(nonce=7)))[1:])
        self.assertEqual(frame.ping.nonce, 7)


if __name__ == "__main__":
    unittest.main()
