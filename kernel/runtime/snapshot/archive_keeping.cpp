// SPDX-License-Identifier: Apache-2.0
#include "runtime/snapshot/archive_keeping.hpp"

#include "runtime/journal/journal_errors.hpp"

#include <algorithm>
#include <optional>
#include <vector>

namespace oms::runtime {

namespace {

/// One transaction: whoever reads meanwhile waits for one at most.
constexpr std::size_t facts_at_once = 200;

class Pen {
public:
    explicit Pen(ArchiveFile& file) : file_(file) {}

    Status put(const Archive::Fact& fact) {
        keys_.push_back(keys_of_archived(fact.effects));
        facts_.push_back({fact.seq, fact.order, fact.effects, keys_.back().routes, {}});
        return facts_.size() < facts_at_once ? Status{} : write();
    }

    Status write() {
        for (std::size_t i = 0; i < facts_.size(); ++i)
            for (const auto& [destination, ref] : keys_[i].refs)
                facts_[i].refs.emplace_back(destination, ref);
        Status status = file_.add(facts_);
        facts_.clear();
        keys_.clear();
        return status;
    }

private:
    ArchiveFile& file_;
    std::vector<ArchivedFact> facts_;
    std::vector<ArchivedKeys> keys_;
};

}  // namespace

Status write_archive(ArchiveFile& file, const Archive& archive, std::uint64_t seq,
                     bool for_snapshot, const GoOn& go_on) {
    // Where nothing was ever retired no file is needed.
    if (archive.size() == 0 && archive.facts().empty()) return {};
    const auto& facts = archive.facts();
    const auto unknown =
        std::partition_point(facts.begin(), facts.end(),
                             [&](const Archive::Fact& fact) { return fact.seq <= file.through(); });
    Pen pen(file);
    for (auto fact = unknown; fact != facts.end(); ++fact) {
        if (go_on && !go_on()) return fail(error_journal_interrupted, {}, "it was told to end", {});
        if (Status status = pen.put(*fact); !status) return status;
    }
    if (Status status = pen.write(); !status) return status;
    std::optional<ArchiveSum> sum;
    if (for_snapshot) sum = ArchiveSum{archive.size(), archive.digest()};
    return file.finish(seq, sum);
}

Status relieve(ArchiveFile* file, const Archive& archive, std::uint64_t seq) {
    if (file == nullptr || archive.facts().empty()) return {};
    const bool is_known = archive.facts().back().seq <= file->through();
    if (is_known || archive.bytes_held() < archive_bytes_held) return {};
    return write_archive(*file, archive, seq, false);
}

}  // namespace oms::runtime
