# SPDX-License-Identifier: Apache-2.0
"""Writes a copy of a source file that is wrong on purpose.

usage: mutate.py SOURCE MUTANT OUTPUT

A mutant's file has `find` and `replace` blocks:

    <<<<
    what stands in the source, exactly
    ====
    what stands there in the mutant
    >>>>

Text that is not found, or found more often than once, is an error: the mutant must be mended when
the source changes, or it would no longer be wrong.
"""

import re
import sys
from pathlib import Path

_BLOCK = re.compile(r"^<<<<\n(.*?)^====\n(.*?)^>>>>$", re.MULTILINE | re.DOTALL)


def main() -> None:
    source, mutant, output = map(Path, sys.argv[1:])
    text = source.read_text()
    blocks = _BLOCK.findall(mutant.read_text())
    if not blocks:
        sys.exit(f"{mutant}: there is no block in it")
    for find, replace in blocks:
        if text.count(find) != 1:
            sys.exit(f"{mutant}: stands {text.count(find)} times in {source}, not once:\n{find}")
        text = text.replace(find, replace)
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(text)


main()
