"""The harness of the Python client for asyncio.

    harness_of_asyncio.py FOLDER      of the built package"""

import asyncio
import json
import os
import sys

sys.path.insert(0, sys.argv[1])

import telex
from commands import (
    FEATURES, client_options, describe, fields_of, handler_of, payload_of, payloads_of, result_of, subscribe_options, write)


class Harness:
    def __init__(self):
        self._clients = {}
        self._subscriptions = {}
        self._last_messages = {}

    async def run(self):
        write({"event": "ready", "features": FEATURES})
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
            if verb in ("status", "server", "statistics"):
                result = result_of(verb, self._subject(**command))
            else:
                result = await getattr(self, f"do_{verb}")(**command)
            write({"command": number, "ok": result or {}})
        except telex.Error as error:
            write({"command": number, "error": {"code": str(error.code), "text": error.text}})

    def _subject(self, client=None, subscription=None):
        return self._clients[client] if client else self._subscriptions[subscription]

    async def do_connect(self, client, servers, background=False, **options):
        arguments = client_options(client, **options)
        if background:
            self._clients[client] = telex.connect_in_background(servers or None, **arguments)
        else:
            self._clients[client] = await telex.connect(servers or None, **arguments)

    async def do_subscribe(self, client, subscription, filter, **options):
        handler = handler_of(subscription, self._last_messages, **options)
        made = await self._clients[client].subscribe(filter, handler, **subscribe_options(**options))
        self._subscriptions[subscription] = made

    async def do_publish(self, client, subject, **arguments):
        fields = fields_of(arguments)
        for payload in payloads_of(**arguments):
            await self._clients[client].publish(subject, payload, **fields)

    async def do_request(self, client, subject, timeout=None, **arguments):
        payload, fields = payload_of(arguments), fields_of(arguments)
        return describe(await self._clients[client].request(subject, payload, timeout=timeout, **fields))

    async def do_respond(self, client, subscription, **arguments):
        request = self._last_messages[subscription]
        await self._clients[client].respond(request, payload_of(arguments), **fields_of(arguments))

    async def do_next(self, subscription, timeout=10):
        message = self._last_messages[subscription] = await self._subscriptions[subscription].next(timeout)
        return describe(message)

    async def do_credit(self, subscription, messages):
        self._subscriptions[subscription].add_credit(messages)

    async def do_unsubscribe(self, subscription):
        await self._subscriptions[subscription].unsubscribe()

    async def do_flush(self, client, timeout=10):
        await self._clients[client].flush(timeout)

    async def do_drain(self, **subject):
        await self._subject(**subject).drain()

    async def do_close(self, client):
        if client in self._clients:
            await self._clients[client].close()

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


asyncio.run(Harness().run())
