"""The dashboard in a real browser: headless Chromium, driven from outside."""

import os
import signal
import tempfile
import unittest

from processes import DEADLINE, DaemonTest, free_port
from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support import expected_conditions
from selenium.webdriver.support.ui import WebDriverWait
from wire import Client


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
        # The page of the test before goes on asking a daemon that is gone, and complains.
        self.browser.get("about:blank")
        self.browser.get_log("browser")
        # The page has to find the daemon again after a restart: at the same port, which is taken
        # by no other program meanwhile, by the kernel's choice of ports.
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
        """Of all elements at once: the page may be redrawn in between."""
        return self.browser.execute_script(
            "return [...document.querySelectorAll(arguments[0])].map((one) => one.textContent)",
            selector,
        )

    def wait(self):
        return WebDriverWait(self.browser, DEADLINE, poll_frequency=0.05)

    def until(self, condition):
        return self.wait().until(lambda _: condition())

    def answer(self, answer):
        """Replies to the page's question: "accept" or "dismiss"."""
        question = self.wait().until(expected_conditions.alert_is_present())
        text = question.text
        getattr(question, answer)()
        return text

    def wait_for_state(self, state):
        self.until(lambda: self.find("#state").get_attribute("data-state") == state)

    def tile(self, title):
        for text in self.texts("#tiles > div"):
            if text.startswith(title):
                return text.removeprefix(title).strip()
        raise LookupError(title)

    def become_a_phone(self):
        self.browser.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride",
            {"width": 360, "height": 740, "deviceScaleFactor": 2, "mobile": True},
        )
        self.addCleanup(
            self.browser.execute_cdp_cmd, "Emulation.clearDeviceMetricsOverride", {}
        )
        self.until(lambda: self.browser.execute_script("return screen.width === 360"))

    def assert_no_sideways_scrolling(self):
        widths = self.browser.execute_script(
            "scrollTo(1000, 0);"
            "return [innerWidth, document.documentElement.scrollWidth, scrollX]"
        )
        self.assertEqual(widths, [360, 360, 0])

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
        self.assertEqual(client.receive().message.payload, b"rain")
        self.until(lambda: "sensor <b>7</b>" in self.texts("#slow td"))
        self.until(lambda: "weather.oslo" in self.texts("#subjects td"))
        self.until(lambda: self.tile("Subscriptions") == "1")
        self.assertEqual(self.texts("#listeners tbody td")[0], "native")
        self.assertEqual(self.texts("#slow td button"), [], "orders are for users with a token")
        client.socket.close()
        self.until(lambda: "client_closed" in self.texts("#closed td"))
        self.until(lambda: "no connections" in self.texts("#slow td"))

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
        look = lambda: (  # noqa: E731
            self.find("#pause").text, self.find("#pause").get_attribute("aria-pressed")
        )
        self.assertEqual(look(), ("Pause", "false"))
        self.find("#pause").click()
        self.wait_for_state("paused")
        self.assertEqual(look(), ("Pause", "true"), "one of both says it")
        self.find("#pause").click()
        self.wait_for_state("live")

    def test_is_still_paused_after_the_daemon_was_away(self):
        first = self.texts("#server-facts")[0]
        self.find("#pause").click()
        self.daemon.stop()
        self.wait_for_state("lost")
        self.start_daemon(self.config_text)
        self.wait_for_state("paused")
        self.assertEqual(self.texts("#server-facts")[0], first)
        self.find("#pause").click()
        self.assertEqual(self.find("#state").text, "live", "without waiting for the next answer")
        self.assertNotEqual(self.texts("#server-facts")[0], first)

    def test_shows_that_the_daemon_drains(self):
        client = self.client("busy")
        client.subscribe(1, "work")
        client.publish("work", b"", request=1, timeout_ms=60_000)
        delivery = client.receive()
        self.daemon.signal(signal.SIGTERM)
        self.wait_for_state("draining")
        self.assertEqual(self.find("#state").text, "draining")
        self.find("#pause").click()
        self.assertEqual(self.find("#state").text, "draining; paused")
        client.publish(delivery.reply_to, b"")
        self.assertEqual(self.daemon.wait(), 0)
        self.wait_for_state("lost")

    def test_shows_that_a_reload_was_refused(self):
        self.assertFalse(self.find("#reload").is_displayed())
        self.assertIn("reload failed", self.reload("nonsense: 1\n"))
        self.until(lambda: self.find("#reload").is_displayed())
        self.assertEqual(self.find("#reload").text, "the last reload failed")
        self.assertEqual(self.find("#state").text, "live")
        self.reload(self.config_text)
        self.until(lambda: not self.find("#reload").is_displayed())

    def test_a_link_of_another_site_leads_here(self):
        port = self.http_port
        self.browser.get("data:text/html,<a href='http://127.0.0.1:%d/'>telex</a>" % port)
        self.find("a").click()
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
        client = self.client("a-name-without-end-" * 5)
        client.subscribe(1, ">")
        client.publish("a-subject-without-end-" * 9, b"")
        self.become_a_phone()
        self.until(lambda: any("a-name-without-end" in text for text in self.texts("#slow td")))
        self.until(
            lambda: any("a-subject-without-end" in text for text in self.texts("#subjects td"))
        )
        self.assert_no_sideways_scrolling()

    def test_tables_scroll_by_keyboard(self):
        self.become_a_phone()
        scrolling, reachable = self.browser.execute_script(
            """
            const all = [...document.querySelectorAll('main *')]
              .filter((one) => ['auto', 'scroll'].includes(getComputedStyle(one).overflowX));
            const name = (one) => one.getAttribute('role') === 'region'
              && document.getElementById(one.getAttribute('aria-labelledby'))?.textContent;
            return [all.length, all.filter((one) => one.tabIndex === 0 && name(one)).length];
            """
        )
        self.assertEqual((scrolling, reachable), (6, 6))
        table = self.find("[aria-labelledby=h-listeners]")
        table.send_keys(Keys.ARROW_RIGHT)
        self.until(lambda: table.get_property("scrollLeft") > 0)

    def test_everything_has_a_name_for_a_screen_reader(self):
        unnamed = self.browser.execute_script(
            """
            const named = (one) => one.getAttribute('aria-label') || one.textContent.trim()
              || document.getElementById(one.getAttribute('aria-labelledby'))?.textContent;
            return [...document.querySelectorAll(
              'button, table, canvas, section[aria-label], [role=region]')]
              .filter((one) => !named(one)).map((one) => one.outerHTML);
            """
        )
        self.assertEqual(unnamed, [])
        self.assertEqual(self.find("html").get_attribute("lang"), "en")


