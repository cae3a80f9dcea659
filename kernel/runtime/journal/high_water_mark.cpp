// SPDX-License-Identifier: Apache-2.0
#include "runtime/journal/high_water_mark.hpp"

#include "runtime/journal/fact_line.hpp"
#include "runtime/journal/journal_errors.hpp"

#include <array>
#include <optional>
#include <string_view>

namespace oms::runtime {
namespace {

/// One line of exactly slot_bytes.
void write_slot(std::string& text, const Mark& mark) {
    text = "oms-mark 1 id=" + to_hex(mark.id);
    put_number(text, " epoch=", mark.epoch);
    put_number(text, " seq=", mark.seq);
    text += " hash=" + to_hex(mark.hash);
    put_number(text, " number=", mark.number);
    close_line(text, HighWaterMark::slot_bytes);
}

std::optional<Mark> read_slot(std::string_view slot) {
    Mark mark;
    std::string_view rest = slot;
    const bool fields =
        take_bytes(rest, "oms-mark 1 id=", mark.id) && take_number(rest, " epoch=", mark.epoch) &&
        take_number(rest, " seq=", mark.seq) && take_bytes(rest, " hash=", mark.hash) &&
        take_number(rest, " number=", mark.number);
    if (!fields) return std::nullopt;
    // Written again, it must give the same bytes: no other spelling counts.
    std::string again;
    write_slot(again, mark);
    if (again != slot) return std::nullopt;
    return mark;
}

}  // namespace

Result<HighWaterMark> HighWaterMark::create(sqlite3_vfs* vfs, const std::string& path,
                                            const Mark& mark) {
    Result<VfsFile> file = VfsFile::open(vfs, path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
    if (!file) return tl::unexpected(std::move(file.error()));
    HighWaterMark made;
    made.file_ = std::move(*file);
    made.mark_ = mark;
    // Both slots, so that a later one that cannot be read is known to be damaged.
    for (int slot = 0; slot < 2; ++slot) {
        if (Status status = made.write(mark.epoch, mark.seq, mark.hash); !status) {
            return tl::unexpected(std::move(status.error()));
        }
    }
    if (Status status = made.sync(); !status) return tl::unexpected(std::move(status.error()));
    return made;
}

Result<HighWaterMark> HighWaterMark::open(sqlite3_vfs* vfs, const std::string& path,
                                          bool writable) {
    Result<VfsFile> file =
        VfsFile::open(vfs, path, writable ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY);
    if (!file) return tl::unexpected(std::move(file.error()));
    HighWaterMark opened;
    opened.file_ = std::move(*file);
    std::array<std::optional<Mark>, 2> found;
    for (std::size_t slot = 0; slot < found.size(); ++slot) {
        std::string text(slot_bytes, '\0');
        const std::uint64_t offset = slot * slot_distance;
        if (Status status = opened.file_.read(offset, std::as_writable_bytes(std::span(text)));
            !status) {
            return tl::unexpected(std::move(status.error()));
        }
        found[slot] = read_slot(text);
    }
    if (!found[0] && !found[1]) {
        return fail(error_journal_mark_damaged, path, "the high-water mark cannot be read",
                    "run `oms journal verify`; if the journal is whole, move this file away and "
                    "start once with a missing mark accepted");
    }
    const bool second = !found[0] || (found[1] && found[1]->number > found[0]->number);
    opened.mark_ = second ? *found[1] : *found[0];
    opened.one_slot_damaged_ = !found[0] || !found[1];
    return opened;
}

Status HighWaterMark::write(std::uint64_t epoch, std::uint64_t seq, const JournalHash& hash) {
    mark_.epoch = epoch;
    mark_.seq = seq;
    mark_.hash = hash;
    ++mark_.number;
    write_slot(text_, mark_);
    return file_.write(mark_.number % 2 * slot_distance, std::as_bytes(std::span(text_)));
}

}  // namespace oms::runtime
