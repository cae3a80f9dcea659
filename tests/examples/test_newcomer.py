# SPDX-License-Identifier: Apache-2.0
"""The first hour: start it, paste what it proposes, kill it, start it again, look."""

import json
import re
import signal
import subprocess
import threading
import time

import pytest
from hybrid import Hybrid
from running import OMS, run

PATIENCE_S = 60


class Terminal:
    """`oms run config/hybrid` in a terminal of its own, on ports that nobody else has."""

    def __init__(self, folder):
        self.folder = folder
        hybrid = Hybrid(folder)
        demo = hybrid.config / "demo.yaml"
        text = demo.read_text(encoding="utf-8")
        assert "localhost:8080" in text
        demo.write_text(text.replace("localhost:8080", f"localhost:{hybrid.rest_port}"),
                        encoding="utf-8")
        self.start()

    def start(self) -> None:
        self.lines: list[str] = []
        self._ready = threading.Event()
        self._process = subprocess.Popen([OMS, "run", "config/hybrid"], cwd=self.folder, text=True,
                                         stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        threading.Thread(target=self._read, args=(self._process.stderr,), daemon=True).start()
        assert self._ready.wait(PATIENCE_S), "\n".join(self.lines)

    def _read(self, stream) -> None:
        for line in stream:
            self.lines.append(line.rstrip("\n"))
            if line.startswith("Ctrl-C ends it"):
                self._ready.set()

    def end(self, how=signal.SIGTERM) -> None:
        self._process.send_signal(how)
        self._process.wait(PATIENCE_S)

    def proposed(self) -> list[str]:
        """The commands that it printed, each under a line that says what it is."""
        begin = next(at for at, line in enumerate(self.lines) if line.startswith("Try this in"))
        return [line.strip() for line in self.lines[begin + 1:]
                if line.startswith("  ") and not line.startswith("  #")]


@pytest.fixture(name="terminal")
def running_terminal(tmp_path):
    terminal = Terminal(tmp_path)
    yield terminal
    terminal.end()


def orders(terminal, *arguments) -> dict[str, dict]:
    listed = json.loads(run([OMS, "--json", "orders", *arguments], terminal.folder))
    return {order["order"]: order for order in listed}


def wait_until_all_have_ended(terminal) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while open_ones := orders(terminal):
        assert time.monotonic() < deadline, open_ones
        time.sleep(0.1)


def test_what_it_proposes_works_and_survives_a_kill(terminal):
    proposed = terminal.proposed()
    assert len(proposed) >= 5 and sum(command.startswith("curl") for command in proposed) == 2
    for command in proposed:
        said = run(command, terminal.folder)
        if command.startswith("curl"):
            answer = json.loads(said)
            assert answer["order"] and run(command, terminal.folder) == said, "done once"
        assert "OMS-" not in said, said
    shown = run(proposed[-1], terminal.folder)  # oms demo: both worlds, to the end
    assert re.search(r"A share order +filled", shown), shown
    assert re.search(r"A shop order +delivered", shown), shown

    wait_until_all_have_ended(terminal)
    done = {order: row["lines"] for order, row in orders(terminal, "--all").items()}
    assert len(done) == 8  # by two verbs, by curl twice, by the demo twice two
    # One order of each world is on its way when the process is killed.
    for command in proposed[:2]:
        run(command.replace(" --follow", ""), terminal.folder)
    before = orders(terminal, "--all")
    terminal.end(signal.SIGKILL)
    assert "start it in another terminal" in run([OMS, "orders"], terminal.folder, exit_code=4)
    terminal.start()
    after = orders(terminal, "--all")
    assert after.keys() == before.keys() and len(after) == len(done) + 2
    assert {order: after[order]["lines"] for order in done} == done
    wait_until_all_have_ended(terminal)
    newest = sorted(after, key=int)[-2:]
    statuses = [orders(terminal, "--all")[order]["status"] for order in newest]
    assert statuses[0] == "filled" and statuses[1] in {"sent", "delivered"}
