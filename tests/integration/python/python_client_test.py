"""The Python client for asyncio with the daemon: handlers, iteration, limits, the end."""

import asyncio

from python_cases import AsyncClientTest
from python_client import telex
from telex import Errc

from processes import DEADLINE


class Handlers(AsyncClientTest):
    async def test_are_called_one_after_the_other(self):
        client = await self.client()
        running, seen = 0, []

        async def handle(message):
            nonlocal running
            running += 1
            self.assertEqual(running, 1)
            await asyncio.sleep(0)
            running -= 1
            seen.append(int(message.payload))

        subscription = await client.subscribe("a", handle)
        for number in range(100):
            await client.publish("a", str(number))
        await client.flush()
        await subscription.drain()
        self.assertEqual(seen, list(range(100)))

    async def test_do_not_wait_for_handlers_of_other_subscriptions(self):
        client = await self.client()
        done = asyncio.Event()

        async def wait(_message):
            await done.wait()

        await client.subscribe("slow", wait)
        await client.subscribe("quick", lambda message: done.set())
        await client.publish("slow")
        await client.publish("quick")
        await asyncio.wait_for(done.wait(), DEADLINE)

    async def test_that_raise_do_not_end_the_subscription(self):
        client = await self.client()
        seen = []

        def handle(message):
            seen.append(message.text)
            raise ValueError(message.text)

        subscription = await client.subscribe("a", handle)
        with self.assertLogs("telex", "ERROR") as logs:
            for text in ("one", "two"):
                await client.publish("a", text)
            await client.flush()
            await subscription.drain()
        self.assertEqual(seen, ["one", "two"])
        self.assertEqual(len(logs.records), 2)

    async def test_that_raise_reply_with_the_error(self):
        errors = asyncio.Queue()
        client = await self.client(on_error=errors.put_nowait)

        async def handle(message):
            if message.text == "replied":
                await client.respond(message, "reply")
            raise ValueError("no such\naccount")

        await client.subscribe("a", handle)
        reply = await client.request("a")
        self.assertEqual((reply.payload, reply.header(telex.ERROR_HEADER)), (b"", "ValueError: no such account"))
        error = await asyncio.wait_for(errors.get(), DEADLINE)
        self.assertEqual((error.code, type(error.__cause__)), (Errc.HANDLER_FAILED, ValueError))
        self.assertEqual((await client.request("a", "replied")).payload, b"reply")
        await asyncio.wait_for(errors.get(), DEADLINE)
        await client.publish("a")  # wants no reply
        await asyncio.wait_for(errors.get(), DEADLINE)

    async def test_may_request_and_cannot_drain(self):
        client = await self.client()
        results = asyncio.Queue()

        async def handle(_message):
            await results.put((await client.request("$SYS.echo", b"inside")).payload)
            for call in (client.drain, subscription.drain):
                try:
                    await call()
                except telex.Error as error:
                    await results.put(error.code)

        subscription = await client.subscribe("a", handle)
        await client.publish("a")
        got = [await asyncio.wait_for(results.get(), DEADLINE) for _ in range(3)]
        self.assertEqual(got, [b"inside", Errc.WOULD_DEADLOCK, Errc.WOULD_DEADLOCK])

    async def test_are_cancelled_by_close(self):
        client = await self.client()
        begun, ended = asyncio.Event(), []

        async def handle(_message):
            begun.set()
            try:
                await asyncio.Event().wait()
            finally:
                ended.append(True)

        await client.subscribe("a", handle)
        await client.publish("a")
        await client.publish("a")
        await asyncio.wait_for(begun.wait(), DEADLINE)
        await client.close()
        self.assertEqual(ended, [True])

    async def test_may_close_the_client(self):
        closed = asyncio.Event()
        client = await self.client(on_closed=closed.set)
        await client.subscribe("a", lambda message: client.close())
        await client.publish("a")
        await asyncio.wait_for(closed.wait(), DEADLINE)
        self.assertEqual(client.status, telex.Status.CLOSED)


