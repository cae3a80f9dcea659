# SPDX-License-Identifier: Apache-2.0
"""Each rule can fail, says where, and lets pass what is right."""

import shutil
import subprocess

import pytest

SPDX = "// SPDX-License-Identifier: Apache-2.0\n"


@pytest.mark.parametrize("path, include", [
    ("kernel/abi/include/oms/abi/a.h", "<oms/sdk/text.hpp>"),
    ("kernel/model/a.cpp", '"engine/step.hpp"'),
    ("kernel/model/a.cpp", "<Poco/Path.h>"),
    ("kernel/engine/a.cpp", "<thread>"),
    ("kernel/engine/a.cpp", '"lifecycle/../runtime/clock.hpp"'),
    ("kernel/engine/a.cpp", '"yaml/document.hpp"'),
    ("kernel/lifecycle/compile.cpp", "<yaml-cpp/parser.h>"),
    ("kernel/yaml/document.cpp", '"runtime/loader.hpp"'),
    ("kernel/testkit/a.cpp", '"cli/verbs.hpp"'),
    ("plugins/checks/limits/src/a.cpp", '"model/ids.hpp"'),
    ("plugins/checks/limits/src/a.cpp", "<oms/testkit/host.hpp>"),
    ("bindings/python/a.cpp", '"cli/verbs.hpp"'),
])
def test_include_against_the_direction(broken, path, include):
    places, _ = broken("includes", {path: f"#include {include}\n"})
    assert places == [f"{path}:1"]


def test_include_in_the_direction(broken):
    places, reasons = broken("includes", {
        "kernel/sdk/include/oms/sdk/a.hpp": "#include <oms/abi/base.h>\n",
        "kernel/runtime/a.cpp": '#include "engine/step.hpp"\n#include <thread>\n',
        "kernel/lifecycle/yaml_reader.cpp": '#include "yaml/document.hpp"\n',
        "kernel/cli/a.cpp": "#include <oms/testkit/host.hpp>\n",
        "plugins/checks/limits/src/model/a.hpp": "",
        "plugins/checks/limits/src/a.cpp": '#include "model/a.hpp"\n// #include "engine/a.hpp"\n',
        "plugins/checks/limits/tests/a.cpp": "#include <oms/testkit/host.hpp>\n",
    })
    assert places == [], reasons


def test_second_loader(broken):
    places, _ = broken("includes", {
        "kernel/runtime/loader.cpp": "#include <boost/dll/shared_library.hpp>\n",
        "kernel/runtime/other.cpp": "#include <boost/dll/import.hpp>\n",
    })
    assert places == ["kernel/runtime/other.cpp:1"]


def test_link_of_io_in_engine(broken):
    places, _ = broken("includes", {
        "kernel/engine/CMakeLists.txt": "target_link_libraries(oms_engine\n  Threads::Threads)\n",
        "kernel/runtime/CMakeLists.txt": "target_link_libraries(oms_runtime Poco::Net)\n",
    })
    assert places == ["kernel/engine/CMakeLists.txt:2"]


@pytest.mark.parametrize("line", [
    "// the venue answers", "int stock_level;", "class StockLevel;", "auto SKUs = 1;", "int isSku;",
])
def test_domain_word(broken, line):
    places, _ = broken("domain_words", {"kernel/model/a.cpp": f"\n{line}\n"})
    assert places == ["kernel/model/a.cpp:2"]


@pytest.mark.parametrize("line", [
    "prefix, suffix and fixed", "std::exchange(a, b)", "x.compare_exchange_weak(a, b)",
    "std::shared_ptr", "bonded", "cartesian",
])
def test_no_domain_word(broken, line):
    places, _ = broken("domain_words", {"kernel/model/a.cpp": line, "plugins/a/b/README.md": "sku"})
    assert places == []


@pytest.mark.parametrize("line", [
    "auto t = std::chrono::steady_clock::now();", "auto t = time(nullptr);", "std::mt19937 g;",
    "int r = rand();", "std::thread t;", "thread_local int x;", "double price;", "auto x = 0.5;",
])
def test_not_deterministic(broken, line):
    places, _ = broken("determinism", {
        "kernel/engine/a.cpp": f"\n{line}\n",
        "kernel/runtime/a.cpp": line,
        "kernel/engine/tests/a_test.cpp": line,
    })
    assert places == ["kernel/engine/a.cpp:2"]


