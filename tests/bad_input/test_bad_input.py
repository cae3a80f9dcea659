# SPDX-License-Identifier: Apache-2.0
"""Plays the tables of this folder: what is sent where, and the exact error that it gets.

After each case the process lives and every order is as it was; at the end the process is killed,
started again, and still has everything.
"""
import http.client
import json
import os
import pathlib
import re
import shlex
import shutil
import socket
import sys
import tomllib
import zlib

import pytest

from oms_process import HERE, Oms, PATIENCE_S, lay_out_world, run

sys.path.insert(0, str(HERE.parents[1] / "plugins" / "connectors" / "line" / "tests"))
import line_client  # noqa: E402

BAD_PLUGINS = os.environ.get("OMS_BAD_PLUGINS", "")


def cases_of(table: str) -> list:
    with (HERE / table).open("rb") as file:
        return [pytest.param(case, id=case["what"]) for case in tomllib.load(file)["case"]]


@pytest.fixture(name="oms", scope="session")
def running_oms(tmp_path_factory):
    """The world with three orders: 1 is filled, 2 and 3 wait for a person to route them."""
    oms = Oms(tmp_path_factory.mktemp("oms"))
    line = {"product": "ACME", "side": "buy", "quantity": "10", "price": "10.50"}
    oms.wait_until(lambda: oms.get("/v1/balances?account=desk")["balances"])
    for kind, key in (("trade", "filled"), ("careful", "open"), ("careful", "other")):
        oms.post("/v1/orders", {"kind": kind, "account": "desk", "lines": [line]}, key)
    oms.wait_until(lambda: oms.get("/v1/orders/1")["status"] == "filled")
    yield oms
    before = oms.orders(), oms.books()
    oms.kill()
    oms.start()
    assert (oms.orders(), oms.books()) == before
    assert oms.stop() == 0
    verified = run(["journal", "verify", oms.data], oms.data)
    assert verified.returncode == 0, verified.stdout + verified.stderr


@pytest.fixture(autouse=True)
def nothing_is_lost(request):
    if "oms" not in request.fixturenames:
        yield
        return
    oms = request.getfixturevalue("oms")
    before = oms.orders(), oms.books()
    yield
    assert oms.lives(), "".join(oms.log)
    assert (oms.orders(), oms.books()) == before


# ---- requests ----------------------------------------------------------------------------------

def answer_of(oms: Oms, case: dict):
    method, path = case["send"].split(" ", 1)
    headers = {"Content-Type": "application/json", "Idempotency-Key": case["what"][:64]}
    headers.update(case.get("headers", {}))
    body = case.get("body", "").encode() + b" " * case.get("and_blanks", 0)
    connection = http.client.HTTPConnection("127.0.0.1", oms.ports["rest"], timeout=PATIENCE_S)
    connection.request(method, path, body if method == "POST" else None,
                       {name: value for name, value in headers.items() if value})
    answer = connection.getresponse()
    return answer.status, answer.getheader("Content-Type"), json.loads(answer.read())


def check_problem(status: int, media: str, problem: dict, case: dict) -> None:
    assert status == case["status"], problem
    assert media == "application/problem+json"
    seen = {"code": problem["code"], "reason": problem["title"],
            "detail": problem.get("detail", ""),
            "place": problem.get("path", ""), "expected": problem.get("expected", ""),
            "observed": problem.get("observed", ""), "remedy": problem["remedy"]}
    assert seen == {name: case.get(name, "") for name in seen}


@pytest.mark.parametrize("case", cases_of("requests.toml"))
def test_request(oms, case):
    check_problem(*answer_of(oms, case), case)


def raw_answer_of(oms: Oms, case: dict):
    head = case["raw"].lstrip("\n").replace("\n", "\r\n") + "x" * case.get("long", 0)
    head += case.get("end", "") + ("\r\n" if case.get("long") else "")
    with socket.create_connection(("127.0.0.1", oms.ports["rest"]), timeout=PATIENCE_S) as wire:
        wire.sendall(head.encode() + b"\r\n" + case.get("then", "").encode())
        answer = http.client.HTTPResponse(wire)
        answer.begin()
        return answer.status, answer.getheader("Content-Type"), json.loads(answer.read())


@pytest.mark.parametrize("case", cases_of("heads.toml"))
def test_head(oms, case):
    check_problem(*raw_answer_of(oms, case), case)


# ---- what is said over a line session ----------------------------------------------------------

@pytest.fixture(name="wire", scope="session")
def line_session(oms):
    return line_client.LineClient("127.0.0.1", oms.ports["wire"], "wire")


