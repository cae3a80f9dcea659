// SPDX-License-Identifier: Apache-2.0
// A disk in memory that knows what a power cut leaves of it: for each file what a program sees,
// what is durable, and the writes in between; and the same for the names that files have.
//
// SQLite reaches it through the VFS "oms-virtual" (virtual_files.hpp), the journal's directory
// through a JournalDirectory. Its files lie under its own root, so that there can be several.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace oms::test {

class Chance;

/// What becomes, at a power cut, of what was written and not synced.
enum class Aftermath : std::uint8_t {
    nothing,     ///< all of it is lost
    everything,  ///< all of it had reached the disk
    prefix,      ///< of each file so many of the writes, the last of them torn
    subset,      ///< any of the writes, torn or whole
    sectors,     ///< any sectors of any of the writes
};
inline constexpr int aftermaths = 5;
const char* name_of(Aftermath aftermath);

/// What power cuts did, for the figures.
struct CutFigures {
    std::uint64_t cuts = 0;
    std::uint64_t by_aftermath[aftermaths] = {};
    std::uint64_t writes_lost = 0;
    std::uint64_t writes_torn = 0;
    std::uint64_t names_undone = 0;  ///< of files that were made, renamed or removed
};

class VirtualDisk {
public:
    struct Change {
        bool truncates = false;
        std::uint64_t offset = 0;  ///< or the size that it is cut to
        std::string bytes;
    };
    struct File {
        std::string seen;
        std::string durable;
        std::vector<Change> pending;
    };
    using Handle = std::shared_ptr<File>;
    /// A name that was given, taken away, or both at once: a power cut keeps all of it or nothing.
    struct NameChange {
        std::string gone;
        std::string given;
        Handle file;  ///< that has the given name
    };

    VirtualDisk();
    ~VirtualDisk();
    VirtualDisk(const VirtualDisk&) = delete;
    VirtualDisk& operator=(const VirtualDisk&) = delete;

    /// "/oms-virtual-3", say; every path on the disk starts with it and a slash.
    const std::string& root() const { return root_; }
    /// The disk that a path lies on; null when it was taken away.
    static VirtualDisk* find(std::string_view path);

    // ---- what programs do: each call counts, and false means that the power is gone -------------

    bool open(const std::string& path, bool create, Handle& file);
    bool write(File& file, std::uint64_t offset, std::string_view bytes);
    bool truncate(File& file, std::uint64_t size);
    bool sync(File& file);
    bool remove(const std::string& path, bool durably);
    /// The file that had the new name before has none then. There must be one with the old name.
    bool rename(const std::string& from, const std::string& to);
    bool sync_directory();
    bool exists(const std::string& path) const { return files_.contains(path); }
    /// The names under a folder, sorted.
    std::vector<std::string> list(const std::string& folder) const;

    // ---- what the world does --------------------------------------------------------------------

    /// The power goes at the call that is so many calls away; 0: never.
    void cut_in(std::uint64_t calls) { cut_at_ = calls == 0 ? 0 : calls_ + calls; }
    bool is_dark() const { return cut_at_ != 0 && calls_ >= cut_at_; }
    /// Leaves what the power cut leaves, and switches the power on again.
    void cut(Aftermath aftermath, std::uint64_t sector, Chance& chance);
    /// From now on it says that it synced, and does not.
    void lie(bool lies) { lies_ = lies; }
    std::uint64_t free_bytes = std::uint64_t{1} << 40;

    std::uint64_t calls() const { return calls_; }
    std::uint64_t syncs() const { return syncs_; }
    const CutFigures& figures() const { return figures_; }

    /// Everything that is durable now, as another disk finds it that is put in its place.
    void copy_durable_to(VirtualDisk& other) const;
    /// Changes the bytes of a file on the disk while nobody has it open; false: there is none, or
    /// it is empty.
    bool tamper(const std::string& path, const std::function<void(std::string& bytes)>& change);

private:
    bool next_call() { return ++calls_, !is_dark(); }
    void keep(File& file, Aftermath aftermath, std::uint64_t sector, Chance& chance);
    void keep_names(Aftermath aftermath, Chance& chance);
    void note(NameChange change);

    std::string root_;
    using Names = std::map<std::string, Handle>;
    static void change_names(Names& names, const NameChange& change);

    Names files_;                            ///< as programs see them
    Names durable_names_;                    ///< when the directory was last synced
    std::vector<NameChange> pending_names_;  ///< since then
    std::uint64_t calls_ = 0;
    std::uint64_t syncs_ = 0;
    std::uint64_t cut_at_ = 0;
    bool lies_ = false;
    CutFigures figures_;
};

}  // namespace oms::test