class Iteration(AsyncClientTest):
    async def test_ends_with_the_subscription(self):
        client = await self.client()
        async with await client.subscribe("a", max_messages=3) as subscription:
            for text in ("1", "2", "3", "4"):
                await client.publish("a", text)
            self.assertEqual([message.text async for message in subscription], ["1", "2", "3"])
        with self.assertRaises(telex.SubscriptionEndedError):
            await subscription.next()

    async def test_ends_with_the_client(self):
        client = await self.client()
        subscription = await client.subscribe("a")
        await client.publish("a", "1")
        await client.flush()
        await client.drain()
        self.assertEqual([message.text async for message in subscription], ["1"])

    async def test_next_times_out_and_refuses_a_handler(self):
        client = await self.client()
        with self.assertRaises(telex.TimedOutError):
            await (await client.subscribe("a")).next(timeout=0.001)
        with self.assertRaises(telex.InvalidArgumentError):
            await (await client.subscribe("a", print)).next()

    async def test_cancelled_next_loses_no_message(self):
        client = await self.client()
        subscription = await client.subscribe("a")
        waiting = asyncio.create_task(subscription.next())
        await asyncio.sleep(0)
        waiting.cancel()
        await client.publish("a", "1")
        self.assertEqual((await subscription.next(DEADLINE)).text, "1")


class Messages(AsyncClientTest):
    async def test_of_every_kind_of_payload(self):
        client = await self.client()
        subscription = await client.subscribe("a")
        for payload in (b"x", bytearray(b"x"), memoryview(b"x"), "x"):
            await client.publish("a", payload)
            self.assertEqual((await subscription.next(DEADLINE)).payload, b"x")

    async def test_with_all_fields_arrive_unchanged(self):
        client = await self.client()
        subscription = await client.subscribe("a")
        await client.publish("a", b"p", headers=[("n", "1"), ("n", "2")], id="i", content_type="text/plain", type="T",
                             reply_to="back")
        message = await subscription.next(DEADLINE)
        self.assertEqual((message.headers, message.id, message.content_type, message.type, message.reply_to),
                         ([("n", "1"), ("n", "2")], "i", "text/plain", "T", "back"))
        answers = await client.subscribe("back")
        await client.respond(message, b"r")
        self.assertEqual((await answers.next(DEADLINE)).payload, b"r")

    async def test_are_refused_before_they_are_sent(self):
        client = await self.client()
        for subject, payload, fields, code in (
            ("a..b", b"", {}, Errc.BAD_SUBJECT), ("a.*", b"", {}, Errc.WILDCARD_IN_PUBLISH),
            ("a" * 1025, b"", {}, Errc.BAD_SUBJECT), ("a", bytes(1 << 20), {}, Errc.FRAME_TOO_LARGE),
            ("a", b"", {"headers": [("n", "v")] * 33}, Errc.TOO_MANY_HEADERS),
            ("a", b"", {"reply_to": "a b"}, Errc.BAD_SUBJECT), ("a", b"", {"id": "\ud800"}, Errc.INVALID_ARGUMENT),
        ):
            with self.subTest(code), self.assertRaises(telex.Error) as raised:
                await client.publish(subject, payload, **fields)
            self.assertEqual(raised.exception.code, code)
        with self.assertRaises(telex.InvalidArgumentError):
            await client.respond(telex.Message(None), b"")
        with self.assertRaises(telex.InvalidArgumentError):
            await client.request("a", timeout=0)
        self.assertEqual(client.statistics().published_messages, 0)

    async def test_of_a_task_that_only_publishes_arrive_meanwhile(self):
        client = await self.client()
        subscription = await client.subscribe("a", max_pending_messages=1 << 20)
        for _ in range(20_000):
            await client.publish("a", bytes(200))
        self.assertGreater(subscription.statistics().received, 0)

    async def test_over_the_buffer_limit_wait_or_raise(self):
        client = telex.connect_in_background(
            f"unix://{self.folder}/none", max_buffered_bytes=1000, full_timeout=0.001)
        self.addAsyncCleanup(client.close)
        client.publish_nowait("a", bytes(900))
        with self.assertRaises(telex.BufferFullError):
            client.publish_nowait("a", bytes(900))
        with self.assertRaises(telex.BufferFullError):
            await client.publish("a", bytes(900))
        self.assertEqual(client.statistics().published_messages, 1)
        await client.close()
        self.assertEqual(client.statistics().unsent_messages, 1)

    async def test_that_the_application_does_not_take_are_dropped_and_counted(self):
        errors = asyncio.Queue()
        client = await self.client(on_error=errors.put_nowait)
        subscription = await client.subscribe("a", max_pending_messages=10)
        for _ in range(100):
            await client.publish("a")
        await client.flush()
        await self.until(lambda: subscription.statistics().received == 100)
        self.assertEqual((await asyncio.wait_for(errors.get(), DEADLINE)).code, Errc.MESSAGES_DROPPED)
        counts = subscription.statistics()
        self.assertEqual((counts.dropped, counts.pending_messages), (90, 10))
        self.assertEqual(client.statistics().dropped_messages, 90)
        self.assertTrue(errors.empty())


