# SPDX-License-Identifier: Apache-2.0
"""What a battery leaves for the table at the end of `./dev test --ci`; tests/figures says more."""

import os
from pathlib import Path


def leave_figures(battery: str, figures: dict[str, int]) -> None:
    """In the folder that OMS_FIGURES names; nowhere when it names none."""
    if "OMS_FIGURES" not in os.environ:
        return
    folder = Path(os.environ["OMS_FIGURES"])
    folder.mkdir(parents=True, exist_ok=True)
    lines = [f"{count} {what}\n" for what, count in figures.items()]
    (folder / f"{battery}.figures").write_text("".join(lines), encoding="utf-8")
