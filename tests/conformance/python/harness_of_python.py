"""The harness of the Python client: commands on standard input, results and events on standard output.

    harness_of_python.py FOLDER      of the built package"""

import asyncio
import json
import os
import sys

sys.path.insert(0, sys.argv[1])

import telex
from telex import SlowPolicy

SUBSCRIBE_OPTIONS = ("queue_group", "credit", "automatic_credit", "max_messages", "max_pending_messages", "max_pending_bytes")
PLAIN_OPTIONS = ("no_echo", "attempt_timeout", "connect_timeout", "ping_interval", "request_timeout", "max_buffered_bytes",
                 "full_timeout", "close_timeout")
FIELDS = ("reply_to", "id", "content_type", "type")
LONGEST_PAYLOAD = 1024


def write(entry):
    sys.stdout.write(json.dumps(entry) + "\n")
    sys.stdout.flush()


def payload_of(arguments):
    if "size" in arguments:
        return b"x" * arguments["size"]
    return arguments.get("payload", "").encode("latin-1")


def fields_of(arguments):
    fields = {name: arguments[name] for name in FIELDS if name in arguments}
    if "headers" in arguments:
        fields["headers"] = [tuple(pair) for pair in arguments["headers"]]
    return fields


def describe(message):
    payload = {"size": len(message.payload)}
    if len(message.payload) <= LONGEST_PAYLOAD:
        payload["payload"] = message.payload.decode("latin-1")
    return payload | {
        "subject": message.subject, "headers": [list(pair) for pair in message.headers], "id": message.id,
        "content_type": message.content_type, "type": message.type, "wants_reply": message.wants_reply,
    }


def credentials_of(options):
    if "user" in options:
        return telex.UserPassword(options["user"], options["password"])
    if "token" in options:
        return telex.Token(options["token"])
    return telex.KeyFile(options["key_file"]) if "key_file" in options else None


class Counter:
    """Takes the messages of a subscription with `count`, which are numbers, and reports once."""

    def __init__(self, name, count):
        self._name, self._count = name, count
        self._received = 0
        self._in_order = True

    def take(self, message):
        self._in_order &= int(message.payload) == self._received
        self._received += 1
        if self._received == self._count:
            write({"event": "counted", "subscription": self._name, "count": self._received, "in_order": self._in_order})


class Harness:
    def __init__(self):
        self._clients = {}
        self._subscriptions = {}
        self._last_messages = {}

    async def run(self):
        write({"event": "ready", "features": ["fork", "key_file"]})
        reader = asyncio.StreamReader(limit=1 << 20)
        await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
        tasks = set()
        while line := await reader.readline():
            task = asyncio.create_task(self._answer(json.loads(line)))
            tasks.add(task)
            task.add_done_callback(tasks.discard)
        for client in self._clients.values():
            await client.close()

    async def _answer(self, command):
        number, verb = command.pop("command"), command.pop("do")
        try:
            result = await getattr(self, f"do_{verb}")(**command)
            write({"command": number, "ok": result or {}})
        except telex.Error as error:
            write({"command": number, "error": {"code": str(error.code), "text": error.text}})

    async def do_connect(self, client, servers, background=False, **options):
        arguments = {name: options[name] for name in PLAIN_OPTIONS if name in options}
        arguments |= {
            "name": client,
            "credentials": credentials_of(options),
            "tls": telex.Tls(**options.get("tls", {})),
            "reconnect": telex.Reconnect(**{"initial_delay": 0.01, "max_delay": 0.1} | options.get("reconnect", {})),
            "on_connected": lambda info: write({"event": "connected", "client": client, "url": info.url}),
            "on_disconnected": lambda error: write(event_of("disconnected", client, error)),
            "on_error": lambda error: write(event_of("error", client, error)),
            "on_closed": lambda: write({"event": "closed", "client": client}),
        }
        if background:
            self._clients[client] = telex.connect_in_background(servers, **arguments)
        else:
            self._clients[client] = await telex.connect(servers, **arguments)

    async def do_subscribe(self, client, subscription, filter, take="events", count=0, slow_policy=None, **options):
        arguments = {name: options[name] for name in SUBSCRIBE_OPTIONS if name in options}
        if slow_policy:
            arguments["slow_policy"] = SlowPolicy[slow_policy.upper()]

        def report(message):
            self._last_messages[subscription] = message
            write({"event": "message", "subscription": subscription} | describe(message))

        handlers = {"events": report, "count": Counter(subscription, count).take, "next": None}
        handle = await self._clients[client].subscribe(filter, handlers[take], **arguments)
        self._subscriptions[subscription] = handle

    async def do_publish(self, client, subject, count=None, **arguments):
        publish = self._clients[client].publish
        if count is None:
            await publish(subject, payload_of(arguments), **fields_of(arguments))
            return
        size = arguments.get("size", 0)
        for number in range(count):
            await publish(subject, b"%0*d" % (size, number))

    async def do_request(self, client, subject, timeout=None, **arguments):
        payload, fields = payload_of(arguments), fields_of(arguments)
        return describe(await self._clients[client].request(subject, payload, timeout=timeout, **fields))

    async def do_respond(self, client, subscription, **arguments):
        request = self._last_messages[subscription]
        await self._clients[client].respond(request, payload_of(arguments), **fields_of(arguments))

    async def do_next(self, subscription, timeout=10):
        message = await self._subscriptions[subscription].next(timeout)
        self._last_messages[subscription] = message
        return describe(message)

    async def do_credit(self, subscription, messages):
        self._subscriptions[subscription].add_credit(messages)

    async def do_unsubscribe(self, subscription):
        await self._subscriptions[subscription].unsubscribe()

    async def do_flush(self, client, timeout=10):
        await self._clients[client].flush(timeout)

    async def do_drain(self, client=None, subscription=None, timeout=30):
        await (self._clients[client] if client else self._subscriptions[subscription]).drain(timeout)

    async def do_close(self, client):
        if client in self._clients:
            await self._clients[client].close()

    async def do_status(self, client):
        return {"status": self._clients[client].status.value}

    async def do_server(self, client):
        info = self._clients[client].server_info
        return {"name": info.name, "url": info.url, "max_frame_bytes": info.max_frame_bytes}

    async def do_statistics(self, client=None, subscription=None):
        return vars((self._clients[client] if client else self._subscriptions[subscription]).statistics())

    async def do_fork(self, client, subscription):
        """Returns whether a forked child is refused everything. It must not return to the event loop."""
        child = os.fork()
        if child == 0:
            refused = 0
            for call in (self._clients[client].publish("a"), self._clients[client].flush(),
                         self._clients[client].request("a"), self._clients[client].subscribe("a"),
                         self._subscriptions[subscription].next()):
                try:
                    call.send(None)
                except telex.ClosedError:
                    refused += 1
                except BaseException:
                    pass
            os._exit(0 if refused == 5 else 1)
        return {"refused": os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0}


def event_of(kind, client, error):
    return {"event": kind, "client": client, "code": str(error.code), "text": error.text}


asyncio.run(Harness().run())
