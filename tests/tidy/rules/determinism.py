# SPDX-License-Identifier: Apache-2.0
"""model, lifecycle and engine give the same outcome for the same input, on every machine."""

import re
from pathlib import PurePosixPath
from typing import Iterator

from source import Finding, SourceFile, Tree

_FOLDERS = ("kernel/model", "kernel/lifecycle", "kernel/engine")

_FORBIDDEN = [
    (r"\b\w+_clock\s*::|\b(?:clock_gettime|gettimeofday|localtime|gmtime)\w*\s*\(|<ctime>"
     r"|(?<![\w.>])(?:std::)?time\s*\(\s*(?:0|NULL|nullptr|&)",
     "reads a clock; the runtime stamps every input, take the time from there."),
    (r"<random>|\brandom_device\b|\bmt19937|(?<![\w.])(?:std::)?s?rand\s*\(|\bgetrandom\b",
     "is random; take a seed or a number from the input."),
    (r"\bstd::(?:j?thread|mutex|shared_mutex|async|future|promise|condition_variable)\b"
     r"|\bthread_local\b|\bpthread_\w+",
     "concerns threads; the engine has one, and does not know it."),
    (r"\b(?:float|double)\b|\bstrto(?:d|f|ld)\b|\bsto(?:d|f|ld)\b|\b\d+\.\d+f?\b(?!\.)",
     "is binary floating point; use a scaled integer (oms::Decimal)."),
]
_RULES = [(re.compile(pattern), reason) for pattern, reason in _FORBIDDEN]

_UNORDERED = r"\bunordered_(?:multi)?(?:map|set)\b|\bflat_hash_(?:map|set)\b"
_ALIAS = re.compile(r"\busing\s+(\w+)\s*=\s*[^;]*(?:%s)" % _UNORDERED)
_INCLUDE = re.compile(r'#\s*include\s*"([^"]+)"')


def check(tree: Tree) -> Iterator[Finding]:
    files = {f.path: f for f in tree.code("cpp") if f.under(*_FOLDERS) and not f.is_test}
    for file in files.values():
        for number, line in enumerate(file.code_lines, 1):
            for pattern, reason in _RULES:
                if match := pattern.search(line):
                    yield Finding(file.path, number, f"'{match[0].strip()}' {reason}")
        yield from _unordered_iteration(file, files)


def _unordered_iteration(file: SourceFile, files: dict[str, SourceFile]) -> Iterator[Finding]:
    names = _unordered_names(file)
    for header in _INCLUDE.findall(file.text):
        beside = str(PurePosixPath(file.path).parent / header)
        for path in (f"kernel/{header}", beside):
            if path in files:
                names |= _unordered_names(files[path])
    if not names:
        return
    name = "(?:%s)" % "|".join(map(re.escape, sorted(names)))
    iteration = re.compile(rf"\bfor\s*\([^;]*:\s*[\w.>()-]*?\b({name})\s*\)"
                           rf"|\b({name})\s*\.\s*c?r?(?:begin)\s*\(")
    for number, line in enumerate(file.code_lines, 1):
        if match := iteration.search(line):
            yield Finding(file.path, number,
                          f"'{match[1] or match[2]}' is unordered, and its order differs between "
                          "machines; iterate something sorted, or keep a vector beside it.")


def _unordered_names(file: SourceFile) -> set[str]:
    code = "\n".join(file.code_lines)
    types = "|".join([_UNORDERED, *(rf"\b{alias}\b" for alias in _ALIAS.findall(code))])
    return {name for match in re.finditer(types, code)
            if (name := _declared_after(code, match.end()))}


def _declared_after(code: str, position: int) -> str:
    """The name that a type, with its template arguments, is followed by."""
    depth = 0
    for offset in range(position, len(code)):
        char = code[offset]
        if char == "<":
            depth += 1
        elif char == ">":
            depth -= 1
        if depth == 0 and char != "<":
            rest = code[offset + 1 if char == ">" else offset:]
            match = re.match(r"[\s&*]*(?:const\s+)?(\w+)\s*[;={,)]", rest)
            return match[1] if match else ""
    return ""
