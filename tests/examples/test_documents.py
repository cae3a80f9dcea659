# SPDX-License-Identifier: Apache-2.0
"""What the documents show is so: their code is the examples' code, and their commands run."""

import os
import re
import sys
from pathlib import Path

import pytest
from hybrid import Hybrid
from running import EXAMPLES, OMS, ROOT, run

GUIDE = (ROOT / "docs" / "plugin-guide.md").read_text(encoding="utf-8")
LANGUAGE = (ROOT / "docs" / "lifecycle-language.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(text: str, language: str = r"\w*") -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def block_after(text: str, words: str) -> str:
    assert text.count(words) == 1, f"{words!r} is {text.count(words)} times in the document"
    return blocks(text[text.index(words):])[0]


@pytest.mark.parametrize("path", ["manifest.yaml", "CMakeLists.txt", "src/position_cap.cpp",
                                  "tests/position_cap_test.cpp"])
def test_the_guides_plugin_is_the_example(path):
    text = (EXAMPLES / "02_own_check" / path).read_text(encoding="utf-8")
    first, _, rest = text.partition("\n")
    assert "SPDX-License-Identifier" in first
    assert block_after(GUIDE, f"**`{path}`**") == rest


def test_the_guides_configuration_is_the_examples():
    config = (EXAMPLES / "02_own_check" / "oms.yaml").read_text(encoding="utf-8")
    missing = [line for line in block_after(GUIDE, "Use it in an `oms.yaml`").splitlines()
               if line.split("#")[0].rstrip() not in config]
    assert not missing
    caps = (EXAMPLES / "02_own_check" / "caps.csv").read_text(encoding="utf-8")
    assert block_after(GUIDE, "with `caps.csv`:") == caps


def test_the_scenario_of_the_page_passes(tmp_path):
    (tmp_path / "trade.yaml").write_text(
        (ROOT / "config" / "lifecycles" / "trade.yaml").read_text(encoding="utf-8"),
        encoding="utf-8")
    (tmp_path / "trade.scenario").write_text(block_after(LANGUAGE, "## Scenarios"),
                                             encoding="utf-8")
    assert "passed" in run([OMS, "lifecycle", "test", "trade.scenario"], tmp_path)


@pytest.mark.parametrize("command", re.findall(r"^    (oms lifecycle .+)$", LANGUAGE, re.MULTILINE))
def test_commands_of_the_page(command):
    run(command)


@pytest.mark.skipif("OMS_PYTHON" not in os.environ, reason="the Python package is not built")
def test_the_python_of_its_readme():
    text = (ROOT / "bindings" / "python" / "README.md").read_text(encoding="utf-8")
    said = run([sys.executable, "-B", "-c", blocks(text, "python")[0]],
               PYTHONPATH=os.environ["OMS_PYTHON"])
    assert said.startswith("100 [998]"), said


def test_the_orders_of_the_readme(tmp_path):
    commands = re.findall(r"`(oms order new [^`]+)`", README)
    assert len(commands) == 2
    hybrid = Hybrid(tmp_path)
    hybrid.start()
    try:
        for command in commands:
            assert "accepted" in run(command, OMS_SOCKET=hybrid.data / "control.sock")
    finally:
        hybrid.stop()


def documents() -> list[str]:
    found = [ROOT.glob("*.md"), (ROOT / "docs").glob("**/*.md"), EXAMPLES.glob("**/*.md")]
    return [str(each.relative_to(ROOT)) for files in found for each in sorted(files)]


@pytest.mark.parametrize("document", documents())
def test_links_lead_somewhere(document):
    text = (ROOT / document).read_text(encoding="utf-8")
    for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text):
        assert ((ROOT / document).parent / Path(link)).exists(), f"{document}: {link}"
