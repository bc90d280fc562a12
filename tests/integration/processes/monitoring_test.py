"""The alert rules and the dashboard that telex comes with, against the metrics that it has."""

import json
import pathlib
import re
import shutil
import subprocess
import unittest
import urllib.request

import yaml
from processes import DEADLINE, DaemonTest

MONITORING = pathlib.Path(__file__).resolve().parents[3] / "config/monitoring"
HERE = pathlib.Path(__file__).resolve().parent
# What Prometheus adds by itself.
OF_PROMETHEUS = {"up"}
NAME = re.compile(r"\b(?:telex|process)_[a-z0-9_]+\b|\bup\b")


def expressions_of_alerts():
    rules = yaml.safe_load((MONITORING / "alerts.yaml").read_text())
    return [rule["expr"] for group in rules["groups"] for rule in group["rules"]]


def expressions_of_dashboard():
    dashboard = json.loads((MONITORING / "grafana-dashboard.json").read_text())
    found = [target["expr"] for panel in dashboard["panels"] for target in panel.get("targets", [])]
    found += [entry["expr"] for entry in dashboard["annotations"]["list"]]
    found += [entry["query"]["query"] for entry in dashboard["templating"]["list"]
              if isinstance(entry["query"], dict)]
    return found


class Monitoring(DaemonTest):
    config = """
listeners: [{name: native, address: "tcp://127.0.0.1:0"}]
http: {address: "tcp://127.0.0.1:0"}
"""

    def metrics(self):
        """Names with their types."""
        address = self.daemon.line("protocol=http").rsplit("tcp://", 1)[1]
        with urllib.request.urlopen(f"http://{address}/metrics", timeout=DEADLINE) as page:
            text = page.read().decode()
        return dict(re.findall(r"^# TYPE (\S+) (\S+)$", text, re.MULTILINE))

    def test_everything_that_is_asked_for_exists(self):
        metrics = self.metrics()
        histograms = {
            name + suffix
            for name, kind in metrics.items() if kind == "histogram"
            for suffix in ("_bucket", "_sum", "_count")
        }
        known = metrics.keys() | histograms | OF_PROMETHEUS
        for expressions in (expressions_of_alerts(), expressions_of_dashboard()):
            names = {name for text in expressions for name in NAME.findall(text)}
            self.assertGreater(len(names), 8)
            self.assertEqual(names - known, set())

    def test_counters_are_rated_and_gauges_are_not(self):
        metrics = self.metrics()
        for text in expressions_of_alerts() + expressions_of_dashboard():
            for name in re.findall(r"rate\(((?:telex|process)_[a-z0-9_]+)", text):
                kind = metrics.get(name) or metrics.get(name.removesuffix("_bucket"))
                self.assertIn(kind, ("counter", "histogram"), text)
        for name, kind in metrics.items():
            self.assertEqual(kind == "counter", name.endswith("_total"), name)

    def test_promtool_accepts_the_rules_and_they_fire(self):
        shutil.copy(MONITORING / "alerts.yaml", self.folder)
        shutil.copy(HERE / "alerts_test.yaml", self.folder)
        for arguments in (["check", "rules", "alerts.yaml"], ["test", "rules", "alerts_test.yaml"]):
            result = subprocess.run(
                ["promtool", *arguments], cwd=self.folder, capture_output=True, text=True,
                timeout=DEADLINE, check=False,
            )
            self.assertEqual(result.returncode, 0, result.stdout + result.stderr)

    def test_every_alert_has_a_case(self):
        rules = yaml.safe_load((MONITORING / "alerts.yaml").read_text())
        alerts = {rule["alert"] for group in rules["groups"] for rule in group["rules"]}
        cases = yaml.safe_load((HERE / "alerts_test.yaml").read_text())
        tested = {case["alertname"] for test in cases["tests"] for case in test["alert_rule_test"]
                  if case["exp_alerts"]}
        self.assertEqual(alerts - tested, set())

    def test_panels_do_not_overlap(self):
        dashboard = json.loads((MONITORING / "grafana-dashboard.json").read_text())
        taken = {}
        for panel in dashboard["panels"]:
            at = panel["gridPos"]
            for x in range(at["x"], at["x"] + at["w"]):
                for y in range(at["y"], at["y"] + at["h"]):
                    self.assertNotIn((x, y), taken, f"{panel['title']} and {taken.get((x, y))}")
                    taken[x, y] = panel["title"]
                    self.assertLess(x, 24)
        numbers = [panel["id"] for panel in dashboard["panels"]]
        self.assertEqual(len(numbers), len(set(numbers)))


if __name__ == "__main__":
    unittest.main()
