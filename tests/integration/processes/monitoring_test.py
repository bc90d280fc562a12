"""The alert rules and the dashboard that telex comes with, against the metrics that it has."""

import json
import os
import pathlib
import re
import shutil
import subprocess
import unittest
import urllib.request

import yaml
from authority import issue, make_authority
from processes import DEADLINE, DaemonTest, Lines

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



class BehindNginx(DaemonTest):
    """The shipped configuration, with the paths and the port of the test."""

    config = Monitoring.config
    MAIN = """
daemon off;
pid {folder}/nginx.pid;
error_log stderr notice;
events {}
http {
    access_log off;
    client_body_temp_path {folder}/temporary;
    proxy_temp_path {folder}/temporary;
    fastcgi_temp_path {folder}/temporary;
    uwsgi_temp_path {folder}/temporary;
    scgi_temp_path {folder}/temporary;
    include {folder}/telex.conf;
}
"""

    def setUp(self):
        super().setUp()
        address = self.daemon.line("protocol=http").rsplit("tcp://", 1)[1]
        make_authority(self.folder)
        issue(self.folder, "server", "localhost")
        password = subprocess.run(
            ["openssl", "passwd", "-6", "secret"], check=True, capture_output=True, text=True).stdout
        self.write("telex.htpasswd", f"prometheus:{password}")
        site = (MONITORING / "nginx.conf").read_text()
        for before, after in (("listen 9480 ssl", f"listen unix:{self.folder}/nginx.sock ssl"),
                              ("/etc/nginx/telex.crt", f"{self.folder}/server.pem"),
                              ("/etc/nginx/telex.key", f"{self.folder}/server.key"),
                              ("/etc/nginx/telex.htpasswd", f"{self.folder}/telex.htpasswd"),
                              ("127.0.0.1:4680", address)):
            self.assertIn(before, site)
            site = site.replace(before, after)
        self.write("telex.conf", site)
        self.write("nginx.conf", self.MAIN.replace("{folder}", self.folder))
        # Workers of another user could not read the test's folder.
        user = ["-g", "user root;"] if os.getuid() == 0 else []
        nginx = subprocess.Popen(
            [shutil.which("nginx", path="/usr/sbin:/usr/bin"), "-c", f"{self.folder}/nginx.conf", *user],
            stderr=subprocess.PIPE)
        self.addCleanup(nginx.stderr.close)
        self.addCleanup(nginx.wait)
        self.addCleanup(nginx.terminate)
        Lines(nginx.stderr).until("start worker process ")

    def curl(self, path, *options):
        done = subprocess.run(
            ["curl", "-s", "-o", f"{self.folder}/body", "-w", "%{http_code}", "--cacert", f"{self.folder}/ca.pem",
             "--unix-socket", f"{self.folder}/nginx.sock", *options, f"https://localhost:9480{path}"],
            capture_output=True, text=True, timeout=DEADLINE, check=True)
        return done.stdout

    def test_prometheus_gets_the_metrics_with_the_password(self):
        self.assertEqual(self.curl("/metrics", "-u", "prometheus:secret"), "200")
        with open(f"{self.folder}/body", encoding="utf-8") as body:
            self.assertIn("telex_received_messages_total", body.read())

    def test_others_get_nothing(self):
        self.assertEqual(self.curl("/metrics"), "401")
        self.assertEqual(self.curl("/metrics", "-u", "prometheus:wrong"), "401")
        for path in ("/", "/api/v1/connections", "/metrics/../api/v1/connections", "/metrics/x"):
            self.assertEqual(self.curl(path, "--path-as-is", "-u", "prometheus:secret"), "404", path)

    def test_the_scrape_is_right(self):
        scrape = yaml.safe_load((MONITORING / "prometheus.yaml").read_text())
        self.write("prometheus.yaml", yaml.safe_dump({"scrape_configs": scrape}))
        for secret in ("password_file", "ca_file"):
            self.assertEqual(str(scrape).count(secret), 1)
        subprocess.run(["promtool", "check", "config", "--syntax-only", f"{self.folder}/prometheus.yaml"],
                       check=True, capture_output=True, timeout=DEADLINE)


if __name__ == "__main__":
    unittest.main()
