"""The dashboard in a real browser: headless Chromium, driven from outside."""

import os
import socket
import tempfile
import unittest

from processes import DEADLINE, DaemonTest
from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait
from wire import Client


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


class DashboardTest(DaemonTest):
    config = None

    @classmethod
    def setUpClass(cls):
        cls.profile = tempfile.TemporaryDirectory(prefix="telex-chromium-")
        options = Options()
        for argument in (
            "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
            "--window-size=1280,1000", f"--user-data-dir={cls.profile.name}",
        ):
            options.add_argument(argument)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        service = Service("/usr/bin/chromedriver", env=os.environ | {"HOME": cls.profile.name})
        cls.browser = webdriver.Chrome(service=service, options=options)

    @classmethod
    def tearDownClass(cls):
        cls.browser.quit()
        cls.profile.cleanup()

    def setUp(self):
        super().setUp()
        # The page has to find the daemon again after a restart: at the same port, which is taken
        # by nobody else in between as far as the kernel's choice of ports goes.
        self.http_port = free_port()
        self.config_text = (
            'listeners: [{name: native, address: ["tcp://127.0.0.1:0",'
            ' "unix://{folder}/telex/telex.sock"]}]\n'
            f'http: {{address: "tcp://127.0.0.1:{self.http_port}"}}\n'
        )
        self.start_daemon(self.config_text)
        self.browser.get(f"http://127.0.0.1:{self.http_port}/")
        self.wait_for_state("live")

    def find(self, selector):
        return self.browser.find_element(By.CSS_SELECTOR, selector)

    def texts(self, selector):
        """Of all elements at once: the page may draw itself anew in between."""
        return self.browser.execute_script(
            "return [...document.querySelectorAll(arguments[0])].map((one) => one.textContent)",
            selector,
        )

    def until(self, condition):
        return WebDriverWait(self.browser, DEADLINE, poll_frequency=0.05).until(
            lambda _: condition()
        )

    def wait_for_state(self, state):
        self.until(lambda: self.find("#state").get_attribute("data-state") == state)

    def tile(self, title):
        for text in self.texts("#tiles > div"):
            if text.startswith(title):
                return text.removeprefix(title).strip()
        raise LookupError(title)

    def client(self, name):
        client = Client(self.daemon.addresses("native")[0], name=name)
        self.addCleanup(client.socket.close)
        return client


