# SPDX-License-Identifier: Apache-2.0
"""Commands, as somebody at a terminal would give them."""

import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
BINARIES = Path(os.environ.get("OMS_BIN", ROOT / "build" / "dev" / "bin"))
OMS = BINARIES / "oms"


def run(command, folder=ROOT, exit_code: int = 0, **environment) -> str:
    """Runs a list, or a line for the shell; returns what it said, all of it."""
    shell = isinstance(command, str)
    path = f"{BINARIES}{os.pathsep}{os.environ.get('PATH', '')}"
    ran = subprocess.run(
        ["bash", "-c", command] if shell else [str(word) for word in command], cwd=folder,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, text=True,
        timeout=90, check=False,
        env={**os.environ, "PATH": path, **{key: str(word) for key, word in environment.items()}})
    assert ran.returncode == exit_code, f"{command} ended with {ran.returncode}:\n{ran.stdout}"
    return ran.stdout
