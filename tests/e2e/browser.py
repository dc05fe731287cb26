"""A headless Chromium that plays a story in Swagger UI with the mouse, and notes what it does.

Chromium and its driver come from the system (Debian: chromium, chromium-driver). Without them the
tests are skipped, saying so; where CI is set they fail.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from selenium.webdriver import Chrome, ChromeOptions, ChromeService
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.select import Select
from selenium.webdriver.support.wait import WebDriverWait

FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--no-proxy-server",
    "--window-size=1280,1600",
)
PATIENCE_S = 120

# Swagger UI keeps the same elements for the next answer, so its own state is asked for a new one.
_ANSWERED = """
const [method, path] = arguments[0].split(" ");
const answer = ui.getSystem().specSelectors.responses().getIn([path, method]);
window.answered ??= new Map();
const seen = window.answered.get(arguments[0]) ?? {count: 0, last: undefined};
if (answer !== seen.last) window.answered.set(arguments[0], {count: seen.count + 1, last: answer});
return window.answered.get(arguments[0])?.count ?? 0;
"""
_ONCE_DRAWN = "requestAnimationFrame(() => requestAnimationFrame(arguments[0]))"


@contextmanager
def chromium(folder: Path) -> Iterator[Chrome]:
    """A browser with a fresh profile in `folder`; skips, or fails in CI, where there is none."""
    binary, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if binary is None or driver is None:
        missing = "chromium and chromium-driver are not installed"
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(missing)
    options = ChromeOptions()
    options.binary_location = binary
    for flag in (*FLAGS, f"--user-data-dir={folder}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    browser = Chrome(options=options, service=ChromeService(driver))
    try:
        yield browser
    finally:
        browser.quit()


class Person:
    """Uses Swagger UI with the mouse alone. clicks: how often so far."""

    def __init__(self, browser: Chrome) -> None:
        self.browser = browser
        self.clicks = 0
        self._wait = WebDriverWait(browser, PATIENCE_S, poll_frequency=0.05)

    def forget(self) -> None:
        """What the browser did for others before."""
        self.browser.get("about:blank")
        self.requests()
        self.complaints()

    def visit(self, url: str) -> None:
        self.browser.get(url)

    def find(self, css: str) -> WebElement:
        return self._wait.until(lambda browser: browser.find_element(By.CSS_SELECTOR, css))

    def operation(self, name: str) -> WebElement:
        """An operation that stands open, by its id."""
        return self.find(f".opblock.is-open[id$='-{name}']")

    def unfold(self, tag: str, name: str) -> None:
        """Opens a tag and one of its operations, where they are not open."""
        for closed in (
            f".opblock-tag[data-tag='{tag}'][data-is-open=false]",
            f".opblock:not(.is-open)[id$='-{name}'] .opblock-summary-control",
        ):
            for one in self.browser.find_elements(By.CSS_SELECTOR, closed):
                self.press(one)
        self.operation(name)

    def press(self, button: WebElement) -> None:
        self.browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", button)
        button.click()
        self.clicks += 1
        self.browser.execute_async_script(_ONCE_DRAWN)

    def pick(self, name: str, select: str, option: str) -> None:
        """Chooses from a list: one click opens it, one takes the option that begins like this."""
        chosen = Select(self.operation(name).find_element(By.CSS_SELECTOR, select))
        [text] = [one.text for one in chosen.options if one.text.startswith(option)]
        chosen.select_by_visible_text(text)
        self.clicks += 2

    def execute(self, name: str) -> tuple[int, str]:
        """Presses Execute; the status and the text of the answer."""
        block = self.operation(name)
        button = block.find_element(By.CSS_SELECTOR, ".btn.execute")
        before = self._answers(block)
        self.press(button)
        self._wait.until(lambda _: self._answers(block) > before)
        self.browser.execute_async_script(_ONCE_DRAWN)
        table = block.find_element(By.CSS_SELECTOR, ".live-responses-table tbody")
        status = table.find_element(By.CSS_SELECTOR, ".response-col_status").text
        texts = table.find_elements(By.CSS_SELECTOR, ".highlight-code")
        return int(status.split()[0]), texts[0].text if texts else ""

    def show(self, name: str) -> None:
        """Scrolls to the top of an operation."""
        block = self.operation(name)
        self.browser.execute_script("arguments[0].scrollIntoView({block: 'start'})", block)
        self.browser.execute_async_script(_ONCE_DRAWN)

    def _answers(self, block: WebElement) -> int:
        """How many requests of an operation were answered so far."""
        path = block.find_element(By.CSS_SELECTOR, "[data-path]").get_attribute("data-path")
        method = block.find_element(By.CSS_SELECTOR, ".opblock-summary-method").text.lower()
        return self.browser.execute_script(_ANSWERED, f"{method} {path}")

    def requests(self) -> list[str]:
        """The addresses that were asked since the last time."""
        events = (
            json.loads(one["message"])["message"] for one in self.browser.get_log("performance")
        )
        return [
            event["params"]["request"]["url"]
            for event in events
            if event["method"] == "Network.requestWillBeSent"
        ]

    def complaints(self) -> list[str]:
        """What the console holds of errors and warnings."""
        logged = self.browser.get_log("browser")
        return [one["message"] for one in logged if one["level"] in {"SEVERE", "WARNING"}]


def host_of(url: str) -> str:
    """The host that a request would go to; empty for one that stays in the browser."""
    parts = urlsplit(url)
    return "" if parts.scheme in {"data", "blob", "chrome", "about"} else parts.netloc
