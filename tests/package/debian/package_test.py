"""Builds the Debian packages, then installs, runs, upgrades and purges them in a temporary copy of this system."""

import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile
import unittest

import machine

SOURCE = pathlib.Path(os.environ["TELEX_SOURCE_DIR"])
PACKAGES = SOURCE / "build/packages"
NAMES = ("telexd", "telex", "libtelex2", "libtelex-dev", "libtelex-c1", "libtelex-c-dev", "python3-telex")
DEADLINE = 60


def run(*command, code=0, **options):
    result = subprocess.run(
        [str(part) for part in command], capture_output=True, text=True, check=False, **options
    )
    if result.returncode != code:
        raise AssertionError(f"{command}: {result.returncode}\n{result.stdout}{result.stderr}")
    return result.stdout


def package(name):
    (found,) = PACKAGES.glob(f"{name}_*.deb")
    return found


def mount(kind, place, *options):
    """Skips the test if the machine does not permit mounts."""
    machine.need(machine.refusal("mount", "-t", kind, kind, *options, str(place)))


def setUpModule():
    shutil.rmtree(PACKAGES, ignore_errors=True)
    run(SOURCE / "script/package", cwd=SOURCE)


class Packages(unittest.TestCase):
    def test_pass_lintian(self):
        out = run(
            "lintian", "--allow-root", "--tag-display-limit", "0", "--fail-on", "error,warning",
            PACKAGES / "telex.changes",
        )
        self.assertEqual(out, "")

    def test_the_daemon_has_no_unused_dependencies(self):
        depends = run("dpkg-deb", "--field", package("telexd"), "Depends")
        self.assertIn("libmicrohttpd12", depends)
        self.assertNotIn("-dev", depends)
        self.assertNotIn("libgtest", depends)

    def test_every_key_is_in_the_manual_page(self):
        reference = (SOURCE / "docs/configuration.md").read_text()
        tables = re.findall(r"^\| Key \| Type .*\n((?:\|.*\n)+)", reference, re.MULTILINE)
        keys = {row.split("`")[1] for table in tables for row in table.splitlines() if row.startswith("| `")}
        self.assertGreater(len(keys), 80)
        page = run("man", "-l", SOURCE / "build/release/man/telexd.yaml.5",
                   env=os.environ | {"MANWIDTH": "120", "LC_ALL": "C.UTF-8"})
        for key in keys:
            self.assertRegex(page, rf"(?m)^ +{re.escape(key)} \(")

    def test_the_manual_pages_fit_a_terminal(self):
        pages = sorted((SOURCE / "build/release/man").iterdir())
        self.assertEqual([page.name for page in pages],
                         ["telex-protocol.7", "telex.1", "telexd.8", "telexd.yaml.5"])
        environment = os.environ | {"MANWIDTH": "80", "LC_ALL": "C.UTF-8"}
        for page in pages:
            with self.subTest(page.name):
                checked = subprocess.run(["man", "--warnings=w", "-E", "UTF-8", "-l", "-Tutf8", "-Z", page],
                                         env=environment, capture_output=True, check=True)
                self.assertEqual(checked.stderr.decode(), "")
                lines = run("man", "-l", page, env=environment).splitlines()
                self.assertEqual([line for line in lines if len(line) > 80], [])
                self.assertIn("EXAMPLES", lines)

    def test_every_command_is_in_the_manual_page(self):
        page = run("man", "-l", SOURCE / "build/release/man/telex.1",
                   env=os.environ | {"MANWIDTH": "120", "LC_ALL": "C.UTF-8"})
        listed = run(SOURCE / "build/release/bin/telex", "help").split("\nOptions:\n")[0]
        commands = re.findall(r"(?m)^  ([a-z][a-z-]+) ", listed)
        self.assertGreater(len(commands), 10)
        for command in commands:
            self.assertIn(f"telex {command} [OPTIONS]", page)


