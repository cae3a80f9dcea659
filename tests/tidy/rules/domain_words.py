# SPDX-License-Identifier: Apache-2.0
"""The kernel has no word of either domain in it: whole words, within identifiers and comments."""

import re
from pathlib import Path
from typing import Iterator

from source import Finding, Tree

# `isSku` is two words, and `SKUs` is one.
_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_LETTERS = re.compile(r"[A-Za-z]+")


def _read(path: Path) -> tuple[set[str], re.Pattern, set[str]]:
    """The forbidden words, phrases of C++ that mean another thing, and files left alone."""
    entries = {line.split("#")[0].strip() for line in path.read_text().splitlines()} - {""}
    phrases = {entry for entry in entries if entry[0] == "!"}
    files = {entry for entry in entries if entry[0] == "@"}
    return (entries - phrases - files,
            re.compile("|".join(re.escape(phrase[1:].strip()) for phrase in phrases)),
            {file[1:].strip() for file in files})


_WORDS, _PHRASES, _FILES = _read(Path(__file__).parents[1] / "domain_words.txt")


def check(tree: Tree) -> Iterator[Finding]:
    for file in tree.files:
        if not file.under("kernel") or file.path in _FILES:
            continue
        for number, line in enumerate(file.lines, 1):
            text = _PHRASES.sub(" ", line)
            for word in sorted({*_PART.findall(text), *_LETTERS.findall(text)}):
                if _is_domain(word.lower()):
                    yield Finding(file.path, number,
                                  f"'{word}' is a word of one domain; the kernel says what both "
                                  "have in common (order, line, route, execution, hold).")


def _is_domain(word: str) -> bool:
    return word in _WORDS or (word.endswith("s") and word[:-1] in _WORDS)
