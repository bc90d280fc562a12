"""An exchange that accepts one client and then replies to nothing."""

import socket
import threading

import wire


def silent_exchange(test):
    """Starts it until the client leaves. Returns its HOST:PORT."""
    server = socket.create_server(("127.0.0.1", 0))
    test.addCleanup(server.close)
    welcome = wire.telex_pb2.Frame()
    welcome.welcome.version = 1

    def ignore_a_client():
        client, _ = server.accept()
        with client:
            client.sendall(wire.Client.encode(welcome))
            while client.recv(65536):
                pass

    thread = threading.Thread(target=ignore_a_client)
    thread.start()
    test.addCleanup(thread.join)
    return f"127.0.0.1:{server.getsockname()[1]}"
