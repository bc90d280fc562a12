"""#includes follow the layers of docs/layers.txt. Usage: check_layers.py [ROOT]"""

import re
import sys
from dataclasses import dataclass

from project import Project, finish

# Headers that give access to sockets, threads, clocks or streams.
SANS_IO_INCLUDES = re.compile(
    r"^(asio|asio/.*|asio\.hpp|sys/.*|netinet/.*|arpa/.*|net/if\.h|netdb\.h|poll\.h|unistd\.h|fcntl\.h"
    r"|time\.h|ctime|thread|mutex|shared_mutex|condition_variable|future|stop_token|semaphore|latch"
    r"|barrier|iostream|fstream|spdlog/.*|systemd/.*)$"
)
SANS_IO_CALLS = re.compile(
    r"\b(?:(?:(?:steady|system|high_resolution)_clock|Clock)::now|clock_gettime|gettimeofday|std::time)\b"
)
PUBLIC_HEADERS = "lib/client/include/telex/"
# Public headers may include the standard library, tl::expected and the protobuf base classes.
# <telex/asio.hpp> is the only one with Asio.
PUBLIC_INCLUDES = re.compile(r"^([a-z_0-9]+|tl/expected\.hpp|google/protobuf/.*|telex/(?!v1/).*)$")


@dataclass
class Module:
    folder: str
    layer: int
    traits: frozenset

    @property
    def root(self):
        return self.folder.split("/")[0]


def read_layers(text):
    modules = {}
    for line in text.splitlines():
        fields = line.split("#")[0].split()
        if fields:
            modules[fields[0]] = Module(fields[0], int(fields[1]), frozenset(fields[2:]))
    return modules


def module_of(path, modules):
    """The module of a source file: the longest folder of the map that holds it. "a/*" is each folder in "a"."""
    owners = [folder for folder in modules if path.startswith(folder + "/")]
    if owners:
        return modules[max(owners, key=len)]
    parts = path.split("/")
    for depth in range(len(parts) - 2, 0, -1):
        pattern = modules.get("/".join(parts[:depth]) + "/*")
        if pattern:
            return Module("/".join(parts[: depth + 1]), pattern.layer, pattern.traits)
    return None


def target_of(project, path, name, modules):
    """Returns the module that an #include names, or None if it is external."""
    if name.startswith("telex/v1/"):
        return modules["proto"]
    if name.startswith("telex/"):
        return modules["lib/client"]
    found = project.resolve(path, name)
    if found:
        return module_of(found, modules)
    # A missing header still names its module.
    return next((m for f, m in modules.items() if f.split("/")[-1] == name.split("/")[0]), None)


def rule_broken(user, used):
    """Returns why `user` must not include `used`, or None."""
    if user == used:
        return None
    if user.root == "lib" and used.root == "daemon":
        return "lib does not use the daemon"
    if user.root == "cli" and used.root == "daemon" and "for-tool" not in used.traits:
        return "the command line tool does not use the daemon"
    if user.root == "daemon" and "no-daemon" in used.traits:
        return f"the daemon does not use {used.folder}"
    if used.layer >= user.layer:
        return f"layer {user.layer} may not include layer {used.layer}"
    if "sans-io" in user.traits and not used.traits & {"sans-io", "pure"}:
        return f"{user.folder} is sans-IO, {used.folder} is not"
    return None


def check_module_file(project, path, modules):
    user = module_of(path, modules)
    if user is None:
        yield f"{path}: belongs to no module of docs/layers.txt"
        return
    for line, quote, name in project.includes(path):
        used = target_of(project, path, name, modules)
        if used is not None:
            broken = rule_broken(user, used)
            if broken:
                yield f'{path}:{line}: "{name}": {broken}'
        elif quote == '"' and not project.resolve(path, name):
            yield f'{path}:{line}: "{name}" names no file of this project'
        if "sans-io" in user.traits and quote == "<" and SANS_IO_INCLUDES.match(name):
            yield f"{path}:{line}: <{name}> in {user.folder}, which is sans-IO"
    if "sans-io" in user.traits:
        code = project.code(path)
        for match in SANS_IO_CALLS.finditer(code):
            line = code.count("\n", 0, match.start()) + 1
            yield f"{path}:{line}: {match.group()} in {user.folder}, which is sans-IO: take the time as an argument"


def check_public_header(project, path):
    for line, _, name in project.includes(path):
        is_asio = path.endswith("/asio.hpp") and name.startswith("asio/")
        if not is_asio and not PUBLIC_INCLUDES.match(name):
            yield f"{path}:{line}: <{name}> in a public header of the client library"


def check_example(project, path):
    """Examples use the installed library only."""
    for line, _, name in project.includes(path):
        found = project.resolve(path, name)
        if found and not found.startswith(("examples/", PUBLIC_HEADERS)):
            yield f'{path}:{line}: "{name}" is not installed, an example cannot use it'


def problems(project):
    modules = read_layers(project.text("docs/layers.txt"))
    for path in project.cpp_files("lib", "daemon", "cli"):
        yield from check_module_file(project, path, modules)
        if path.startswith(PUBLIC_HEADERS):
            yield from check_public_header(project, path)
    for path in project.cpp_files("examples"):
        yield from check_example(project, path)


if __name__ == "__main__":
    tree = Project(sys.argv[1] if len(sys.argv) > 1 else ".")
    finish("layers", list(problems(tree)), f"{len(tree.cpp_files('lib', 'daemon', 'cli'))} files")
