"""Runs the load generator: once, in the background, or as idle clients."""

import contextlib
import json
import os
import signal
import subprocess

TIMEOUT_SECONDS = 300


class Generator:
    def __init__(self, bin_folder):
        self._program = f"{bin_folder}/exchange_load"

    def _command(self, mode, server, options):
        return [self._program, mode, "--protocol", server.protocol, "--target", server.target,
                *map(str, options)]

    def run(self, mode, server, *options):
        """Returns the generator's results, with the server's CPU time per message."""
        before = server.cpu_seconds()
        done = subprocess.run(
            self._command(mode, server, options), check=True, stdout=subprocess.PIPE, text=True,
            timeout=TIMEOUT_SECONDS,
        )
        result = json.loads(done.stdout)
        count = next(result[key] for key in ("deliveries", "messages", "round_trips")
                     if key in result)
        result["cpu_ns"] = (server.cpu_seconds() - before) * 1e9 / count
        return result

    @contextlib.contextmanager
    def beside(self, mode, server, *options):
        """Repeats a load on the server while the caller measures."""
        command = self._command(mode, server, options)
        script = 'while :; do "$@" >/dev/null || exit; done'
        process = subprocess.Popen(["sh", "-c", script, "sh", *command], start_new_session=True,
                                   stderr=subprocess.DEVNULL)
        try:
            yield
            if process.poll() is not None:
                raise RuntimeError(f"the load on {server.name} ended with {process.returncode}")
        finally:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    @contextlib.contextmanager
    def idle(self, server, clients, *options):
        """Holds clients that have subscribed and do not read."""
        command = self._command("idle", server, ["--subscribers", clients, *options])
        with subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as process:
            if process.stdout.readline() != "ready\n":
                raise RuntimeError(f"{server.name} does not accept {clients} clients")
            yield
            process.stdin.close()
