# SPDX-License-Identifier: Apache-2.0
"""The check of examples/02_own_check, built elsewhere, in an oms that runs."""

import shutil
import subprocess

from running import EXAMPLES, OMS, ROOT, run


def test_it_refuses_what_goes_beyond_the_cap(tmp_path):
    config = tmp_path / "examples" / "02_own_check"
    shutil.copytree(EXAMPLES / "02_own_check", config)
    shutil.copytree(ROOT / "config", tmp_path / "config")
    # Where it was built is in OMS_PLUGIN_PATH; the folder beside the configuration is not there.
    file = config / "oms.yaml"
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    file.write_text("".join(line for line in lines if not line.startswith("search:")),
                    encoding="utf-8")
    with subprocess.Popen([OMS, "--json", "run", config], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True) as process:
        try:
            ready = process.stdout.readline()
            assert ready, process.stderr.read()
            order = [OMS, "--config", config, "order", "new", "--kind", "trade",
                     "--account", "fund", "--limit", "10.00"]
            run([*order, "--key", "to-the-cap", "--buy", "40", "ACME"])
            said = run([*order, "--key", "beyond-it", "--buy", "41", "ACME"], exit_code=1)
            assert "OMS-1025" in said and "caps.POSITION_ABOVE_CAP" in said
            why = run([OMS, "--config", config, "why", "beyond-it"])
            assert "caps.POSITION_ABOVE_CAP" in why and "refuse" in why and "101" in why
        finally:
            process.terminate()
