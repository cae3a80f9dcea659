# SPDX-License-Identifier: Apache-2.0
"""The real process with config/hybrid: its own ports and data, nothing else changed."""

import json
import os
import re
import select
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

from rest import Connection

ROOT = Path(__file__).parents[2]


def free_ports(count: int) -> list[int]:
    held = [socket.socket() for _ in range(count)]
    for each in held:
        each.bind(("127.0.0.1", 0))
    ports = [each.getsockname()[1] for each in held]
    for each in held:
        each.close()
    return ports


class Hybrid:
    def __init__(self, folder: Path):
        self.binaries = Path(os.environ.get("OMS_BIN", ROOT / "build" / "dev" / "bin"))
        self.data = folder / "data"
        self.config = folder / "config" / "hybrid"
        self.rest_port, self.admin_port, self.line_port = free_ports(3)
        self.log = folder / "oms.log"
        self.kills = 0
        self._process: subprocess.Popen | None = None
        shutil.copytree(ROOT / "config", folder / "config")
        self._set_ports()

    def _set_ports(self) -> None:
        file = self.config / "oms.yaml"
        text = file.read_text(encoding="utf-8")
        for name, port in (("port", self.rest_port), ("admin_port", self.admin_port),
                           ("listen_port", self.line_port)):
            text, changed = re.subn(rf"\b{name}: \d+", f"{name}: {port}", text)
            assert changed == 1, f"config/hybrid/oms.yaml has {changed} places with {name}"
        file.write_text(text, encoding="utf-8")

    def start(self, seconds: float = 60) -> dict:
        """Returns what it says when it is ready."""
        with open(self.log, "ab") as log:
            self._process = subprocess.Popen(
                [self.binaries / "oms", "--json", "run", self.config, "--data", self.data],
                stdout=subprocess.PIPE, stderr=log, cwd=self.config.parents[1])
        readable, _, _ = select.select([self._process.stdout], [], [], seconds)
        line = self._process.stdout.readline() if readable else b""
        if not line:
            self.kill()
            raise AssertionError(f"oms did not start:\n{self.last_words()}")
        self._wait_for_quotes(seconds)
        return json.loads(line)

    def kill(self) -> None:
        self.kills += 1
        self._process.send_signal(signal.SIGKILL)
        self._process.wait(30)
        self._process.stdout.close()

    def stop(self) -> None:
        self._process.send_signal(signal.SIGTERM)
        assert self._process.wait(60) == 0, self.last_words()
        self._process.stdout.close()

    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def last_words(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")[-4000:]

    def counter(self, name: str) -> int:
        """One of the figures for monitoring."""
        connection = Connection(self.admin_port)
        status, body = connection.get("/metrics")
        connection.close()
        assert status == 200
        found = re.search(rf"^{name}(?:{{[^}}]*}})? (\d+)", body.decode(), re.MULTILINE)
        assert found, f"there is no figure {name}"
        return int(found[1])

    def _wait_for_quotes(self, seconds: float) -> None:
        """Without prices the collar would refuse every share order."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            probed = self.probe("live", self.data / "control.sock")
            if probed["observed"] > 0:
                return
            time.sleep(0.05)
        raise AssertionError("no venue quoted")

    def probe(self, *arguments) -> dict:
        ran = subprocess.run([self.binaries / "oms_crash_probe", *map(str, arguments)],
                             capture_output=True, text=True, timeout=120, check=False)
        assert ran.returncode == 0, ran.stderr
        return json.loads(ran.stdout)

    def live(self) -> dict:
        return self.probe("live", self.data / "control.sock")

    def replay(self, seq: int | None = None) -> dict:
        """A fold over a copy of the journal, from its beginning."""
        copy = self.data.parent / "replayed"
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(self.data / "journal", copy)
        try:
            return self.probe("replay", copy, *([] if seq is None else [seq]))
        finally:
            shutil.rmtree(copy)

    def verify(self) -> dict:
        ran = subprocess.run([self.binaries / "oms", "--json", "journal", "verify", self.data],
                             capture_output=True, text=True, timeout=120, check=False)
        assert ran.returncode == 0, f"oms journal verify: {ran.stdout}{ran.stderr}"
        return json.loads(ran.stdout)
