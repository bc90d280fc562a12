"""The Python client without an event loop: threads, handlers, iteration, fork, the end."""

import os
import queue
import threading

from python_cases import BlockingClientTest
from python_client import telex
from telex import Errc

from processes import DEADLINE


class Calls(BlockingClientTest):
    def test_publish_and_receive(self):
        client = self.client()
        with client.subscribe("a.>") as subscription:
            client.publish("a.b", "hello", headers={"n": "v"})
            message = subscription.next(DEADLINE)
        self.assertEqual((message.subject, message.text, message.header("n")), ("a.b", "hello", "v"))
        self.assertIsNone(subscription.try_next())
        with self.assertRaises(telex.SubscriptionEndedError):
            subscription.next()

    def test_request_and_respond(self):
        client = self.client()
        client.subscribe("twice", lambda request: client.respond(request, 2 * request.payload), queue_group="g")
        self.assertEqual(client.request("twice", b"ab").payload, b"abab")
        with self.assertRaises(telex.NoRespondersError):
            client.request("once")

    def test_from_many_threads_arrive_in_the_order_of_each(self):
        client = self.client()
        subscription = client.subscribe("a.*", max_pending_messages=1 << 20)

        def publish(name):
            for number in range(2000):
                client.publish(f"a.{name}", str(number))

        threads = [threading.Thread(target=publish, args=(name,)) for name in range(4)]
        for thread in threads:
            thread.start()
        seen = {}
        for _ in range(8000):
            message = subscription.next(DEADLINE)
            seen.setdefault(message.subject, []).append(int(message.payload))
        for thread in threads:
            thread.join()
        self.assertEqual(seen, {f"a.{name}": list(range(2000)) for name in range(4)})

    def test_wait_for_room_in_the_buffer(self):
        client = self.client(max_buffered_bytes=4096)
        subscription = client.subscribe("a")
        for _ in range(2000):
            client.publish("a", bytes(1000))
        client.flush()
        for _ in range(2000):
            subscription.next(DEADLINE)

    def test_iteration_ends_with_the_client(self):
        client = self.client()
        subscription = client.subscribe("a")
        seen = []
        thread = threading.Thread(target=lambda: seen.extend(message.text for message in subscription))
        thread.start()
        client.publish("a", "1")
        client.flush()
        client.drain()
        thread.join(DEADLINE)
        self.assertEqual(seen, ["1"])

    def test_credit_bounds_the_queue(self):
        client = self.client()
        subscription = client.subscribe("a", credit=2, automatic_credit=False)
        for number in range(5):
            client.publish("a", str(number))
        client.flush()
        self.assertEqual([subscription.next(DEADLINE).text for _ in range(2)], ["0", "1"])
        self.assertIsNone(subscription.try_next())
        subscription.add_credit(1)
        self.assertEqual(subscription.next(DEADLINE).text, "2")
        client.flush()
        self.assertIsNone(subscription.try_next())


class Handlers(BlockingClientTest):
    def test_share_one_thread_and_may_block(self):
        client = self.client()
        names, done = set(), threading.Event()

        def handle(message):
            names.add(threading.current_thread().name)
            client.request("$SYS.echo", message.payload)
            if message.payload == b"last":
                done.set()

        for filter in ("a", "b"):
            client.subscribe(filter, handle)
        for subject, payload in (("a", b"1"), ("b", b"2"), ("a", b"last")):
            client.publish(subject, payload)
        self.assertTrue(done.wait(DEADLINE))
        self.assertEqual(names, {"telex handlers"})

    def test_cannot_drain_and_may_close(self):
        codes, closed = [], threading.Event()
        client = self.client(on_closed=closed.set)

        def handle(_message):
            for call in (client.drain, subscription.drain):
                try:
                    call()
                except telex.Error as error:
                    codes.append(error.code)
            client.close()

        subscription = client.subscribe("a", handle)
        client.publish("a")
        self.assertTrue(closed.wait(DEADLINE))
        self.assertEqual(codes, [Errc.WOULD_DEADLOCK] * 2)

    def test_have_ended_when_unsubscribe_returns(self):
        client = self.client()
        begun, seen = threading.Event(), []

        def handle(message):
            begun.set()
            client.flush()
            seen.append(message.text)

        subscription = client.subscribe("a", handle)
        for number in range(100):
            client.publish("a", str(number))
        self.assertTrue(begun.wait(DEADLINE))
        subscription.unsubscribe()
        count = len(seen)
        client.flush()
        self.assertEqual(len(seen), count)

    def test_that_raise_reply_with_the_error(self):
        errors = queue.SimpleQueue()
        client = self.client(on_error=errors.put)

        def handle(message):
            raise ValueError("no such account")

        client.subscribe("a", handle)
        reply = client.request("a")
        self.assertEqual((reply.payload, reply.header(telex.ERROR_HEADER)), (b"", "ValueError: no such account"))
        error = errors.get(timeout=DEADLINE)
        self.assertEqual((error.code, type(error.__cause__)), (telex.Errc.HANDLER_FAILED, ValueError))
        self.assertEqual(client.request("$SYS.echo", "still here").payload, b"still here")

    def test_see_every_message_before_drain_returns(self):
        client = self.client()
        seen = []
        client.subscribe("a", lambda message: seen.append(message.text))
        for number in range(100):
            client.publish("a", str(number))
        client.flush()
        client.drain()
        self.assertEqual(seen, [str(number) for number in range(100)])


class Ends(BlockingClientTest):
    def test_every_call_of_a_closed_client_raises(self):
        client = self.client()
        subscription = client.subscribe("a", credit=1)
        client.close()
        client.close()
        for call in (lambda: client.publish("a"), lambda: client.request("a"), lambda: client.subscribe("a"),
                     client.flush, client.drain, subscription.next, subscription.drain, subscription.unsubscribe,
                     lambda: subscription.add_credit(1)):
            with self.assertRaises(telex.ClosedError):
                call()

    def test_close_ends_calls_that_wait(self):
        client = self.client()
        subscription = self.client().subscribe("svc")  # a responder that stays
        errors = []

        def request():
            try:
                client.request("svc", timeout=DEADLINE)
            except telex.Error as error:
                errors.append(error.code)

        thread = threading.Thread(target=request)
        thread.start()
        subscription.next(DEADLINE)
        client.close()
        thread.join(DEADLINE)
        self.assertEqual(errors, [Errc.CLOSED])

    def test_leave_no_thread(self):
        before = threading.active_count()
        with telex.blocking.connect(self.url):
            pass
        with self.assertRaises(telex.ConnectFailedError):
            telex.blocking.connect(f"unix://{self.folder}/none")
        self.assertEqual(threading.active_count(), before)

    def test_a_forked_child_cannot_use_the_client(self):
        client = self.client()
        subscription = client.subscribe("a")
        calls = (lambda: client.publish("a"), lambda: client.request("a"), lambda: client.subscribe("a"), client.flush,
                 client.drain, subscription.next, subscription.try_next)
        child = os.fork()
        if child == 0:
            refused = 0
            for call in calls:
                try:
                    call()
                except telex.ClosedError:
                    refused += 1
            client.close()
            os._exit(0 if refused == len(calls) and client.status is telex.Status.CLOSED else 1)
        self.assertEqual(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), 0)
        client.publish("a", "still here")
        self.assertEqual(subscription.next(DEADLINE).text, "still here")
