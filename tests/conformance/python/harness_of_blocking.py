"""The harness of telex.blocking.

    harness_of_blocking.py FOLDER      of the built package"""

import json
import os
import sys
import threading

sys.path.insert(0, sys.argv[1])

import telex.blocking
from commands import (
    FEATURES, client_options, describe, fields_of, handler_of, payload_of, payloads_of, result_of, subscribe_options, write)

# These do not delay later commands.
WAITING = ("request", "next", "flush", "drain")


class Harness:
    def __init__(self):
        self._clients = {}
        self._subscriptions = {}
        self._last_messages = {}

    def run(self):
        write({"event": "ready", "features": FEATURES})
        threads = []
        for line in sys.stdin:
            command = json.loads(line)
            if command["do"] in WAITING:
                threads.append(threading.Thread(target=self._answer, kwargs=command))
                threads[-1].start()
            else:
                self._answer(**command)
        for client in self._clients.values():
            client.close()
        for thread in threads:
            thread.join()

    def _answer(self, command, do, **arguments):
        try:
            if do in ("status", "server", "statistics"):
                result = result_of(do, self._subject(**arguments))
            else:
                result = getattr(self, f"do_{do}")(**arguments)
            write({"command": command, "ok": result or {}})
        except telex.Error as error:
            write({"command": command, "error": {"code": str(error.code), "text": error.text}})

    def _subject(self, client=None, subscription=None):
        return self._clients[client] if client else self._subscriptions[subscription]

    def do_connect(self, client, servers, background=False, **options):
        connect = telex.blocking.connect_in_background if background else telex.blocking.connect
        self._clients[client] = connect(servers or None, **client_options(client, **options))

    def do_subscribe(self, client, subscription, filter, **options):
        handler = handler_of(subscription, self._last_messages, **options)
        made = self._clients[client].subscribe(filter, handler, **subscribe_options(**options))
        self._subscriptions[subscription] = made

    def do_publish(self, client, subject, **arguments):
        fields = fields_of(arguments)
        for payload in payloads_of(**arguments):
            self._clients[client].publish(subject, payload, **fields)

    def do_request(self, client, subject, timeout=None, **arguments):
        payload, fields = payload_of(arguments), fields_of(arguments)
        return describe(self._clients[client].request(subject, payload, timeout=timeout, **fields))

    def do_respond(self, client, subscription, **arguments):
        request = self._last_messages[subscription]
        self._clients[client].respond(request, payload_of(arguments), **fields_of(arguments))

    def do_next(self, subscription, timeout=10):
        message = self._last_messages[subscription] = self._subscriptions[subscription].next(timeout)
        return describe(message)

    def do_credit(self, subscription, messages):
        self._subscriptions[subscription].add_credit(messages)

    def do_unsubscribe(self, subscription):
        self._subscriptions[subscription].unsubscribe()

    def do_flush(self, client, timeout=10):
        self._clients[client].flush(timeout)

    def do_drain(self, **subject):
        self._subject(**subject).drain()

    def do_close(self, client):
        if client in self._clients:
            self._clients[client].close()

    def do_fork(self, client, subscription):
        """Returns whether a forked child is refused everything."""
        of, child = self._clients[client], os.fork()
        if child == 0:
            refused = 0
            for call in (lambda: of.publish("a"), of.flush, lambda: of.request("a"), lambda: of.subscribe("a"),
                         self._subscriptions[subscription].next):
                try:
                    call()
                except telex.ClosedError:
                    refused += 1
                except BaseException:
                    pass
            os._exit(0 if refused == 5 else 1)
        return {"refused": os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0}


Harness().run()
