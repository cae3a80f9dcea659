# SPDX-License-Identifier: Apache-2.0
"""docs/errors.md lists every error code, and no code stands for two things."""

import re
from typing import Iterator

from source import Finding, Tree

_PAGE = "docs/errors.md"
_KERNEL = "kernel/abi/include/oms/abi/errors.def"
_REST = "plugins/connectors/rest/src/problem.hpp"
_TEXT = r'((?:"(?:[^"\\]|\\.)*"\s*)+)'
_ERROR = re.compile(r"OMS_ERROR\((\d+),\s*(\w+),\s*" + _TEXT + r",\s*" + _TEXT + r"\)")
_PROBLEM = re.compile(r"OMS_PROBLEM\((\d+),\s*(\w+),\s*(\d+),\s*" + _TEXT + r",\s*" + _TEXT + r"\)")
_CONSTANT = re.compile(r"\bErrorCode\s+(?:error_)?(\w+)\s*=\s*(\d{4})\s*;")

# What begins with these digits, and what such an error comes with.
_RANGES = {
    "30": ("Lifecycle documents", "with file, line and column"),
    "40": ("YAML, and manifests of plugins", "with file, line and column"),
    "41": ("Settings of plugins, and the files that hold plugins", "with the place"),
    "42": ("Plugins that are loaded and run", "with the instance and its file"),
    "50": ("The journal, while it is written", "with the file"),
    "51": ("The journal, as it is found", "with the file, and from where to where"),
    "52": ("Records in a journal", "with the file"),
    "60": ("Configurations, and the files that they name", "with file, line and column"),
    "61": ("The control socket", "with its path"),
    "62": ("Requests to a running kernel", "with the name or the key"),
    "63": ("The command line", "with the option or the argument"),
}

_HEAD = """# Errors
Every error has a code that never changes its meaning, the place, the reason, what to do, and, where
a name is mistyped, the name that was probably meant. The command line prints them, `--json` and
HTTP give them as data. `tests/tidy/tidy.py errors_doc --update` writes this page from the sources.
"""


def check(tree: Tree) -> Iterator[Finding]:
    if not any(file.path == _KERNEL for file in tree.files):
        return
    seen: dict[str, str] = {}
    for file, number, line, name in _codes(tree):
        if seen.setdefault(number, name) != name:
            yield Finding(file, line,
                          f"OMS-{number} is {seen[number]} already; take a free number.")
    page = tree.root / _PAGE
    if not page.exists() or page.read_text(encoding="utf-8") != _page(tree):
        yield Finding(_PAGE, 1, "it is not what the sources say; run: "
                      "tests/tidy/tidy.py errors_doc --update")


def update(tree: Tree) -> None:
    (tree.root / _PAGE).write_text(_page(tree), encoding="utf-8")


def _text_of(tree: Tree, path: str) -> str:
    # A macro's lines are joined before they are read.
    return next((file.text.replace("\\\n", "\n") for file in tree.files if file.path == path), "")


def _joined(text: str) -> str:
    return "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', text)).replace("|", r"\|")


def _codes(tree: Tree) -> Iterator[tuple[str, str, int, str]]:
    """File, number, line and name of every code."""
    for path, pattern in ((_KERNEL, _ERROR), (_REST, _PROBLEM)):
        text = _text_of(tree, path)
        for match in pattern.finditer(text):
            yield path, match[1], text.count("\n", 0, match.start()) + 1, match[2]
    for file in tree.code("cpp"):
        if file.is_test or not file.under("kernel", "plugins", "bindings"):
            continue
        for match in _CONSTANT.finditer(file.text):
            line = file.text.count("\n", 0, match.start()) + 1
            yield file.path, match[2], line, match[1]


def _page(tree: Tree) -> str:
    lines = [_HEAD, "## What the kernel refuses", "A request is refused with one of these, "
             "whichever way it came.", "", "| code | what | what to do |", "|---|---|---|"]
    lines += [f"| OMS-{m[1]} | {_joined(m[3])} | {_joined(m[4])} |"
              for m in _ERROR.finditer(_text_of(tree, _KERNEL))]
    lines += ["", "## What the HTTP connector answers", "Beside those above, as problem details "
              "(RFC 9457).", "", "| code | status | what | what to do |", "|---|---|---|---|"]
    lines += [f"| OMS-{m[1]} | {m[3]} | {_joined(m[4])} | {_joined(m[5])} |"
              for m in _PROBLEM.finditer(_text_of(tree, _REST))]
    lines += ["", "## What is wrong with files, plugins and commands",
              "Their reason and remedy name what is at hand, so they are said in place."]
    others = sorted({(number, name) for _, number, _, name in _codes(tree)
                     if number[:2] in _RANGES})
    for digits, (title, comes_with) in _RANGES.items():
        codes = [(number, name) for number, name in others if number.startswith(digits)]
        if not codes:
            continue
        lines += ["", f"### OMS-{digits}xx: {title}, {comes_with}"]
        lines.append(", ".join(f"{number} {name.replace('_', ' ')}" for number, name in codes))
    return "\n".join(lines) + "\n"
