"""Finds every test in the sources, without running anything.

    discovery.py FILE      prints the test classes of a Python file, one per line, with their number of tests

Names have the form used in the threat model: `Suite.Case` (GoogleTest), `module_test.Class.test_x`
(unittest), `fuzz_x` (libFuzzer target)."""

import ast
import pathlib
import re
import sys

SUPPORT = "tests/integration/support"
# Built once for each protocol.
SESSION_FUZZER = "tests/fuzz/fuzz_session.cpp"
_CPP_TEST = re.compile(r"^TEST(?:_F|_P)?\(\s*(\w+),\s*(\w+)\s*\)", re.MULTILINE)


def cpp_tests(project):
    """{name: path} of the GoogleTest cases and fuzz targets of a Project."""
    names = {}
    for path in project.cpp_files("tests"):
        for suite, case in _CPP_TEST.findall(project.text(path)):
            names[f"{suite}.{case}"] = path
        if path.startswith("tests/fuzz/fuzz_") and path != SESSION_FUZZER:
            names[pathlib.PurePath(path).stem] = path
    for path in project.files("_protocol.cpp"):
        if path.startswith("daemon/protocols/"):
            names[f"fuzz_session_{pathlib.PurePath(path).stem.removesuffix('_protocol')}"] = path
    return names


def python_tests(project):
    """{name: path} of the unittest methods of a Project."""
    names = {}
    for path in project.files("_test.py"):
        module = pathlib.PurePath(path).stem
        for class_name, methods in test_classes(project.root / path).items():
            names |= {f"{module}.{class_name}.{method}": path for method in methods}
    return names


def test_classes(path):
    """Returns {class: [test methods, inherited ones included]} of the test classes of a file."""
    module = _Module(pathlib.Path(path))
    classes = {name: module.methods(name) for name in module.classes}
    return {name: methods for name, methods in classes.items() if methods}


class _Module:
    """The classes of one file, and base classes that it imports from neighbouring files."""

    def __init__(self, path):
        self.path = path
        self.classes = {}
        self.imported = {}
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef):
                self.classes[node.name] = node
            elif isinstance(node, ast.ImportFrom) and node.module:
                self.imported |= {alias.asname or alias.name: (node.module, alias.name) for alias in node.names}

    def methods(self, name):
        """Returns the test methods of a class in order; setting one to None removes it."""
        if name in self.imported:
            module, original = self.imported[name]
            neighbour = self.path.with_name(f"{module}.py")
            return _Module(neighbour).methods(original) if neighbour.is_file() else []
        if name not in self.classes:
            return []
        found = {}
        node = self.classes[name]
        for base in reversed(node.bases):
            if isinstance(base, ast.Name):
                found |= dict.fromkeys(self.methods(base.id))
        for statement in node.body:
            if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef) and statement.name.startswith("test_"):
                found[statement.name] = None
            elif isinstance(statement, ast.Assign):
                for target in statement.targets:
                    found.pop(getattr(target, "id", None), None)
        return list(found)


if __name__ == "__main__":
    print("\n".join(f"{name}:{len(methods)}" for name, methods in test_classes(sys.argv[1]).items()))
