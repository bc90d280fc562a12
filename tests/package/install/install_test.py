"""Installs libtelex into a temporary prefix and uses it from there, up to running the examples against a
daemon."""

import os
import pathlib
import re
import subprocess
import tempfile
import unittest


def run(*command, **extra):
    """Returns the output of a command; fails the test with that output if the command fails."""
    result = subprocess.run(
        [str(part) for part in command],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        **extra,
    )
    if result.returncode != 0:
        raise AssertionError(f"failed ({result.returncode}): {command}\n{result.stdout}")
    return result.stdout


def expect(condition, text):
    if not condition:
        raise AssertionError(f"not so: {text}")


CONFIG = "listeners: [{name: bus, address: 'unix://${TELEX_RUNTIME_DIR}/telex.sock'}]"
DEADLINE = 60


class Daemon:
    """A daemon on the first default socket of clients."""

    def __init__(self, program, folder):
        self.environment = {**os.environ, "XDG_RUNTIME_DIR": str(folder)}
        self.environment.pop("RUNTIME_DIRECTORY", None)
        (folder / "telexd.yaml").write_text(CONFIG)
        self.process = subprocess.Popen([program, "--config", folder / "telexd.yaml"],
                                        env=self.environment, stderr=subprocess.PIPE, text=True)
        said = ""
        for line in self.process.stderr:
            said += line
            if "ready:" in line:
                return
        raise AssertionError(f"the daemon ended: {said}")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.stderr.read()
        expect(self.process.wait(DEADLINE) == 0, "the daemon ends well")


