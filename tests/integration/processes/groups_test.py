"""Queue groups: shares, waiting messages, members that leave. Counted, not timed."""

import collections
import socket
import threading

from processes import DEADLINE, DaemonTest
from wire import Client, error_pb2, telex_pb2

CONFIG = """
server: {reactors: %d}
listeners:
  - name: native
    address: ["tcp://127.0.0.1:0", "unix://{folder}/telex/telex.sock"]
"""

SUBJECT = "jobs"


class Member(threading.Thread):
    """A member of the group that receives jobs. With `grants` it grants credit after each job."""

    def __init__(self, client, name, got, grants=False):
        super().__init__()
        self.client, self.name_, self._got, self._grants = client, name, got, grants
        self.jobs = []
        self.start()

    def run(self):
        try:
            while (frame := self.client.receive()) is not None:
                if not frame.HasField("message"):
                    continue
                self.jobs.append(int(frame.message.payload.split()[0]))
                if self._grants:
                    grant(self.client, 1)
                self._got(self)
        except OSError:
            pass  # the test is over


def grant(client, messages):
    frame = telex_pb2.Frame()
    frame.credit.subscription = 1
    frame.credit.messages = messages
    client.send(frame)


class GroupTest(DaemonTest):
    config = None

    def start(self, reactors, config=CONFIG):
        self.start_daemon(config % reactors)
        self.address = self.daemon.addresses("native")[0]
        self._condition = threading.Condition()
        self._count = 0

    def client(self, address=None):
        client = Client(address or self.address)
        self.addCleanup(client.socket.close)
        return client

    def member(self, name="member", grants=False, **fields):
        client = self.client()
        client.subscribe(1, SUBJECT, queue_group="workers", **fields)
        return self.take(client, name, grants)

    def take(self, client, name="member", grants=False):
        member = Member(client, name, self._got, grants)
        self.addCleanup(member.join, DEADLINE)
        self.addCleanup(self.hang_up, client)
        return member

    @staticmethod
    def hang_up(client):
        try:
            client.socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass  # already closed

    def _got(self, _):
        with self._condition:
            self._count += 1
            self._condition.notify_all()

    def wait_for_jobs(self, count):
        with self._condition:
            self._condition.wait_for(lambda: self._count >= count, DEADLINE)
            self.assertGreaterEqual(self._count, count)

    def publish(self, count, size=0, batch=50):
        """Numbered jobs, in batches; each batch is queued at its members before the next one."""
        publisher = self.client()
        for first in range(0, count, batch):
            data = b""
            for number in range(first, min(first + batch, count)):
                payload = str(number).encode() + b" " + b"x" * size
                data += Client.encode(Client.message(SUBJECT, payload))
            publisher.socket.sendall(data)
            publisher.flush()
        return publisher

    def assert_shared(self, members, count):
        """Each job was received once, and in order by each member."""
        jobs = [job for member in members for job in member.jobs]
        self.assertEqual(sorted(jobs), list(range(count)))
        for member in members:
            self.assertEqual(member.jobs, sorted(member.jobs))


class Shares(GroupTest):
    def assert_even(self, members):
        """Each of eight members received between half and twice the mean of 4,000 jobs."""
        self.assert_shared(members, 4000)
        for member in members:
            self.assertGreaterEqual(len(member.jobs), 250)
            self.assertLessEqual(len(member.jobs), 1000)

    def check(self, reactors):
        self.start(reactors)
        members = [self.member() for _ in range(8)]
        self.publish(4000)
        self.wait_for_jobs(4000)
        self.assert_even(members)

    def test_of_idle_members_are_even_on_one_reactor(self):
        self.check(1)

    def test_of_idle_members_are_even_on_two_reactors(self):
        self.check(2)

    def test_of_idle_members_are_even_on_four_reactors(self):
        self.check(4)

    def test_of_members_with_credit_are_their_credit(self):
        self.start(2)
        members = [self.member(credit=10) for _ in range(8)]
        self.publish(80)
        self.wait_for_jobs(80)
        self.assertEqual([len(member.jobs) for member in members], [10] * 8)
        for number, member in enumerate(members):
            grant(member.client, number + 1)
        publisher = self.client()
        for job in range(80, 116):
            publisher.publish(SUBJECT, str(job).encode())
        publisher.flush()
        self.wait_for_jobs(116)
        self.assertEqual([len(member.jobs) for member in members], list(range(11, 19)))


