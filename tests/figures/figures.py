#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""One table of what the batteries did; an error when one of them did less than is promised."""

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Row:
    """A figure, and what it has to be: so many at least, exactly, or as many as another one."""

    what: str
    least: int = 1
    random: bool = False  # --long runs more of it
    exactly: int | None = None
    all_of: str | None = None

    def promised(self, sums: dict[str, int], times: int) -> str:
        if self.all_of is not None:
            return f"all of {sums.get(self.all_of, 0):,}"
        if self.exactly is not None:
            return f"{self.exactly:,}"
        return f"at least {self._least(times):,}"

    def holds(self, sums: dict[str, int], times: int) -> bool:
        if self.what not in sums:
            return False
        figure = sums[self.what]
        if self.all_of is not None:
            return figure > 0 and figure == sums.get(self.all_of)
        if self.exactly is not None:
            return figure == self.exactly
        return figure >= self._least(times)

    def _least(self, times: int) -> int:
        return self.least * (times if self.random else 1)


ROWS = (
    Row("simulated seeds", 1_000, random=True),
    Row("simulated steps", 3_000_000, random=True),
    Row("power cuts", 5_000, random=True),
    Row("faults of disk, clock, clients and parties", 100_000, random=True),
    Row("SIGKILLs under load, after which all books agree", 100, random=True),
    Row("orders over REST at full speed", 10_000),
    Row("inputs to the engine alone", 150_000, random=True),
    Row("I/O fault positions", 1_000),
    Row("I/O fault positions that were hit", all_of="I/O fault positions"),
    Row("corruptions of a journal", 1_000, random=True),
    Row("corruptions accepted in silence", exactly=0),
    Row("orders in a journal that was opened", 1_000_000),
    Row("decoders under a fuzzer", 9),
    Row("inputs of the fuzzers", 100_000, random=True),
    Row("builds that are wrong on purpose", 4),
    Row("builds that are wrong on purpose, and caught", all_of="builds that are wrong on purpose"),
    Row("builds that write the same frames", 4),
    Row("acknowledged and lost", exactly=0),
    Row("intents with two effective orders", exactly=0),
    Row("requests that oversold", exactly=0),
    Row("invariants broken", exactly=0),
)


def read(folders: list[Path]) -> dict[str, int]:
    """The sums of what lies in the folders."""
    sums: dict[str, int] = {}
    for folder in folders:
        for file in sorted(folder.glob("*.figures")):
            for line in file.read_text(encoding="utf-8").splitlines():
                count, what = line.split(" ", 1)
                sums[what] = sums.get(what, 0) + int(count)
    return sums


def table(sums: dict[str, int], times: int) -> Iterator[str]:
    for row in ROWS:
        figure = f"{sums[row.what]:,}" if row.what in sums else "none left"
        mark = "" if row.holds(sums, times) else "  <- FAILED"
        yield f"  {row.what:<50}{figure:>14}   {row.promised(sums, times)}{mark}"


def failures(sums: dict[str, int], times: int) -> list[str]:
    """Also a figure that no row knows: a battery that was renamed must not go unnoticed."""
    known = {row.what for row in ROWS}
    missed = [row.what for row in ROWS if not row.holds(sums, times)]
    return missed + [f"{what}: not in the table" for what in sums if what not in known]


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=1, help="of what is random")
    parser.add_argument("folders", nargs="+", type=Path)
    asked = parser.parse_args(arguments)
    sums = read(asked.folders)
    print(f"  {'what was tried':<50}{'figure':>14}   promised")
    for line in table(sums, asked.times):
        print(line)
    missed = failures(sums, asked.times)
    for what in missed:
        print(f"less than promised: {what}", file=sys.stderr)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
