# SPDX-License-Identifier: Apache-2.0
"""The source tree as the rules see it: files, their text, and their code without comments."""

import re
import subprocess
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Iterator

CPP_SUFFIXES = {".c", ".h", ".cpp", ".hpp", ".def"}


@dataclass(frozen=True)
class Finding:
    """One breach of a rule: where it is, and what to do about it."""

    file: str
    line: int
    message: str


@dataclass(frozen=True)
class SourceFile:
    """A file of ours; `path` is relative to the root of the tree."""

    root: Path
    path: str

    @cached_property
    def text(self) -> str:
        return (self.root / self.path).read_text(encoding="utf-8", errors="replace")

    @cached_property
    def lines(self) -> list[str]:
        return self.text.splitlines()

    @cached_property
    def code_lines(self) -> list[str]:
        """The lines of a C or C++ file with comments and the insides of literals left out."""
        return without_comments(self.text).split("\n")

    @property
    def language(self) -> str:
        """One of cpp, python, shell, cmake, yaml, or nothing for what is not code."""
        name, suffix = Path(self.path).name, Path(self.path).suffix
        if suffix in CPP_SUFFIXES:
            return "cpp"
        if name == "CMakeLists.txt" or suffix == ".cmake":
            return "cmake"
        if suffix in {".py", ".pyi"}:
            return "python"
        if suffix in {".yaml", ".yml"}:
            return "yaml"
        if suffix == ".sh" or (not suffix and self.text.startswith("#!") and "sh" in self.lines[0]):
            return "shell"
        return ""

    @property
    def is_test(self) -> bool:
        return "tests" in Path(self.path).parts

    def under(self, *folders: str) -> bool:
        return any(self.path.startswith(folder + "/") for folder in folders)


class Tree:
    """The files of a source tree, and the folder that it is built in, if any."""

    def __init__(self, root: Path, paths: list[str], build: Path | None = None):
        self.root = root
        self.build = build
        self.files = [SourceFile(root, path) for path in sorted(paths)]

    @classmethod
    def of_git(cls, root: Path, build: Path | None = None) -> "Tree":
        """What git tracks or would track: nothing that a build left behind."""
        command = ["git", "-c", "safe.directory=*", "-C", str(root), "ls-files", "-z",
                   "--cached", "--others", "--exclude-standard"]
        listed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        return cls(root, [p for p in listed.split("\0") if p and (root / p).is_file()], build)

    def code(self, *languages: str) -> Iterator[SourceFile]:
        return (file for file in self.files if file.language in languages)


# A raw string, a comment, a string, a character; a quote within a number is a digit separator.
_TOKEN = re.compile(
    r'R"(?P<tag>[^\s()\\]{0,16})\((?P<raw>.*?)\)(?P=tag)"'
    r"|(?P<comment>//(?:[^\\\n]|\\.)*|/\*.*?\*/)"
    r'|"(?P<string>(?:[^"\\\n]|\\.)*)"'
    r"|(?<![0-9a-fA-F])'(?P<char>(?:[^'\\\n]|\\.)+)'",
    re.DOTALL,
)


def without_comments(text: str) -> str:
    """Blanks comments and the insides of literals, but for #include; keeps lines and columns."""

    def blank(match: re.Match) -> str:
        whole = match.group(0)
        if match.group("comment") is not None:
            return re.sub(r"[^\n]", " ", whole)
        if re.search(r"^[ \t]*#[ \t]*include[ \t]*$", text[: match.start()].rsplit("\n", 1)[-1]):
            return whole
        return whole[0] + re.sub(r"[^\n]", " ", whole[1:-1]) + whole[-1]

    return _TOKEN.sub(blank, text)
