"""Runs the tests of libnats, the C client of NATS, against a server (script/nats suite).

The tests start the server themselves, on fixed ports, with the command line of nats-server. Each test runs in
separate namespaces, with free ports, and its processes end with it. A test that needs clusters, JetStream or accounts is found by the
command lines and configurations with which it starts servers."""

import argparse
import concurrent.futures
import dataclasses
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

RECORDER = pathlib.Path(__file__).with_name("server_recorder.sh")
# Beyond one server, by the servers that a test starts.
NEEDS = {
    "clusters": re.compile(r"^start.* --?(cluster|cluster_name|routes)\b|^config\s*(cluster|gateway|leafnodes?)\b", re.MULTILINE),
    "jetstream": re.compile(r"^start.* --?(js|jetstream|sd)\b|^config\s*jetstream\b", re.MULTILINE),
    "accounts": re.compile(r"^config\s*(accounts|operator|resolver|system_account)\b", re.MULTILINE),
}
HOSTS = "127.0.0.1 localhost\n::1 localhost\n"
# In the test's namespaces: its own hosts file and a loopback interface that is up.
START = 'mount --bind "$1" /etc/hosts && ip link set lo up && shift && exec "$@"'
COLOURS = re.compile(r"\x1b\[[0-9;]*m")
TIMEOUT_SECONDS = 120


@dataclasses.dataclass
class Result:
    name: str
    passed: bool
    needs: list
    seconds: float
    reason: str


def needs_of(record):
    if "start" not in record:
        return ["no server"]
    return [name for name, pattern in NEEDS.items() if pattern.search(record)] or ["one server"]


def reason_of(output):
    """Returns the last lines before the end of a failed test, without the names of what passed."""
    lines = [line.strip() for line in COLOURS.sub("", output).splitlines()]
    failures = [line for line in lines if "FAILED" in line and "TEST FAILED" not in line]
    return (failures or [line for line in lines if line] or ["no output"])[-1]


class Suite:
    def __init__(self, folder, server, version):
        """`folder` has the program `testsuite`, the list of its tests and their files."""
        self._folder = pathlib.Path(folder).resolve()
        self._environment = {
            "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
            "NATS_TEST_SERVER_EXE": str(RECORDER),
            "NATS_TEST_SERVER_VERSION": version,
            "SUITE_SERVER": server,
        }

    def names(self):
        """Returns the names of the tests, in order: the program writes them to its folder."""
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run([self._folder / "testsuite"], cwd=folder, check=True, stdout=subprocess.DEVNULL)
            return (pathlib.Path(folder) / "list.txt").read_text(encoding="utf-8").split()

    def run(self, number, name):
        with tempfile.TemporaryDirectory(prefix="nats-suite-") as folder:
            work = pathlib.Path(folder) / "test"
            shutil.copytree(self._folder, work, ignore=shutil.ignore_patterns("*.c", "CMake*"))
            hosts, record = work.parent / "hosts", work.parent / "record"
            hosts.write_text(HOSTS, encoding="utf-8")
            record.touch()
            begin = time.monotonic()
            passed, output = self._run_program(work, hosts, record, number)
            seconds = time.monotonic() - begin
            needs = needs_of(record.read_text(encoding="utf-8", errors="replace"))
        return Result(name, passed, needs, round(seconds, 1), "" if passed else reason_of(output))

    def _run_program(self, work, hosts, record, number):
        command = ["unshare", "--net", "--mount", "--pid", "--fork", "--mount-proc", "--kill-child",
                   "sh", "-c", START, "sh", hosts, "./testsuite", str(number), str(number)]
        try:
            done = subprocess.run(command, cwd=work, env=self._environment | {"SUITE_RECORD": str(record)}, check=False,
                                  stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                  timeout=TIMEOUT_SECONDS)
        except subprocess.TimeoutExpired:
            return False, f"no end within {TIMEOUT_SECONDS} s"
        output = done.stdout.decode(errors="replace")
        return "ALL PASSED" in output, output


def run_all(suite, only, jobs):
    chosen = [(number, name) for number, name in enumerate(suite.names()) if not only or name in only]
    results = []
    with concurrent.futures.ThreadPoolExecutor(jobs) as executor:
        for result in executor.map(lambda one: suite.run(*one), chosen):
            results.append(result)
            if not result.passed:
                print(f"failed: {result.name}: {result.reason}", flush=True)
    return results


def take_needs(results, reference):
    """Replaces the needs by those of a run in which every server started."""
    known = {each["name"]: each["needs"] for each in json.loads(reference.read_text(encoding="utf-8"))}
    for result in results:
        result.needs = known.get(result.name, result.needs)


def print_report(results):
    print("\n| needs | tests | passed | failed |\n|---|---|---|---|")
    for needs in sorted({tuple(result.needs) for result in results}):
        of_needs = [result.passed for result in results if tuple(result.needs) == needs]
        print(f"| {', '.join(needs)} | {len(of_needs)} | {sum(of_needs)} "
              f"| {len(of_needs) - sum(of_needs)} |")
    print("\n| failed | needs | reason |\n|---|---|---|")
    for result in results:
        if not result.passed:
            print(f"| {result.name} | {', '.join(result.needs)} | {result.reason} |")
    passed = sum(result.passed for result in results)
    print(f"\n{passed} passed, {len(results) - passed} failed")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", help="the folder `test` of libnats with its built program `testsuite`")
    parser.add_argument("server", help="the server, a program with arguments: 'build/release/bin/telexd --nats-compat'")
    parser.add_argument("--only", nargs="+", metavar="TEST", help="run these tests")
    parser.add_argument("--jobs", type=int, default=2, help="tests at a time (default: 2)")
    parser.add_argument("--version", default="nats-server: v2.9.10", help="what the tests take the server for")
    parser.add_argument("--write", type=pathlib.Path, metavar="FILE", help="write the results as JSON")
    parser.add_argument("--needs", type=pathlib.Path, metavar="FILE", help="take the needs of the tests from these results")
    arguments = parser.parse_args()
    suite = Suite(arguments.folder, arguments.server, arguments.version)
    results = run_all(suite, arguments.only, arguments.jobs)
    if arguments.write:
        arguments.write.write_text(json.dumps([dataclasses.asdict(result) for result in results], indent=1) + "\n", encoding="utf-8")
    if arguments.needs:
        take_needs(results, arguments.needs)
    print_report(results)
    sys.exit(0 if all(result.passed for result in results) else 1)


if __name__ == "__main__":
    main()