class Stalled(GroupTest):
    """One of three members never reads."""

    def check(self, reactors, most, size=0, **fields):
        self.start(reactors)
        stalled = self.client()
        stalled.subscribe(1, SUBJECT, queue_group="workers", **fields)
        members = [self.member() for _ in range(2)]
        self.publish(3000, size)
        self.wait_for_jobs(3000 - most)
        stats = self.client().stats()
        self.assertEqual(dict(stats.dropped_messages), {})
        done = [job for member in members for job in member.jobs]
        self.take(stalled)
        self.wait_for_jobs(3000)
        held = 3000 - len([job for member in members for job in member.jobs])
        self.assertLessEqual(held, most)
        self.assertEqual(len(done), len(set(done)))

    def test_with_credit_gets_at_most_its_credit(self):
        self.check(2, 20, credit=20)

    def test_with_credit_gets_at_most_its_credit_on_one_reactor(self):
        self.check(1, 20, credit=20)

    def test_without_credit_gets_a_socket_buffer(self):
        # A unix socket buffers net.core.wmem_default, 208 KiB, and the daemon 60 KiB per turn.
        self.start(2)
        with open("/proc/sys/net/core/wmem_default", encoding="ascii") as file:
            socket_bytes = int(file.read())
        size = 4096
        stalled = self.client(self.daemon.addresses("native")[1])
        stalled.subscribe(1, SUBJECT, queue_group="workers")
        members = [self.member() for _ in range(2)]
        self.publish(3000, size)
        most = (2 * socket_bytes + (64 << 10)) // size
        self.assertLess(most, 500)
        self.wait_for_jobs(3000 - most)
        self.take(stalled, "stalled")
        self.wait_for_jobs(3000)
        others = sum(len(member.jobs) for member in members)
        self.assertGreaterEqual(others, 3000 - most)


