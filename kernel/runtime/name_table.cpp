// SPDX-License-Identifier: Apache-2.0
#include "runtime/name_table.hpp"

#include "lifecycle/words.hpp"

#include <algorithm>
#include <mutex>

namespace oms::runtime {

namespace {

/// References count up from a small number: an entry beyond this is not one that a kernel made.
constexpr std::uint32_t most_references = 1U << 26;

/// The words that every lifecycle knows are numbered below all entries and stand where an event
/// stands; so a number has its name wherever it is shown.
std::string_view word_of(std::uint32_t reference) {
    return lifecycle::name_of(lifecycle::event_words(), reference);
}

}  // namespace

std::string NameTable::key(std::uint32_t reference_class, std::string_view code) {
    std::string text(1, static_cast<char>(reference_class));
    text += code;
    return text;
}

std::string_view NameTable::keep(oms_text text) {
    if (text.size == 0) return {};
    return texts_.emplace_back(text.data, text.size);
}

void NameTable::apply(const oms_reference_defined& defined) {
    if (defined.reference >= most_references) return;
    const std::unique_lock lock(mutex_);
    if (defined.reference >= entries_.size()) entries_.resize(defined.reference + 1);
    Entry& entry = entries_[defined.reference];
    const bool known = entry.row.reference != 0;
    const oms_text code = known ? entry.row.code : sdk::text(keep(defined.code));
    auto row = sdk::make<oms_reference_row>();
    row.reference = defined.reference;
    row.reference_class = defined.reference_class;
    row.scale = defined.scale;
    row.price_scale = defined.price_scale;
    row.group = defined.group;
    row.route_via = defined.route_via;
    row.flags = defined.flags;
    row.revision = defined.revision;
    row.code = code;
    entry.row = row;
    if (!known) by_code_.emplace(key(row.reference_class, sdk::view(code)), row.reference);
}

void NameTable::apply(const oms_reference_term& term) {
    const std::unique_lock lock(mutex_);
    if (term.reference >= entries_.size()) return;
    auto kept = sdk::make<oms_term>();
    kept.line = OMS_WHOLE_ORDER;
    kept.field = term.field;
    kept.type = term.type;
    kept.product = term.product;
    kept.number = term.number;
    kept.text = sdk::text(keep(term.text));
    std::vector<oms_term>& terms = entries_[term.reference].terms;
    const auto known = std::find_if(terms.begin(), terms.end(), [&](const oms_term& other) {
        return other.field == term.field;
    });
    if (known == terms.end())
        terms.push_back(kept);
    else
        *known = kept;
}

const NameTable::Entry* NameTable::entry(std::uint32_t reference) const {
    if (reference == 0 || reference >= entries_.size()) return nullptr;
    const Entry& found = entries_[reference];
    return found.row.reference == 0 ? nullptr : &found;
}

std::uint32_t NameTable::find(std::uint32_t reference_class, std::string_view code) const {
    const std::shared_lock lock(mutex_);
    const auto found = by_code_.find(key(reference_class, code));
    return found == by_code_.end() ? 0 : found->second;
}

bool NameTable::describe(std::uint32_t reference, oms_reference_row& row) const {
    const std::shared_lock lock(mutex_);
    if (const Entry* found = entry(reference)) {
        row = found->row;
        return true;
    }
    const std::string_view word = word_of(reference);
    if (word.empty()) return false;
    row = sdk::make<oms_reference_row>();
    row.reference = reference;
    row.reference_class = OMS_class_event;
    row.code = sdk::text(word);
    return true;
}

std::vector<oms_term> NameTable::terms(std::uint32_t reference) const {
    const std::shared_lock lock(mutex_);
    const Entry* found = entry(reference);
    return found == nullptr ? std::vector<oms_term>() : found->terms;
}

std::vector<std::string> NameTable::codes(std::uint32_t reference_class, std::size_t most) const {
    const std::shared_lock lock(mutex_);
    std::vector<std::string> codes;
    for (const Entry& entry : entries_) {
        if (codes.size() >= most) break;
        if (entry.row.reference != 0 && entry.row.reference_class == reference_class)
            codes.emplace_back(sdk::view(entry.row.code));
    }
    return codes;
}

std::uint32_t NameTable::group(std::uint32_t reference) const {
    const std::shared_lock lock(mutex_);
    const Entry* found = entry(reference);
    return found == nullptr ? 0 : found->row.group;
}

bool NameTable::reference(std::uint32_t reference, sdk::ReferenceName& name) const {
    const std::shared_lock lock(mutex_);
    if (const Entry* found = entry(reference)) {
        name = {sdk::view(found->row.code), found->row.scale, found->row.price_scale};
        return true;
    }
    const std::string_view word = word_of(reference);
    if (!word.empty()) name = {word, 0, 0};
    return !word.empty();
}

}  // namespace oms::runtime
