// SPDX-License-Identifier: Apache-2.0
#include "runtime/journal/snapshot_files.hpp"

#include "runtime/journal/fact_line.hpp"
#include "runtime/journal/journal_errors.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <utility>

namespace oms::runtime {
namespace {

constexpr std::string_view prefix = "snapshot-";
constexpr std::string_view suffix = ".state";
constexpr std::string_view unfinished_suffix = ".state.part";
constexpr std::size_t head_bytes = 512;
constexpr std::size_t size_bytes = 4;
/// So much is written out at a time: commits beside it do not wait long for the disk.
constexpr std::uint64_t sent_bytes = std::uint64_t{512} << 10U;
constexpr std::size_t chunk_bytes_limit = std::size_t{1} << 30U;

constexpr const char* not_needed =
    "nothing: an older snapshot or the journal itself is used in its place; remove the file";

std::string unfinished_name(const std::string& name) { return name + ".part"; }

std::string head_of(const JournalId& id, const SnapshotFacts& facts) {
    std::string line = "oms-snapshot " + std::to_string(snapshot_format_version);
    line += " id=" + to_hex(id);
    put_number(line, " seq=", facts.seq);
    line += " hash=" + to_hex(facts.hash);
    put_number(line, " observed=", facts.observed);
    put_number(line, " form=", facts.form);
    put_number(line, " orders=", facts.orders);
    put_number(line, " bytes=", facts.bytes);
    line += " state=" + to_hex(facts.state_hash);
    close_line(line, head_bytes);
    return line;
}

std::array<std::byte, size_bytes> little_endian(std::size_t number) {
    std::array<std::byte, size_bytes> bytes{};
    for (std::byte& byte : bytes) {
        byte = static_cast<std::byte>(number & 0xffU);
        number >>= 8U;
    }
    return bytes;
}

std::size_t number_of(const std::array<std::byte, size_bytes>& bytes) {
    std::size_t number = 0;
    for (std::size_t i = size_bytes; i-- > 0;)
        number = number << 8U | std::to_integer<std::size_t>(bytes[i]);
    return number;
}

class StateHasher {
public:
    explicit StateHasher(std::uint64_t form) : state_(XXH3_createState()) {
        XXH3_128bits_reset_withSeed(state_, form);
    }
    ~StateHasher() { XXH3_freeState(state_); }
    StateHasher(const StateHasher&) = delete;
    StateHasher& operator=(const StateHasher&) = delete;
    void add(std::string_view bytes) { XXH3_128bits_update(state_, bytes.data(), bytes.size()); }
    StateHash finish() const {
        XXH128_canonical_t canonical;
        XXH128_canonicalFromHash(&canonical, XXH3_128bits_digest(state_));
        StateHash hash;
        std::memcpy(hash.data(), canonical.digest, hash.size());
        return hash;
    }

private:
    XXH3_state_t* state_;
};

}  // namespace

class SnapshotWriter::Hasher : public StateHasher {
    using StateHasher::StateHasher;
};
class SnapshotReader::Hasher : public StateHasher {
    using StateHasher::StateHasher;
};

std::string snapshot_name(std::uint64_t seq) {
    std::string name;
    put_number(name, prefix, seq);
    return name + std::string(suffix);
}

std::optional<std::uint64_t> snapshot_seq(std::string_view name) {
    if (!name.starts_with(prefix) || !name.ends_with(suffix)) return std::nullopt;
    std::uint64_t seq = 0;
    std::string_view rest = name;
    rest.remove_suffix(suffix.size());
    if (!take_number(rest, prefix, seq) || snapshot_name(seq) != name) return std::nullopt;
    return seq;
}

Result<std::vector<std::string>> list_snapshots(const SegmentPlace& place) {
    Result<std::vector<std::string>> names = place.directory->list();
    if (!names) return names;
    std::erase_if(*names, [](const std::string& name) { return !snapshot_seq(name); });
    std::reverse(names->begin(), names->end());
    return names;
}

Status remove_snapshot(const SegmentPlace& place, const std::string& name) {
    return vfs_remove(place.files, place.path(name));
}

Status tidy_snapshots(const SegmentPlace& place, std::size_t kept) {
    const Result<std::vector<std::string>> all = place.directory->list();
    if (!all) return tl::unexpected(all.error());
    for (const std::string& name : *all) {
        if (!name.starts_with(prefix) || !name.ends_with(unfinished_suffix)) continue;
        if (Status status = remove_snapshot(place, name); !status) return status;
    }
    const Result<std::vector<std::string>> snapshots = list_snapshots(place);
    if (!snapshots) return tl::unexpected(snapshots.error());
    for (std::size_t i = kept; i < snapshots->size(); ++i) {
        if (Status status = remove_snapshot(place, (*snapshots)[i]); !status) return status;
    }
    return {};
}

// ---- writing ------------------------------------------------------------------------------------

Result<std::unique_ptr<SnapshotWriter>> SnapshotWriter::create(const SegmentPlace& place,
                                                               const SnapshotFacts& facts) {
    std::unique_ptr<SnapshotWriter> writer(new SnapshotWriter);
    const std::string name = snapshot_name(facts.seq);
    // Left behind, and longer than what is written now, its end would stay.
    if (Status status = vfs_remove(place.files, place.path(unfinished_name(name))); !status) {
        return tl::unexpected(std::move(status.error()));
    }
    Result<VfsFile> file = VfsFile::open(place.files, place.path(unfinished_name(name)),
                                         SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
    if (!file) return tl::unexpected(std::move(file.error()));
    writer->place_ = place;
    writer->name_ = name;
    writer->file_ = std::move(*file);
    writer->behind_ = place.directory->write_behind(unfinished_name(name));
    writer->facts_ = facts;
    writer->facts_.bytes = 0;
    writer->hasher_ = std::make_shared<Hasher>(facts.form);
    return writer;
}

Status SnapshotWriter::add(std::string_view records) {
    if (records.empty()) return {};
    if (records.size() > chunk_bytes_limit) {
        return fail(error_snapshot_damaged, place_.path(name_),
                    "a chunk of " + std::to_string(records.size()) + " bytes is too large",
                    "this is a fault of the program: report it");
    }
    hasher_->add(records);
    const std::uint64_t at = head_bytes + facts_.bytes;
    if (Status status = file_.write(at, little_endian(records.size())); !status) return status;
    if (Status status = file_.write(at + size_bytes, std::as_bytes(std::span(records))); !status) {
        return status;
    }
    facts_.bytes += size_bytes + records.size();
    unsent_ += records.size();
    if (unsent_ < sent_bytes) return {};
    unsent_ = 0;
    behind_->send();
    return {};
}

Result<SnapshotFacts> SnapshotWriter::finish() {
    facts_.state_hash = hasher_->finish();
    const std::string head = head_of(place_.id, facts_);
    Status status = file_.write(0, std::as_bytes(std::span(head)));
    if (status) status = file_.sync();
    if (status) status = place_.directory->make_read_only(unfinished_name(name_));
    if (status) status = place_.directory->rename(unfinished_name(name_), name_);
    if (status) status = place_.directory->sync();
    if (!status) return tl::unexpected(std::move(status.error()));
    finished_ = true;
    file_.close();
    return facts_;
}

void SnapshotWriter::abandon() {
    file_.close();
    // If this fails as well, the next one tidies up.
    if (!finished_ && !name_.empty()) {
        static_cast<void>(vfs_remove(place_.files, place_.path(unfinished_name(name_))));
    }
}

// ---- reading ------------------------------------------------------------------------------------

Error SnapshotReader::damaged(std::string reason) const {
    return {error_snapshot_damaged, path_, "the snapshot is damaged: " + std::move(reason),
            not_needed};
}

Result<SnapshotReader> SnapshotReader::open(const SegmentPlace& place, const std::string& name) {
    SnapshotReader reader;
    reader.path_ = place.path(name);
    Result<VfsFile> file = VfsFile::open(place.files, reader.path_, SQLITE_OPEN_READONLY);
    if (!file) return tl::unexpected(std::move(file.error()));
    reader.file_ = std::move(*file);
    if (Status status = reader.read_head(place); !status) {
        return tl::unexpected(std::move(status.error()));
    }
    if (snapshot_seq(name) != reader.facts_.seq) {
        return tl::unexpected(reader.damaged("it says that it ends with seq " +
                                             std::to_string(reader.facts_.seq) +
                                             ", its name says otherwise"));
    }
    reader.hasher_ = std::make_shared<Hasher>(reader.facts_.form);
    return reader;
}

Status SnapshotReader::read_head(const SegmentPlace& place) {
    std::string head(head_bytes, '\0');
    if (Status status = file_.read(0, std::as_writable_bytes(std::span(head))); !status) {
        return status;
    }
    std::string_view rest = head;
    std::uint64_t version = 0;
    const std::string_view digits = take_fact(rest, "oms-snapshot ");
    std::from_chars(digits.data(), digits.data() + digits.size(), version);
    if (version > snapshot_format_version) {
        return fail(error_snapshot_version, path_,
                    "the snapshot has format version " + std::to_string(version) +
                        ", this program knows versions up to " +
                        std::to_string(snapshot_format_version),
                    not_needed);
    }
    JournalId id{};
    const bool fields = take_bytes(rest, " id=", id) && take_number(rest, " seq=", facts_.seq) &&
                        take_bytes(rest, " hash=", facts_.hash) &&
                        take_number(rest, " observed=", facts_.observed) &&
                        take_number(rest, " form=", facts_.form) &&
                        take_number(rest, " orders=", facts_.orders) &&
                        take_number(rest, " bytes=", facts_.bytes) &&
                        take_bytes(rest, " state=", facts_.state_hash);
    if (!fields || head_of(id, facts_) != head)
        return tl::unexpected(damaged("its head cannot be read"));
    if (id != place.id) {
        return fail(
            error_snapshot_foreign, path_,
            "the snapshot belongs to journal " + to_hex(id) + ", this one is " + to_hex(place.id),
            "move it to the journal that it came from");
    }
    const Result<std::uint64_t> size = file_.size();
    if (!size) return tl::unexpected(size.error());
    if (*size != head_bytes + facts_.bytes) {
        return tl::unexpected(damaged("it has " + std::to_string(*size) + " bytes instead of " +
                                      std::to_string(head_bytes + facts_.bytes)));
    }
    return {};
}

Result<bool> SnapshotReader::next(std::string& records) {
    if (at_ == facts_.bytes) {
        if (hasher_->finish() == facts_.state_hash) return false;
        return tl::unexpected(damaged("its records differ from its hash"));
    }
    std::array<std::byte, size_bytes> written{};
    if (facts_.bytes - at_ < size_bytes)
        return tl::unexpected(damaged("its last chunk is cut short"));
    if (Status status = file_.read(head_bytes + at_, written); !status) {
        return tl::unexpected(std::move(status.error()));
    }
    at_ += size_bytes;
    const std::size_t size = number_of(written);
    if (size == 0 || size > chunk_bytes_limit || size > facts_.bytes - at_)
        return tl::unexpected(damaged("a chunk says that it has " + std::to_string(size) +
                                      " bytes, at offset " + std::to_string(head_bytes + at_)));
    records.resize(size);
    if (Status status = file_.read(head_bytes + at_, std::as_writable_bytes(std::span(records)));
        !status) {
        return tl::unexpected(std::move(status.error()));
    }
    at_ += size;
    hasher_->add(records);
    return true;
}

Error snapshot_differs(const SegmentPlace& place, const std::string& name) {
    return {error_snapshot_foreign, place.path(name),
            "the snapshot follows another commit than the one that the journal has there",
            not_needed};
}

std::optional<Error> check_snapshot(
    const SegmentPlace& place, const std::string& name,
    const std::function<std::optional<JournalHash>(std::uint64_t)>& hash_at) {
    Result<SnapshotReader> reader = SnapshotReader::open(place, name);
    if (!reader) return std::move(reader.error());
    if (hash_at(reader->facts().seq) != reader->facts().hash) return snapshot_differs(place, name);
    std::string records;
    while (true) {
        Result<bool> more = reader->next(records);
        if (!more) return std::move(more.error());
        if (!*more) return std::nullopt;
    }
}

}  // namespace oms::runtime
