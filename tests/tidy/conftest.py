# SPDX-License-Identifier: Apache-2.0
"""What the self-tests share: a tree made of a few files, held against one rule."""

import sys
from pathlib import Path

import pytest

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).parent))

import tidy  # noqa: E402
from source import Tree  # noqa: E402


@pytest.fixture
def broken(tmp_path):
    """Writes the files and answers where the rule is broken, as `file:line`, with the reasons."""

    def run(rule: str, files: dict[str, str]) -> tuple[list[str], str]:
        for path, text in files.items():
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_text(text)
        found = tidy.findings_of(rule, Tree(tmp_path, list(files), tmp_path / "build"))
        return [line.split(": [", 1)[0] for line in found], "\n".join(found)

    return run
