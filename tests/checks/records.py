"""Results of the tests of a build tree, from the records of ctest and of the tests.

    records.py BUILD_TREE...     prints "PASSED FAILED SKIPPED" of all trees, then a line for each failure
                                 ("failed TREE: NAME") and for each skip reason ("skipped N: REASON")

A ctest entry records its cases in test-records/ENTRY.xml. An entry without a record counts as one case; so does an entry
that failed although none of its cases did: it crashed, hung or leaked."""

import collections
import pathlib
import re
import sys
import xml.etree.ElementTree

Case = collections.namedtuple("Case", "tree name outcome reason")


def read_tree(build):
    """Returns the cases of all ctest entries of a build tree; empty if ctest did not run."""
    build = pathlib.Path(build)
    report = build / "test-records/ctest.xml"
    if not report.is_file():
        return []
    cases = []
    for entry in _test_cases(report):
        name = entry.get("name")
        records = [build / f"test-records/{name}{part}.xml" for part in ("", ".inside")]
        recorded = [_case_of(build.name, case)
                    for record in records if record.is_file() for case in _test_cases(record)]
        cases += recorded
        passed = entry.get("status") == "run"
        if not recorded or not passed and not any(case.outcome == "failed" for case in recorded):
            cases.append(Case(build.name, name.replace("fuzz.", "fuzz_"), "passed" if passed else "failed", ""))
    return cases


def _test_cases(path):
    try:
        return xml.etree.ElementTree.parse(path).iter("testcase")
    except xml.etree.ElementTree.ParseError:
        return []  # the program ended while writing


def _name_of(node):
    """`Suite.Case` of GoogleTest without parameters, `module_test.Class.test_x` of unittest. Of a class whose setUpClass
    did not succeed, none of whose tests is recorded, `module_test.Class.setUpClass`."""
    of_class = re.fullmatch(r"setUpClass \((.+)\)", node.get("name"))
    if of_class:
        return f"{of_class.group(1)}.setUpClass"
    suite = [part for part in node.get("classname").split("/") if not part.isdigit()][-1]
    return f"{suite}.{node.get('name').split('/')[0].split(' ')[0]}"


def _case_of(tree, node):
    name = _name_of(node)
    skipped = node.find("skipped")
    if skipped is not None:
        return Case(tree, name, "skipped", (skipped.get("message") or "no reason given").strip())
    broken = node.find("failure") is not None or node.find("error") is not None
    return Case(tree, name, "failed" if broken else "passed", "")


def main(*builds):
    cases = [case for build in builds for case in read_tree(build)]
    outcomes = [case.outcome for case in cases]
    print(*(outcomes.count(outcome) for outcome in ("passed", "failed", "skipped")))
    for case in cases:
        if case.outcome == "failed":
            print(f"failed {case.tree}: {case.name}")
    reasons = collections.Counter(case.reason for case in cases if case.outcome == "skipped")
    for reason, count in reasons.most_common():
        print(f"skipped {count}: {' '.join(reason.split())}")


if __name__ == "__main__":
    main(*sys.argv[1:])
