# SPDX-License-Identifier: Apache-2.0
"""Includes go in one direction: abi <- sdk <- model <- lifecycle <- engine <- runtime <- edges."""

import re
from pathlib import PurePosixPath
from typing import Iterator

from source import Finding, SourceFile, Tree

_STEP = ["abi", "sdk", "model", "lifecycle", "engine", "runtime"]
_SEES = {layer: {*_STEP[: rank + 1]} for rank, layer in enumerate(_STEP)}
_SEES["yaml"] = {"abi", "sdk", "model", "yaml"}
_SEES["testkit"] = {*_STEP, "yaml", "testkit"}
_SEES["cli"] = {*_STEP, "yaml", "testkit", "cli"}
_SEES["bindings"] = {*_STEP, "yaml", "bindings"}
_SEES["plugin"] = {"abi", "sdk"}
_SEES["plugin test"] = {"abi", "sdk", "testkit"}
for _reader in ("lifecycle", "runtime"):
    _SEES[_reader].add("yaml")
_LAYERS = {*_STEP, "yaml", "testkit", "cli"}

# What the deterministic part of the kernel must not lean on, in #include and in CMakeLists.txt.
_PURE = {"abi", "sdk", "model", "lifecycle", "engine"}
_IMPURE_INCLUDE = re.compile(r"(Poco|boost(?!/container)|yaml-cpp|sqlite3|openssl|thread|mutex"
                             r"|future|condition_variable|pthread|semaphore|fcntl|unistd|sys)\b")
_IMPURE_LINK = re.compile(r"\b(Poco|SQLite\w*|sqlite3|Boost|yaml-cpp|Threads)\b")
_INCLUDE = re.compile(r"(Poco|boost(?!/container)|yaml-cpp|sqlite3|openssl|thread|mutex|future"
                             r"|future|condition_variable|pthread|semaphore|fcntl|unistd|sys)\b")
_IMPURE_LINK = re.compile(r"\b(Poco|SQLite\w*|sqlite3|Boost|yaml-cpp|Threads)\b")
_INCLUDE = re.compile(r'^\s*#\s*include\s*(?:<([^>]+)>|"([^"]+)")')


def check(tree: Tree) -> Iterator[Finding]:
    loaders = []
    for file in tree.code("cpp"):
        for number, line in enumerate(file.code_lines, 1):
            match = _INCLUDE.match(line)
            if not match:
                continue
            header = match.group(1) or match.group(2)
            if header.startswith("boost/dll"):
                loaders.append((file, number))
            message = _fault(file, header, quoted=match.group(2) is not None)
            if message:
                yield Finding(file.path, number, message)
    for file, number in loaders[1:]:
        yield Finding(file.path, number,
                      f"Boost.DLL is included in one file, {loaders[0][0].path}; load through it.")
    yield from _links(tree)


def _links(tree: Tree) -> Iterator[Finding]:
    for file in tree.code("cmake"):
        if _layer_of(file) not in _PURE:
            continue
        for number, line in enumerate(file.lines, 1):
            if match := _IMPURE_LINK.search(line.split("#")[0]):
                yield Finding(file.path, number, f"{_layer_of(file)} does no I/O and has no "
                              f"threads, so it does not link {match[1]}; do that in runtime.")


def _fault(file: SourceFile, header: str, quoted: bool) -> str:
    layer, wanted = _layer_of(file), _layer_of_header(header)
    if quoted and ".." in PurePosixPath(header).parts:
        return f'"{header}" climbs out of its folder; include it from kernel/ or the plugin.'
    if not layer:
        return ""
    if layer in _PURE and not wanted and not file.is_test and _IMPURE_INCLUDE.match(header):
        return f"{layer} does no I/O and has no threads: {header} belongs in runtime."
    if wanted and wanted not in _SEES[layer] and not _is_own(file, header):
        seen = ", ".join(sorted(_SEES[layer]))
        return f"{layer} must not see {wanted}; it sees {seen}. Move the code, or pass data."
    return ""


def _layer_of(file: SourceFile) -> str:
    parts = PurePosixPath(file.path).parts
    if parts[0] == "kernel" and len(parts) > 2:
        return parts[1]
    if parts[0] == "bindings":
        return "bindings"
    if parts[0] == "plugins" and len(parts) > 3:
        return "plugin test" if file.is_test else "plugin"
    return ""


def _layer_of_header(header: str) -> str:
    parts = PurePosixPath(header).parts
    if parts[0] == "oms" and len(parts) > 2:
        return parts[1]
    return parts[0] if parts[0] in _LAYERS and len(parts) > 1 else ""


def _is_own(file: SourceFile, header: str) -> bool:
    """A plugin may have a folder that is called like one of the kernel's."""
    home = file.root.joinpath(*PurePosixPath(file.path).parts[:3])
    return file.under("plugins") and any((home / f / header).exists() for f in (".", "src"))