class Dashboard(DashboardTest):
    def test_loads_from_the_daemon_alone_and_without_complaint(self):
        for entry in self.browser.get_log("browser"):
            self.assertNotIn(entry["level"], ("SEVERE", "WARNING"), entry)
        resources = self.browser.execute_script(
            "return performance.getEntriesByType('resource').map((entry) => entry.name)"
        )
        self.assertGreater(len(resources), 2)
        for name in resources:
            self.assertTrue(
                name.startswith((f"http://127.0.0.1:{self.http_port}/", "data:")), name
            )

    def test_shows_what_happens_while_it_happens(self):
        client = self.client("sensor <b>7</b>")
        client.subscribe(1, "weather.>")
        client.publish("weather.oslo", b"rain")
        self.assertEqual(client.hear().message.payload, b"rain")
        self.until(lambda: "sensor <b>7</b>" in self.texts("#slow td"))
        self.until(lambda: "weather.oslo" in self.texts("#subjects td"))
        self.until(lambda: self.tile("Subscriptions") == "1")
        self.assertEqual(self.texts("#listeners tbody td")[0], "native")
        client.socket.close()
        self.until(lambda: "client_closed" in self.texts("#closed td"))
        self.until(lambda: "nobody is connected" in self.texts("#slow td"))

    def test_charts_say_in_words_what_they_draw(self):
        client = self.client("busy")
        client.subscribe(1, "a")

        def something_was_received():
            for _ in range(100):
                client.publish("a", bytes(100))
            label = self.find("#chart-messages").get_attribute("aria-label") or ""
            return "received " in label and "received 0," not in label

        self.until(something_was_received)
        painted = self.browser.execute_script(
            "const canvas = document.getElementById('chart-messages');"
            "const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);"
            "return data.data.some((byte) => byte !== 0)"
        )
        self.assertTrue(painted)

    def test_tables_sort_by_keyboard(self):
        for name in ("bravo", "alpha", "charlie"):
            self.client(name)
        self.until(lambda: "charlie" in self.texts("#slow td"))
        names = lambda: self.texts("#slow tbody td:nth-child(2)")  # noqa: E731
        title = self.find("#slow th:nth-child(2) button")
        title.send_keys(Keys.ENTER)
        self.until(lambda: names() == ["alpha", "bravo", "charlie"])
        self.assertEqual(self.find("#slow th:nth-child(2)").get_attribute("aria-sort"), "ascending")
        title.send_keys(Keys.SPACE)
        self.until(lambda: names() == ["charlie", "bravo", "alpha"])
        self.client("delta")
        self.until(lambda: names() == ["delta", "charlie", "bravo", "alpha"])

    def test_survives_a_restart_of_the_daemon(self):
        first = self.texts("#server-facts")[0]
        self.daemon.stop()
        self.wait_for_state("lost")
        self.start_daemon(self.config_text)
        self.wait_for_state("live")
        self.until(lambda: f"pid {self.daemon.process.pid}" in self.texts("#server-facts")[0])
        self.assertNotEqual(self.texts("#server-facts")[0], first)

    def test_pauses_and_goes_on(self):
        self.find("#pause").click()
        self.wait_for_state("paused")
        self.assertEqual(self.find("#pause").get_attribute("aria-pressed"), "true")
        self.find("#pause").click()
        self.wait_for_state("live")

    def test_dark_and_light(self):
        ground = lambda: self.browser.execute_script(  # noqa: E731
            "return getComputedStyle(document.body).backgroundColor"
        )
        seen = set()
        for _ in range(3):
            self.find("#theme").click()
            seen.add(ground())
        self.assertEqual(len(seen), 2, "the system prefers one of them")

    def test_fits_a_phone(self):
        size = self.browser.get_window_size()
        try:
            self.browser.set_window_size(400, 800)
            self.until(lambda: self.browser.execute_script("return innerWidth <= 500"))
            self.assertTrue(self.browser.execute_script(
                "return document.documentElement.scrollWidth <= innerWidth"
            ))
        finally:
            self.browser.set_window_size(size["width"], size["height"])

    def test_everything_has_a_name_for_a_screen_reader(self):
        unnamed = self.browser.execute_script(
            """
            const named = (one) => one.getAttribute('aria-label') || one.textContent.trim()
              || document.getElementById(one.getAttribute('aria-labelledby'))?.textContent;
            return [...document.querySelectorAll('button, table, canvas, section[aria-label]')]
              .filter((one) => !named(one)).map((one) => one.outerHTML);
            """
        )
        self.assertEqual(unnamed, [])
        self.assertEqual(self.find("html").get_attribute("lang"), "en")


USERS = """
users:
  - {name: operator, tokens: "sha256:{hash}", publish: {allow: ["$SYS.>"]}}
"""


class SigningIn(DashboardTest):
    def setUp(self):
        DaemonTest.setUp(self)
        path = f"{self.folder}/operator.token"
        entry, _ = self.run_tool("keygen", "--token", path)
        with open(path, encoding="ascii") as file:
            self.token = file.read().strip()
        self.http_port = free_port()
        self.start_daemon(
            USERS.replace("{hash}", entry.split("sha256:")[1][:64])
            + 'listeners: [{name: native, address: "tcp://127.0.0.1:0"}]\n'
            f'http: {{address: "tcp://127.0.0.1:{self.http_port}"}}\n'
        )
        self.browser.get(f"http://127.0.0.1:{self.http_port}/")

    def test_a_token_is_asked_for_where_there_are_users(self):
        self.until(lambda: self.find("#sign-in").is_displayed())
        self.find("#token").send_keys("wrong", Keys.ENTER)
        self.wait_for_state("lost")
        self.find("#token").send_keys(self.token, Keys.ENTER)
        self.wait_for_state("live")
        self.assertFalse(self.find("#sign-in").is_displayed())


if __name__ == "__main__":
    unittest.main()
