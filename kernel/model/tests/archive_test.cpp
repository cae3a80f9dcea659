// SPDX-License-Identifier: Apache-2.0
// What of retired orders memory holds, and what it leaves to a reader.
#include "model/archive.hpp"

#include "memory_archive.hpp"
#include "model/canonical.hpp"
#include "model/codec.hpp"

#include <gtest/gtest.h>

#include <string>

namespace oms {
namespace {

/// An order with a route under its own number plus 100, which the party at 7 calls `ref`.
std::string order_with_route(std::uint64_t order, std::string_view ref, std::size_t words = 0) {
    std::string bytes;
    auto opened = sdk::make<oms_order_opened>();
    opened.order = order;
    const std::string key(words, 'k');
    opened.key = sdk::text(key);
    encode(*reinterpret_cast<const oms_record*>(&opened), bytes);
    auto route = sdk::make<oms_route_opened>();
    route.route = order + 100;
    route.order = order;
    route.destination = 7;
    encode(*reinterpret_cast<const oms_record*>(&route), bytes);
    auto named = sdk::make<oms_route_changed>();
    named.route = order + 100;
    named.order = order;
    named.external_ref = sdk::text(ref);
    encode(*reinterpret_cast<const oms_record*>(&named), bytes);
    return bytes;
}

std::string found(const Archive& archive, std::uint64_t order) {
    const Result<const std::string*> effects = archive.find(order);
    EXPECT_TRUE(effects);
    return *effects == nullptr ? std::string() : **effects;
}

class Archiving : public testing::Test {
protected:
    void retire(std::uint64_t order, std::string_view ref) {
        archive_.retire(++seq_, order, order_with_route(order, ref));
    }
    void recall(std::uint64_t order) { archive_.recall(++seq_, order); }

    Archive archive_;
    test::MemoryArchive reader_;
    std::uint64_t seq_ = 0;
};

TEST_F(Archiving, HoldsEverythingWithoutAReader) {
    for (std::uint64_t order = 1; order <= 50; ++order) retire(order, "r" + std::to_string(order));
    EXPECT_EQ(archive_.facts().size(), 50u);
    EXPECT_EQ(archive_.size(), 50u);
    EXPECT_EQ(found(archive_, 9), order_with_route(9, "r9"));
    EXPECT_EQ(archive_.find_route(109).value(), 9u);
    EXPECT_EQ(archive_.find_ref(7, "r9").value(), 9u);
    EXPECT_EQ(archive_.find_ref(8, "r9").value(), 0u);
}

TEST_F(Archiving, LeavesToAReaderWhatThatKnows) {
    archive_.read_from(&reader_, 0);
    std::size_t most = 0;
    for (std::uint64_t order = 1; order <= 2000; ++order) {
        retire(order, "r" + std::to_string(order));
        if (order % 100 == 0) reader_.take(archive_, seq_);
        most = std::max(most, archive_.bytes_held());
    }
    EXPECT_LT(most, 200 * order_with_route(1, "r1000").size());
    EXPECT_EQ(archive_.size(), 2000u);
    for (const std::uint64_t order : {1u, 777u, 1999u}) {
        const std::string ref = "r" + std::to_string(order);
        EXPECT_EQ(found(archive_, order), order_with_route(order, ref));
        EXPECT_EQ(archive_.find_route(order + 100).value(), order);
        EXPECT_EQ(archive_.find_ref(7, ref).value(), order);
    }
}

TEST_F(Archiving, BelievesWhatItHoldsBeforeTheReader) {
    archive_.read_from(&reader_, 0);
    retire(1, "same");
    retire(2, "same");
    reader_.take(archive_, seq_);
    retire(3, "other");
    EXPECT_EQ(archive_.find_ref(7, "same").value(), 2u);
    recall(2);
    EXPECT_EQ(found(archive_, 2), "");
    EXPECT_EQ(archive_.find_route(102).value(), 0u);
    EXPECT_EQ(archive_.find_ref(7, "same").value(), 1u);
    EXPECT_EQ(archive_.size(), 2u);
    archive_.retire(++seq_, 2, order_with_route(2, "renamed"));
    EXPECT_EQ(found(archive_, 2), order_with_route(2, "renamed"));
    EXPECT_EQ(archive_.find_ref(7, "same").value(), 1u);
    EXPECT_EQ(archive_.find_ref(7, "renamed").value(), 2u);
}

TEST_F(Archiving, ARecallIsTakenBackWhereverTheOrderLay) {
    archive_.read_from(&reader_, 0);
    for (std::uint64_t order = 1; order <= 20; ++order) retire(order, "r" + std::to_string(order));
    reader_.take(archive_, seq_);
    for (std::uint64_t order = 21; order <= 40; ++order) retire(order, "r" + std::to_string(order));
    ASSERT_LT(archive_.facts().size(), 40u);
    const ArchiveDigest before = archive_.digest();
    ++seq_;
    for (const std::uint64_t order : {3u, 30u, 20u}) archive_.recall(seq_, order);
    EXPECT_EQ(archive_.size(), 37u);
    EXPECT_NE(archive_.digest(), before);
    for (int i = 0; i < 3; ++i) archive_.take_back_recall();
    EXPECT_EQ(archive_.size(), 40u);
    EXPECT_EQ(archive_.digest(), before);
    for (const std::uint64_t order : {3u, 30u, 20u}) {
        EXPECT_EQ(found(archive_, order), order_with_route(order, "r" + std::to_string(order)));
        EXPECT_EQ(archive_.find_route(order + 100).value(), order);
    }
}

TEST_F(Archiving, IsAskedAboutTheDecisionBefore) {
    // A fold that a file already knows the future of.
    Archive ahead;
    ahead.retire(1, 1, order_with_route(1, "a"));
    ahead.retire(1, 2, order_with_route(2, "b"));
    ahead.recall(2, 1);
    ahead.recall(2, 2);
    reader_.take(ahead, 2);
    archive_.read_from(&reader_, 1);
    archive_.restore(2, ArchiveDigest{});
    archive_.recall(2, 1);
    archive_.recall(2, 2);
    EXPECT_EQ(archive_.size(), 0u);
    EXPECT_EQ(found(archive_, 1), "");
}

TEST_F(Archiving, HasADigestThatKnowsNoOrder) {
    Archive other;
    other.retire(1, 2, order_with_route(2, "b"));
    other.retire(2, 1, order_with_route(1, "a"));
    retire(1, "a");
    retire(2, "b");
    EXPECT_EQ(archive_.digest(), other.digest());
    recall(1);
    EXPECT_NE(archive_.digest(), other.digest());
    Archive swapped;
    swapped.retire(1, 2, order_with_route(1, "a"));
    swapped.retire(2, 1, order_with_route(2, "b"));
    EXPECT_NE(swapped.digest(), other.digest());
}

}  // namespace
}  // namespace oms
