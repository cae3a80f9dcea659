# SPDX-License-Identifier: Apache-2.0
"""The tree works anywhere: no path of one machine, no host of a registry or mirror."""

import re
from typing import Iterator

from source import Finding, Tree

_HOME = re.compile(r"(?<![\w.$}/-])/(?:home|Users|work|root|mnt)/[\w.-]+")
_REGISTRY = re.compile(r"https?://[\w.-]*\b(?:registry|artifact\w*|mirrors?|snapshot|proxy"
                       r"|pypi|npmjs|crates|deb)\b[\w.-]*")


def check(tree: Tree) -> Iterator[Finding]:
    for file in tree.files:
        for number, line in enumerate(file.lines, 1):
            if match := _HOME.search(line):
                yield Finding(file.path, number, f"'{match[0]}' is a path of one machine; make it "
                              "relative to the tree, or an argument.")
            if match := _REGISTRY.search(line):
                yield Finding(file.path, number, f"'{match[0]}' names a registry; what is needed "
                              "comes from the distribution, by cmake/packages.txt.")
