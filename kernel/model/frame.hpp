// SPDX-License-Identifier: Apache-2.0
// A frame: decisions as they lie in the journal, one behind the other.
//
// Most of what a decision says was just said: by its own header, by an effect before it, by the
// decision before it. So a field is written as what it differs by from the last one that meant the
// same, a text that was just written as its number, and a frame is read from its beginning. What
// each byte means is in docs/journal-format.md; frames of the first form, whose records stand alone
// (codec.hpp), are read as well.
#pragma once

#include "model/record_list.hpp"
#include "model/result.hpp"
#include "model/unwritten_list.hpp"

#include <oms/sdk/batch.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace oms {

/// What has been said in a frame so far; the writer's and the reader's are always the same.
class FrameContext {
public:
    static constexpr std::size_t slots = 512;
    static constexpr std::size_t texts = 64;
    static constexpr std::size_t longest_text = 64;  ///< that is remembered

    std::array<std::uint64_t, slots> numbers{};  ///< the last of each meaning

    struct Text {
        std::size_t offset = 0;  ///< in the frame
        std::size_t size = 0;    ///< 0: none
    };
    /// Where a text is remembered, by the FNV-1a hash of its bytes.
    static std::size_t place_of(std::string_view text);
    std::array<Text, texts> remembered{};
};

class Frame {
public:
    /// Appends a decision: its header, then as many records as the header says.
    void add(const oms_decision& header, const oms_batch& records);

    const char* data() const { return bytes_.data(); }
    std::size_t size() const { return bytes_.size(); }
    bool empty() const { return bytes_.empty(); }
    std::string_view bytes() const { return {bytes_.data(), bytes_.size()}; }
    std::size_t capacity() const { return bytes_.capacity(); }
    void clear() {
        bytes_.clear();
        context_ = {};
    }

private:
    UnwrittenList<char> bytes_;
    FrameContext context_;
};

/// Reads a frame, decision by decision. Used again and again without allocating.
class FrameReader {
public:
    /// The bytes must outlive what is read: texts point into them.
    void begin(std::string_view frame);

    /// Reads the next decision; false: there is none left. OMS-5201 bytes cut short, OMS-5202 a
    /// record or a field that this version does not know.
    Result<bool> next();

    /// How many bytes are not read yet.
    std::size_t left() const {
        return frame_.size() - static_cast<std::size_t>(at_ - frame_.data());
    }

    /// The decision that `next` has read, header first. Good until the next call.
    oms_batch decision() const { return records_.view(); }

    /// Calls `visit(decision)` for each decision of a frame until one of them fails.
    template <class Visit>
    Status each(std::string_view frame, Visit visit) {
        begin(frame);
        while (true) {
            const Result<bool> more = next();
            if (!more) return tl::unexpected(more.error());
            if (!*more) return {};
            if (Status status = visit(decision()); !status) return status;
        }
    }

    /// Reads all decisions of a frame at once: `decision` is then all of their records.
    Status read_all(std::string_view frame);

private:
    Status read_next();
    Status read_plain();
    Status read_packed();
    const char* read_record(const char* at);
    Status fault_of(const char* at) const;

    std::string_view frame_;
    const char* at_ = nullptr;
    RecordList records_;
    FrameContext context_;
};

}  // namespace oms
