# SPDX-License-Identifier: Apache-2.0
"""The ABI's layout, each struct's size and offsets, is the one in abi_layout.golden."""

import difflib
import re
import subprocess
import tempfile
from pathlib import Path
from typing import Iterator

from source import Finding, Tree

_INCLUDE = "kernel/abi/include"
_GOLDEN = "tests/tidy/abi_layout.golden"
_STRUCT = re.compile(r"\bstruct\s+(oms_\w+)\s*\{([^{}]*)\}")
_MEMBER = re.compile(r"\(\s*\*\s*(\w+)\s*\)|(\w+)\s*(?:\[[^\]]*\]\s*)*$")


def check(tree: Tree) -> Iterator[Finding]:
    if not _headers(tree):
        return
    golden = tree.root / _GOLDEN
    wanted = golden.read_text().splitlines() if golden.exists() else []
    differences = [line for line in difflib.unified_diff(wanted, _layout(tree), lineterm="", n=0)
                   if not line.startswith(("+++", "---", "@@"))]
    if differences:
        yield Finding(_GOLDEN, 1, "the ABI's layout changed. If that is meant, raise "
                      "OMS_ABI_REVISION, unless it is a draft, and run: "
                      "tests/tidy/tidy.py abi_layout --update\n" + "\n".join(differences))


def update(tree: Tree) -> None:
    (tree.root / _GOLDEN).write_text("\n".join(_layout(tree)) + "\n")


def _headers(tree: Tree) -> list[str]:
    return [file.path.removeprefix(_INCLUDE + "/") for file in tree.files
            if file.under(_INCLUDE) and file.path.endswith(".h")]


def _layout(tree: Tree) -> list[str]:
    """Asks the compiler: a program prints what the preprocessed headers declare."""
    includes = "".join(f"#include <{header}>\n" for header in _headers(tree))
    compiler = ["gcc", "-std=c11", f"-I{tree.root / _INCLUDE}", "-x", "c", "-"]
    declared = subprocess.run([*compiler, "-E", "-P"], input=includes, check=True,
                              capture_output=True, text=True).stdout
    body = "".join(_print(name, members) for name, members in sorted(_STRUCT.findall(declared)))
    program = (f"#include <stddef.h>\n#include <stdio.h>\n{includes}"
               f"int main(void) {{\n{body}return 0;\n}}\n")
    with tempfile.TemporaryDirectory() as folder:
        binary = Path(folder) / "layout"
        subprocess.run([*compiler, "-o", str(binary)], input=program, check=True, text=True)
        return subprocess.run([binary], check=True, capture_output=True,
                              text=True).stdout.splitlines()


def _print(struct: str, members: str) -> str:
    kind = f"struct {struct}"
    lines = [f'printf("{struct} size %zu align %zu\\n", sizeof({kind}), _Alignof({kind}));\n']
    for member in members.split(";"):
        if match := _MEMBER.search(member.strip()):
            name = match[1] or match[2]
            lines.append(f'printf("    {name} at %zu size %zu\\n", '
                         f"offsetof({kind}, {name}), sizeof((({kind} *)0)->{name}));\n")
    return "".join(lines)
