"""Queue groups: who gets how much, who waits, and what is left when a member goes. Counted, not timed."""

import collections
import socket
import threading

from processes import DEADLINE, DaemonTest
from wire import Client, telex_pb2

CONFIG = """
server: {reactors: %d}
listeners:
  - name: native
    address: ["tcp://127.0.0.1:0", "unix://{folder}/telex/telex.sock"]
"""

SUBJECT = "jobs"


class Member(threading.Thread):
    """A member of the group that takes what it gets. With `grants` each job gives its credit back."""

    def __init__(self, client, name, got, grants=False):
        super().__init__()
        self.client, self.name_, self._got, self._grants = client, name, got, grants
        self.jobs = []
        self.start()

    def run(self):
        try:
            while (frame := self.client.hear()) is not None:
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
    client.say(frame)


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
            pass  # it has ended already

    def _got(self, _):
        with self._condition:
            self._count += 1
            self._condition.notify_all()

    def wait_for_jobs(self, count):
        with self._condition:
            self._condition.wait_for(lambda: self._count >= count, DEADLINE)
            self.assertGreaterEqual(self._count, count)

    def publish(self, count, size=0, batch=50):
        """Numbered jobs, in batches that are in the queues of their members before the next comes."""
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
        """Each job once, and those of each member in order."""
        jobs = [job for member in members for job in member.jobs]
        self.assertEqual(sorted(jobs), list(range(count)))
        for member in members:
            self.assertEqual(member.jobs, sorted(member.jobs))


class Shares(GroupTest):
    def assert_alike(self, members):
        """Of 4,000 jobs each of eight has between half and twice the mean."""
        self.assert_shared(members, 4000)
        for member in members:
            self.assertGreaterEqual(len(member.jobs), 250)
            self.assertLessEqual(len(member.jobs), 1000)

    def check(self, reactors):
        self.start(reactors)
        members = [self.member() for _ in range(8)]
        self.publish(4000)
        self.wait_for_jobs(4000)
        self.assert_alike(members)

    def test_of_idle_members_are_alike_on_one_reactor(self):
        self.check(1)

    def test_of_idle_members_are_alike_on_two_reactors(self):
        self.check(2)

    def test_of_idle_members_are_alike_on_four_reactors(self):
        self.check(4)

    def test_of_members_with_credit_are_alike(self):
        self.start(2)
        members = [self.member(credit=10, grants=True) for _ in range(8)]
        self.publish(4000)
        self.wait_for_jobs(4000)
        self.assert_alike(members)


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

    def test_with_credit_it_holds_no_more_than_that(self):
        self.check(2, 20, credit=20)

    def test_with_credit_it_holds_no_more_on_one_reactor(self):
        self.check(1, 20, credit=20)

    def test_without_credit_it_holds_what_its_socket_takes(self):
        # A unix socket takes net.core.wmem_default, 208 KiB, and the daemon's turn 32 KiB beyond it.
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
    def test_nothing_waits_for_a_busy_member_while_another_has_credit(self):
        self.start(1)
        busy = self.client()
        busy.subscribe(1, SUBJECT, queue_group="workers", credit=1)
        publisher = self.publish(1)
        self.assertEqual(busy.hear().message.payload.split()[0], b"0")
        free = self.member(credit=1000)
        for number in range(1, 101):
            publisher.publish(SUBJECT, str(number).encode())
        publisher.flush()
        self.wait_for_jobs(100)
        self.assertEqual(free.jobs, list(range(1, 101)))
        self.assertEqual(publisher.stats().waiting_messages, 0)

    def test_four_members_with_one_credit_each_all_work(self):
        self.start(2)
        members = [self.member(credit=1, grants=True) for _ in range(4)]
        self.publish(400, batch=400)
        self.wait_for_jobs(400)
        self.assert_shared(members, 400)
        for member in members:
            self.assertGreaterEqual(len(member.jobs), 20)

    def test_what_waits_goes_to_who_gives_credit_first_wherever_it_is(self):
        self.start(4)
        clients = [self.client() for _ in range(8)]
        for client in clients:
            client.subscribe(1, SUBJECT, queue_group="workers", credit=1)
        publisher = self.publish(108)
        for client in clients:
            self.assertTrue(client.hear().HasField("message"))
        self.assertEqual(publisher.stats().waiting_messages, 100)
        grant(clients[5], 1000)
        member = self.take(clients[5])
        self.wait_for_jobs(100)
        self.assertEqual(member.jobs, sorted(member.jobs))
        self.assertEqual(publisher.stats().waiting_messages, 0)

    def test_what_waits_goes_to_a_new_member(self):
        self.start(2)
        busy = self.client()
        busy.subscribe(1, SUBJECT, queue_group="workers", credit=1)
        publisher = self.publish(50)
        self.assertEqual(busy.hear().message.payload.split()[0], b"0")
        self.assertEqual(publisher.stats().waiting_messages, 49)
        new = self.member()
        self.wait_for_jobs(49)
        self.assertEqual(new.jobs, list(range(1, 50)))

    def test_what_is_too_much_to_wait_is_dropped_and_nobody_is_cut_off_for_it(self):
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
            self.assertTrue(member.hear().HasField("message"))
            grant(member, 100)
        self.take(members[0])
        self.take(members[1])
        self.take(members[2])
        self.wait_for_jobs(100 - 3 - dropped)

    def test_order_holds_for_each_member_while_credit_comes_and_goes(self):
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
        """A member with one job and 99 that wait for its credit, and the publisher."""
        self.start(2)
        going = self.client()
        going.subscribe(1, SUBJECT, queue_group="workers", credit=1)
        publisher = self.publish(100)
        self.assertEqual(going.hear().message.payload.split()[0], b"0")
        self.assertEqual(publisher.stats().waiting_messages, 99)
        return going, publisher

    def test_what_waited_at_a_member_goes_to_another(self):
        going, publisher = self.fill()
        staying = self.client()
        staying.subscribe(1, SUBJECT, queue_group="workers", credit=1)
        first = staying.hear()
        self.assertEqual(first.message.payload.split()[0], b"1")
        going.socket.close()
        grant(staying, 1000)
        member = self.take(staying)
        self.wait_for_jobs(98)
        self.assertEqual(member.jobs, list(range(2, 100)))
        self.assertEqual(dict(publisher.stats().dropped_messages), {})

    def test_an_unsubscribe_hands_on_what_waits(self):
        going, publisher = self.fill()
        staying = self.client()
        staying.subscribe(1, SUBJECT, queue_group="workers", credit=1)
        staying.hear()
        frame = telex_pb2.Frame()
        frame.unsubscribe.subscription = 1
        going.say(frame)
        answer = going.hear()
        self.assertEqual(answer.unsubscribed.dropped, 0)
        grant(staying, 1000)
        self.take(staying)
        self.wait_for_jobs(98)
        self.assertEqual(dict(publisher.stats().dropped_messages), {})

    def test_with_the_last_member_what_waits_is_dropped_and_counted(self):
        going, publisher = self.fill()
        frame = telex_pb2.Frame()
        frame.unsubscribe.subscription = 1
        going.say(frame)
        self.assertTrue(going.hear().HasField("unsubscribed"))
        stats = publisher.stats()
        self.assertEqual(stats.waiting_messages, 0)
        self.assertEqual(dict(stats.dropped_messages), {"no_credit": 99})

    def test_requests_that_wait_for_a_group_that_goes_have_no_responders(self):
        self.start(2)
        going = self.client()
        going.subscribe(1, SUBJECT, queue_group="workers", credit=1)
        asker = self.client()
        for number in (1, 2):
            asker.publish(SUBJECT, b"?", request=number)
        self.assertTrue(going.hear().reply_to)
        asker.flush()
        frame = telex_pb2.Frame()
        frame.unsubscribe.subscription = 1
        going.say(frame)
        answer = asker.hear()
        self.assertEqual(answer.request, 2)
        self.assertTrue(answer.HasField("error"))


