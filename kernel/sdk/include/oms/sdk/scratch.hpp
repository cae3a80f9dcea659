// SPDX-License-Identifier: Apache-2.0
// Memory for one call of an inside plugin, which is made for every order: what is usually needed
// lies on the stack, more comes from the heap, and all is given back at once when the call ends.
#pragma once

#include <cstddef>
#include <memory_resource>
#include <vector>

namespace oms::sdk {

/// What lies in it must not outlive it: `std::pmr::string text(&scratch)`.
template <std::size_t bytes = 4096>
class Scratch : public std::pmr::monotonic_buffer_resource {
public:
    Scratch() : std::pmr::monotonic_buffer_resource(usual_, sizeof usual_) {}

    template <class Value>
    std::pmr::vector<Value> vector(std::size_t room = 0) {
        std::pmr::vector<Value> made(this);
        made.reserve(room);
        return made;
    }

private:
    alignas(std::max_align_t) std::byte usual_[bytes];
};

}  // namespace oms::sdk
