"""A telex client that requires only the protobuf runtime and the .proto files (docs/protocol.md).

    protoc -I proto --python_out=. proto/telex/v1/telex.proto proto/telex/v1/consumer.proto proto/telex/v1/error.proto
    python3 telex_client.py                      # tcp://127.0.0.1:4650
    python3 telex_client.py /run/telex/telex.sock

Programs use the package `telex` instead (docs/python.md): it replies to Pings, reconnects and reports errors."""

import socket
import sys

from telex.v1.telex_pb2 import Frame


class Client:
    """One connection. `address` is (host, port) or the path of a unix socket."""

    def __init__(self, address):
        if isinstance(address, str):
            connection = socket.socket(socket.AF_UNIX)
            connection.connect(address)
        else:
            connection = socket.create_connection(address)
        self.stream = connection.makefile("rwb")
        hello = Frame()
        hello.hello.version = 1
        hello.hello.client_name = "example"
        self.send(hello)
        self.welcome = self.receive().welcome

    def send(self, frame):
        body, size, head = frame.SerializeToString(), frame.ByteSize(), b""
        while size > 0x7F:
            head, size = head + bytes([size & 0x7F | 0x80]), size >> 7
        self.stream.write(head + bytes([size]) + body)
        self.stream.flush()

    def receive(self):
        size = shift = 0
        while byte := self.stream.read(1):
            size |= (byte[0] & 0x7F) << shift
            shift += 7
            if byte[0] < 0x80:
                return Frame.FromString(self.stream.read(size))
        raise EOFError("the exchange closed the connection")

    def subscribe(self, number, filter):
        frame = Frame()
        frame.subscribe.subscription, frame.subscribe.filter = number, filter
        self.send(frame)
        return self.receive().subscribed

    def publish(self, subject, payload, request=0):
        frame = Frame(request=request)
        frame.message.subject, frame.message.payload = subject, payload
        self.send(frame)


if __name__ == "__main__":
    client = Client(sys.argv[1] if len(sys.argv) > 1 else ("127.0.0.1", 4650))
    client.subscribe(1, "greetings.*")
    client.publish("greetings.python", b"hello from python")
    print(client.receive().message.payload.decode())
    client.publish("$SYS.echo", b"and back", request=7)
    reply = client.receive()
    print(reply.request, reply.message.payload.decode())
