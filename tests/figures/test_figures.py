# SPDX-License-Identifier: Apache-2.0
"""The table fails on whatever is missing or less than promised."""

from pathlib import Path

import pytest
from figures import ROWS, main, read

ENOUGH = {row.what: row.exactly if row.exactly is not None else 10_000_000 for row in ROWS}


def leave(folder: Path, figures: dict[str, int], battery: str = "battery") -> None:
    folder.mkdir(exist_ok=True)
    lines = [f"{count} {what}\n" for what, count in figures.items()]
    (folder / f"{battery}.figures").write_text("".join(lines), encoding="utf-8")


def test_passes_when_all_is_as_promised(tmp_path, capsys):
    leave(tmp_path, ENOUGH)
    assert main([str(tmp_path)]) == 0
    printed = capsys.readouterr()
    assert all(row.what in printed.out for row in ROWS) and printed.err == ""


@pytest.mark.parametrize("what", ENOUGH)
def test_fails_when_a_battery_left_nothing(tmp_path, capsys, what):
    leave(tmp_path, {name: count for name, count in ENOUGH.items() if name != what})
    assert main([str(tmp_path)]) == 1
    assert f"less than promised: {what}" in capsys.readouterr().err


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.what)
def test_fails_when_a_figure_is_not_what_it_should_be(tmp_path, row):
    wrong = 1 if row.exactly is not None else 10_000_000 - 1 if row.all_of else row.least - 1
    leave(tmp_path, ENOUGH | {row.what: wrong})
    assert main([str(tmp_path)]) == 1


def test_none_of_none_is_not_all(tmp_path):
    nothing = {"I/O fault positions": 0, "I/O fault positions that were hit": 0}
    leave(tmp_path, ENOUGH | nothing)
    assert main([str(tmp_path)]) == 1


def test_asks_for_more_of_what_is_random(tmp_path):
    twenty = {what: count * 20 for what, count in ENOUGH.items()}
    for seeds, outcome in ((20_000, 0), (19_999, 1)):
        leave(tmp_path, twenty | {"simulated seeds": seeds})
        assert main([str(tmp_path), "--times", "20"]) == outcome


def test_fails_on_a_figure_that_it_does_not_know(tmp_path, capsys):
    leave(tmp_path, ENOUGH | {"power cut": 1})
    assert main([str(tmp_path)]) == 1
    assert "power cut: not in the table" in capsys.readouterr().err


def test_adds_up_over_files_and_folders(tmp_path):
    leave(tmp_path / "one", {"power cuts": 3}, "first")
    leave(tmp_path / "one", {"power cuts": 4}, "second")
    leave(tmp_path / "other", {"power cuts": 5})
    assert read([tmp_path / "one", tmp_path / "other", tmp_path / "none"]) == {"power cuts": 12}
