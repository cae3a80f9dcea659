# SPDX-License-Identifier: Apache-2.0
"""A plugin exports its entry and nothing else."""

import subprocess
from typing import Iterator

from source import Finding, Tree

_ENTRY = "oms_plugin_entry_0"


def check(tree: Tree) -> Iterator[Finding]:
    for library in sorted((tree.build / "plugins").glob("*.so")) if tree.build else []:
        command = ["nm", "--dynamic", "--defined-only", "--format=posix", str(library)]
        listed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        symbols = sorted(line.split()[0] for line in listed.splitlines())
        if symbols != [_ENTRY]:
            surplus = ", ".join(s for s in symbols if s != _ENTRY) or "nothing"
            yield Finding(library.name, 1, f"exports {surplus} where it should export {_ENTRY} "
                          "alone; build it with oms_add_plugin(), which hides the rest.")
