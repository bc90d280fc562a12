"""Runs test classes of one file and records the result of each case.

    run_class.py FILE [CLASS | CLASS.test_method]...      all classes without a name

Writes a JUnit file to $TELEX_TEST_RECORD, if set."""

import importlib.util
import os
import pathlib
import sys
import unittest

import xmlrunner


def load(path):
    """Imports a file as the module of its name, ignoring sys.path: names may repeat."""
    name = pathlib.Path(path).stem
    sys.path.insert(0, str(pathlib.Path(path).resolve().parent))
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def main(path, *names):
    module = load(path)
    loader = unittest.defaultTestLoader
    suite = loader.loadTestsFromNames(names, module) if names else loader.loadTestsFromModule(module)
    record = os.environ.get("TELEX_TEST_RECORD")
    if record:
        pathlib.Path(record).parent.mkdir(parents=True, exist_ok=True)
        with open(record, "wb") as output:
            result = xmlrunner.XMLTestRunner(output=output, verbosity=1).run(suite)
    else:
        result = unittest.TextTestRunner(verbosity=2).run(suite)
    if result.testsRun == 0 and result.wasSuccessful() and not result.skipped:
        sys.exit(f"{path}: no test ran")
    sys.exit(0 if result.wasSuccessful() else 1)


if __name__ == "__main__":
    main(*sys.argv[1:])
