// SPDX-License-Identifier: Apache-2.0
#include "runtime/manifest/elf_section.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>

namespace oms::runtime {
namespace {

const std::string sample_library = OMS_MANIFEST_LIBRARY;

std::string file_text(const std::string& path) {
    std::ostringstream text;
    text << std::ifstream(path, std::ios::binary).rdbuf();
    return text.str();
}

void put(std::string& image, std::size_t offset, std::uint64_t value, std::size_t width) {
    for (std::size_t at = 0; at < width; ++at) {
        image[offset + at] = static_cast<char>(value >> (8 * at) & 0xFFU);
    }
}

// A small library made by hand: file header, content, names, three section headers.
constexpr std::size_t content_at = 64;
constexpr std::string_view content = "id: a.b\n";
constexpr std::size_t names_at = content_at + content.size();
constexpr std::string_view names{"\0.oms.manifest\0.names\0", 22};
constexpr std::size_t headers_at = 96;
constexpr std::size_t manifest_header = headers_at + 64;
constexpr std::size_t names_header = headers_at + 128;

std::string small_library() {
    std::string image(headers_at + 3 * std::size_t{64}, '\0');
    image.replace(0, 7,
                  std::string("\x7F"
                              "ELF\x02\x01\x01",
                              7));
    put(image, 16, 3, 2);
#if defined(__x86_64__)
    put(image, 18, 62, 2);
#else
    put(image, 18, 183, 2);
#endif
    put(image, 40, headers_at, 8);
    put(image, 58, 64, 2);
    put(image, 60, 3, 2);
    put(image, 62, 2, 2);
    image.replace(content_at, content.size(), content);
    image.replace(names_at, names.size(), names);
    put(image, manifest_header, 1, 4);
    put(image, manifest_header + 4, 1, 4);
    put(image, manifest_header + 24, content_at, 8);
    put(image, manifest_header + 32, content.size(), 8);
    put(image, names_header, 15, 4);
    put(image, names_header + 4, 3, 4);
    put(image, names_header + 24, names_at, 8);
    put(image, names_header + 32, names.size(), 8);
    return image;
}

std::string error_of(const std::string& image, const ElfLimits& limits = {}) {
    const Result<std::string> text = find_section(image, manifest_section, "x.so", limits);
    return text ? "no error" : oms::to_text(text.error());
}

std::string damaged(const std::string& reason) {
    return "x.so: OMS-4152: is damaged: " + reason + "\n  what to do: build or install it again";
}

TEST(ElfSection, IsFoundInALibraryThatWasBuilt) {
    const Result<std::string> text = read_manifest_section(sample_library);
    ASSERT_TRUE(text) << oms::to_text(text.error());
    EXPECT_EQ(*text, file_text(OMS_MANIFEST_SAMPLE));
}

TEST(ElfSection, IsFoundInASmallLibrary) {
    EXPECT_EQ(find_section(small_library(), manifest_section, "x.so"), std::string(content));
}

struct Patch {
    std::size_t offset;
    std::uint64_t value;
    std::size_t width;
    std::string error;
};

TEST(ElfSection, RefusesWithTheReason) {
    const std::string foreign =
        "\n  what to do: name a plugin's shared library, built for this system";
    const std::uint64_t far = ~std::uint64_t{0} - 3;
    const Patch table[] = {
        {0, 'M', 1, "x.so: OMS-4151: is not an ELF file" + foreign},
        {4, 1, 1, "x.so: OMS-4151: is not a 64-bit library" + foreign},
        {5, 2, 1, "x.so: OMS-4151: is not little-endian" + foreign},
        {16, 2, 2, "x.so: OMS-4151: is not a shared library" + foreign},
        {40, 0, 8,
         "x.so: OMS-4154: has no sections, so no manifest can be read\n"
         "  what to do: do not strip the section headers of a plugin"},
        {40, far, 8, damaged("the section headers lie outside the file")},
        {58, 63, 2, damaged("section headers of a wrong size")},
        {60, 4, 2, damaged("the section headers lie outside the file")},
        {60, 0xFFFF, 2, damaged("more than 4096 sections")},
        {62, 3, 2, damaged("it has no names of sections")},
        {manifest_header, 22, 4, damaged("a section's name lies outside")},
        {manifest_header, 2, 4,
         "x.so: OMS-4154: is a shared library without a manifest\n"
         "  what to do: build it with oms_add_plugin(), or leave it out of the plugin folders"},
        {manifest_header + 4, 8, 4, damaged("the manifest's section has no bytes")},
        {manifest_header + 8, 0x800, 8, damaged("the manifest's section is compressed")},
        {manifest_header + 24, far, 8, damaged("the manifest lies outside the file")},
        {manifest_header + 32, 1'000, 8, damaged("the manifest lies outside the file")},
        {manifest_header + 32, far, 8, damaged("the manifest is larger than 262144 bytes")},
        {names_header, 1, 4, damaged("two sections have the name of the manifest's")},
        {names_header + 24, far, 8, damaged("the names of sections lie outside the file")},
        {names_header + 32, far, 8, damaged("the names of sections are empty or too long")},
        {names_header + 32, 0, 8, damaged("the names of sections are empty or too long")},
    };
    for (const Patch& patch : table) {
        std::string image = small_library();
        put(image, patch.offset, patch.value, patch.width);
        EXPECT_EQ(error_of(image), patch.error) << patch.offset;
    }
    std::string other = small_library();
    put(other, 18, 243, 2);
    EXPECT_EQ(error_of(other).substr(0, 74),
              "x.so: OMS-4153: was built for another processor (ELF machine 243, this is ");
}

TEST(ElfSection, EveryTruncationIsRefused) {
    const std::string image = small_library();
    for (std::size_t size = 0; size < image.size(); ++size) {
        EXPECT_NE(error_of(image.substr(0, size)), "no error") << size;
    }
}

/// Whatever the bytes are, the answer is within the file or an error; the sanitizers watch.
TEST(ElfSection, EveryDamagedByteGivesAnAnswer) {
    const std::string good = small_library();
    for (std::size_t at = 0; at < good.size(); ++at) {
        for (unsigned value = 0; value < 256; ++value) {
            std::string image = good;
            image[at] = static_cast<char>(value);
            const Result<std::string> text = find_section(image, manifest_section, "x.so");
            EXPECT_LE(text ? text->size() : 0, image.size());
        }
    }
}

TEST(ElfSection, ALibraryThatWasBuiltMayBeDamagedToo) {
    const std::string good = file_text(sample_library);
    ASSERT_GT(good.size(), 64U);
    std::uint64_t table = 0;
    for (std::size_t at = 0; at < 8; ++at) {
        table |= static_cast<std::uint64_t>(static_cast<unsigned char>(good[40 + at])) << (8 * at);
    }
    const auto damage = [&](std::size_t at) {
        std::string image = good;
        for (const unsigned flip : {0x01U, 0x80U, 0xFFU}) {
            image[at] = static_cast<char>(static_cast<unsigned char>(good[at]) ^ flip);
            (void)find_section(image, manifest_section, "x.so");
        }
    };
    for (std::size_t at = 0; at < 64; ++at) damage(at);
    for (std::size_t at = table; at < good.size(); ++at) damage(at);
    for (std::size_t part = 1; part < 64; ++part) {
        (void)find_section(std::string_view(good).substr(0, good.size() * part / 64),
                           manifest_section, "x.so");
    }
}

TEST(ElfSection, FilesThatAreNoLibrariesAreRefused) {
    EXPECT_EQ(oms::to_text(read_manifest_section("/no/such.so").error()),
              "/no/such.so: OMS-4150: cannot be opened: No such file or directory\n"
              "  what to do: check the path and the permissions");
    EXPECT_EQ(oms::to_text(read_manifest_section("/dev/null").error()),
              "/dev/null: OMS-4150: is not a regular file\n"
              "  what to do: name a plugin's shared library");
    EXPECT_EQ(read_manifest_section(OMS_MANIFEST_SAMPLE).error().code, error_library_not_elf);
}

}  // namespace
}  // namespace oms::runtime
