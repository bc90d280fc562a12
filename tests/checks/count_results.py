"""Counts the results of ctest. Usage: count_results.py JUNIT_FILE

Prints "PASSED FAILED SKIPPED", then the name of each failed test on a line of its own. A test that
could not be started has failed; only one that says itself that it cannot run here is skipped."""

import sys
import xml.etree.ElementTree


def verdict(case):
    if case.get("status") == "run":
        return "passed"
    skipped = case.find("skipped")
    if skipped is not None and (skipped.get("message") or "").startswith("SKIP_"):
        return "skipped"
    return "failed"


def main(report):
    cases = [(verdict(case), case.get("name")) for case in xml.etree.ElementTree.parse(report).iter("testcase")]
    verdicts = [found for found, _ in cases]
    print(*(verdicts.count(kind) for kind in ("passed", "failed", "skipped")))
    print("\n".join(name for found, name in cases if found == "failed"))


if __name__ == "__main__":
    main(sys.argv[1])
