"""A desk started as ``make run`` starts it, in a data folder of its own, and a browser."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[3]
SHOTS = os.environ.get("SCREENSHOTS", "")
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
OWN = ("DATABASE_URL", "CELERY_BROKER_URL", "CACHE_URL", "SITE_URL", "SECRET_KEY")


COMMANDS = """
import contextlib, io, json, sys, traceback
import django
django.setup()
import oddlots
from django.core.management import call_command
from django.db import close_old_connections
for line in sys.stdin:
    said, fault = io.StringIO(), ""
    try:
        with contextlib.redirect_stdout(said):
            call_command(*json.loads(line))
    except SystemExit as left:
        fault = f"exit status {left.code}" if left.code else ""
    except Exception:
        fault = traceback.format_exc()
    close_old_connections()
    print(json.dumps([said.getvalue(), fault]), flush=True)
"""
"""Management commands, one after another, in one process: starting one takes seconds."""


@dataclass
class Desk:
    """A running desk: its address, its folder, what it printed, and its process."""

    url: str
    data: Path
    printed: str
    process: subprocess.Popen[str]
    commands: subprocess.Popen[str] | None = None

    def login_link(self, username: str) -> str:
        """Return a fresh one-time link."""
        return self.manage("login_link", username).strip()

    def manage(self, *arguments: str) -> str:
        """Run a management command in the desk's environment and return what it printed."""
        if self.commands is None:
            self.commands = subprocess.Popen(
                [sys.executable, "-c", COMMANDS],
                cwd=ROOT,
                env={
                    **environment(self.data, self.url),
                    "DJANGO_SETTINGS_MODULE": "oddlots.settings",
                },
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
        assert self.commands.stdin is not None
        assert self.commands.stdout is not None
        self.commands.stdin.write(json.dumps(arguments) + "\n")
        self.commands.stdin.flush()
        said, fault = json.loads(self.commands.stdout.readline())
        assert not fault, fault
        return str(said)


def environment(data: Path, url: str) -> dict[str, str]:
    """Return the environment of a desk: the defaults, in a folder of its own."""
    kept = {name: value for name, value in os.environ.items() if name not in OWN}
    return {**kept, "DATA_DIR": str(data), "SITE_URL": url, "PYTHONUNBUFFERED": "1"}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start(data: Path) -> Desk:
    """Start a desk and wait until it has printed its last line (at most two minutes)."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    process = subprocess.Popen(
        [sys.executable, "manage.py", "run_desk", "--port", str(port)],
        cwd=ROOT,
        env=environment(data, url),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    printed = []
    assert process.stdout is not None
    for line in process.stdout:
        printed.append(line)
        if line.startswith("Ctrl-C"):
            break
    text = "".join(printed)
    assert "Ctrl-C" in text, text
    return Desk(url, data, text, process)


def stop(desk: Desk) -> int:
    """End a desk as Ctrl-C does, and return its exit status."""
    if desk.commands is not None:
        desk.commands.communicate()
        desk.commands = None
    os.killpg(desk.process.pid, signal.SIGINT)
    code = desk.process.wait(timeout=30)
    assert desk.process.stdout is not None
    desk.process.stdout.close()
    return code


@pytest.fixture(scope="session")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    running = start(tmp_path_factory.mktemp("desk"))
    yield running
    assert stop(running) == 0


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--no-first-run",
            ],
        )
        yield running
        running.close()


def look(page: Page, name: str, *, whole: bool = False) -> None:
    """Keep a picture of the window, or the whole page, where the environment names a folder for them."""
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=whole)


def too_wide(page: Page) -> int:
    """How far the page reaches beyond the window."""
    width: int = page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    return width


@dataclass
class Visit:
    """A browser context that notes every complaint of the page: errors and CSP violations."""

    context: BrowserContext
    page: Page
    complaints: list[str]


def visit(browser: Browser, **options: object) -> Visit:
    """Open a context with a page that collects complaints."""
    context = browser.new_context(**options)  # type: ignore[arg-type]
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "console",
        lambda message: complaints.append(message.text) if message.type == "error" else None,
    )
    return Visit(context, page, complaints)


def violations(page: Page) -> list[str]:
    """Return what axe finds on the page as it stands, one line each."""
    found = Axe().run(page).response["violations"]
    return [f"{item['id']}: {node['html'][:160]}" for item in found for node in item["nodes"]]


def eventually(seconds: float, ask: object) -> object:
    """Call ``ask`` until it answers something true, for so many seconds at most."""
    last = None
    for _attempt in range(int(seconds * 4)):
        last = ask()  # type: ignore[operator]
        if last:
            return last
        time.sleep(0.25)
    return last


def links(printed: str) -> dict[str, str]:
    """Return the one-time links that the desk printed, by the person's name."""
    found = re.findall(r"log in once as (\w+) .*\n\s+(http\S+)", printed)
    return dict(found)
