"""A client that is let in and attacks, until it is killed.

    attacker.py ATTACK HOST:PORT or a path            on telexd
    attacker.py relay HOST:PORT in=BYTES out=BYTES    the same number of bytes, in and out, through exchange_relay
    attacker.py relay-ends HOST:PORT in=BYTES         connections that send that much and are reset

Most attacks send a block and read all that it causes before the next one. Prints `ready IN OUT`, the bytes of a block and of
its effect, when the first block is done."""

import importlib
import pathlib
import socket
import ssl
import struct
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[1]
RESET = struct.pack("ii", 1, 0)
SUBSCRIPTIONS = 10_000
CHANNEL = b"x"  # of the relay


def load_frames():
    """Returns the module of Frame, and that of the operators' API."""
    with tempfile.TemporaryDirectory() as folder:
        names = ("telex", "admin", "consumer", "error")
        subprocess.run(["protoc", f"-I{ROOT}/proto", f"--python_out={folder}",
                        *(f"{ROOT}/proto/telex/v1/{name}.proto" for name in names)], check=True)
        sys.path.insert(0, folder)
        return importlib.import_module("telex.v1.telex_pb2"), importlib.import_module("telex.v1.admin_pb2")


def encode(frame):
    data = frame.SerializeToString()
    length = len(data)
    head = b""
    while length > 127:
        head += bytes([length & 127 | 128])
        length >>= 7
    return head + bytes([length]) + data


def connect(target):
    if target.startswith("/"):
        peer = socket.socket(socket.AF_UNIX)
        peer.connect(target)
        return peer
    host, port = target.rsplit(":", 1)
    return socket.create_connection((host, int(port)), 60)


def read(peer, size):
    buffer = bytearray(1 << 18)
    while size > 0:
        got = peer.recv_into(buffer, min(size, len(buffer)))
        if got == 0:
            raise EOFError("the attacker was disconnected")
        size -= got


def read_lines(peer, count):
    """Returns the number of bytes."""
    size = 0
    while count > 0:
        piece = peer.recv(1 << 18)
        count -= piece.count(b"\n")
        size += len(piece)
    return size


class Frames:
    """Frames of the native protocol."""

    def __init__(self):
        self.telex, self.admin = load_frames()

    def control(self, name, **fields):
        frame = self.telex.Frame()
        control = getattr(frame, name)
        control.SetInParent()
        for field, value in fields.items():
            setattr(control, field, value)
        return encode(frame)

    def message(self, subject, payload, **fields):
        frame = self.telex.Frame(**fields)
        frame.message.subject = subject
        frame.message.payload = payload
        return encode(frame)

    def greet(self, target):
        peer = connect(target)
        peer.sendall(self.control("hello", version=1) + self.control("ping", nonce=1))
        pong = self.control("pong", nonce=1)
        received = b""
        while not received.endswith(pong):
            received += peer.recv(1 << 16)
        return peer

    def subscribe(self, peer, fields_of_each):
        data = b"".join(self.control("subscribe", subscription=number, **fields)
                        for number, fields in enumerate(fields_of_each, 1))
        confirmed = sum(len(self.control("subscribed", subscription=number))
                        for number in range(1, len(fields_of_each) + 1))
        peer.sendall(data)
        read(peer, confirmed)


def repeat(writer, block, reader, size):
    """Sends the block and reads this many bytes, again and again."""
    first = True
    while True:
        writer.sendall(block)
        read(reader, size)
        if first:
            print("ready", len(block), size, flush=True)
            first = False


def deliveries(target, **of_each):
    """Ten messages, each for ten thousand subscriptions of one connection."""
    frames = Frames()
    consumer, publisher = frames.greet(target), frames.greet(target)
    frames.subscribe(consumer, [{"filter": "all"} | {name: text.format(number) for name, text in of_each.items()}
                                for number in range(SUBSCRIPTIONS)])
    size = sum(len(frames.message("all", bytes(16), subscription=number)) for number in range(1, SUBSCRIPTIONS + 1))
    repeat(publisher, 10 * frames.message("all", bytes(16)), consumer, 10 * size)


def groups(target):
    deliveries(target, queue_group="group-{}")


