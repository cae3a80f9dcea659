// SPDX-License-Identifier: Apache-2.0
// Reads one section of a shared library without running any of its code.
//
// The library may be broken or hostile: every offset is held against the size of the file before it
// is followed, and every size against a limit. Understood is what our plugins are: ELF, 64 bits,
// little-endian, a shared object (System V ABI, chapters 4 and 5).
#pragma once

#include "model/result.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace oms::runtime {

inline constexpr ErrorCode error_library_unreadable = 4150;  ///< no such file, or not a regular one
inline constexpr ErrorCode error_library_not_elf = 4151;     ///< not a shared library we can load
inline constexpr ErrorCode error_library_damaged = 4152;     ///< offsets or sizes that cannot be
inline constexpr ErrorCode error_library_machine = 4153;     ///< for another processor
inline constexpr ErrorCode error_no_manifest = 4154;         ///< no such section: not a plugin

inline constexpr std::string_view manifest_section = ".oms.manifest";

struct ElfLimits {
    std::uint32_t sections = 4096;
    std::size_t names_bytes = std::size_t{1} << 20;
    std::size_t section_bytes = std::size_t{256} << 10;
};

/// The bytes of the named section, from an image in memory; `place` is the path for messages.
Result<std::string> find_section(std::string_view image, std::string_view section,
                                 const std::string& place, const ElfLimits& limits = {});

/// The manifest's text out of a plugin's file; reads no more of the file than that takes.
Result<std::string> read_manifest_section(const std::string& path, const ElfLimits& limits = {});

}  // namespace oms::runtime
