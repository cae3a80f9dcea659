#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Puts the figures of one run into docs/performance.md: ./dev bench --docs [ARGUMENT…]

What stands between the two marks there is written anew; the method above and what the figures say
below are a person's to write.
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "performance.md"
BEGIN, END = "<!-- figures of one run -->\n", "<!-- end of the figures -->\n"


def main() -> int:
    command = [ROOT / "build" / "release" / "bin" / "oms_bench", "--markdown", *sys.argv[1:]]
    run = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if run.returncode != 0:
        return run.returncode
    before, rest = PAGE.read_text().split(BEGIN)
    after = rest.split(END)[1]
    PAGE.write_text(before + BEGIN + run.stdout.rstrip() + "\n" + END + after)
    print(f"written to {PAGE.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
