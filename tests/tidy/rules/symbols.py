# SPDX-License-Identifier: Apache-2.0
"""A plugin exports its entry and nothing else; what decides uses no I/O library and no threads."""

import re
import subprocess
from pathlib import Path
from typing import Iterator

from source import Finding, Tree

_ENTRY = "oms_plugin_entry_0"
_PURE = ("model", "lifecycle", "engine")
_IMPURE = re.compile(r"sqlite3_|pthread_(?:create|mutex|cond)|_ZNK?4(?:Poco|YAML)|_ZNK?5boost")


def check(tree: Tree) -> Iterator[Finding]:
    if not tree.build:
        return
    for library in sorted((tree.build / "plugins").glob("*.so")):
        symbols = _symbols(library, "--dynamic", "--defined-only")
        if symbols != [_ENTRY]:
            surplus = ", ".join(s for s in symbols if s != _ENTRY) or "nothing"
            yield Finding(library.name, 1, f"exports {surplus} where it should export {_ENTRY} "
                          "alone; build it with oms_add_plugin(), which hides the rest.")
    for layer in _PURE:
        for library in (tree.build / "kernel").glob(f"*/liboms_{layer}.a"):
            for symbol in filter(_IMPURE.match, _symbols(library, "--undefined-only")):
                yield Finding(library.name, 1, f"uses {symbol}; {layer} does no I/O and has no "
                              "threads, do that in runtime.")


def _symbols(library: Path, *options: str) -> list[str]:
    command = ["nm", "--format=posix", *options, str(library)]
    listed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return sorted({line.split()[0] for line in listed.splitlines() if len(line.split()) > 1})