class Credit(GroupTest):
    def test_of_another_member_is_used_before_a_message_waits(self):
        self.start(1)
        busy = self.client()
        busy.subscribe(1, SUBJECT, queue_group="workers", credit=1)
        publisher = self.publish(1)
        self.assertEqual(busy.receive().message.payload.split()[0], b"0")
        free = self.member(credit=1000)
        for number in range(1, 101):
            publisher.publish(SUBJECT, str(number).encode())
        publisher.flush()
        self.wait_for_jobs(100)
        self.assertEqual(free.jobs, list(range(1, 101)))
        self.assertEqual(publisher.stats().waiting_messages, 0)

    def test_of_one_keeps_four_members_busy(self):
        self.start(2)
        members = [self.member(credit=1, grants=True) for _ in range(4)]
        self.publish(400, batch=400)
        self.wait_for_jobs(400)
        self.assert_shared(members, 400)
        for member in members:
            self.assertGreaterEqual(len(member.jobs), 20)

    def test_first_granted_takes_waiting_messages_on_any_reactor(self):
        self.start(4)
        clients = [self.client() for _ in range(8)]
        for client in clients:
            client.subscribe(1, SUBJECT, queue_group="workers", credit=1)
        publisher = self.publish(108)
        for client in clients:
            self.assertTrue(client.receive().HasField("message"))
        self.assertEqual(publisher.stats().waiting_messages, 100)
        grant(clients[5], 1000)
        member = self.take(clients[5])
        self.wait_for_jobs(100)
        self.assertEqual(member.jobs, sorted(member.jobs))
        self.assertEqual(publisher.stats().waiting_messages, 0)

    def test_of_a_new_member_takes_waiting_messages(self):
        self.start(2)
        busy = self.client()
        busy.subscribe(1, SUBJECT, queue_group="workers", credit=1)
        publisher = self.publish(50)
        self.assertEqual(busy.receive().message.payload.split()[0], b"0")
        self.assertEqual(publisher.stats().waiting_messages, 49)
        new = self.member()
        self.wait_for_jobs(49)
        self.assertEqual(new.jobs, list(range(1, 50)))

    def test_queue_overflow_drops_without_disconnecting(self):
        self.start(2, CONFIG + "    slow_consumer: {max_pending: 1MiB}\n")
        members = []
        for _ in range(3):
            member = self.client()
            member.subscribe(1, SUBJECT, queue_group="workers", credit=1)
            members.append(member)
        stats = self.publish(100, size=65536, batch=10).stats()
        dropped = stats.dropped_messages["slow_newest"]
        self.assertGreater(dropped, 0)
        self.assertEqual(dict(stats.dropped_messages), {"slow_newest": dropped})
        self.assertEqual(stats.waiting_messages, 100 - 3 - dropped)
        for member in members:
            self.assertTrue(member.receive().HasField("message"))
            grant(member, 100)
        self.take(members[0])
        self.take(members[1])
        self.take(members[2])
        self.wait_for_jobs(100 - 3 - dropped)

    def test_keeps_the_order_for_each_member(self):
        self.start(4)
        members = [self.member(credit=credit, grants=True) for credit in (1, 2, 3, 5, 8)]
        publishers = [threading.Thread(target=self.publish_tagged, args=(i,)) for i in range(3)]
        for publisher in publishers:
            publisher.start()
        for publisher in publishers:
            publisher.join(DEADLINE)
        self.wait_for_jobs(3000)
        last = collections.defaultdict(lambda: -1)
        for member in members:
            for job in member.jobs:
                publisher, number = divmod(job, 1000)
                self.assertGreater(number, last[member, publisher])
                last[member, publisher] = number
        self.assertEqual(sorted(job for m in members for job in m.jobs), list(range(3000)))

    def publish_tagged(self, publisher):
        client = self.client()
        for number in range(1000):
            client.publish(SUBJECT, str(publisher * 1000 + number).encode())
        client.flush()


class Leaving(GroupTest):
    def fill(self):
        """A member with one job and 99 in its credit queue, and the publisher."""
        self.start(2)
        going = self.client()
        going.subscribe(1, SUBJECT, queue_group="workers", credit=1)
        publisher = self.publish(100)
        self.assertEqual(going.receive().message.payload.split()[0], b"0")
        self.assertEqual(publisher.stats().waiting_messages, 99)
        return going, publisher

    def test_moves_waiting_messages_to_another_member(self):
        going, publisher = self.fill()
        staying = self.client()
        staying.subscribe(1, SUBJECT, queue_group="workers", credit=1)
        first = staying.receive()
        self.assertEqual(first.message.payload.split()[0], b"1")
        going.socket.close()
        grant(staying, 1000)
        member = self.take(staying)
        self.wait_for_jobs(98)
        self.assertEqual(member.jobs, list(range(2, 100)))
        self.assertEqual(dict(publisher.stats().dropped_messages), {})

    def test_by_unsubscribe_moves_waiting_messages(self):
        going, publisher = self.fill()
        staying = self.client()
        staying.subscribe(1, SUBJECT, queue_group="workers", credit=1)
        staying.receive()
        frame = telex_pb2.Frame()
        frame.unsubscribe.subscription = 1
        going.send(frame)
        answer = going.receive()
        self.assertEqual(answer.unsubscribed.dropped, 0)
        grant(staying, 1000)
        self.take(staying)
        self.wait_for_jobs(98)
        self.assertEqual(dict(publisher.stats().dropped_messages), {})

    def test_of_the_last_member_drops_and_counts(self):
        going, publisher = self.fill()
        frame = telex_pb2.Frame()
        frame.unsubscribe.subscription = 1
        going.send(frame)
        self.assertTrue(going.receive().HasField("unsubscribed"))
        stats = publisher.stats()
        self.assertEqual(stats.waiting_messages, 0)
        self.assertEqual(dict(stats.dropped_messages), {"no_credit": 99})

    def test_of_the_last_member_fails_waiting_requests(self):
        self.start(2)
        going = self.client()
        going.subscribe(1, SUBJECT, queue_group="workers", credit=1)
        requester = self.client()
        for number in (1, 2):
            requester.publish(SUBJECT, b"?", request=number)
        self.assertTrue(going.receive().reply_to)
        requester.flush()
        frame = telex_pb2.Frame()
        frame.unsubscribe.subscription = 1
        going.send(frame)
        answer = requester.receive()
        self.assertEqual(answer.request, 2)
        self.assertTrue(answer.HasField("error"))


