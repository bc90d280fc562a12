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
from selenium.webdriver.support.ui import WebDriverWait
from wire import Client, telex_pb2


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
            'server: {reactors: 2}\n'
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
        """Replies to the page's question: "yes" or "no". Returns its text."""
        self.until(lambda: self.find("#question").is_displayed())
        text = self.find("#question").text
        self.find(f"#question #{answer}").click()
        self.until(lambda: not self.find("#question").is_displayed())
        return text

    def wait_for_state(self, state):
        self.until(lambda: self.find("#state").get_attribute("data-state") == state)

    def tile(self, title):
        for text in self.texts("#tiles > div"):
            if text.startswith(title):
                return text.removeprefix(title).strip()
        raise LookupError(title)

    def become_a_phone(self):
        self.become(width=390, height=844, deviceScaleFactor=2, mobile=True)

    def become(self, **screen):
        self.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", screen)
        self.addCleanup(
            self.browser.execute_cdp_cmd, "Emulation.clearDeviceMetricsOverride", {}
        )
        self.until(lambda: self.browser.execute_script("return innerWidth") == screen["width"])

    def assert_no_sideways_scrolling(self, width=390):
        widths = self.browser.execute_script(
            "scrollTo(1000, 0);"
            "return [innerWidth, document.documentElement.scrollWidth, scrollX]"
        )
        self.assertEqual((widths[0], widths[2]), (width, 0))
        self.assertLessEqual(widths[1], width, "less, with a scroll bar")

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
        self.until(lambda: "sensor <b>7</b>" in self.texts("#connections td"))
        self.until(lambda: "weather.oslo" in self.texts("#subjects td"))
        self.until(lambda: self.tile("Subscriptions") == "1")
        self.assertEqual(self.texts("#listeners tbody td")[0], "native")
        self.assertEqual(self.texts("#subscriptions td:nth-child(2)"), ["weather.>"])
        client.socket.close()
        self.until(lambda: "client_closed" in self.texts("#closed td"))
        self.until(lambda: "no connections" in self.texts("#connections td"))

    def chart(self, name, selector):
        return self.texts(f"#chart-{name} {selector}")

    def test_charts_have_lines_axes_and_a_cursor(self):
        client = self.client("busy")
        client.subscribe(1, "a")

        def something_was_received():
            for _ in range(100):
                client.publish("a", bytes(100))
            label = self.find("#chart-messages > svg").get_attribute("aria-label") or ""
            return "received " in label and "received 0/s" not in label and "no data" not in label

        self.until(something_was_received)
        lines = self.browser.execute_script(
            "return [...document.querySelectorAll('#chart-messages path')].map((one) => one.getAttribute('d'))"
        )
        self.assertEqual(len(lines), 3)
        for line in lines:
            self.assertRegex(line, r"^M[0-9]")
        self.assertEqual(self.chart("load", ".value"), ["0 %", "25 %", "50 %", "75 %", "100 %"])
        self.assertEqual(self.chart("messages", ".value")[0], "0/s")
        self.assertGreaterEqual(len(self.chart("messages", ".value")), 2)
        self.assertRegex(self.chart("messages", ".time")[0], "^[0-9]{2}:[0-9]{2}$")
        self.assertEqual(self.chart("messages", "time"), [""])
        self.find("#chart-messages > svg").send_keys(Keys.ARROW_LEFT)
        self.assertRegex(self.chart("messages", "time")[0], "^[0-9]{2}:[0-9]{2}:[0-9]{2}$")
        ActionChains(self.browser).move_to_element(self.find("#chart-bytes > svg")).perform()
        self.until(lambda: self.chart("bytes", "time") != [""])

    def test_charts_have_a_range_that_stays(self):
        self.find("#range").send_keys("24")
        self.browser.refresh()
        self.wait_for_state("live")
        self.assertEqual(self.find("#range").get_property("value"), "24h")
        self.until(lambda: len(self.chart("messages", ".time")) >= 3)
        self.browser.execute_script("localStorage.clear()")

    def test_grids_have_round_values(self):
        scales = self.browser.execute_async_script(
            """
            const done = arguments[0];
            import('/dashboard/scale.js').then(({ valueScale, timeTicks }) => done([
              valueScale('number', 0), valueScale('number', 873), valueScale('number', 1000),
              valueScale('number', 0.034), valueScale('bytes', 150000), valueScale('share', 0.01),
              timeTicks(1000000010, 1000000310, 5).map((time) => time % 60),
              timeTicks(1000000010, 1000000310, 5).length,
            ].map((one) => one.ticks ?? one)));
            """
        )
        self.assertEqual(scales[0], [0, 0.5, 1])
        self.assertEqual(scales[1], [0, 500, 1000])
        self.assertEqual(scales[2], [0, 500, 1000])
        self.assertEqual([round(value, 9) for value in scales[3]], [0, 0.01, 0.02, 0.03, 0.04])
        self.assertEqual(scales[4], [0, 65536, 131072, 196608])
        self.assertEqual(scales[5], [0, 0.25, 0.5, 0.75, 1])
        self.assertEqual(set(scales[6]), {0})
        self.assertEqual(scales[7], 5)

    def names(self):
        return self.texts("#connections tbody td:nth-child(2)")

    def test_lists_sort_by_keyboard(self):
        for name in ("bravo", "alpha", "charlie"):
            self.client(name)
        self.until(lambda: "charlie" in self.names())
        title = self.find("#connections th:nth-child(1) button")
        title.send_keys(Keys.ENTER)
        self.until(lambda: self.names() == ["bravo", "alpha", "charlie"])
        self.assertEqual(self.find("#connections th:nth-child(1)").get_attribute("aria-sort"), "ascending")
        title.send_keys(Keys.SPACE)
        self.until(lambda: self.names() == ["charlie", "alpha", "bravo"])
        self.client("delta")
        self.until(lambda: self.names() == ["delta", "charlie", "alpha", "bravo"])

    def test_tables_sort_by_keyboard(self):
        title = self.find("#reactors th:nth-child(1) button")
        for numbers in (["0", "1"], ["1", "0"]):
            title.send_keys(Keys.ENTER)
            self.until(lambda wanted=numbers: self.texts("#reactors td:first-child") == wanted)

    def test_estimates_are_marked(self):
        self.client("busy").publish("a", b"")
        self.until(lambda: self.texts("#subjects td:last-child") == ["~1"])
        self.assertNotIn("~", self.tile("Received"))

    def test_lists_have_pages_and_a_search_by_the_daemon(self):
        for number in range(45):
            self.client(f"client-{number:02}")
        self.find("#connections th:nth-child(1) button").click()
        self.until(lambda: self.names()[:1] == ["client-00"])
        self.until(lambda: "1–20 of 45" in self.texts(".toolbar span"))
        for first in ("client-20", "client-40"):
            self.find("#connections-next").click()
            self.until(lambda name=first: self.names()[:1] == [name])
        self.assertFalse(self.find("#connections-next").is_enabled())
        self.find("#connections-previous").click()
        self.until(lambda: self.names()[:1] == ["client-20"])
        self.find("#connections-search").send_keys("CLIENT-4")
        self.until(lambda: self.names() == [f"client-4{number}" for number in range(5)])
        self.assertIn("1–5 of 5", self.texts(".toolbar span"))

    def test_a_listener_leads_to_its_connections(self):
        self.client("one")
        self.until(lambda: self.names() == ["one"])
        self.find("#connections-search").send_keys("other")
        self.until(lambda: self.texts("#connections td") == ["no connections"])
        self.find("#listeners td button").click()
        self.until(lambda: self.names() == ["one"])
        self.assertEqual(self.find("#connections-search").get_property("value"), "native")

    def test_a_connection_has_details(self):
        client = self.client("sensor <i>7</i>")
        client.subscribe(1, "weather.>", credit=1)
        for _ in range(3):
            client.publish("weather.oslo", b"")
        frame = telex_pb2.Frame()
        frame.unsubscribe.subscription = 1
        client.subscribe(2, "news")
        client.send(frame)
        self.until(lambda: self.names() == ["sensor <i>7</i>"])
        self.until(lambda: self.texts("#subscriptions td button"))
        self.find("#subscriptions td button").click()
        self.until(lambda: self.texts("#own-subscriptions td:first-child") == ["news"])
        self.until(lambda: self.texts("#connection-drops div") == ["no_credit2"])
        self.assertIn("Clientsensor <i>7</i>", self.texts("#connection .facts div"))
        self.assertFalse(self.find("#kick").is_enabled())
        self.assertIn("commands require a user", self.find("#connection").text)
        client.socket.close()
        self.until(lambda: any(text.startswith("Endedclient_") for text in self.texts("#connection .facts div")))
        self.find("#leave").click()
        self.assertFalse(self.find("#connection").is_displayed())

    def test_commands_that_are_not_permitted_say_why(self):
        for name in ("reload-now", "drain", "log-level"):
            self.assertFalse(self.find(f"#{name}").is_enabled())
        self.assertIn("commands require a user of the configuration", self.find("#commands-reason").text)

    def test_drops_are_highlighted(self):
        client = self.client("lazy")
        self.until(lambda: self.names() == ["lazy"])
        number = 0

        def drops_are_shown():
            nonlocal number
            number += 1
            client.subscribe(number, "a", credit=1)
            client.publish("a", b"")
            client.publish("a", b"")
            frame = telex_pb2.Frame()
            frame.unsubscribe.subscription = number
            client.send(frame)
            while not client.receive().HasField("unsubscribed"):
                pass
            return all(self.browser.execute_script(
                "return arguments[0].map((one) => Boolean(document.querySelector(one)))",
                ["#tiles .alarm", "#drops tr.alarm", "#connections tr.alarm"],
            ))

        self.until(drops_are_shown)

    def test_survives_a_restart_of_the_daemon(self):
        first = self.texts("#server-facts")[0]
        self.daemon.stop()
        self.wait_for_state("lost")
        self.assertRegex(self.find("#age").text, "^figures of [0-9:]{8}, [0-9]+ s ago$")
        grey = "return getComputedStyle(document.querySelector('main')).filter"
        self.assertEqual(self.browser.execute_script(grey), "grayscale(1)")
        self.start_daemon(self.config_text)
        self.wait_for_state("live")
        self.assertEqual(self.browser.execute_script(grey), "none")
        self.assertFalse(self.find("#age").is_displayed())
        self.until(lambda: f"pid {self.daemon.process.pid}" in self.texts("#server-facts")[0])
        self.assertNotEqual(self.texts("#server-facts")[0], first)

    def test_a_daemon_that_hangs_is_noticed(self):
        self.daemon.signal(signal.SIGSTOP)
        self.addCleanup(self.daemon.signal, signal.SIGCONT)
        self.wait_for_state("lost")
        first = self.find("#age").text
        self.assertRegex(first, "^figures of ")
        self.until(lambda: self.find("#age").text != first)
        self.daemon.signal(signal.SIGCONT)
        self.wait_for_state("live")

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
        self.assertIn("the configuration has errors", self.find("#reload").text)
        self.assertIn("telex reload --dry-run", self.find("#reload").text)
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

    def test_fits_a_phone_with_all_columns(self):
        client = self.client("a-name-without-end-" * 5)
        client.subscribe(1, ">")
        client.publish("a-subject-without-end-" * 9, b"")
        self.become_a_phone()
        self.until(lambda: any("a-name-without-end" in text for text in self.names()))
        self.until(
            lambda: any("a-subject-without-end" in text for text in self.texts("#subjects td"))
        )
        self.assert_no_sideways_scrolling()
        hidden = self.browser.execute_script(
            """
            return [...document.querySelectorAll('main td, main th')].filter((one) => {
              const { left, right, width } = one.getBoundingClientRect();
              return width === 0 || left < 0 || right > innerWidth || one.scrollWidth > one.clientWidth + 1;
            }).map((one) => one.outerHTML);
            """
        )
        self.assertEqual(hidden, [])
        self.assertIn("Client", self.browser.execute_script(
            "return getComputedStyle(document.querySelector('#connections td:nth-child(2)'), '::before').content"))
        self.find("#connections td button").click()
        self.assertFalse(self.browser.execute_script(
            "const { scrollWidth, clientWidth } = document.getElementById('connection');"
            "return scrollWidth > clientWidth"))

    def test_tables_that_are_wider_than_the_page_scroll_by_themselves(self):
        self.client("a-name-without-end-" * 5)
        self.until(lambda: any("a-name-without-end" in text for text in self.names()))
        self.become(width=820, height=900, deviceScaleFactor=1, mobile=False)
        self.assert_no_sideways_scrolling(820)

    def test_everything_has_a_name_for_a_screen_reader(self):
        unnamed = self.browser.execute_script(
            """
            const named = (one) => one.getAttribute('aria-label') || one.textContent.trim()
              || one.labels?.length
              || document.getElementById(one.getAttribute('aria-labelledby'))?.textContent;
            return [...document.querySelectorAll(
              'button, select, input, table, figure > svg, section[aria-label], dialog[open]')]
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
        self.config_text = (
            users + 'listeners: [{name: native, address: "unix://{folder}/telex/telex.sock"}]\n'
            f'http: {{address: "tcp://127.0.0.1:{self.http_port}"}}\n'
        )
        self.start_daemon(self.config_text)
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
            self.assertIsNone(self.browser.execute_script("return sessionStorage.getItem('token')"), "sent once")
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

    def open_details(self):
        """Of the only connection, by keyboard. The page may redraw the button at any time, and the focus stays."""
        self.until(lambda: len(self.texts("#connections td button")) == 1)
        self.browser.execute_script(
            "window.focused = document.querySelector('#connections td button'); window.focused.focus()")
        self.until(lambda: self.browser.execute_script("return !window.focused.isConnected"))  # it was redrawn
        label = self.browser.execute_script("return document.activeElement.ariaLabel")
        self.assertTrue(label.startswith("Details of connection"), label)
        ActionChains(self.browser).send_keys(Keys.ENTER).perform()
        self.until(lambda: self.find("#connection").is_displayed())

    def done(self):
        return self.find("#done").text

    def test_an_operator_closes_a_connection(self):
        client = self.client("noisy")
        self.give(self.tokens["operator"])
        self.open_details()
        for answer in ("no", "yes"):
            client.flush()
            self.find("#kick").click()
            self.assertIn("(noisy)", self.answer(answer))
        self.assertIn("closed by an operator", client.receive().error.text)
        self.until(lambda: any("kicked" in text for text in self.texts("#connection .facts div")))
        self.find("#leave").click()
        self.until(lambda: self.done().endswith(" was closed"))
        self.until(lambda: "kicked" in self.texts("#closed td"))

    def test_a_missing_permission_to_close_is_named(self):
        self.client("quiet")
        self.give(self.tokens["viewer"])
        self.open_details()
        self.assertFalse(self.find("#kick").is_enabled())
        self.assertIn("user viewer may not publish to $SYS.admin.kick", self.find("#connection").text)
        self.assertTrue(self.find("#reload-now").is_enabled())

    def test_an_operator_traces_a_connection(self):
        client = self.client("talker")
        self.give(self.tokens["operator"])
        self.open_details()
        self.find("#trace").click()
        self.until(lambda: self.find("#trace").text == "End the trace")
        client.socket.close()
        self.until(lambda: any("closed" in text for text in self.texts(".events li")))
        self.find("#trace").click()
        self.until(lambda: self.find("#trace").text == "Trace")

    def test_an_operator_reloads_after_seeing_the_changes(self):
        self.give(self.tokens["operator"])
        self.wait_for_state("live")
        self.configure(self.config_text + "log: {level: warning}\n")
        self.find("#reload-now").click()
        self.assertIn("log.level", self.answer("no"))
        self.find("#reload-now").click()
        self.answer("yes")
        self.until(lambda: self.done() == "reloaded: 1 changes")
        self.configure(self.config_text + "nonsense: 1\n")
        self.find("#reload-now").click()
        self.until(lambda: "unknown key 'nonsense'" in self.done())
        self.assertFalse(self.find("#reload").is_displayed(), "a rehearsal changes nothing")
        self.daemon.signal(signal.SIGHUP)
        self.until(lambda: "unknown key 'nonsense'" in self.find("#reload").text)

    def test_an_operator_sets_the_log_level(self):
        self.give(self.tokens["operator"])
        self.wait_for_state("live")
        self.find("#log-level option:nth-child(2)").click()
        self.until(lambda: self.done() == "log level: debug, until the next reload")
        self.daemon.line("action=log-level by=operator from=http level=debug")

    def test_an_operator_stops_the_daemon_when_asked_twice(self):
        self.give(self.tokens["operator"])
        self.wait_for_state("live")
        self.find("#drain").click()
        self.assertIn("stops", self.answer("no"))
        self.find("#drain").click()
        self.answer("yes")
        self.assertEqual(self.daemon.wait(), 0)
        self.wait_for_state("lost")

    def test_the_form_says_how_to_get_a_token(self):
        self.assertNotIn("keygen", self.find("#sign-in").text)
        self.find("#sign-in summary").click()
        self.assertIn("telex keygen --token", self.find("#sign-in").text)

    def test_charts_have_no_figures_before(self):
        self.assertEqual(self.browser.execute_script("return document.querySelectorAll('path').length"), 0)

    def test_fits_a_phone(self):
        self.become_a_phone()
        self.give("wrong")
        self.until(lambda: self.problem())
        self.assert_no_sideways_scrolling()


if __name__ == "__main__":
    unittest.main()