@pytest.mark.parametrize("line", [
    "due_time(now)", "view.time(x)", 'auto s = "double";', "// a double-entry ledger",
    "std::uint64_t n = 1'000'000;", "operand(1)",
])
def test_deterministic(broken, line):
    places, reasons = broken("determinism", {"kernel/model/a.cpp": line})
    assert places == [], reasons


def test_unordered_iteration(broken):
    places, _ = broken("determinism", {
        "kernel/model/book.hpp": "using Index = std::unordered_map<Id, std::vector<int>>;\n"
                                 "struct Book { Index index_; std::vector<int> rows_; };\n",
        "kernel/model/book.cpp": '#include "model/book.hpp"\n'
                                 "for (auto& [id, row] : index_) use(row);\n"
                                 "for (auto& row : rows_) use(row);\n"
                                 "auto first = index_.begin();\n"
                                 "auto found = index_.find(id);\n",
        "kernel/model/seen.cpp": "std::unordered_set<int> seen;\n"
                                 "std::vector<int> all(seen.begin(), seen.end());\n",
    })
    assert places == ["kernel/model/book.cpp:2", "kernel/model/book.cpp:4",
                      "kernel/model/seen.cpp:2"]


def lines(count: int) -> str:
    return "    use();\n" * count


@pytest.mark.parametrize("path, head, tail", [
    ("a.cpp", "int f(int x) const noexcept {\n", "}\n"),
    ("a.cpp", "template <class T = std::less<>>\nauto f(T x)\n    -> std::vector<T> {\n", "}\n"),
    ("a.cpp", "namespace a {\nclass B : public C {\n  void f() {\n", "}\n};\n}\n"),
    ("a.cpp", "A::A(int x) : B{x}, c_(x), d_{} {\n", "}\n"),
    ("a.cpp", 'extern "C" {\nTEST(A, B) {\n', "}\n}\n"),
    ("a.cpp", "const auto f = [](int x) {\n", "};\n"),
    ("a.cpp", "#define OPEN {\nbool operator()(A a) {\n", "}\n"),
    ("a.py", "def f():\n", ""),
    ("a.sh", "f() {\n", "}\n"),
    ("a.cmake", "function(f)\n", "endfunction()\n"),
])
def test_function_length(broken, path, head, tail):
    call = "    use()\n" if path.endswith((".py", ".cmake")) else "    use();\n"
    short = broken("lengths", {path: head + call * 65 + tail})
    assert short[0] == []
    assert len(broken("lengths", {path: head + call * 71 + tail})[0]) == 1


def test_scope_is_no_function(broken):
    text = "namespace a {\nstruct B : C<decltype(d())> {\n" + "    int x;\n" * 90 + "};\n}\n"
    text += "constexpr int table[] = {\n" + "    f(1),\n" * 90 + "};\n"
    places, reasons = broken("lengths", {"a.cpp": text})
    assert places == [], reasons


def test_line_and_file_length(broken):
    places, _ = broken("lengths", {
        "a.cpp": "x" * 101 + "\n" + "é" * 100 + "\n", "b.hpp": "\n" * 801, "c.md": "x" * 200})
    assert places == ["a.cpp:1", "b.hpp:801"]


def test_licence(broken):
    places, _ = broken("licence", {
        "a.cpp": "int a;\n", "b.cpp": SPDX, "c.yaml": "a: b\n", "d.md": "text\n",
        "CMakeLists.txt": "project(a)\n", "run": "#!/bin/sh\n# " + SPDX,
        "e.h": "/* SPDX-License-Identifier: Apache-2.0 */\n"})
    assert places == ["CMakeLists.txt:1", "a.cpp:1", "c.yaml:1"]


@pytest.mark.parametrize("text", ["/ho" "me/someone/oms", "ht" "tps://deb.example.org/x",
                                  "ht" "tp://my-mirror.example.org"])
def test_place(broken, text):
    assert broken("places", {"a.md": f"see {text}\n"})[0] == ["a.md:1"]


def test_no_place(broken):
    text = "https://www.example.org $HOME/oms ./work/x /usr/bin/python3 docs/home/x\n"
    assert broken("places", {"a.md": text})[0] == []


