# SPDX-License-Identifier: Apache-2.0
"""Every source names its licence at its top."""

from typing import Iterator

from source import Finding, Tree

_LINE = "SPDX-License-Identifier: Apache-2.0"


def check(tree: Tree) -> Iterator[Finding]:
    for file in tree.code("cpp", "python", "shell", "cmake", "yaml"):
        if not any(line.endswith(_LINE) or f"{_LINE} " in line for line in file.lines[:3]):
            yield Finding(file.path, 1, f"the first lines lack '{_LINE}'; add it as a comment.")