class Example:
    """A running example that reports readiness and ends with Enter."""

    def __init__(self, command, environment):
        self.process = subprocess.Popen(command, env=environment, text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        expect(self.line() == "ready", f"{command} is ready")

    def line(self):
        return self.process.stdout.readline().rstrip("\n")

    def enter(self):
        self.process.communicate("\n", timeout=DEADLINE)
        expect(self.process.returncode == 0, "an example ends well")


class Tree:
    """The installed tree and programs built against it."""

    def __init__(self, source, build, compiler, folder):
        self.source = pathlib.Path(source)
        self.build = build
        self.compiler = compiler
        self.folder = pathlib.Path(folder)
        self.prefix = self.folder / "prefix"

    def install(self):
        for component in ("library", "development"):
            run("cmake", "--install", self.build, "--prefix", self.prefix, "--component", component)
        self.libdir = next(self.prefix.glob("lib/**/libtelex.so")).parent
        self.proto = self.prefix / "share/telex/proto"
        self.environment = {
            **os.environ,
            "LD_LIBRARY_PATH": str(self.libdir),
            "PKG_CONFIG_PATH": str(self.libdir / "pkgconfig"),
        }
        for path in ("include/telex/telex.hpp", "include/telex/typed.hpp",
                     "share/telex/proto/telex/v1/telex.proto"):
            expect((self.prefix / path).exists(), f"{path} is installed")

    def pkg_config(self, *arguments, package="telex"):
        return run("pkg-config", *arguments, package, env=self.environment).split()

    def check_library(self):
        dynamic = run("readelf", "-d", self.libdir / "libtelex.so")
        expect("[libtelex.so.2]" in dynamic, "the soname carries the version of the ABI")
        expect("libssl" in dynamic, "the shared library brings TLS with it")
        for name in ("libprotobuf", "libfmt", "libsystemd"):
            expect(name not in dynamic, f"the shared library does not need {name}")
        symbols = run("nm", "-DC", "--defined-only", self.libdir / "libtelex.so").splitlines()
        functions = [re.split(" [TVWu] ", line, 1)[1] for line in symbols if re.search(" [TVWu] ", line)]
        expect(functions, "something is exported")
        for name in functions:
            expect(name.startswith("telex::"), f"only telex:: is exported, not {name}")
            expect(not name.startswith(("telex::client::", "telex::codec::", "telex::tls::",
                                        "telex::wire::")),
                   f"no private function is exported, not {name}")

    def check_find_package(self):
        build = self.folder / "examples"
        run("cmake", "-S", self.source / "examples", "-B", build,
            f"-DCMAKE_PREFIX_PATH={self.prefix}", f"-DCMAKE_CXX_COMPILER={self.compiler}")
        cache = (build / "CMakeCache.txt").read_text()
        expect(f"telex_DIR:PATH={self.libdir}" in cache, "the installed package is the one found")
        run("cmake", "--build", build, "-j", "2")
        expect((build / "example_typed").exists(), "the typed example is built")

    def run_examples(self, daemon):
        build = self.folder / "examples"
        environment = {**daemon.environment, "LD_LIBRARY_PATH": str(self.libdir)}

        def example(name, *arguments):
            return run(build / f"example_{name}", *arguments, env=environment, timeout=DEADLINE)

        subscriber = Example([build / "example_subscribe", "greetings.>"], environment)
        example("publish", "greetings.world", "hello")
        expect(subscriber.line() == "greetings.world: hello", "the subscriber prints the message")
        subscriber.enter()
        service = Example([build / "example_service"], environment)
        expect(example("request", "good morning") == "GOOD MORNING\n", "the service shouts")
        service.enter()
        expect("no_responders" in self.failure("request", "anybody?", env=environment),
               "without a service the request says so")
        echoed = example("asio")
        expect(echoed == "echo: hello\ndrained\n", f"coroutines work: {echoed}")
        typed = example("typed")
        expect("oslo: 21.5 C" in typed and "asked: rome: 21.5 C" in typed, f"typed works: {typed}")

    def failure(self, name, *arguments, env):
        result = subprocess.run([self.folder / "examples" / f"example_{name}", *arguments], env=env,
                                stderr=subprocess.PIPE, text=True, timeout=DEADLINE, check=False)
        expect(result.returncode == 1, f"{name} fails")
        return result.stderr

    def compile(self, name, *arguments):
        program = self.folder / name
        run(self.compiler, "-std=c++20", *arguments, "-o", program, env=self.environment)
        return program

    def check_pkg_config(self):
        example = self.source / "examples/publish.cpp"
        program = self.compile("shared", example, *self.pkg_config("--cflags", "--libs"))
        result = subprocess.run([program], env=self.environment, stderr=subprocess.PIPE, check=False)
        expect(b"usage:" in result.stderr, "the program against the shared library starts")

    def check_typed(self):
        """A program with generated messages builds with the flags of telex-typed alone."""
        generated = self.folder / "weather"
        generated.mkdir()
        run("protoc", f"-I{self.source / 'examples'}", f"--cpp_out={generated}", "weather.proto")
        program = self.compile("typed", self.source / "examples/typed.cpp", generated / "weather.pb.cc",
                               f"-I{generated}", *self.pkg_config("--cflags", "--libs", package="telex-typed"))
        expect("libprotobuf" in run("readelf", "-d", program), "protobuf is linked")

    def check_c_library(self):
        library = self.libdir / "libtelex-c.so"
        expect("[libtelex-c.so.1]" in run("readelf", "-d", library), "the soname carries the version of the ABI")
        symbols = run("nm", "-D", "--defined-only", library).splitlines()
        names = {line.split(" ")[2].split("@")[0] for line in symbols if " T " in line or " W " in line}
        header = (self.prefix / "include/telex.h").read_text()
        declared = set(re.findall(r"TELEX_C_API [^;]*?\b(telex_\w+)\(", header))
        expect(len(declared) > 50, "the header declares functions")
        expect(names == declared, f"exactly the functions of telex.h are exported: {names ^ declared}")

    def compile_c(self, name):
        program = self.folder / f"c_{name}"
        flags = self.pkg_config("--cflags", "--libs", package="telex-c")
        run("cc", "-std=c99", "-Wall", "-Wextra", "-Werror", "-pedantic",
            self.source / f"examples/c/{name}.c", "-o", program, *flags, env=self.environment)
        return program

    def run_c_examples(self, daemon):
        programs = {name: self.compile_c(name) for name in ("publish", "subscribe", "pull", "request", "service")}
        environment = {**daemon.environment, "LD_LIBRARY_PATH": str(self.libdir)}

        def example(name, *arguments):
            return run(programs[name], *arguments, env=environment, timeout=DEADLINE)

        subscriber = Example([programs["subscribe"], "greetings.>"], environment)
        example("publish", "greetings.world", "hello")
        expect(subscriber.line() == "greetings.world: hello", "the subscriber prints the message")
        subscriber.enter()
        service = Example([programs["service"]], environment)
        expect(example("request", "good morning") == "GOOD MORNING\n", "the service shouts")
        service.enter()
        failed = subprocess.run([programs["request"], "anybody?"], env=environment, stderr=subprocess.PIPE,
                                text=True, timeout=DEADLINE, check=False)
        expect(failed.returncode == 1 and "no_responders: " in failed.stderr, f"a request fails: {failed.stderr}")
        puller = Example([programs["pull"], "work.>", "1"], environment)
        example("publish", "work.a", "one")
        expect(puller.line() == "one", "the message is pulled")
        puller.enter()

    def check_static(self):
        example = self.source / "examples/publish.cpp"
        program = self.compile("static", example, *self.pkg_config("--cflags"),
                               self.libdir / "libtelex.a", "-lssl", "-lcrypto", "-pthread")
        expect("libtelex" not in run("readelf", "-d", program), "nothing of it is linked dynamically")
        result = subprocess.run([program], stderr=subprocess.PIPE, check=False)
        expect(b"usage:" in result.stderr, "the program with the static library starts")

    def check_own_protocol(self):
        generated = self.folder / "generated"
        generated.mkdir()
        protos = ["telex/v1/telex.proto", "telex/v1/consumer.proto", "telex/v1/error.proto"]
        run("protoc", f"-I{self.proto}", f"--cpp_out={generated}", *protos)
        sources = [generated / path.replace(".proto", ".pb.cc") for path in protos]
        program = self.compile("own_protocol", self.source / "tests/package/install/own_protocol.cpp",
                               *sources, f"-I{generated}", *self.pkg_config("--cflags", "--libs"),
                               "-lprotobuf", "-pthread")
        output = run(program, env=self.environment)
        expect("connect_failed" in output, f"both protocols live in one process: {output}")


class Installed(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="telex-install-")
        cls.addClassCleanup(folder.cleanup)
        cls.tree = Tree(os.environ["TELEX_SOURCE_DIR"], os.environ["TELEX_BUILD_DIR"], os.environ["CXX"], folder.name)
        cls.tree.install()

    def test_the_library_exports_its_interface_only(self):
        self.tree.check_library()

    def test_find_package_builds_working_examples(self):
        self.tree.check_find_package()
        with Daemon(os.environ["TELEXD"], self.tree.folder) as daemon:
            self.tree.run_examples(daemon)

    def test_pkg_config_finds_the_shared_library(self):
        self.tree.check_pkg_config()

    def test_pkg_config_links_protobuf_for_typed_messages(self):
        self.tree.check_typed()

    def test_the_c_library_exports_its_header_only(self):
        self.tree.check_c_library()

    def test_the_c_examples_are_c99_and_work(self):
        with Daemon(os.environ["TELEXD"], self.tree.folder) as daemon:
            self.tree.run_c_examples(daemon)

    def test_the_static_library_is_complete(self):
        self.tree.check_static()

    def test_both_protocols_coexist_in_one_process(self):
        self.tree.check_own_protocol()


if __name__ == "__main__":
    unittest.main()
