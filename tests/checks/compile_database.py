"""The compile commands of a configured build tree."""

import json
import pathlib
import shlex


class CompileDatabase:
    def __init__(self, build, root):
        self.build = pathlib.Path(build).resolve()
        self.root = pathlib.Path(root).resolve()
        entries = json.loads((self.build / "compile_commands.json").read_text())
        self.commands = {entry["file"]: shlex.split(entry["command"]) for entry in entries}

    def sources(self, *folders):
        """Returns the project's translation units, relative to the root."""
        found = []
        for file in self.commands:
            path = pathlib.Path(file)
            if path.is_relative_to(self.root) and not path.is_relative_to(self.build):
                relative = str(path.relative_to(self.root))
                wanted = any(relative.startswith(f"{folder}/") for folder in folders)
                if wanted and path.is_file():
                    found.append(relative)
        return sorted(found)

    def flags(self, source):
        """Returns the compiler arguments of a source, without compiler, input and output."""
        arguments = iter(self.commands[str(self.root / source)])
        next(arguments)
        found = []
        for argument in arguments:
            if argument == "-o":
                next(arguments)
            elif argument not in ("-c", str(self.root / source)):
                found.append(argument)
        # A launcher such as ccache precedes the compiler.
        while found and not found[0].startswith("-"):
            found.pop(0)
        return found

    def output(self, source):
        """Returns the object file of a source; its folder is that of the target."""
        command = self.commands[str(self.root / source)]
        return command[command.index("-o") + 1]

    def include_flags(self):
        """Returns all include folders and definitions of the project's translation units."""
        flags = {}
        for command in self.commands.values():
            arguments = iter(command)
            for argument in arguments:
                if argument == "-isystem":
                    flags[f"-isystem{next(arguments)}"] = None
                elif argument.startswith(("-I", "-D")):
                    flags[argument] = None
        return list(flags)
