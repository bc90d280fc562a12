"""Installs the units into a temporary prefix and verifies them with systemd's tools."""

import configparser
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

BUILD = os.environ["TELEX_BUILD_DIR"]
TELEXD = os.environ["TELEXD"]


class Units(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="telex-units-")
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        subprocess.run(
            ["cmake", "--install", BUILD, "--component", "daemon"],
            env={"DESTDIR": str(self.root), "PATH": "/usr/bin:/bin"},
            stdout=subprocess.DEVNULL,
            check=True,
        )
        self.units = next(self.root.glob("**/systemd/system"))

    def unit(self, name):
        text = (self.units / name).read_text()
        parser = configparser.RawConfigParser(strict=False)
        parser.optionxform = str
        parser.read_string(text)
        return parser

    def drop_in(self, unit, name):
        folder = self.units / f"{unit}.d"
        folder.mkdir(exist_ok=True)
        (source,) = self.root.glob(f"**/systemd/{name}.conf")
        # verify requires the program at the unit's path; it is installed below the temporary root.
        text = re.sub(r"ExecStart=/\S+", f"ExecStart={TELEXD}", source.read_text())
        (folder / f"{name}.conf").write_text(text)

    def verify(self):
        """Returns systemd's complaints about the units with their drop-ins; empty if they are valid."""
        for unit in self.units.glob("*.s*"):
            if unit.is_file():
                text = re.sub(r"ExecStart=\S+", f"ExecStart={TELEXD}", unit.read_text())
                text = re.sub(r"ExecReload=\S+", f"ExecReload={TELEXD}", text)
                unit.write_text(text)
        paths = sorted(str(unit) for unit in self.units.iterdir() if unit.is_file())
        self.assertEqual(len(paths), 3)
        result = subprocess.run(
            ["systemd-analyze", "verify", "--man=no", "--recursive-errors=yes", *paths],
            capture_output=True, text=True, check=False,
        )
        # The units that are installed on this machine are looked at, too.
        return "".join(line for line in (result.stdout + result.stderr).splitlines(keepends=True)
                       if not line.startswith(("/lib/systemd/", "/usr/lib/systemd/", "/etc/systemd/")))

    def test_are_valid(self):
        self.assertEqual(self.verify(), "")

    def test_drop_ins_are_valid(self):
        for name in ("peercred", "ownership", "credentials", "sealed", "network-online"):
            self.drop_in("telexd.service", name)
            self.assertEqual(self.verify(), "", name)

    def test_only_notify_reload_is_unknown_to_systemd_252(self):
        self.drop_in("telexd.service", "notify-reload")
        said = self.verify()
        for line in said.splitlines():
            self.assertRegex(line, r"notify-reload\.conf:\d+: Failed to parse service type")

    def exposure(self, unit, *drop_ins):
        """Returns systemd's exposure score, from 0 (sandboxed) to 10 (unrestricted)."""
        for name in drop_ins:
            self.drop_in(unit, name)
        result = subprocess.run(
            ["systemd-analyze", "security", "--offline=true", str(self.units / unit)],
            capture_output=True, text=True, check=True,
        )
        self.assertNotIn("Failed to parse", result.stderr)
        return float(re.search(r"Overall exposure level for \S+: (\S+)", result.stdout).group(1))

    def test_exposure_of_the_service(self):
        self.assertLessEqual(self.exposure("telexd.service"), 1.2)

    def test_exposure_of_an_instance(self):
        self.assertLessEqual(self.exposure("telexd@.service"), 1.2)

    def test_exposure_with_peer_credentials(self):
        self.assertLessEqual(self.exposure("telexd.service", "peercred"), 1.2)

    def test_exposure_when_sealed(self):
        self.assertLessEqual(self.exposure("telexd.service", "sealed"), 0.5)

    def test_exposure_when_sealed_with_peer_credentials(self):
        self.assertLessEqual(self.exposure("telexd.service", "sealed", "peercred"), 0.5)

    def test_exposure_is_documented(self):
        document = (pathlib.Path(__file__).parents[3] / "docs/operations.md").read_text()
        score = float(re.search(r"rates it (\d\.\d)", document).group(1))
        self.assertEqual(self.exposure("telexd.service"), score)
        rows = re.findall(r"^\| `(\w+)\.conf` \|.*\| (\d\.\d)[^|]*\|$", document, re.MULTILINE)
        self.assertEqual({name for name, _ in rows}, {"peercred", "ownership", "sealed"})
        for name, documented in rows:
            self.assertEqual(self.exposure("telexd.service", name), float(documented), name)
            (self.units / "telexd.service.d" / f"{name}.conf").unlink()

    def test_have_no_start_limit(self):
        for name in ("telexd.service", "telexd@.service"):
            unit = self.unit(name)
            self.assertEqual(unit["Unit"]["StartLimitIntervalSec"], "0")
            self.assertEqual(unit["Service"]["Restart"], "on-failure")
            self.assertNotIn("network-online.target", unit["Unit"]["After"], "numbers need no network")

    def test_folder_of_an_instance_is_accessible(self):
        """With a dynamic user a preserved runtime folder is below /run/private."""
        service = self.unit("telexd@.service")["Service"]
        self.assertEqual(service["DynamicUser"], "yes")
        self.assertEqual(service["RuntimeDirectoryPreserve"], "no")

    def test_instance_differs_from_the_service_only_as_required(self):
        def settings(name):
            return {
                (section, key, value)
                for section, values in self.unit(name).items()
                for key, value in values.items()
            }

        differing = {key for _, key, _ in settings("telexd.service") ^ settings("telexd@.service")}
        self.assertEqual(
            differing,
            {"Description", "ExecStart", "ExecReload", "User", "Group", "DynamicUser",
             "RuntimeDirectory", "RuntimeDirectoryPreserve", "StateDirectory"},
        )

    def test_files_named_by_the_service_are_installed(self):
        command = self.unit("telexd.service")["Service"]["ExecStart"].split()
        for path in (command[0], command[2]):
            self.assertTrue((self.root / path.lstrip("/")).exists(), path)
        config = self.root / command[2].lstrip("/")
        subprocess.run([TELEXD, "--check-config", config], stdout=subprocess.DEVNULL, check=True)

    def test_socket_unit_matches_the_example(self):
        name = self.unit("telexd.socket")["Socket"]["FileDescriptorName"]
        example = next(self.root.glob("**/examples/socket-activated.yaml"))
        self.assertIn(f"address: systemd:{name}\n", example.read_text())
        subprocess.run([TELEXD, "--check-config", example], stdout=subprocess.DEVNULL, check=True)

    def test_stop_timeout_exceeds_the_drain_timeout(self):
        timeout = self.unit("telexd.service")["Service"]["TimeoutStopSec"]
        command = self.unit("telexd.service")["Service"]["ExecStart"].split()
        config = (self.root / command[2].lstrip("/")).read_text()
        drain = re.search(r"drain_timeout: (\d+)s", config).group(1)
        self.assertGreater(int(timeout.rstrip("s")), int(drain))


if __name__ == "__main__":
    unittest.main()