def heard_of(wire: line_client.LineClient, case: dict) -> dict:
    """The first thing that is heard of what the case says."""
    if wire.socket is None:
        wire.connect()
    wire.orders.clear()
    wire.rejects.clear()
    try:
        if "say" in case:
            fields = {"key": case["what"], **case["say"]}
            said = line_client.Message(fields.pop("type"))
            if "type_of" in fields:
                fields["type"] = fields.pop("type_of")
            said.fields = fields
            number = str(wire.send(said).number)
        else:
            number = ""
            body = case["raw"].replace("NEXT", str(len(wire.store.sent) + 1)).encode()
            if body.endswith(b"|"):
                body += f"{zlib.crc32(body):08x}".encode()
            wire.socket.sendall(body + b"\n")
        wire.pump(PATIENCE_S, lambda: any(
            heard.get("ref") == number for heard in wire.orders + wire.rejects))
        heard = next(each for each in wire.orders + wire.rejects if each.get("ref") == number)
        return {"type": heard.type, **{name: heard.get(name) for name in
                                       ("what", "code", "text", "remedy") if heard.get(name)}}
    except ConnectionError as ended:
        wire.close()
        # Which number was due depends on what was said before.
        text = re.sub(r"\d+ was expected", "N was expected", str(ended))
        return {"type": "LOGOUT", "text": text.removeprefix("logged out: ")}


@pytest.mark.parametrize("case", cases_of("lines.toml"))
def test_line(oms, wire, case):
    assert heard_of(wire, case) == case["hears"]


# ---- what the command line says ----------------------------------------------------------------

def errors_of(done) -> list:
    """The errors that a verb told with --json, wherever it puts them."""
    for text in (done.stderr, done.stdout):
        start = min((at for at in (text.find("{"), text.find("[")) if at >= 0), default=-1)
        if start < 0:
            continue
        said, _ = json.JSONDecoder().raw_decode(text[start:])
        errors = []
        for part in said if isinstance(said, list) else [said]:
            errors += part.get("errors", [])
            errors += [{"code": card["card"], **card} for card in part.get("cards", [])
                       if card["outcome"] == "failed"]
            if part.get("accepted") is False or part.get("passed") is False:
                errors.append(part)
        if errors:
            return errors
    return []


def bare(text: str, folder: pathlib.Path) -> str:
    """The text without what differs from machine to machine."""
    text = re.sub(r"looked for (\S+) in .*?; build", r"looked for \1; build", text)
    for path in (folder, BAD_PLUGINS):
        text = text.replace(f"{path}/", "") if path else text
    return text


def check_errors(done, case: dict, folder: pathlib.Path) -> None:
    assert done.returncode == case["exit"], done.stdout + done.stderr
    seen = [{name: bare(error.get(name, ""), folder) for name in
             ("code", "place", "reason", "remedy")} for error in errors_of(done)]
    wanted = [{name: error.get(name, "") for name in ("code", "place", "reason", "remedy")}
              for error in case["errors"]]
    assert seen[:len(wanted)] == wanted, done.stdout + done.stderr


def changed(folder: pathlib.Path, case: dict) -> None:
    """Writes the case's changes into the files of the folder."""
    for name, old, new in case.get("change", []):
        text = (folder / name).read_text()
        assert text.count(old) >= 1, f"{name} has no {old!r}"
        (folder / name).write_text(text.replace(old, new, 1))
    for name, text in case.get("files", {}).items():
        (folder / name).write_text(text)


@pytest.mark.parametrize("case", cases_of("configurations.toml"))
def test_configuration(tmp_path, case):
    folder = lay_out_world(tmp_path / "world")
    changed(folder, case)
    done = run(["check", ".", "--json", "--plugin-path", BAD_PLUGINS or "."], folder)
    check_errors(done, case, pathlib.Path("."))


@pytest.mark.parametrize("verb", ["check", "run"])
@pytest.mark.parametrize("case", cases_of("starts.toml"))
def test_start(tmp_path, case, verb):
    """What a start would run into, `oms check` finds; it starts nothing, so no fault of a start."""
    if verb == "check" and case.get("starts"):
        pytest.skip("it shows when the plugin starts")
    folder = lay_out_world(tmp_path / "world")
    changed(folder, case)
    options = ["--in-memory", "--data", "data"] if verb == "run" else []
    done = run([verb, ".", *options, "--json", "--plugin-path", BAD_PLUGINS or "."], folder)
    check_errors(done, case, pathlib.Path("."))
    assert verb == "run" or not (folder / "data").exists()