@unittest.skipUnless(os.getuid() == 0, "only root can mount and change root")
class Installed(unittest.TestCase):
    """The life cycle of the packages on one machine, in the order of the tests' names."""

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="telex-root-")
        cls.addClassCleanup(os.rmdir, cls.folder)
        mount("tmpfs", cls.folder)
        cls.addClassCleanup(run, "umount", cls.folder)
        for name in ("upper", "work", "root"):
            os.mkdir(f"{cls.folder}/{name}")
        cls.root = pathlib.Path(cls.folder) / "root"
        layers = f"lowerdir=/,upperdir={cls.folder}/upper,workdir={cls.folder}/work"
        mount("overlay", cls.root, "-o", layers)
        cls.addClassCleanup(run, "umount", "--lazy", cls.root)
        for kind, place in (("tmpfs", "run"), ("proc", "proc")):
            mount(kind, cls.root / place)
            cls.addClassCleanup(run, "umount", "--lazy", cls.root / place)
        os.makedirs(cls.root / "packages", exist_ok=True)
        for name in NAMES:
            shutil.copy(package(name), cls.root / "packages")

    def inside(self, *command, code=0):
        return run("chroot", self.root, "env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin",
                   "DEBIAN_FRONTEND=noninteractive", *command, code=code)

    def file(self, path):
        return self.root / path.lstrip("/")

    def start_and_stop(self):
        """Runs the daemon like the unit: as its user, with its folder."""
        socket = "/run/telex/telex.sock"
        self.inside("install", "-d", "-o", "telex", "-g", "telex", "/run/telex")
        daemon = subprocess.Popen(
            ["chroot", self.root, "setpriv", "--reuid", "telex", "--regid", "telex", "--init-groups",
             "env", "-i", "RUNTIME_DIRECTORY=/run/telex", "TELEX_PORT=0", "TELEX_JSON_PORT=0",
             "TELEX_SYSLOG_PORT=0", "TELEX_HTTP_PORT=0",
             "/usr/sbin/telexd", "--config", "/etc/telex/telexd.yaml"],
            stderr=subprocess.PIPE, text=True,
        )
        try:
            said = ""
            while "ready:" not in said:
                line = daemon.stderr.readline()
                self.assertTrue(line, f"the daemon ended: {said}")
                said += line
            status = self.inside("telex", "status", "--server", f"unix://{socket}")
            self.assertIn("native", status)
            self.inside("telex", "reload", "--wait", "--server", f"unix://{socket}")
            self.run_python_service(f"unix://{socket}")
            daemon.send_signal(signal.SIGTERM)
            daemon.stderr.read()
            self.assertEqual(daemon.wait(DEADLINE), 0)
        finally:
            daemon.kill()
            daemon.wait()
            daemon.stderr.close()

    def run_python_service(self, url):
        """Runs an example with the installed Python client."""
        shutil.copy(SOURCE / "examples/python/service.py", self.file("/packages"))
        service = subprocess.Popen(
            ["chroot", self.root, "env", "-i", "PATH=/usr/bin:/bin", f"TELEX_URL={url}", "python3", "/packages/service.py"],
            stdout=subprocess.PIPE, text=True)
        try:
            self.assertEqual(service.stdout.readline(), "ready\n")
            self.assertEqual(self.inside("telex", "request", "weather.oslo", "--server", url).strip(), "-3")
            service.terminate()
            self.assertEqual(service.wait(DEADLINE), 0)
        finally:
            service.kill()
            service.wait()
            service.stdout.close()

    def test_1_install(self):
        self.inside("dpkg", "--install", *(f"/packages/{package(name).name}" for name in NAMES))
        self.assertIn("telex:", self.file("/etc/passwd").read_text())
        self.inside("telexd", "--check-config", "/etc/telex/telexd.yaml")
        self.assertEqual(self.inside("dpkg", "--verify", *NAMES), "")
        enabled = self.file("/etc/systemd/system/multi-user.target.wants/telexd.service")
        self.assertTrue(enabled.is_symlink(), "the service runs at the next start")
        self.assertFalse(
            self.file("/etc/systemd/system/sockets.target.wants/telexd.socket").is_symlink()
        )

    def test_2_start(self):
        self.start_and_stop()

    def test_3_build_a_program_with_the_library(self):
        self.file("/packages/hello.cpp").write_text(
            "#include <telex/telex.hpp>\n"
            "int main() { return telex::Client::connect({.servers = {\"tcp://127.0.0.1:1\"}}) ? 1 : 0; }\n"
        )
        flags = self.inside("pkg-config", "--cflags", "--libs", "telex").split()
        self.inside("g++", "-std=c++20", "/packages/hello.cpp", *flags, "-o", "/packages/hello")
        self.inside("/packages/hello")

    def test_3_build_a_c_program_with_the_library(self):
        self.file("/packages/hello.c").write_text("#include <telex.h>\nint main(void) { return *telex_version() == 0; }\n")
        flags = self.inside("pkg-config", "--cflags", "--libs", "telex-c").split()
        self.inside("gcc", "-std=c99", "/packages/hello.c", *flags, "-o", "/packages/hello-c")
        self.inside("/packages/hello-c")

    def test_3_the_tests_that_come_with_the_packages(self):
        tests = SOURCE / "debian/tests"
        shutil.copytree(tests, self.file("/packages/tests"))
        stanzas = (tests / "control").read_text().split("\n\n")
        names = {line.split()[1] for text in stanzas for line in text.splitlines() if line.startswith("Tests: ")}
        scripts = {path.name for path in tests.iterdir() if os.access(path, os.X_OK)}
        self.assertEqual(names, scripts)
        self.assertEqual([text.split()[1] for text in stanzas if "isolation-machine" in text], ["service"])
        for name in names - {"service"}:
            os.mkdir(self.file(f"/packages/{name}"))
            self.inside("env", f"AUTOPKGTEST_TMP=/packages/{name}", f"/packages/tests/{name}")

    def test_4_upgrade_keeps_the_configuration(self):
        config = self.file("/etc/telex/telexd.yaml")
        config.write_text(config.read_text() + "\n# ours\n")
        for name in NAMES:
            unpacked = self.file(f"/packages/next-{name}")
            run("dpkg-deb", "--raw-extract", package(name), unpacked)
            control = unpacked / "DEBIAN/control"
            control.write_text(control.read_text().replace("1.0.0", "1.0.1"))
            run("dpkg-deb", "--root-owner-group", "--build", unpacked, unpacked.with_suffix(".deb"))
        self.inside("dpkg", "--install", *(f"/packages/next-{name}.deb" for name in NAMES))
        self.assertTrue(config.read_text().endswith("# ours\n"))
        self.assertIn("1.0.1", self.inside("dpkg-query", "-W", "telexd"))
        self.start_and_stop()

    def test_5_purge_leaves_nothing_but_the_user(self):
        self.inside("dpkg", "--purge", *NAMES)
        for path in ("/usr/sbin/telexd", "/usr/bin/telex", "/etc/telex", "/run/telex",
                     "/lib/systemd/system/telexd.service", "/usr/lib/python3/dist-packages/telex",
                     "/etc/systemd/system/multi-user.target.wants/telexd.service"):
            self.assertFalse(os.path.lexists(self.file(path)), path)


