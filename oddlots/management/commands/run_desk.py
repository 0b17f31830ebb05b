"""``manage.py run_desk``: everything ``make run`` does after the packages are there.

Migrations, static files, samples (into an empty database only), then web, worker and beat under
supervisor until Ctrl-C.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

from django.conf import settings
from django.contrib.auth.models import User
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from oddlots import samples
from oddlots.one_time import make_link

PROGRAMS = {
    "web": (
        "{bin}/gunicorn oddlots.wsgi --bind 127.0.0.1:{port} --workers 2 --threads 4"
        " --graceful-timeout 3 --no-control-socket --log-level warning"
    ),
    "worker": (
        "{bin}/celery -A oddlots worker --concurrency 1 --loglevel WARNING"
        " --without-gossip --without-mingle"
    ),
    "beat": "{bin}/celery -A oddlots beat --loglevel WARNING --pidfile=",
}


def configuration(folder: Path, port: int) -> str:
    """Return supervisor's configuration for the three programs; logs go below ``folder``."""
    bin_folder = Path(sys.executable).parent
    parts = [
        "[supervisord]",
        "nodaemon=true",
        "silent=true",
        f"logfile={folder / 'supervisord.log'}",
        f"pidfile={folder / 'supervisord.pid'}",
        f"childlogdir={folder}",
        f"directory={settings.BASE_DIR}",
        *(["user=root"] if os.geteuid() == 0 else []),
    ]
    for name, command in PROGRAMS.items():
        parts += [
            f"[program:{name}]",
            f"command={command.format(bin=bin_folder, port=port)}".replace("%", "%%"),
            f"directory={settings.BASE_DIR}",
            f"stdout_logfile={folder / name}.log",
            "redirect_stderr=true",
            "autorestart=true",
            "startretries=5",
            "stopasgroup=true",
            "killasgroup=true",
            "stopwaitsecs=8",
        ]
    return "\n".join(parts) + "\n"


def port_is_free(port: int) -> bool:
    """Tell whether nothing listens on the port of 127.0.0.1."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) != 0


class Command(BaseCommand):
    help = "Run the whole desk: web, worker and beat, with samples in an empty database."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *_args: Any, **options: Any) -> None:
        port = options["port"]
        if not port_is_free(port):
            raise CommandError(
                f"Something answers on port {port} already. End it, or choose another port: "
                f"make run PORT={port + 1}"
            )
        if "SITE_URL" not in os.environ:
            os.environ["SITE_URL"] = settings.SITE_URL = f"http://127.0.0.1:{port}"
        call_command("migrate", verbosity=0, interactive=False)
        call_command("collectstatic", verbosity=0, interactive=False)
        if samples.is_empty():
            self.stdout.write("The database is empty: loading the sample episodes …")
            samples.load()
        self.supervise(port)

    def supervise(self, port: int) -> None:
        """Start the programs, tell where they answer, and stay until they or the person stop."""
        folder = settings.DATA_DIR / "log"
        folder.mkdir(parents=True, exist_ok=True)
        config = settings.DATA_DIR / "supervisord.conf"
        config.write_text(configuration(folder, port), encoding="utf-8")
        supervisord = shutil.which("supervisord", path=str(Path(sys.executable).parent))
        if supervisord is None:
            raise CommandError("supervisord is not installed: pip install -r requirements.txt")
        child = subprocess.Popen([supervisord, "-c", str(config)], start_new_session=True)  # noqa: S603

        def stop(_signal: int, _frame: object) -> None:
            child.terminate()

        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)
        if self.wait_for_web(port, child):
            self.tell(folder)
        code = child.wait()
        if code not in (0, -signal.SIGTERM, -signal.SIGINT):
            raise CommandError(f"The supervisor ended with {code}; its log: {folder}")
        self.stdout.write("Stopped.")

    def wait_for_web(self, port: int, child: subprocess.Popen[bytes]) -> bool:
        """Wait up to a minute until the site answers; false when the supervisor ended before."""
        for _attempt in range(240):
            if child.poll() is not None:
                return False
            try:
                with urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2):
                    return True
            except (URLError, OSError):
                time.sleep(0.25)
        raise_from = settings.DATA_DIR / "log" / "web.log"
        child.terminate()
        child.wait()
        raise CommandError(f"The site did not answer within a minute; see {raise_from}")

    def tell(self, folder: Path) -> None:
        """Print where to look and how to log in."""
        lines = [f"\nOddlots answers at {settings.SITE_URL}/   (logs: {folder})"]
        for name, what in (("editor", "edit, import, submit"), ("publisher", "publish as well")):
            user = User.objects.filter(username=name, is_active=True).first()
            if user is not None:
                lines.append(f"  log in once as {name} ({what}):\n    {make_link(user)}")
        lines += [
            "Three things to try:",
            f"  1. Read an episode: {settings.SITE_URL}/episodes/ (English: {settings.SITE_URL}/en/)",
            "  2. As the editor, correct a turn of a draft and submit it for review.",
            "  3. As the publisher, publish what is in review, then rebuild the glossary.",
            "Ctrl-C stops everything.",
        ]
        self.stdout.write("\n".join(lines))
        self.stdout.flush()