@pytest.mark.parametrize("case", cases_of("lifecycles.toml"))
def test_lifecycle(tmp_path, case):
    shutil.copy(HERE / "world" / "gift_card.yaml", tmp_path)
    changed(tmp_path, case)
    check_errors(run(["lifecycle", "check", "gift_card.yaml", "--json"], tmp_path), case, tmp_path)


@pytest.mark.parametrize("case", cases_of("plugins.toml"))
def test_plugin(tmp_path, case):
    if not BAD_PLUGINS:
        pytest.skip("OMS_BAD_PLUGINS names no folder")
    words = shlex.split(case["run"].replace("BAD/", f"{BAD_PLUGINS}/"))
    check_errors(run([*words[1:], "--json"], tmp_path), case, tmp_path)


def test_a_card_that_is_skipped_counts_where_all_are_wanted(tmp_path):
    """A venue cannot be tried without something to trade."""
    verify = ["plugin", "verify", "sim_venue"]
    assert run(verify, tmp_path).returncode == 0
    assert run([*verify, "--all"], tmp_path).returncode == 1
    (tmp_path / "one.yaml").write_text('listings: ["ACME 10.00"]')
    done = run([*verify, "--all", "--settings", "one.yaml"], tmp_path)
    assert done.returncode == 0 and "0 skipped" in done.stdout, done.stdout + done.stderr


@pytest.mark.parametrize("case", cases_of("commands.toml"))
def test_command(oms, tmp_path, case):
    changed(tmp_path, case)
    words = shlex.split(case["run"].replace("DATA", str(oms.data)).replace(
        "WORLD", str(oms.folder)))
    done = run([*words[1:], "--json"], tmp_path, OMS_SOCKET=oms.socket)
    check_errors(done, case, oms.data)


# ---- garbage where bytes come in ---------------------------------------------------------------

def exchange(address, said: bytes) -> bytes:
    """Sends the bytes, closes that way, and reads until the other side closes or says enough."""
    family = socket.AF_UNIX if isinstance(address, str) else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as wire:
        wire.settimeout(PATIENCE_S)
        wire.connect(address)
        heard = b""
        try:
            wire.sendall(said)
            wire.shutdown(socket.SHUT_WR)
            while part := wire.recv(65536):
                heard += part
                if len(heard) > 65536:
                    break
        except (ConnectionResetError, BrokenPipeError):
            pass
        return heard


GARBAGE = {
    "zeros": bytes(4096),
    "all bytes": bytes(range(256)) * 64,
    "a huge length": b"\xff" * 64,
    "one byte": b"\x01",
    "text": b"hello, is anybody there?\r\n\r\n",
    "nothing": b"",
}


@pytest.mark.parametrize("garbage", GARBAGE.values(), ids=GARBAGE.keys())
def test_garbage_on_the_control_socket(oms, garbage):
    exchange(oms.socket, garbage)
    assert run(["orders"], oms.data, OMS_SOCKET=oms.socket).returncode == 0


@pytest.mark.parametrize("garbage", GARBAGE.values(), ids=GARBAGE.keys())
def test_garbage_on_the_line_port(oms, garbage):
    exchange(("127.0.0.1", oms.ports["wire"]), garbage)


@pytest.mark.parametrize("garbage", GARBAGE.values(), ids=GARBAGE.keys())
def test_garbage_on_the_http_port(oms, garbage):
    heard = exchange(("127.0.0.1", oms.ports["rest"]), garbage)
    assert heard == b"" or heard.startswith((b"HTTP/1.1 400 ", b"HTTP/1.1 431 ")), heard[:200]


# ---- the journal -------------------------------------------------------------------------------

def test_a_journal_that_another_process_has(oms):
    done = run(["run", oms.folder, "--data", oms.data, "--json"], oms.data)
    check_errors(done, {"exit": 6, "errors": [{
        "code": "OMS-5000", "place": "journal/lock",
        "reason": f"the journal is in use by the process with pid {oms.process.pid}",
        "remedy": "ask that process through its control socket, or end it before you start another "
                  "one here"}]}, oms.data)


def test_eight_half_requests_keep_nobody_waiting(oms):
    held = []
    for _ in range(8):
        wire = socket.create_connection(("127.0.0.1", oms.ports["rest"]), timeout=PATIENCE_S)
        wire.sendall(b"POST /v1/orders HTTP/1.1\r\nHost: localhost\r\nContent-Len")
        held.append(wire)
    for _ in range(20):
        assert oms.get("/healthz")
    for wire in held:  # and after request_timeout they are told so
        assert wire.recv(4096).startswith(b"HTTP/1.1 408 ")
        wire.close()
