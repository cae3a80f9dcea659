# SPDX-License-Identifier: Apache-2.0
"""Lines up to 100 columns, functions up to 70 lines, files up to 800."""

import ast
import re
from typing import Iterator

from source import Finding, SourceFile, Tree

COLUMNS, FUNCTION_LINES, FILE_LINES = 100, 70, 800

_LANGUAGES = ("cpp", "python", "shell", "cmake")


def check(tree: Tree) -> Iterator[Finding]:
    for file in tree.code(*_LANGUAGES):
        if len(file.lines) > FILE_LINES:
            yield Finding(file.path, FILE_LINES + 1, f"the file has {len(file.lines)} lines, "
                          f"{FILE_LINES} is the limit; split it by what its parts are for.")
        for number, line in enumerate(file.lines, 1):
            if len(line) > COLUMNS:
                yield Finding(file.path, number, f"the line has {len(line)} columns, {COLUMNS} is "
                              "the limit; break it (./dev format does in C++).")
        for first, last in functions(file):
            if last - first + 1 > FUNCTION_LINES:
                yield Finding(file.path, first, f"the function has {last - first + 1} lines, "
                              f"{FUNCTION_LINES} is the limit; name a part of it and move it out.")


def functions(file: SourceFile) -> Iterator[tuple[int, int]]:
    """First and last line of each function."""
    if file.language == "cpp":
        yield from _cpp_functions("\n".join(file.code_lines))
    elif file.language == "python":
        for node in ast.walk(ast.parse(file.text)):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                yield node.lineno, node.end_lineno or node.lineno
    else:
        shell = file.language == "shell"
        begin = re.compile(r"\w+\(\) *[{(]" if shell else r"(?i)(function|macro)\(")
        end = re.compile(r"[})]" if shell else r"(?i)end(function|macro)\(")
        first = 0
        for number, line in enumerate(file.lines, 1):
            if begin.match(line):
                first = number
            elif first and end.match(line):
                yield first, number
                first = 0


_PREPROCESSOR = re.compile(r"^[ \t]*#(?:[^\\\n]|\\\n|\\.)*", re.MULTILINE)
_TEMPLATE = re.compile(r"^\s*(?:template\s*<[^{};]*?>\s*)+(?=\w)")
_SCOPE = re.compile(r"\s*(?:inline\s+|typedef\s+)*(?:(?:namespace|class|struct|union|enum)\b"
                    r"|extern\s*\"[^\"]*\"\s*$)")
_INITIALISERS = re.compile(r"\)\s*(?:noexcept\s*(?:\([^()]*\)\s*)?)?:(?!:)")


def _cpp_functions(code: str) -> Iterator[tuple[int, int]]:
    """Follows the braces; outside a function, what precedes one tells whether it begins one."""
    code = _PREPROCESSOR.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), code)
    head, depth, function_depth, first, line = "", 0, 0, 0, 1
    initialiser_depth = 0
    for char in code:
        line += char == "\n"
        if char == "{":
            depth += 1
            if function_depth or initialiser_depth:
                continue
            if _INITIALISERS.search(head) and re.search(r"[\w>]\s*$", head):
                initialiser_depth = depth
            elif _begins_function(head):
                function_depth, first = depth, line - head.strip().count("\n")
            else:
                head = ""
        elif char == "}":
            if depth == function_depth:
                yield first, line
                function_depth, head = 0, ""
            elif depth == initialiser_depth:
                initialiser_depth, head = 0, head + "}"
            elif not function_depth and not initialiser_depth:
                head = ""
            depth -= 1
        elif not function_depth and not initialiser_depth:
            head = "" if char == ";" else head + char


def _begins_function(head: str) -> bool:
    head = _TEMPLATE.sub("", head)
    if _SCOPE.match(head) or ")" not in head:
        return False
    return re.search(r"(?:\breturn|=)\s*$", head) is None
