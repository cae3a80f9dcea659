# SPDX-License-Identifier: Apache-2.0
"""One `oms run` on free ports and a temporary folder, and what a test wants of it."""
import json
import os
import pathlib
import re
import shutil
import subprocess
import threading
import time
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
PROGRAM = os.environ.get("OMS_PROGRAM", "oms")
LIFECYCLES = HERE.parents[1] / "config" / "lifecycles"
PATIENCE_S = 30


def lay_out_world(folder: pathlib.Path) -> pathlib.Path:
    """A copy of world/, whose configuration knows where the shipped lifecycles lie."""
    shutil.copytree(HERE / "world", folder)
    config = folder / "oms.yaml"
    config.write_text(config.read_text().replace("@LIFECYCLES@", str(LIFECYCLES)))
    return folder


def run(arguments: list, folder, **environment) -> subprocess.CompletedProcess:
    """The command line, from that folder."""
    return subprocess.run([PROGRAM, *arguments], cwd=folder, capture_output=True, text=True,
                          timeout=PATIENCE_S, env={**os.environ, **environment}, check=False)


class Oms:
    def __init__(self, folder: pathlib.Path):
        self.folder = lay_out_world(folder / "world")
        self.data = folder / "data"
        self.ports: dict = {}
        self.start()

    def start(self) -> None:
        self.log: list = []
        self.process = subprocess.Popen(
            [PROGRAM, "run", self.folder, "--data", self.data, "--json"],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        threading.Thread(target=self._keep_log, daemon=True).start()
        said = self.process.stdout.readline()
        assert said, "it did not start:\n" + "".join(self.log)
        self.socket = json.loads(said)["socket"]
        self.wait_until(lambda: len(self.ports) == 2)

    def _keep_log(self) -> None:
        for line in self.process.stderr:
            self.log.append(line)
            if found := re.search(r"(\w+): listening on \S*?:(\d+)$", line.rstrip()):
                self.ports[found[1]] = int(found[2])

    def kill(self) -> None:
        self.ports = {}
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        self.process.terminate()
        return self.process.wait(PATIENCE_S)

    def lives(self) -> bool:
        return self.process.poll() is None

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.ports['rest']}{path}"

    def get(self, path: str):
        with urllib.request.urlopen(self.url(path), timeout=PATIENCE_S) as answer:
            return json.load(answer)

    def post(self, path: str, body: dict, key: str):
        request = urllib.request.Request(
            self.url(path), json.dumps(body).encode(),
            {"Content-Type": "application/json", "Idempotency-Key": key})
        with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:
            return json.load(answer)

    def orders(self) -> list:
        """What must not change when nonsense comes in: every order with its status and lines."""
        return [(order["order"], order["status"], order["lines"])
                for order in self.get("/v1/orders")["orders"]]

    def books(self) -> list:
        return self.get("/v1/balances")["balances"]

    def wait_until(self, holds) -> None:
        ends = time.monotonic() + PATIENCE_S
        while not holds():
            assert time.monotonic() < ends and self.lives(), "".join(self.log)
            time.sleep(0.02)
