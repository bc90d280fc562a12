"""The rate of the Python client beside libtelex: messages from one process to another through one telexd, in turn.

    bench/python_client.py [BIN_FOLDER [PACKAGE_FOLDER]]     default: build/release/bin build/asan-ubsan/python

Prints the median and the range of the rounds, and the ratio."""

import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

MESSAGES, SIZE, ROUNDS = 200_000, 128, 5
PATIENCE = 30
CONFIG = """
listeners:
  - {{name: native, address: "unix://{folder}/telex.sock"}}
"""


async def publish(url):
    import telex

    async with telex.connect(url, name="publisher") as client:
        sys.stdin.readline()  # the subscriber is ready
        payload = bytes(SIZE)
        for _ in range(MESSAGES):
            await client.publish("bench", payload)
        await client.flush(60)


async def subscribe(url):
    """Prints messages per second, from the first to the last one."""
    import telex

    async with telex.connect(url, name="subscriber") as client:
        # The publisher is faster: it waits.
        subscription = await client.subscribe(
            "bench", max_pending_messages=MESSAGES, slow_policy=telex.SlowPolicy.BLOCK)
        print("ready", flush=True)
        await subscription.next(PATIENCE)
        begin = time.monotonic()
        for _ in range(MESSAGES - 1):
            await subscription.next(PATIENCE)
        print(round((MESSAGES - 1) / (time.monotonic() - begin)))


def measure_python(url, package):
    environment = os.environ | {"PYTHONPATH": package}

    def start(part):
        return subprocess.Popen([sys.executable, __file__, part, url], env=environment, text=True,
                                stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    with start("--subscribe") as subscriber, start("--publish") as publisher:
        subscriber.stdout.readline()
        publisher.communicate("begin\n")
        return int(subscriber.communicate()[0])


def measure_libtelex(url, bin_folder):
    """One process publishes and receives, with two clients, each with its threads."""
    command = [f"{bin_folder}/telex", "bench", "pubsub", "--server", url, "--size", f"{SIZE}B", "--count", str(5 * MESSAGES),
               "--format", "json"]
    lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    return round(json.loads(lines[-1])["received"]["messagesPerSecond"])


def main(bin_folder="build/release/bin", package="build/asan-ubsan/python"):
    with tempfile.TemporaryDirectory(prefix="telex-bench-") as folder:
        with open(f"{folder}/telexd.yaml", "w", encoding="utf-8") as config:
            config.write(CONFIG.format(folder=folder))
        daemon = subprocess.Popen([f"{bin_folder}/telexd", "--config", f"{folder}/telexd.yaml"], stderr=subprocess.PIPE)
        try:
            while b"ready:" not in daemon.stderr.readline():
                pass
            url = f"unix://{folder}/telex.sock"
            rates = {"libtelex": [], "python": []}
            for _ in range(ROUNDS):
                rates["libtelex"].append(measure_libtelex(url, bin_folder))
                rates["python"].append(measure_python(url, os.path.abspath(package)))
        finally:
            daemon.terminate()
            daemon.communicate()
    for name, of in rates.items():
        print(f"{name}: {statistics.median(of):,.0f} messages/s ({min(of):,} to {max(of):,})")
    print(f"ratio: {statistics.median(rates['libtelex']) / statistics.median(rates['python']):.1f}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--publish"]:
        asyncio.run(publish(sys.argv[2]))
    elif sys.argv[1:2] == ["--subscribe"]:
        asyncio.run(subscribe(sys.argv[2]))
    else:
        main(*sys.argv[1:])