class Ends(AsyncClientTest):
    async def test_every_call_of_a_closed_client_raises(self):
        client = await self.client()
        subscription = await client.subscribe("a", credit=1)
        await client.close()
        await client.close()
        for call in (lambda: client.publish("a"), lambda: client.request("a"), lambda: client.subscribe("a"),
                     client.flush, client.drain, subscription.next):
            with self.assertRaises(telex.ClosedError):
                await call()
        with self.assertRaises(telex.ClosedError):
            subscription.add_credit(1)
        self.assertFalse(subscription.active)

    async def test_a_client_that_drains_refuses_subscriptions(self):
        client = await self.client()
        begun, release = asyncio.Event(), asyncio.Event()

        async def handle(_message):
            begun.set()
            await release.wait()

        await client.subscribe("a", handle)
        await client.publish("a")
        await asyncio.wait_for(begun.wait(), DEADLINE)
        draining = asyncio.create_task(client.drain())
        await self.until(lambda: client.status is telex.Status.DRAINING)
        with self.assertRaises(telex.ClosedError) as raised:
            await client.subscribe("b")
        self.assertEqual(raised.exception.code, Errc.DRAINING)
        await client.publish("b")  # a handler may still publish its results
        release.set()
        await draining

    async def test_a_drain_that_takes_too_long_closes(self):
        client = await self.client()
        begun = asyncio.Event()

        async def handle(_message):
            begun.set()
            await asyncio.Event().wait()

        await client.subscribe("a", handle)
        await client.publish("a")
        await asyncio.wait_for(begun.wait(), DEADLINE)
        with self.assertRaises(telex.TimedOutError):
            await client.drain(timeout=0.01)
        self.assertEqual(client.status, telex.Status.CLOSED)

    async def test_a_cancelled_request_forgets_its_reply(self):
        client = await self.client()
        await (await client.subscribe("a")).drain()
        responder = await client.subscribe("svc")
        waiting = asyncio.create_task(client.request("svc"))
        request = await responder.next(DEADLINE)
        waiting.cancel()
        await asyncio.wait({waiting})
        self.assertEqual(client.statistics().pending_requests, 0)
        await client.respond(request)
        await client.flush()

    async def test_a_missing_server_names_each_attempt(self):
        with self.assertRaises(telex.ConnectFailedError) as raised:
            await telex.connect([f"unix://{self.folder}/none", "tcp://127.0.0.1:1"])
        self.assertRegex(raised.exception.text, "none: No such file or directory; tcp://127.0.0.1:1: Connection refused")

    async def test_a_client_in_the_background_buffers_until_it_is_connected(self):
        client = telex.connect_in_background(self.url)
        self.addAsyncCleanup(client.close)
        self.assertEqual(client.status, telex.Status.CONNECTING)
        other = await self.client()
        subscription = await other.subscribe("a")
        await client.publish("a", "early")
        self.assertEqual((await subscription.next(DEADLINE)).text, "early")

    async def test_leave_no_task(self):
        async with telex.connect(self.url, on_closed=lambda: None) as client:
            await client.subscribe("a", lambda message: None)
            await client.publish("a")
            await client.flush()
        self.assertEqual(asyncio.all_tasks(), {asyncio.current_task()})