def wildcards(target):
    """Messages that no subscription matches, beside filters of all the patterns that a connection may use."""
    frames = Frames()
    consumer, publisher = frames.greet(target), frames.greet(target)
    tokens = 13
    frames.subscribe(consumer, [
        {"filter": ".".join("*" if stars >> token & 1 else "a" for token in range(tokens)) + ".end"} for stars in range(65)])
    block = b"".join(frames.message("a." * tokens + str(number), b"") for number in range(2_000))
    repeat(publisher, block + frames.control("ping", nonce=1), publisher, len(frames.control("pong", nonce=1)))


def pings(target):
    frames = Frames()
    peer = frames.greet(target)
    repeat(peer, 10_000 * frames.control("ping", nonce=1), peer, 10_000 * len(frames.control("pong", nonce=1)))


def lines(target):
    """Of sixteen lines of JSON fifteen are wrong."""
    peer = connect(target)
    bad = b'{"message":{"subject":"a","payload":' + b"[" * 200 + b"\n"
    block = 10 * (15 * bad + b'{"ping":{}}\n')
    peer.sendall(b'{"hello":{"version":1}}\n')
    read_lines(peer, 1)
    first = True
    while True:
        peer.sendall(block)
        size = read_lines(peer, 160)
        if first:
            print("ready", len(block), size, flush=True)
            first = False


def lists(target):
    """Lists of a hundred thousand subscriptions."""
    frames = Frames()
    operator = frames.greet(target)
    crowd = [frames.greet(target) for _ in range(10)]
    for name, peer in enumerate(crowd):
        frames.subscribe(peer, [{"filter": f"device.{name}.{number}.state"} for number in range(SUBSCRIPTIONS)])
    query = frames.admin.ListSubscriptions(limit=1).SerializeToString()
    request = frames.message("$SYS.admin.subscriptions", query, request=1)
    operator.sendall(request)
    size = len(operator.recv(1 << 18))
    repeat(operator, request, operator, size)


def ends(target):
    """A client with a long queue behind pongs is reset, again and again."""
    frames = Frames()
    block = (2 * frames.message("own", bytes(300_000)) + 40_000 * frames.control("ping", nonce=0)
             + 40_000 * frames.message("own", b""))
    first = True
    while True:
        peer = frames.greet(target)
        frames.subscribe(peer, [{"filter": "own"}])
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        peer.sendall(block)
        peer.close()
        if first:
            print("ready", len(block), 0, flush=True)
            first = False


def hellos(target):
    """The first bytes of a TLS client, repeated."""
    sent = ssl.MemoryBIO()
    try:
        ssl.create_default_context().wrap_bio(ssl.MemoryBIO(), sent, server_hostname="localhost").do_handshake()
    except ssl.SSLWantReadError:
        pass
    reset_after(target, sent.read(), reply=True)


def reset_after(target, block, reply):
    first = True
    while True:
        peer = connect(target)
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        peer.sendall(block)
        if reply:
            peer.recv(1)
        peer.close()
        if first:
            print("ready", len(block), 0, flush=True)
            first = False


def relay(target, **sizes):
    block = bytes(int(sizes["in"]))
    copies = round(int(sizes["out"]) / len(block))
    publisher = connect(target)
    publisher.sendall(b"p" + CHANNEL)
    read(publisher, 1)
    if copies == 0:
        print("ready", len(block), 0, flush=True)
        while True:
            publisher.sendall(block)
    consumer = connect(target)
    consumer.sendall(b"s" + CHANNEL)
    read(consumer, 1)
    for more in range(copies - 1, 0, -1000):
        consumer.sendall(b"+" * min(more, 1000))
        read(consumer, min(more, 1000))
    repeat(publisher, block, consumer, copies * len(block))


def relay_ends(target, **sizes):
    reset_after(target, b"p" + CHANNEL + bytes(int(sizes["in"])), reply=True)


ATTACKS = {
    "deliveries": deliveries, "groups": groups, "wildcards": wildcards, "pings": pings, "lines": lines, "lists": lists,
    "ends": ends, "hellos": hellos, "relay": relay, "relay-ends": relay_ends,
}


if __name__ == "__main__":
    ATTACKS[sys.argv[1]](sys.argv[2], **dict(fact.split("=") for fact in sys.argv[3:]))
