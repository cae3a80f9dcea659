// SPDX-License-Identifier: Apache-2.0
#include "virtual_disk.hpp"

#include "chance.hpp"

#include <algorithm>
#include <mutex>

namespace oms::test {

namespace {

using Change = VirtualDisk::Change;

struct Disks {
    std::mutex mutex;
    std::uint64_t made = 0;
    std::map<std::string, VirtualDisk*, std::less<>> by_root;
};
Disks& disks() {
    static Disks all;
    return all;
}

void write_to(std::string& bytes, std::uint64_t offset, std::string_view written) {
    if (bytes.size() < offset + written.size()) bytes.resize(offset + written.size());
    bytes.replace(offset, written.size(), written);
}

void apply(std::string& bytes, const Change& change) {
    if (change.truncates)
        bytes.resize(change.offset);
    else
        write_to(bytes, change.offset, change.bytes);
}

/// The sectors of a write that reached the disk: its beginning, or any of them.
void apply_torn(std::string& bytes, const Change& change, std::uint64_t sector, bool any,
                Chance& chance) {
    if (change.truncates) return apply(bytes, change);
    const std::uint64_t end = change.offset + change.bytes.size();
    const std::uint64_t first = change.offset / sector;
    const std::uint64_t last = (end + sector - 1) / sector;
    const std::uint64_t kept = first + chance.below(last - first);
    for (std::uint64_t at = first; at < last; ++at) {
        if (any ? chance.one_in(2) : at >= kept) continue;
        const std::uint64_t from = std::max(at * sector, change.offset);
        const std::uint64_t to = std::min((at + 1) * sector, end);
        write_to(bytes, from,
                 std::string_view(change.bytes).substr(from - change.offset, to - from));
    }
}

}  // namespace

const char* name_of(Aftermath aftermath) {
    switch (aftermath) {
        case Aftermath::nothing: return "nothing kept";
        case Aftermath::everything: return "everything kept";
        case Aftermath::prefix: return "a prefix kept";
        case Aftermath::subset: return "any writes kept";
        case Aftermath::sectors: return "any sectors kept";
    }
    return "?";
}

VirtualDisk::VirtualDisk() {
    Disks& all = disks();
    const std::lock_guard lock(all.mutex);
    root_ = "/oms-virtual-" + std::to_string(++all.made);
    all.by_root[root_] = this;
}

VirtualDisk::~VirtualDisk() {
    Disks& all = disks();
    const std::lock_guard lock(all.mutex);
    all.by_root.erase(root_);
}

VirtualDisk* VirtualDisk::find(std::string_view path) {
    Disks& all = disks();
    const std::lock_guard lock(all.mutex);
    const auto found = all.by_root.find(path.substr(0, path.find('/', 1)));
    return found == all.by_root.end() ? nullptr : found->second;
}

bool VirtualDisk::open(const std::string& path, bool create, Handle& file) {
    if (!next_call()) return false;
    const auto found = files_.find(path);
    if (found != files_.end()) {
        file = found->second;
    } else if (create) {
        file = std::make_shared<File>();
        note({{}, path, file});
    } else {
        file = nullptr;
    }
    return true;
}

bool VirtualDisk::write(File& file, std::uint64_t offset, std::string_view bytes) {
    // The write at which the power goes is on its way.
    if (is_dark()) return false;
    file.pending.push_back({false, offset, std::string(bytes)});
    write_to(file.seen, offset, bytes);
    return next_call();
}

bool VirtualDisk::truncate(File& file, std::uint64_t size) {
    if (is_dark()) return false;
    file.pending.push_back({true, size, {}});
    file.seen.resize(size);
    return next_call();
}

bool VirtualDisk::sync(File& file) {
    if (!next_call()) return false;
    ++syncs_;
    if (lies_) return true;
    for (const Change& change : file.pending) apply(file.durable, change);
    file.pending.clear();
    return true;
}

bool VirtualDisk::remove(const std::string& path, bool durably) {
    if (!next_call()) return false;
    if (!files_.contains(path)) return true;
    note({path, {}, nullptr});
    return !durably || sync_directory();
}

bool VirtualDisk::rename(const std::string& from, const std::string& to) {
    // Like a write, it is on its way when the power goes.
    if (is_dark()) return false;
    note({from, to, files_.at(from)});
    return next_call();
}

void VirtualDisk::note(NameChange change) {
    change_names(files_, change);
    pending_names_.push_back(std::move(change));
}

void VirtualDisk::change_names(Names& names, const NameChange& change) {
    if (!change.gone.empty()) names.erase(change.gone);
    if (!change.given.empty()) names[change.given] = change.file;
}

bool VirtualDisk::sync_directory() {
    if (!next_call()) return false;
    ++syncs_;
    if (lies_) return true;
    durable_names_ = files_;
    pending_names_.clear();
    return true;
}

std::vector<std::string> VirtualDisk::list(const std::string& folder) const {
    std::vector<std::string> names;
    const std::string start = folder + "/";
    for (auto at = files_.lower_bound(start); at != files_.end(); ++at) {
        if (!at->first.starts_with(start)) break;
        names.push_back(at->first.substr(start.size()));
    }
    return names;
}

void VirtualDisk::keep(File& file, Aftermath aftermath, std::uint64_t sector, Chance& chance) {
    const std::size_t kept = chance.below(file.pending.size() + 1);
    for (std::size_t at = 0; at < file.pending.size(); ++at) {
        const Change& change = file.pending[at];
        const bool torn = (aftermath == Aftermath::prefix && at == kept) ||
                          (aftermath == Aftermath::subset && chance.one_in(3)) ||
                          aftermath == Aftermath::sectors;
        const bool whole = aftermath == Aftermath::everything ||
                           (aftermath == Aftermath::prefix && at < kept) ||
                           (aftermath == Aftermath::subset && chance.one_in(2));
        if (torn) {
            apply_torn(file.durable, change, sector, aftermath == Aftermath::sectors, chance);
            ++figures_.writes_torn;
        } else if (whole) {
            apply(file.durable, change);
        } else {
            ++figures_.writes_lost;
        }
    }
    file.pending.clear();
    file.seen = file.durable;
}

/// Each change of names since the last sync of the directory was made or not, for itself.
void VirtualDisk::keep_names(Aftermath aftermath, Chance& chance) {
    files_ = durable_names_;
    for (const NameChange& change : pending_names_) {
        const bool kept = aftermath == Aftermath::everything ||
                          (aftermath != Aftermath::nothing && chance.one_in(2));
        if (kept) change_names(files_, change);
        figures_.names_undone += kept ? 0 : 1;
    }
    pending_names_.clear();
}

void VirtualDisk::cut(Aftermath aftermath, std::uint64_t sector, Chance& chance) {
    ++figures_.cuts;
    ++figures_.by_aftermath[static_cast<int>(aftermath)];
    keep_names(aftermath, chance);
    for (auto& [path, file] : files_) {
        // Whoever still has it open sees what it saw, and can do nothing with it any more.
        file = std::make_shared<File>(*file);
        keep(*file, aftermath, sector, chance);
    }
    durable_names_ = files_;
    cut_at_ = 0;
}

void VirtualDisk::copy_durable_to(VirtualDisk& other) const {
    other.files_.clear();
    other.pending_names_.clear();
    for (const auto& [path, file] : durable_names_) {
        const auto copy = std::make_shared<File>();
        copy->seen = copy->durable = file->durable;
        other.files_[other.root_ + path.substr(root_.size())] = copy;
    }
    other.durable_names_ = other.files_;
}

bool VirtualDisk::tamper(const std::string& path,
                         const std::function<void(std::string& bytes)>& change) {
    const auto found = files_.find(path);
    if (found == files_.end() || found->second->seen.empty()) return false;
    File& file = *found->second;
    change(file.seen);
    file.durable = file.seen;
    file.pending.clear();
    return true;
}

}  // namespace oms::test
