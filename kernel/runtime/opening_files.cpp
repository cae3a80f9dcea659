// SPDX-License-Identifier: Apache-2.0
// Files of rows that are taken in once: balances as facts of the books, and plugins' tables.
#include "runtime/config/load_files.hpp"
#include "runtime/journal/journal_hash.hpp"
#include "runtime/opening.hpp"

#include <oms/sdk/fields.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <span>

namespace oms::runtime {

namespace {

/// So many transfers go into one input.
constexpr std::size_t transfers_at_once = OMS_MAX_INPUT_RECORDS - 1;

std::string read_all(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::string digest_text(std::string_view text) {
    const JournalHash hash = digest_of(std::as_bytes(std::span(text.data(), text.size())));
    return to_hex(hash);
}

}  // namespace

/// That a file was loaded is known by an entry with its name, which never goes away, unlike a key.
Opening::Loaded Opening::look_up(const std::string& path, std::string_view text) const {
    Loaded loaded;
    loaded.code = "load:" + std::filesystem::path(path).filename().string();
    loaded.code.resize(std::min<std::size_t>(loaded.code.size(), OMS_MAX_CODE_BYTES));
    std::replace(loaded.code.begin(), loaded.code.end(), ' ', '_');
    loaded.digest = digest_text(text);
    const std::uint32_t mark = find(OMS_class_origin, loaded.code);
    if (mark == 0) return loaded;
    loaded.before = true;
    loaded.changed = true;
    for (const oms_term& term : names_.terms(mark))
        if (term.field == sdk::field::text && sdk::view(term.text) == loaded.digest)
            loaded.changed = false;
    return loaded;
}

void Opening::mark_loaded(const Loaded& loaded) {
    sdk::Batch input;
    auto define = sdk::make<oms_define>();
    define.reference_class = OMS_class_origin;
    define.code = sdk::text(loaded.code);
    input.add(define);
    auto term = sdk::make<oms_term>();
    term.line = OMS_WHOLE_ORDER;
    term.field = sdk::field::text;
    term.type = OMS_term_type_text;
    term.text = sdk::text(loaded.digest);
    input.add(term);
    decide(input, loaded.code);
}

void Opening::load_tables() {
    for (const TableFile& file : config_.table_files) load_table(file);
}

void Opening::load_table(const TableFile& file) {
    const std::string text = read_all(file.path);
    const Loaded loaded = look_up(file.path, text);
    if (loaded.before && !loaded.changed) return;
    const TableSpec& table = *config_.instance(file.instance)->file.manifest.table(file.table);
    const std::size_t before = problems_.count();
    const std::vector<oms_write_cell> cells =
        read_table_file(file.path, table, find(OMS_class_plugin, file.instance), terms_, problems_);
    if (problems_.count() > before) return;
    for (const oms_write_cell& cell : cells) {
        sdk::Batch input;
        input.add(cell);
        decide(input, file.path);
    }
    mark_loaded(loaded);
    kernel_.commit_now();
    log_.info("oms", file.path + ": " + std::to_string(cells.size()) + " values of table " +
                         file.table + (loaded.before ? " taken in again" : " taken in"));
}

void Opening::load_balances() {
    for (const std::string& file : config_.balance_files) load_balance_file(file);
}

void Opening::load_balance_file(const std::string& path) {
    const Loaded loaded = look_up(path, read_all(path));
    if (loaded.before) {
        if (loaded.changed)
            log_.warning("oms", path +
                                    " has changed since it was posted; balances are posted once, "
                                    "later changes are postings of their own");
        return;
    }
    const std::size_t before = problems_.count();
    const std::vector<oms_transfer> transfers = read_balance_file(path, terms_, problems_);
    if (problems_.count() > before) return;
    // The note and the postings lie in one commit: a crash leaves both or neither.
    kernel_.commit_now();
    mark_loaded(loaded);
    for (std::size_t at = 0; at < transfers.size(); at += transfers_at_once) {
        sdk::Batch input;
        auto post = sdk::make<oms_post>();
        post.origin = find(OMS_class_origin, loaded.code);
        const std::string key = "part-" + std::to_string(at / transfers_at_once);
        post.key = sdk::text(key);
        post.reason = sdk::text(loaded.code);
        input.add(post);
        const std::size_t end = std::min(transfers.size(), at + transfers_at_once);
        for (std::size_t i = at; i < end; ++i) input.add(transfers[i]);
        if (!decide(input, path)) return;
    }
    kernel_.commit_now();
    log_.info("oms", path + ": " + std::to_string(transfers.size()) + " balances posted");
}

}  // namespace oms::runtime