class Requests(GroupTest):
    def test_each_is_answered_once(self):
        self.start(2)
        self.listening("reply", "svc", "--text", "one", "--server", self.address)
        self.listening("reply", "svc", "--text", "two", "--server", self.address)
        asker = self.client()
        answers = collections.Counter(
            asker.request("svc", b"", number=number).message.payload for number in range(1, 201)
        )
        self.assertEqual(set(answers), {b"one", b"two"})
        self.assertEqual(asker.stats().dropped_messages["late_answer"], 0)

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

    def test_each_replier_answers_where_it_is_asked_to(self):
        self.start(2)
        for text in ("one", "two"):
            self.listening("reply", "svc", "--text", text, "--each", "--server", self.address)
        asker = self.client()
        for number in range(1, 6):
            asker.request("svc", b"", number=number)
        while asker.stats().dropped_messages["late_answer"] < 5:
            asker.flush()

    def test_each_and_a_queue_do_not_go_together(self):
        self.run_tool("reply", "svc", "--echo", "--each", "--queue", "q", code=64)


class Reload(GroupTest):
    def test_leaves_groups_as_they_are(self):
        self.start(2)
        members = [self.member() for _ in range(2)]
        self.publish(100)
        self.reload((CONFIG % 2).replace("reactors: 2", "reactors: 2, drain_timeout: 7s"))
        self.wait_for_jobs(100)
        self.publish(100)
        self.wait_for_jobs(200)
        self.assertEqual(sum(len(member.jobs) for member in members), 200)
