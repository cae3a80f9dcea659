// SPDX-License-Identifier: Apache-2.0
#include "rot.hpp"

#include "invariants/invariant.hpp"
#include "life.hpp"
#include "runtime/journal/archive_file.hpp"
#include "runtime/journal/snapshot_files.hpp"
#include "talk.hpp"
#include "virtual_files.hpp"

#include <sqlite3.h>

#include <cstdio>
#include <memory>
#include <vector>

namespace oms::simulation {

namespace {

using test::Chance;
using test::VirtualDisk;

struct Close {
    void operator()(sqlite3* database) const { sqlite3_close(database); }
};

/// Whether it changed anything.
bool change_rows(const std::string& path, const std::string& sql) {
    sqlite3* opened = nullptr;
    const int result =
        sqlite3_open_v2(path.c_str(), &opened, SQLITE_OPEN_READWRITE, test::virtual_vfs());
    const std::unique_ptr<sqlite3, Close> database(opened);
    if (result != SQLITE_OK) return false;
    sqlite3_db_config(database.get(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    const std::string all = "PRAGMA locking_mode=EXCLUSIVE;" + sql;
    if (sqlite3_exec(database.get(), all.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK)
        return false;
    return sqlite3_total_changes(database.get()) > 0;
}

bool flip_a_bit(VirtualDisk& disk, const std::string& path, Chance& chance) {
    return disk.tamper(path, [&](std::string& bytes) {
        char& byte = bytes[chance.below(bytes.size())];
        byte = static_cast<char>(static_cast<unsigned char>(byte) ^ (1U << chance.below(8)));
    });
}

bool cut_the_end(VirtualDisk& disk, const std::string& path, Chance& chance) {
    return disk.tamper(path, [&](std::string& bytes) { bytes.resize(chance.below(bytes.size())); });
}

/// A row of a commit, somewhere in the middle of what the file holds.
std::string some_row(Chance& chance) {
    return "(SELECT first_seq FROM commits ORDER BY first_seq LIMIT 1 OFFSET abs(" +
           std::to_string(chance.below(1000)) + ") % max(1, (SELECT count(*) FROM commits)))";
}

std::string tamper(VirtualDisk& disk, Chance& chance) {
    std::vector<std::string> databases;
    std::vector<std::string> live;  // that no digest protects
    const std::string folder = disk.root() + "/journal";
    const std::vector<std::string> names = disk.list(folder);
    for (const std::string& name : names)
        if (name.ends_with(".oms"))
            (name.starts_with("live-") ? live : databases).push_back(folder + "/" + name);
    if (databases.empty() || (!live.empty() && !chance.one_in(3))) databases = live;
    if (databases.empty()) return {};
    const std::string any = folder + "/" + names[chance.below(names.size())];
    const std::string& database = databases[chance.below(databases.size())];
    const std::string row = some_row(chance);
    switch (chance.below(6)) {
        case 0: return flip_a_bit(disk, any, chance) ? "a bit flipped" : "";
        case 1: return cut_the_end(disk, any, chance) ? "a file cut" : "";
        case 2:
            return change_rows(database, "DELETE FROM commits WHERE first_seq = " + row)
                       ? "a row dropped"
                       : "";
        case 3:
            return change_rows(database,
                               "UPDATE commits SET frame = zeroblob(length(frame)) WHERE "
                               "first_seq = " +
                                   row)
                       ? "a row changed"
                       : "";
        case 4:
            return change_rows(
                       database,
                       "INSERT OR REPLACE INTO commits SELECT first_seq + 1000000, last_seq + "
                       "1000000, epoch, previous_hash, hash, frame FROM commits WHERE first_seq "
                       "= " +
                           row)
                       ? "a row doubled"
                       : "";
        default:
            return change_rows(database,
                               "UPDATE commits SET frame = (SELECT other.frame FROM commits AS "
                               "other WHERE other.first_seq > commits.first_seq ORDER BY "
                               "other.first_seq LIMIT 1) WHERE first_seq = " +
                                   row +
                                   " AND EXISTS (SELECT 1 FROM commits AS other WHERE "
                                   "other.first_seq > commits.first_seq AND other.frame <> "
                                   "commits.frame)")
                       ? "a row took another's place"
                       : "";
    }
}

}  // namespace

std::string tamper_and_open(const World& world, Chance& chance) {
    VirtualDisk disk;
    world.disk.copy_durable_to(disk);
    const std::string done = tamper(disk, chance);
    if (done.empty()) return "nothing to tamper with";
    // What SQL wrote is on this disk whether synced or not.
    runtime::SqliteJournalOptions options = journal_options(disk, world.seed);
    options.check_all = true;
    const auto opened = runtime::SqliteJournal::open(options);
    if (!opened) {
        if (talks())
            std::fprintf(stderr, "%s: %s\n", done.c_str(), to_text(opened.error()).c_str());
        return done + ", refused";
    }
    Witness witness = world.witness;
    // What was written and not acknowledged may have been lost by the cut, or by this.
    const std::string wrong = witness.compare(**opened);
    if (wrong.empty()) return done + ", harmless";
    if (wrong.starts_with("the journal cannot be read")) return done + ", refused when read";
    throw Broken("corruption_is_reported", done + ", and it opened: " + wrong);
}

std::string damage_snapshot(World& world, Chance& chance) {
    VirtualDisk& disk = world.disk;
    const std::string folder = disk.root() + "/journal";
    const std::string archive = folder + "/" + std::string(runtime::archive_name);
    if (chance.one_in(5) && disk.exists(archive))
        return disk.remove(archive, true) ? "the archive removed" : "";
    std::vector<std::uint64_t> snapshots;
    for (const std::string& name : disk.list(folder))
        if (const auto seq = runtime::snapshot_seq(name)) snapshots.push_back(*seq);
    if (snapshots.empty()) return {};
    // Mostly the one that the next start would take.
    const std::uint64_t seq = chance.one_in(3) ? chance.pick(snapshots) : snapshots.back();
    const std::string path = folder + "/" + runtime::snapshot_name(seq);
    if (chance.one_in(4)) return disk.remove(path, true) ? "a snapshot removed" : "";
    world.snapshots.damaged.insert(seq);
    if (chance.one_in(3)) return cut_the_end(disk, path, chance) ? "a snapshot cut" : "";
    return flip_a_bit(disk, path, chance) ? "a bit of a snapshot flipped" : "";
}

}  // namespace oms::simulation
