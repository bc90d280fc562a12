"""The scenarios as tests; a client's test names the command of its harness."""

from harness import Failure, Harness
from place import Place
from scenario import Run, load


class ClientTest(Place):
    command = None

    def setUp(self):
        if self.command is None:
            self.skipTest("names no harness")
        super().setUp()
        self.harness = None
        self.addCleanup(self.end_harness)

    def run_scenarios(self, name):
        for scenario in load(name):
            with self.subTest(scenario["name"]):
                self.run_scenario(scenario)

    def run_scenario(self, scenario):
        if self.harness is None or "environment" in scenario:
            self.end_harness()
            variables = scenario.get("environment", {})
            run = Run(self, None)
            self.harness = Harness(self.command, self.environment | run._fill(variables))
        missing = set(scenario.get("needs", ())) - self.harness.features
        if missing:
            self.skipTest(f"the harness has no {', '.join(sorted(missing))}")
        run = Run(self, self.harness)
        try:
            run.run(scenario)
            run.close_clients()
        except Failure:
            # The next scenario gets a new harness and a new daemon.
            self.end_harness()
            self.daemon.end()
            self.start_daemon(self.text)
            raise
        self.harness.forget_events()
        if "environment" in scenario:
            self.end_harness()

    def end_harness(self):
        if self.harness is not None:
            harness, self.harness = self.harness, None
            self.assertEqual(harness.end(), 0, "exit code of the harness")


    def test_messages(self):
        self.run_scenarios("messages")

    def test_requests(self):
        self.run_scenarios("requests")

    def test_flow(self):
        self.run_scenarios("flow")

    def test_connections(self):
        self.run_scenarios("connections")

    def test_security(self):
        self.run_scenarios("security")

    def test_ends(self):
        self.run_scenarios("ends")
