"""A telex client in plain Python: nothing but the protobuf runtime and the .proto files.

    protoc -I proto --python_out=. proto/telex/v1/telex.proto proto/telex/v1/error.proto
    python3 telex_client.py                      # tcp://127.0.0.1:4650
    python3 telex_client.py /run/telex/telex.sock
"""
import socket
import sys

from telex.v1.telex_pb2 import Frame


class Telex:
    def __init__(self, address):
        family = socket.AF_UNIX if isinstance(address, str) else socket.AF_INET
        self.socket = socket.socket(family)
        self.socket.connect(address)
        self.stream = self.socket.makefile("rb")
        hello = Frame()
        hello.hello.version = 1
        self.send(hello)
        self.welcome = self.receive().welcome

    def send(self, frame):
        """A frame is its length as a varint, then the message."""
        data = frame.SerializeToString()
        head, size = bytearray(), len(data)
        while size > 127:
            head.append(size & 127 | 128)
            size >>= 7
        head.append(size)
        self.socket.sendall(bytes(head) + data)

    def receive(self):
        size = shift = 0
        while True:
            byte = self.stream.read(1)[0]
            size |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return Frame.FromString(self.stream.read(size))

    def publish(self, subject, payload, request=0):
        frame = Frame(request=request)
        frame.message.subject = subject
        frame.message.payload = payload
        self.send(frame)

    def subscribe(self, number, subject_filter):
        frame = Frame()
        frame.subscribe.subscription = number
        frame.subscribe.filter = subject_filter
        self.send(frame)
        return self.receive().subscribed


if __name__ == "__main__":
    telex = Telex(sys.argv[1] if len(sys.argv) > 1 else ("127.0.0.1", 4650))
    telex.subscribe(1, "greetings.*")
    telex.publish("greetings.python", b"hello from python")
    print(telex.receive().message.payload.decode())
    telex.publish("$SYS.echo", b"and back", request=7)
    answer = telex.receive()
    print(answer.request, answer.message.payload.decode())