class Goodbye(GroupTest):
    """A member says Goodbye while it waits for the reply to its request."""

    def leave(self, reactors):
        self.start(reactors)
        responder = self.client()
        responder.subscribe(1, "slow")
        going = self.client()
        going.subscribe(1, SUBJECT, queue_group="workers")
        farewell = telex_pb2.Frame()
        farewell.goodbye.SetInParent()
        asked = Client.message("slow", b"", request=1, timeout_ms=DEADLINE * 1000)
        going.socket.sendall(Client.encode(asked) + Client.encode(farewell))
        request = responder.receive()  # both frames came in one read
        return going, lambda: responder.publish(request.reply_to, b"done")

    def check_messages(self, reactors):
        going, reply = self.leave(reactors)
        staying = self.member()
        publisher = self.publish(100)
        self.wait_for_jobs(100)
        self.assertEqual(staying.jobs, list(range(100)))
        self.assertEqual(dict(publisher.stats().dropped_messages), {})
        reply()
        self.assertEqual(going.receive().message.payload, b"done")
        self.assertIsNone(going.receive())

    def test_ends_its_share_on_one_reactor(self):
        self.check_messages(1)

    def test_ends_its_share_on_four_reactors(self):
        self.check_messages(4)

    def check_requests(self, reactors):
        self.leave(reactors)
        requester = self.client()
        answer = requester.request(SUBJECT, b"", timeout_ms=DEADLINE * 1000)
        self.assertEqual(answer.error.code, error_pb2.NO_RESPONDERS)

    def test_of_the_only_member_fails_requests_on_one_reactor(self):
        self.check_requests(1)

    def test_of_the_only_member_fails_requests_on_four_reactors(self):
        self.check_requests(4)


class Requests(GroupTest):
    def test_get_one_reply_each(self):
        self.start(2)
        self.listening("reply", "svc", "--text", "one", "--server", self.address)
        self.listening("reply", "svc", "--text", "two", "--server", self.address)
        requester = self.client()
        answers = collections.Counter(
            requester.request("svc", b"", number=number).message.payload for number in range(1, 201)
        )
        self.assertEqual(set(answers), {b"one", b"two"})
        self.assertEqual(requester.stats().dropped_messages["late_answer"], 0)

    def test_two_repliers_run_a_command_once(self):
        self.start(2)
        runs = self.write("runs", "")
        for _ in range(2):
            self.listening("reply", "svc", "--command", f"echo x >> {runs}; echo done",
                           "--server", self.address)
        for _ in range(5):
            self.run_tool("request", "svc", "", "--server", self.address)
        with open(runs, encoding="ascii") as file:
            self.assertEqual(file.read(), "x\n" * 5)

    def test_with_each_go_to_every_replier(self):
        self.start(2)
        for text in ("one", "two"):
            self.listening("reply", "svc", "--text", text, "--each", "--server", self.address)
        requester = self.client()
        for number in range(1, 6):
            requester.request("svc", b"", number=number)
        while requester.stats().dropped_messages["late_answer"] < 5:
            requester.flush()

    def test_each_and_queue_are_exclusive(self):
        self.run_tool("reply", "svc", "--echo", "--each", "--queue", "q", code=64)


class Reload(GroupTest):
    def test_keeps_groups(self):
        self.start(2)
        members = [self.member() for _ in range(2)]
        self.publish(100)
        self.reload((CONFIG % 2).replace("reactors: 2", "reactors: 2, drain_timeout: 7s"))
        self.wait_for_jobs(100)
        self.publish(100)
        self.wait_for_jobs(200)
        self.assertEqual(sum(len(member.jobs) for member in members), 200)
