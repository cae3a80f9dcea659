#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Checks the house rules.

    tests/tidy/tidy.py [RULE …] [--root FOLDER] [--build FOLDER] [--update]

Without a rule every one is checked. Ends with 1 when a rule is broken. With --update a rule that
compares with a golden file writes it anew.
"""

import argparse
import importlib
import sys
from pathlib import Path

from source import Tree

HERE = Path(__file__).resolve().parent
RULES = sorted(file.stem for file in (HERE / "rules").glob("[a-z]*.py"))


def findings_of(rule: str, tree: Tree, update: bool = False) -> list[str]:
    module = importlib.import_module(f"rules.{rule}")
    if update and hasattr(module, "update"):
        module.update(tree)
    return [f"{f.file}:{f.line}: [{rule}] {f.message}" for f in module.check(tree)]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rules", nargs="*", choices=[[], *RULES], metavar="RULE",
                        help=", ".join(RULES))
    parser.add_argument("--root", type=Path, default=HERE.parents[1])
    parser.add_argument("--build", type=Path, help="default: build/dev")
    parser.add_argument("--update", action="store_true", help="write golden files anew")
    arguments = parser.parse_args()
    tree = Tree.of_git(arguments.root, arguments.build or arguments.root / "build" / "dev")
    broken = [line for rule in arguments.rules or RULES
              for line in findings_of(rule, tree, arguments.update)]
    print("\n".join(broken))
    print(f"{len(broken)} findings in {len(tree.files)} files", file=sys.stderr)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
