// SPDX-License-Identifier: Apache-2.0
// What is no input at all must be said to be malformed, and leave no trace.
#include "chance.hpp"
#include "run.hpp"

#include <oms/abi/errors.h>

#include <gtest/gtest.h>

#include <cstring>

namespace oms::test {
namespace {

using sdk::make;
using sdk::text;

class Malformed : public testing::Test {
protected:
    Malformed() {
        names_ = set_stage(engine_, [this](const oms_batch& input) {
            Frame frame;
            return engine_.decide(input, start_time, frame);
        });
    }

    sdk::Batch order() {
        sdk::Batch batch;
        auto head = make<oms_place_order>();
        head.origin = names_.origins[0];
        head.order_kind = names_.trade;
        head.account = names_.accounts[0];
        head.key = text("a key");
        batch.add(head);
        auto line = make<oms_line>();
        line.product = names_.traded[0];
        line.direction = OMS_direction_receive;
        line.quantity = 11;
        line.parent_line = OMS_WHOLE_ORDER;
        batch.add(line);
        return batch;
    }

    /// Whatever it is, it comes to an outcome; what has no number has left no trace.
    engine::Outcome decide(const oms_batch& input) {
        const std::string before = engine_.state_hash();
        Frame frame;
        const engine::Outcome outcome = engine_.decide(input, start_time, frame);
        if (outcome.seq == 0) {
            EXPECT_EQ(outcome.code, std::uint32_t{OMS_ERROR_malformed_input});
            EXPECT_TRUE(frame.empty());
            EXPECT_EQ(engine_.state_hash(), before);
        }
        return outcome;
    }
    void expect_malformed(const oms_batch& input) { EXPECT_EQ(decide(input).seq, 0U); }

    Troupe troupe_{};
    engine::Engine engine_{bindings_of(troupe_, nullptr)};
    Names names_;
};

oms_record* second(const oms_batch& batch) {
    auto* bytes = reinterpret_cast<char*>(const_cast<oms_record*>(batch.first));
    return reinterpret_cast<oms_record*>(bytes + batch.first->size);
}
oms_place_order* head_of(const oms_batch& batch) {
    return reinterpret_cast<oms_place_order*>(const_cast<oms_record*>(batch.first));
}

TEST_F(Malformed, DecidesWhatIsSound) { EXPECT_NE(decide(order().view()).seq, 0U); }

TEST_F(Malformed, RefusesNothingAtAll) { expect_malformed({nullptr, 0, 0, 0}); }

TEST_F(Malformed, RefusesAnotherCountThanThereIs) {
    for (const std::uint32_t count : {0U, 1U, 3U, 0xffffffffU}) {
        const sdk::Batch batch = order();
        oms_batch view = batch.view();
        view.count = count;
        expect_malformed(view);
    }
}

TEST_F(Malformed, RefusesEveryCutThroughTheBytes) {
    const sdk::Batch batch = order();
    for (std::uint64_t bytes = 0; bytes < batch.view().bytes; bytes += 8) {
        oms_batch view = batch.view();
        view.bytes = bytes;
        expect_malformed(view);
    }
}

TEST_F(Malformed, RefusesWrongSizes) {
    for (const std::uint32_t size : {0U, 1U, 7U, 8U, 12U, 16U, 4096U, 0xfffffff8U, 0xffffffffU}) {
        const sdk::Batch first = order();
        head_of(first.view())->size = size;
        expect_malformed(first.view());
        const sdk::Batch detail = order();
        second(detail.view())->size = size;
        expect_malformed(detail.view());
    }
}

TEST_F(Malformed, RefusesKindsThatDoNotBelong) {
    for (const std::uint32_t kind : {0U, 1U, 0x0101U, 0x02ffU, 0x0300U, 0x0501U, 0xffffffffU}) {
        const sdk::Batch batch = order();
        second(batch.view())->kind = kind;
        expect_malformed(batch.view());
    }
    for (const std::uint32_t kind :
         {0U, 0x0113U, 0x0201U, 0x0300U, 0x0401U, 0x0501U, 0xffffffffU}) {
        const sdk::Batch batch = order();
        head_of(batch.view())->kind = kind;
        expect_malformed(batch.view());
    }
}

TEST_F(Malformed, RefusesTextsThatAreTooLongOrNowhere) {
    const std::string long_text(OMS_MAX_TEXT_BYTES + 1, 'x');
    const sdk::Batch batch = order();
    head_of(batch.view())->key = text(long_text);
    expect_malformed(batch.view());
    head_of(batch.view())->key = {nullptr, 5};
    expect_malformed(batch.view());
    head_of(batch.view())->key = {long_text.data(), ~std::uint64_t{0}};
    expect_malformed(batch.view());
}

TEST_F(Malformed, RefusesTooManyRecords) {
    sdk::Batch batch = order();
    while (batch.count() <= OMS_MAX_INPUT_RECORDS) batch.add(make<oms_term>());
    expect_malformed(batch.view());
}

/// Random bits in sound inputs, texts left alone: their addresses are the caller's word.
TEST_F(Malformed, SurvivesFlippedBits) {
    Chance chance(7);
    for (int i = 0; i < 20000; ++i) {
        const sdk::Batch batch = order();
        for (std::uint64_t flips = 1 + chance.below(3); flips > 0; --flips) {
            auto* words =
                reinterpret_cast<std::uint32_t*>(const_cast<oms_record*>(batch.view().first));
            const std::uint64_t word = chance.below(batch.view().bytes / 4);
            const std::uint64_t at = offsetof(oms_place_order, key) / 4;
            if (word >= at && word < at + sizeof(oms_text) / 4) continue;
            words[word] ^= std::uint32_t{1} << chance.below(32);
        }
        decide(batch.view());
    }
}

}  // namespace
}  // namespace oms::test
