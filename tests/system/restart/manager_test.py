"""The unit under a real systemd manager (version 252 of Debian 12) in separate namespaces. The tests that run
there are in inside_manager_test.py."""

import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[2]
RUN_CLASS = ROOT / "tests/integration/support/run_class.py"
TELEX = os.environ["TELEX"]
TELEXD = os.environ["TELEXD"]
# Exit code of systemd_manager.sh if the machine does not permit the namespaces.
FORBIDDEN = 77

# Settings that this manager, which lacks root's rights over the system, cannot apply.
NOT_HERE = re.compile(
    r"^(User|Group|Private\w+|Protect\w+|ProcSubset|NoExecPaths|ExecPaths|RuntimeDirectory\w*|DevicePolicy"
    r"|LimitNOFILE|OOM\w+|KeyringMode|CapabilityBoundingSet|AmbientCapabilities|RemoveIPC|TasksMax"
    r"|After|Documentation)=.*\n", re.MULTILINE)
CONFIG = """
listeners: [{name: native, address: ["unix://FOLDER/telex.sock", "tcp://127.0.0.1:4651"]}]
"""


def write_units(folder):
    """The shipped units without the settings that this manager cannot apply."""
    units = folder / "units"
    units.mkdir()
    units.joinpath("lab.target").write_text("[Unit]\nDescription=where the units live\n")
    text = NOT_HERE.sub("", (ROOT / "systemd/telexd.service").read_text())
    text = text.replace("/usr/sbin/telexd", TELEXD).replace("/usr/bin/telex", TELEX)
    text = text.replace("/etc/telex/", f"{folder}/").replace("/run/telex/", f"{folder}/")
    text = text.replace("WatchdogSec=30s", "WatchdogSec=2s")
    text = text.replace("[Service]\n", f"[Service]\nStandardError=append:{folder}/log\n")
    units.joinpath("telexd.service").write_text(text)
    units.joinpath("activated.service").write_text(text.replace("telexd.yaml", "activated.yaml"))
    sockets = (ROOT / "systemd/telexd.socket").read_text()
    sockets = NOT_HERE.sub("", sockets.replace("/run/telex/telex.sock", f"{folder}/activated.sock"))
    units.joinpath("activated.socket").write_text(re.sub(r"Socket(User|Group)=.*\n", "", sockets))
    folder.joinpath("telexd.yaml").write_text(CONFIG.replace("FOLDER", str(folder)))
    folder.joinpath("activated.yaml").write_text("listeners: [{name: native, address: 'systemd:native'}]\n")


def run_inner_tests(*prefix, **variables):
    """Runs inside_manager_test.py by a wrapper command; its record is stored beside ours."""
    record = os.environ.get("TELEX_TEST_RECORD")
    if record:
        variables["TELEX_TEST_RECORD"] = record.replace(".xml", ".inside.xml")
    return subprocess.run(
        [*prefix, sys.executable, "-B", RUN_CLASS, HERE / "inside_manager_test.py"],
        env=os.environ | variables, capture_output=True, text=True, timeout=300, check=False,
    )


class Manager(unittest.TestCase):
    def skip_all(self, reason):
        """Records the inner tests as skipped."""
        run_inner_tests(TELEX_MANAGER_REFUSAL=reason)
        self.skipTest(reason)

    def test_runs_the_unit(self):
        if os.getuid() != 0:
            self.skip_all("only root can create these namespaces")
        with tempfile.TemporaryDirectory(prefix="telex-manager-") as name:
            folder = pathlib.Path(name)
            write_units(folder)
            result = run_inner_tests(HERE / "systemd_manager.sh", folder, TELEX_MANAGER_FOLDER=name)
            if result.returncode == FORBIDDEN:
                self.skip_all(f"not allowed here: {result.stderr.strip()}")
            path = folder / "log"  # for the daemon
            log = path.read_text() if path.exists() else "the daemon was never started"
            self.assertEqual(result.returncode, 0, result.stdout + result.stderr + log)
            self.assertRegex(result.stdout + result.stderr, r"Ran (9|1\d) tests")


if __name__ == "__main__":
    unittest.main()
