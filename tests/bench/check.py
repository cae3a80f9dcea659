#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Compares the instructions of the hot paths with the recorded ones.

    ./dev bench --check [--update]

Callgrind counts them, so neither the processor's speed nor what else it does matters. A path that
takes 5 % more or less than recorded, or asks for memory more often, fails: what became faster is
recorded too, or it could be lost unseen. --update records what is counted now.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
RECORDED = HERE / "instructions.yaml"
TOLERANCE = 0.05
HEAD = """# SPDX-License-Identifier: Apache-2.0
# Instructions and allocations an input of the hot paths in a release build, by compiler, as
# `./dev bench --check` compares them; `./dev bench --check --update` writes this file.
"""
# Which of glibc's and OpenSSL's variants run must not depend on the processor.
PINNED = {
    "GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX512F,-AVX512VL,-AVX512BW,-AVX2,-AVX,-ERMS,-FSRM,-BMI2,"
                      "-BMI1,-LZCNT,-MOVBE,-RTM,-SSE4_2,-SSE4_1,-SSSE3",
    "OPENSSL_ia32cap": "0:0",
}


def read_recorded() -> dict[str, dict[str, tuple[float, float]]]:
    """By compiler and path: instructions and allocations an input."""
    compilers: dict[str, dict[str, tuple[float, float]]] = {}
    for line in RECORDED.read_text().splitlines() if RECORDED.exists() else []:
        if match := re.fullmatch(r'"(.+)":', line):
            compilers[match[1]] = {}
        elif match := re.fullmatch(r"  (\w+): {instructions: ([\d.]+), allocations: ([\d.]+)}",
                                   line):
            compilers[list(compilers)[-1]][match[1]] = (float(match[2]), float(match[3]))
    return compilers


def write_recorded(compilers: dict[str, dict[str, tuple[float, float]]]) -> None:
    lines = []
    for compiler in sorted(compilers):
        lines.append(f'"{compiler}":')
        lines += [f"  {path}: {{instructions: {instructions:.0f}, allocations: {allocations:.2f}}}"
                  for path, (instructions, allocations) in compilers[compiler].items()]
    RECORDED.write_text(HEAD + "\n".join(lines) + "\n")


def read_profile(file: Path) -> dict[str, int]:
    """What was counted within each hot_... function, and whatever it called."""
    names: dict[str, str] = {}
    sums: dict[str, int] = {}
    path = None
    for line in file.read_text().splitlines():
        if match := re.fullmatch(r"fn=\((\d+)\)(?: (.+))?", line):
            name = names.setdefault(match[1], match[2] or "")
            path = name.removeprefix("hot_") if name.startswith("hot_") else None
        elif match := re.fullmatch(r"c?fn=\((\d+)\) (.+)", line):
            names[match[1]] = match[2]
        elif path and (match := re.fullmatch(r"[+\-*]?\d* (\d+)", line)):
            # Its own lines, and below each `calls=` what the called one took.
            sums[path] = sums.get(path, 0) + int(match[1])
    return sums


def count(build: Path) -> tuple[str, dict[str, tuple[float, float]]]:
    """The compiler, and by path what it takes an input."""
    folder = build / "hot_paths"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    command = ["valgrind", "--tool=callgrind", "--collect-atstart=no", "--toggle-collect=hot_*",
               f"--callgrind-out-file={folder / 'profile'}", build / "bin" / "oms_hot_paths",
               folder / "data"]
    done = subprocess.run(command, env=os.environ | PINNED, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"bench: the hot paths could not be counted:\n{done.stdout}{done.stderr}")
    shutil.rmtree(folder / "data")
    instructions = read_profile(folder / "profile")
    inputs: dict[str, int] = {}
    allocations: dict[str, int] = {}
    compiler = ""
    for line in done.stdout.splitlines():
        if line.startswith("compiler "):
            compiler = line.removeprefix("compiler ")
            continue
        path, many, asked = line.split()
        inputs[path] = inputs.get(path, 0) + int(many)
        allocations[path] = allocations.get(path, 0) + int(asked)
    missing = sorted(set(inputs) - set(instructions))
    if missing or not inputs:
        sys.exit(f"bench: nothing was counted of {', '.join(missing) or 'any path'}")
    return compiler, {path: (instructions[path] / inputs[path], allocations[path] / inputs[path])
                      for path in inputs}


def compare(counted: dict[str, tuple[float, float]],
            recorded: dict[str, tuple[float, float]]) -> list[str]:
    """Prints a line a path; what is to be told of those that differ."""
    findings = []
    print(f"{'an input of':<20}{'instructions':>14}{'recorded':>14}{'':>9}{'allocations':>13}"
          f"{'recorded':>11}")
    for path, (instructions, allocations) in counted.items():
        if path not in recorded:
            print(f"{path:<20}{instructions:>14,.0f}{'none':>14}{'':>9}{allocations:>13.2f}")
            findings.append(f"{path} is not recorded yet")
            continue
        before, asked_before = recorded[path]
        change = instructions / before - 1
        print(f"{path:<20}{instructions:>14,.0f}{before:>14,.0f}{change:>+9.1%}"
              f"{allocations:>13.2f}{asked_before:>11.2f}")
        if abs(change) > TOLERANCE:
            findings.append(f"{path} takes {abs(change):.1%} {'more' if change > 0 else 'fewer'} "
                            "instructions than recorded")
        if allocations > asked_before * (1 + TOLERANCE) + 0.02:
            findings.append(f"{path} asks for memory more often than recorded")
    findings += [f"{path} is recorded and was not counted" for path in recorded
                 if path not in counted]
    return findings


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=Path, default=HERE.parents[1] / "build" / "release")
    parser.add_argument("--update", action="store_true", help="record what is counted now")
    arguments = parser.parse_args()
    compiler, counted = count(arguments.build.resolve())
    compilers = read_recorded()
    known = compiler in compilers
    findings = compare(counted, compilers.get(compiler, {}))
    if arguments.update:
        write_recorded(compilers | {compiler: counted})
        print(f"recorded for {compiler} in {RECORDED.name}")
        return 0
    if not known:
        print(f"nothing is recorded for {compiler}, so nothing is compared; "
              "`./dev bench --check --update` records it")
        return 0
    if not findings:
        print("as recorded, to within 5 %")
        return 0
    print("\n".join(findings))
    print("If that is meant, `./dev bench --check --update` records it, to be committed with its "
          f"cause.\nIf not, see where they go: callgrind_annotate "
          f"--inclusive=yes {arguments.build / 'hot_paths' / 'profile'}")
    return 1


if __name__ == "__main__":
    sys.exit(main())
