// SPDX-License-Identifier: Apache-2.0
// What the world is kept in: lists, texts and tables do what the standard library's do, in less
// memory.
#include "model/compact_text.hpp"
#include "model/hash_index.hpp"
#include "model/id_list.hpp"
#include "model/id_table.hpp"
#include "model/key_table.hpp"
#include "model/short_list.hpp"
#include "model/wide.hpp"
#include "model/word_table.hpp"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <string>
#include <vector>

namespace oms {
namespace {

static_assert(sizeof(CompactText) == 8 && sizeof(IdList) == 8 && sizeof(ShortList<Int128>) == 32);

class Random {
public:
    explicit Random(std::uint32_t seed) : engine_(seed) {}
    std::uint32_t operator()() { return static_cast<std::uint32_t>(engine_()); }

private:
    std::mt19937 engine_;
};

std::string word(Random& random) {
    return std::string(random() % 40, static_cast<char>('a' + random() % 26));
}

TEST(CompactText, is_the_text_that_it_was_given) {
    EXPECT_TRUE(CompactText().empty());
    EXPECT_EQ(CompactText(""), CompactText());
    Random random(1);
    CompactText text;
    std::string same;
    for (int turn = 0; turn < 200; ++turn) {
        same = word(random);
        switch (random() % 3) {
            case 0: text = same; break;
            case 1: text = CompactText(same); break;
            default: {
                const CompactText other(same);
                text = other;
                EXPECT_EQ(other, text);
            }
        }
        EXPECT_EQ(text, same);
        EXPECT_EQ(text.empty(), same.empty());
    }
    text = std::string("with\0in", 7);
    EXPECT_EQ(std::string_view(text).size(), 7U);
    text = std::string_view(text).substr(0, 4);  // of itself
    EXPECT_EQ(text, "with");
}

TEST(ShortList, does_what_a_vector_does) {
    Random random(2);
    ShortList<std::string> list;
    std::vector<std::string> same;
    for (int turn = 0; turn < 5'000; ++turn) {
        const std::size_t at = same.empty() ? 0 : random() % same.size();
        switch (random() % (same.size() > 5 ? 8 : 5)) {
            case 0: {
                const std::string text = word(random);
                list.insert(list.begin() + at, text);
                same.insert(same.begin() + static_cast<std::ptrdiff_t>(at), text);
                break;
            }
            case 1: {
                ShortList<std::string> other(list);
                EXPECT_TRUE(std::equal(list.begin(), list.end(), other.begin(), other.end()));
                list = std::move(other);
                break;
            }
            case 2: {
                ShortList<std::string> other(std::move(list));
                EXPECT_TRUE(list.empty());
                list = other;
                break;
            }
            case 3:
            case 4:
                list.push_back(word(random));
                same.push_back(list.back());
                break;
            case 5:
                list.erase(list.begin() + at);
                same.erase(same.begin() + static_cast<std::ptrdiff_t>(at));
                break;
            default: list.pop_back(); same.pop_back();
        }
        ASSERT_TRUE(std::equal(list.begin(), list.end(), same.begin(), same.end()));
        ASSERT_EQ(list.empty(), same.empty());
    }
}

TEST(IdList, does_what_a_sorted_vector_does) {
    Random random(3);
    IdList list;
    std::vector<std::uint64_t> same;
    const auto sorted = [&](std::uint64_t id) {
        return std::lower_bound(same.begin(), same.end(), id);
    };
    for (int turn = 0; turn < 5'000; ++turn) {
        const std::uint64_t id =
            random() % 8 == 0 ? (std::uint64_t{1} << 62) + random() % 4 : random() % 6;  // 0, too
        const bool known = sorted(id) != same.end() && *sorted(id) == id;
        switch (random() % 5) {
            case 0:
            case 1:
                if (known) break;
                list.insert(id);
                same.insert(sorted(id), id);
                break;
            case 2:
                EXPECT_EQ(list.erase(id), known);
                std::erase(same, id);
                break;
            case 3: {
                IdList other(list);
                EXPECT_EQ(other, list);
                other.push_back(7);
                EXPECT_FALSE(other == list);
                other.pop_back();
                list = std::move(other);
                break;
            }
            default:
                if (same.empty()) break;
                EXPECT_EQ(list.back(), same.back());
                list.pop_back();
                same.pop_back();
        }
        ASSERT_EQ(list.size(), same.size());
        ASSERT_EQ(list.empty(), same.empty());
        ASSERT_EQ(std::vector<std::uint64_t>(list.begin(), list.end()), same);
    }
}

/// Few hashes, so that many things lie under the same, and at both ends of the table.
std::uint64_t crowded_hash(std::uint32_t key) {
    constexpr std::uint64_t tops[] = {0, 1, 0xffffffff, 0xfffffffe, 0x80000000};
    return tops[key % 5] << 32 | key;
}

TEST(HashIndex, finds_what_is_in_it_alone) {
    struct Value {
        std::uint64_t key = 0;
        std::uint32_t of = 0;
        std::uint32_t free = 0;
    };
    Random random(4);
    HashIndex<Value> index;
    std::map<std::uint32_t, std::uint32_t> same;
    for (int turn = 0; turn < 20'000; ++turn) {
        const std::uint32_t key = random() % 300;
        const std::uint64_t hash = key % 2 == 0 ? crowded_hash(key) : number_hash(key);
        const auto is_it = [&](const Value& value) { return value.key == key; };
        const auto known = same.find(key);
        const std::optional<Value> found = index.find(hash, is_it);
        ASSERT_EQ(found.has_value(), known != same.end());
        if (!found) {
            index.insert(hash, {key, random() % 100, 0});
            same[key] = index.find(hash, is_it)->of;
            continue;
        }
        ASSERT_EQ(found->of, known->second);
        if (random() % 3 == 0) {
            index.replace(hash, is_it, {key, found->of + 1, 0});
            ++known->second;
        } else {
            ASSERT_TRUE(index.erase(hash, is_it));
            ASSERT_FALSE(index.erase(hash, is_it));
            same.erase(known);
        }
        ASSERT_EQ(index.size(), same.size());
    }
}

TEST(IdTable, walks_in_the_order_of_ids) {
    struct Thing {
        std::uint64_t id = 0;
        std::uint32_t what = 0;
    };
    Random random(5);
    IdTable<Thing> table;
    std::map<std::uint64_t, std::uint32_t> same;
    for (std::uint32_t turn = 0; turn < 5'000; ++turn) {
        const std::uint64_t id = 1 + random() % 1'000;
        if (same.contains(id)) {
            table.erase(id);
            same.erase(id);
        } else {
            table.insert({id, turn});
            same[id] = turn;
        }
        ASSERT_EQ(table.find(id) != nullptr, same.contains(id));
        const auto above = same.upper_bound(id);
        const Thing* next = table.after(id);
        ASSERT_EQ(next == nullptr ? 0 : next->id, above == same.end() ? 0 : above->first);
    }
    EXPECT_EQ(table.find(0), nullptr);
    std::map<std::uint64_t, std::uint32_t> walked;
    std::uint64_t last = 0;
    table.each([&](const Thing& thing) {
        EXPECT_LT(last, thing.id);
        last = thing.id;
        walked[thing.id] = thing.what;
    });
    EXPECT_EQ(walked, same);
    EXPECT_EQ(table.size(), same.size());
}

TEST(KeyTable, keeps_places_until_they_are_erased) {
    Random random(6);
    KeyTable table;
    std::map<std::string, std::pair<KeyPlace, std::uint64_t>> same;
    for (std::uint64_t turn = 1; turn < 5'000; ++turn) {
        const std::string key = "key-" + std::to_string(random() % 400);
        const auto known = same.find(key);
        const KeyEntry* found = table.find(3, key);
        ASSERT_EQ(found != nullptr, known != same.end());
        ASSERT_EQ(table.find(4, key), nullptr);
        if (found != nullptr) {
            ASSERT_EQ(found, &table.at(known->second.first));
            ASSERT_EQ(found->seq, known->second.second);
        }
        if (found != nullptr && random() % 2 == 0) {
            table.erase(known->second.first);
            same.erase(known);
            continue;
        }
        KeyEntry entry;
        entry.seq = turn;
        entry.origin = 3;
        entry.key = key;
        const KeyPlace place = table.put(std::move(entry));
        if (known != same.end()) {
            ASSERT_EQ(place, known->second.first);
        }
        same[key] = {place, turn};
    }
}

TEST(KeyEntry, made_its_order_unless_it_says_otherwise) {
    KeyEntry entry;
    entry.order = 7;
    EXPECT_EQ(entry.id(), 7U);
    EXPECT_EQ(entry.text(), "");
    entry.set_answer(7, {});
    EXPECT_EQ(entry.id(), 7U);
    entry.set_answer(0, {});
    EXPECT_EQ(entry.id(), 0U);
    entry.set_answer(9, "because");
    EXPECT_EQ(entry.id(), 9U);
    EXPECT_EQ(entry.text(), "because");
}

TEST(WordTable, gives_each_word_one_number) {
    WordTable table;
    EXPECT_EQ(table.at(0), "");
    EXPECT_EQ(table.number_of(""), 0U);
    const std::uint32_t first = table.number_of("new");
    const std::uint32_t second = table.number_of("filled");
    EXPECT_NE(first, second);
    EXPECT_EQ(table.number_of(std::string("new")), first);
    EXPECT_EQ(table.at(first), "new");
    EXPECT_EQ(table.at(second), "filled");
}

}  // namespace
}  // namespace oms