class Completion(unittest.TestCase):
    SCRIPT = """
source <("$TELEX" completion bash)
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
_telex
printf '%s\\n' "${COMPREPLY[@]}"
"""

    def complete(self, *words):
        environment = os.environ | {"TELEX": str(SOURCE / "build/release/bin/telex")}
        return run("bash", "-c", self.SCRIPT, "bash", *words, env=environment).split()

    def test_of_bash(self):
        self.assertIn("connections", self.complete("telex", ""))
        self.assertEqual(self.complete("telex", "conn"), ["connections"])
        self.assertIn("--sort", self.complete("telex", "connections", "--"))
        self.assertEqual(
            self.complete("telex", "connections", "--sort", ""),
            ["number", "pending", "received", "sent", "subscriptions", "dropped", "receives", "sends"],
        )
        self.assertEqual(self.complete("telex", "frame", "d"), ["decode"])
        self.assertEqual(self.complete("telex", "frame", "decode", "--fram"), ["--framing"])
        self.assertEqual(self.complete("telex", "log-level", "w"), ["warning"])
        self.assertIn("README.md", self.complete("telex", "pub", "--file", f"{SOURCE}/READ")[0])

    def test_scripts_of_other_shells_are_valid(self):
        for shell in ("zsh", "fish"):
            script = run(SOURCE / "build/release/bin/telex", "completion", shell)
            with tempfile.NamedTemporaryFile("w", suffix=f".{shell}") as file:
                file.write(script)
                file.flush()
                run(shell, "-n", file.name)

    def test_fish_completes_commands_and_options(self):
        script = ("$TELEX completion fish | source; complete -C 'telex conn'; "
                  "complete -C 'telex connections --sort '")
        out = run("fish", "--no-config", "-c", script,
                  env=os.environ | {"TELEX": str(SOURCE / "build/release/bin/telex")})
        self.assertIn("connections\t", out)
        self.assertIn("pending\t", out)


if __name__ == "__main__":
    unittest.main()
