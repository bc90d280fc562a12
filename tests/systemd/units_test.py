"""Installs the units into a temporary prefix and lets systemd judge them."""

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
        # verify wants the program to exist where the unit says; it is installed below our root.
        text = re.sub(r"ExecStart=/\S+", f"ExecStart={TELEXD}", source.read_text())
        (folder / f"{name}.conf").write_text(text)

    def verify(self):
        """What systemd has to say about the units with their drop-ins; nothing is right."""
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
        return result.stdout + result.stderr

    def test_systemd_understands_every_line(self):
        self.assertEqual(self.verify(), "")

    def test_systemd_understands_every_drop_in(self):
        for name in ("peercred", "ownership", "credentials", "sealed", "network-online"):
            self.drop_in("telexd.service", name)
            self.assertEqual(self.verify(), "", name)

    def test_systemd_252_understands_all_but_the_type_of_the_drop_in_for_later_ones(self):
        self.drop_in("telexd.service", "notify-reload")
        said = self.verify()
        for line in said.splitlines():
            self.assertRegex(line, r"notify-reload\.conf:\d+: Failed to parse service type")

    def exposure(self, unit, *drop_ins):
        """systemd's own score of what the service could do, from 0 (nothing) to 10 (everything)."""
        for name in drop_ins:
            self.drop_in(unit, name)
        result = subprocess.run(
            ["systemd-analyze", "security", "--offline=true", str(self.units / unit)],
            capture_output=True, text=True, check=True,
        )
        self.assertNotIn("Failed to parse", result.stderr)
        return float(re.search(r"Overall exposure level for \S+: (\S+)", result.stdout).group(1))

    def test_the_service_may_do_little(self):
        self.assertLessEqual(self.exposure("telexd.service"), 1.2)

    def test_an_instance_may_do_as_little(self):
        self.assertLessEqual(self.exposure("telexd@.service"), 1.2)

    def test_with_peer_credentials_a_little_more(self):
        self.assertLessEqual(self.exposure("telexd.service", "peercred"), 1.2)

    def test_sealed_it_may_do_next_to_nothing(self):
        self.assertLessEqual(self.exposure("telexd.service", "sealed"), 0.5)

    def test_sealed_with_peer_credentials(self):
        self.assertLessEqual(self.exposure("telexd.service", "sealed", "peercred"), 0.5)

    def test_the_scores_are_those_of_the_documentation(self):
        document = (pathlib.Path(__file__).parents[2] / "docs/operations.md").read_text()
        score = float(re.search(r"gives it (\d\.\d)", document).group(1))
        self.assertEqual(self.exposure("telexd.service"), score)
        rows = re.findall(r"^\| `(\w+)\.conf` \|.*\| (\d\.\d)[^|]*\|$", document, re.MULTILINE)
        self.assertEqual({name for name, _ in rows}, {"peercred", "ownership", "sealed"})
        for name, documented in rows:
            self.assertEqual(self.exposure("telexd.service", name), float(documented), name)
            (self.units / "telexd.service.d" / f"{name}.conf").unlink()

    def test_a_start_that_fails_is_tried_again_without_end(self):
        for name in ("telexd.service", "telexd@.service"):
            unit = self.unit(name)
            self.assertEqual(unit["Unit"]["StartLimitIntervalSec"], "0")
            self.assertEqual(unit["Service"]["Restart"], "on-failure")
            self.assertNotIn("network-online.target", unit["Unit"]["After"], "numbers need no network")

    def test_the_folder_of_an_instance_can_be_reached(self):
        """With a user of the moment a runtime folder that is kept lies below /run/private."""
        service = self.unit("telexd@.service")["Service"]
        self.assertEqual(service["DynamicUser"], "yes")
        self.assertEqual(service["RuntimeDirectoryPreserve"], "no")

    def test_an_instance_differs_from_the_service_only_where_it_must(self):
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
             "RuntimeDirectory", "RuntimeDirectoryPreserve"},
        )

    def test_what_the_service_names_is_installed(self):
        command = self.unit("telexd.service")["Service"]["ExecStart"].split()
        for path in (command[0], command[2]):
            self.assertTrue((self.root / path.lstrip("/")).exists(), path)
        config = self.root / command[2].lstrip("/")
        subprocess.run([TELEXD, "--check-config", config], stdout=subprocess.DEVNULL, check=True)

    def test_the_socket_unit_serves_the_example(self):
        name = self.unit("telexd.socket")["Socket"]["FileDescriptorName"]
        example = next(self.root.glob("**/examples/socket-activated.yaml"))
        self.assertIn(f"address: systemd:{name}\n", example.read_text())
        subprocess.run([TELEXD, "--check-config", example], stdout=subprocess.DEVNULL, check=True)

    def test_the_manager_waits_longer_than_the_drain(self):
        timeout = self.unit("telexd.service")["Service"]["TimeoutStopSec"]
        command = self.unit("telexd.service")["Service"]["ExecStart"].split()
        config = (self.root / command[2].lstrip("/")).read_text()
        drain = re.search(r"drain_timeout: (\d+)s", config).group(1)
        self.assertGreater(int(timeout.rstrip("s")), int(drain))


if __name__ == "__main__":
    unittest.main()
