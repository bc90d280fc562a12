"""A daemon with a reactor that does not reply, as operators and orchestrators see it over HTTP."""

import ctypes
import os
import unittest

from http_test import HttpTest

PTRACE_CONT, PTRACE_DETACH, PTRACE_SEIZE, PTRACE_INTERRUPT = 7, 17, 0x4206, 0x4207
WALL = 0x40000000
# epoll_wait (x86-64 only), epoll_pwait and epoll_pwait2.
EPOLL_CALLS = {"x86_64": {232, 281, 441}}.get(os.uname().machine, {22, 441})
_libc = ctypes.CDLL(None, use_errno=True)
_libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p]


def ptrace(request, thread):
    if _libc.ptrace(request, thread, None, None) != 0:
        raise OSError(ctypes.get_errno(), "ptrace")


class HungReactor(HttpTest):
    """One reactor's thread is stopped while it waits for events: elsewhere it may hold a lock of the allocator."""

    def hang_a_reactor(self):
        tasks = f"/proc/{self.daemon.process.pid}/task"
        for thread in map(int, os.listdir(tasks)):
            with open(f"{tasks}/{thread}/comm", encoding="ascii") as file:
                if file.read().startswith("reactor"):
                    break
        try:
            ptrace(PTRACE_SEIZE, thread)
        except PermissionError:
            self.skipTest("this user may not stop a thread of the daemon")
        self.addCleanup(ptrace, PTRACE_DETACH, thread)
        while not self.stopped_in_epoll(thread):
            ptrace(PTRACE_CONT, thread)

    def stopped_in_epoll(self, thread):
        """Stops the thread; returns whether it was waiting for events."""
        ptrace(PTRACE_INTERRUPT, thread)
        os.waitpid(thread, WALL)
        with open(f"/proc/{self.daemon.process.pid}/task/{thread}/syscall", encoding="ascii") as file:
            return int(file.read().split()[0]) in EPOLL_CALLS

    def test_pages_that_need_it_fail_and_the_others_do_not(self):
        self.hang_a_reactor()
        for page in ("connections", "subjects", "status"):
            self.assertEqual(
                self.get_json(f"/api/v1/{page}", 503),
                {"error": "a reactor did not reply within a second", "code": "unresponsive"},
            )
        self.assertEqual(self.get_json("/metrics", 503)["code"], "unresponsive")
        self.assertEqual(
            self.get_json("/readyz", 503)["reasons"], ["a reactor is unresponsive"]
        )
        self.get("/api/v1/listeners")
        self.get("/api/v1/history")
        self.get("/livez")


if __name__ == "__main__":
    unittest.main()
