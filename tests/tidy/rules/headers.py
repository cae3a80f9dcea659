# SPDX-License-Identifier: Apache-2.0
"""Public headers compile alone: the ABI's as C11 and C++20, the others as C++20."""

import os
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from typing import Iterator

from source import Finding, SourceFile, Tree

_LAYERS = ("abi", "sdk", "testkit")
_WARNINGS = ["-Wall", "-Wextra", "-Wpedantic", "-Wshadow", "-Wconversion", "-Werror"]


def check(tree: Tree) -> Iterator[Finding]:
    folders = [f"kernel/{layer}/include" for layer in _LAYERS]
    options = [f"-I{tree.root / folder}" for folder in folders]
    jobs = [(file, compiler, language, options)
            for file in tree.files if file.under(*folders) and file.path.endswith((".h", ".hpp"))
            for compiler, language in _compilers(file)]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for finding in pool.map(lambda job: _compile(*job), jobs):
            if finding:
                yield finding


def _compilers(file: SourceFile) -> Iterator[tuple[str, str]]:
    for c_compiler, cpp_compiler in (("gcc", "g++"), ("clang", "clang++")):
        if file.path.endswith(".h") and shutil.which(c_compiler):
            yield c_compiler, "c11"
        if shutil.which(cpp_compiler):
            yield cpp_compiler, "c++20"


def _compile(file: SourceFile, compiler: str, standard: str, options: list[str]) -> Finding | None:
    """Includes the header twice and nothing before it."""
    header = file.path.split("/include/", 1)[1]
    command = [compiler, "-x", "c" if standard == "c11" else "c++", f"-std={standard}",
               "-fsyntax-only", *_WARNINGS, *options, "-"]
    done = subprocess.run(command, input=f"#include <{header}>\n" * 2, capture_output=True,
                          text=True, check=False)
    if done.returncode == 0:
        return None
    reason = next((line for line in done.stderr.splitlines() if "error:" in line), done.stderr)
    return Finding(file.path, 1, f"does not compile alone as {standard} with {compiler}; "
                   f"include what it uses. {reason}")