USERS = {
    "operator": 'publish: {allow: ["$SYS.>"]}',
    "looker": 'publish: {allow: ["$SYS.admin.>"]}',
    "viewer": 'publish: {allow: ["$SYS.>"], deny: ["$SYS.admin.kick"]}',
}


class SigningIn(DashboardTest):
    def setUp(self):
        DaemonTest.setUp(self)
        self.tokens = {}
        users = "users:\n"
        for name, rights in USERS.items():
            path = f"{self.folder}/{name}.token"
            entry, _ = self.run_tool("keygen", "--token", path)
            with open(path, encoding="ascii") as file:
                self.tokens[name] = file.read().strip()
            digest = entry.split("sha256:")[1][:64]
            users += f'  - {{name: {name}, tokens: "sha256:{digest}", {rights}}}\n'
        self.http_port = free_port()
        self.start_daemon(
            users + 'listeners: [{name: native, address: "unix://{folder}/telex/telex.sock"}]\n'
            f'http: {{address: "tcp://127.0.0.1:{self.http_port}"}}\n'
        )
        self.browser.get(f"http://127.0.0.1:{self.http_port}/")
        self.until(lambda: self.find("#sign-in").is_displayed())

    def problem(self):
        return self.find("#sign-in-problem").text

    def give(self, token):
        self.find("#token").send_keys(token, Keys.ENTER)

    def test_a_token_is_asked_for_where_there_are_users(self):
        self.assertEqual((self.find("#state").text, self.problem()), ("token required", ""))
        self.give(self.tokens["operator"])
        self.wait_for_state("live")
        self.assertFalse(self.find("#sign-in").is_displayed())
        self.assertEqual(self.browser.switch_to.active_element.get_attribute("id"), "figures")

    def test_a_wrong_token_is_reported(self):
        for wrong in ("wrong", "not even \u2026 ASCII"):
            self.browser.execute_script("sessionStorage.clear()")
            self.browser.refresh()
            self.until(lambda: self.find("#sign-in").is_displayed())
            self.give(wrong)
            self.until(lambda: self.problem() == "The token is invalid.")
        self.assertEqual(self.find("#sign-in-problem").get_attribute("aria-live"), "assertive")
        self.assertEqual(self.find("#token").get_attribute("aria-invalid"), "true")
        self.assertTrue(self.find("#sign-in").is_displayed())
        self.give(self.tokens["operator"])
        self.wait_for_state("live")
        self.assertEqual(self.problem(), "")

    def test_a_missing_permission_is_named(self):
        self.give(self.tokens["looker"])
        self.until(lambda: self.problem())
        self.assertEqual(
            self.problem(),
            "The token is valid, but user looker may not publish to $SYS.info.",
        )

    def focus_on_close(self):
        """The button that closes the only connection. The page may redraw it at any time, and the focus stays."""
        self.until(lambda: self.texts("#slow td button") == ["Close"])
        self.browser.execute_script(
            "window.focused = document.querySelector('#slow td button'); window.focused.focus()")

    def press_enter(self):
        """Whichever element has the focus."""
        ActionChains(self.browser).send_keys(Keys.ENTER).perform()

    def test_an_operator_closes_a_connection(self):
        client = self.client("noisy")
        self.give(self.tokens["operator"])
        self.focus_on_close()
        self.until(lambda: self.browser.execute_script("return !window.focused.isConnected"))  # it was redrawn
        self.assertEqual(self.browser.execute_script("return document.activeElement.textContent"), "Close")
        for answer in ("dismiss", "accept"):
            client.flush()
            self.press_enter()
            self.assertIn("(noisy)", self.answer(answer))
        self.until(lambda: self.find("#done").text.endswith(" was closed"))
        self.assertIn("closed by an operator", client.receive().error.text)
        self.until(lambda: "kicked" in self.texts("#closed td"))

    def test_a_missing_permission_to_close_is_reported(self):
        client = self.client("quiet")
        self.give(self.tokens["viewer"])
        self.focus_on_close()
        self.press_enter()
        self.answer("accept")
        self.until(lambda: "may not publish to $SYS.admin.kick" in self.find("#done").text)
        client.flush()

    def test_charts_have_names_before_they_have_figures(self):
        names = self.browser.execute_script(
            "return [...document.querySelectorAll('canvas')].map((one) => one.ariaLabel)"
        )
        self.assertEqual(len(names), 4)
        for name in names:
            self.assertTrue((name or "").endswith(": no data"), name)

    def test_fits_a_phone(self):
        self.become_a_phone()
        self.give("wrong")
        self.until(lambda: self.problem())
        self.assert_no_sideways_scrolling()


if __name__ == "__main__":
    unittest.main()