@pytest.fixture
def library(tmp_path):
    """Builds a shared library as a plugin would lie in the build folder."""

    def build(code: str) -> None:
        (tmp_path / "build" / "plugins").mkdir(parents=True)
        command = ["gcc", "-shared", "-fPIC", "-x", "c", "-", "-o",
                   str(tmp_path / "build" / "plugins" / "oms_x.so")]
        subprocess.run(command, input=code, check=True, text=True)

    return build


def test_surplus_symbol(broken, library):
    library("int oms_plugin_entry_0; int other;")
    places, reasons = broken("symbols", {})
    assert places == ["oms_x.so:1"] and "exports other" in reasons


def test_missing_symbol(broken, library):
    library("static int x;")
    assert broken("symbols", {})[0] == ["oms_x.so:1"]


def test_one_symbol(broken, library):
    library("int oms_plugin_entry_0;")
    assert broken("symbols", {})[0] == []


def test_archive_that_does_io(broken, tmp_path):
    folder = tmp_path / "build" / "kernel" / "engine"
    folder.mkdir(parents=True)
    calls = {"engine": "sqlite3_open", "runtime": "sqlite3_open", "model": "memcpy"}
    for name, call in calls.items():
        code = f"void {call}(void); void f(void); void f(void) {{ {call}(); }}"
        subprocess.run(["gcc", "-fno-builtin", "-c", "-x", "c", "-", "-o", folder / "a.o"],
                       input=code, check=True, text=True)
        subprocess.run(["ar", "rc", folder / f"liboms_{name}.a", folder / "a.o"], check=True)
    places, reasons = broken("symbols", {})
    assert places == ["liboms_engine.a:1"] and "sqlite3_open" in reasons


def test_header_that_needs_another(broken):
    places, reasons = broken("headers", {
        "kernel/abi/include/oms/abi/good.h":
            "#pragma once\n#include <stdint.h>\nuint32_t f(void);\n",
        "kernel/abi/include/oms/abi/bad.h": "#pragma once\nuint32_t g(void);\n",
        "kernel/abi/include/oms/abi/cpp.h": "#pragma once\nnamespace oms {}\n",
        "kernel/sdk/include/oms/sdk/twice.hpp": "struct Twice {};\n",
    })
    assert {place.split("/")[-1] for place in places} == {"bad.h:1", "cpp.h:1", "twice.hpp:1"}
    assert "include what it uses" in reasons


def test_changed_layout(broken):
    header = "kernel/abi/include/oms/abi/a.h"
    golden = {"tests/tidy/abi_layout.golden":
              "oms_a size 16 align 8\n    x at 0 size 4\n    call at 8 size 8\n"}
    struct = "struct oms_a {{ int x; {} (*call)(int y); }};\n"
    assert broken("abi_layout", {header: struct.format("void"), **golden})[0] == []
    places, reasons = broken("abi_layout", {header: struct.format("long z; void"), **golden})
    assert places and "z at 8" in reasons and "--update" in reasons


def test_errors_that_are_not_documented(broken):
    definition = "kernel/abi/include/oms/abi/errors.def"
    error = 'OMS_ERROR(1001, first, "what it is", "what to do")\n'
    places, reasons = broken("errors_doc", {definition: error})
    assert places == ["docs/errors.md:1"] and "--update" in reasons


def test_one_code_for_two_errors(broken):
    places, reasons = broken("errors_doc", {
        "kernel/abi/include/oms/abi/errors.def":
            'OMS_ERROR(1001, first, "what it is", "what to do")\n',
        "kernel/runtime/a.hpp": "inline constexpr ErrorCode error_one = 6000;\n",
        "kernel/runtime/b.cpp": "constexpr ErrorCode error_other = 6000;\n",
    })
    assert "kernel/runtime/b.cpp:1" in places and "OMS-6000 is one already" in reasons


@pytest.mark.skipif(not shutil.which("clang"), reason="clang is a linter's, and may be missing")
def test_clang_is_asked_too(broken):
    text = "#pragma once\n#ifdef __clang__\n#error clang\n#endif\n"
    assert broken("headers", {"kernel/abi/include/oms/abi/a.h": text})[0]
