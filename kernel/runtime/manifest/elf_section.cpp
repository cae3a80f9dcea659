// SPDX-License-Identifier: Apache-2.0
#include "runtime/manifest/elf_section.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>
#include <utility>
#include <vector>

namespace oms::runtime {
namespace {

// Places of the fields within the file header and a section header of ELF64.
constexpr std::size_t file_header_bytes = 64;
constexpr std::size_t section_header_bytes = 64;
constexpr std::uint32_t type_no_bits = 8;
constexpr std::uint64_t flag_compressed = 0x800;
constexpr std::uint64_t shared_object = 3;

#if defined(__x86_64__)
constexpr std::uint64_t this_machine = 62;
#elif defined(__aarch64__)
constexpr std::uint64_t this_machine = 183;
#else
#error "name this processor's e_machine here"
#endif

/// Bytes that are read by offset, in memory or in a file.
class Source {
public:
    Source() = default;
    Source(const Source&) = delete;
    Source& operator=(const Source&) = delete;
    virtual ~Source() = default;
    virtual std::uint64_t size() const = 0;
    /// Exactly so many bytes, or nothing when they do not exist.
    virtual std::optional<std::string> read(std::uint64_t offset, std::uint64_t bytes) const = 0;

protected:
    bool holds(std::uint64_t offset, std::uint64_t bytes) const {
        return offset <= size() && bytes <= size() - offset;
    }
};

class MemorySource final : public Source {
public:
    explicit MemorySource(std::string_view image) : image_(image) {}
    std::uint64_t size() const override { return image_.size(); }
    std::optional<std::string> read(std::uint64_t offset, std::uint64_t bytes) const override {
        if (!holds(offset, bytes)) return std::nullopt;
        return std::string(image_.substr(offset, bytes));
    }

private:
    std::string_view image_;
};

class FileSource final : public Source {
public:
    explicit FileSource(const char* path) : file_(::open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {
        struct stat status = {};
        regular_ = file_ >= 0 && ::fstat(file_, &status) == 0 && S_ISREG(status.st_mode);
        if (regular_) size_ = static_cast<std::uint64_t>(status.st_size);
    }
    ~FileSource() override {
        if (file_ >= 0) ::close(file_);
    }
    bool is_open() const { return file_ >= 0; }
    bool is_regular() const { return regular_; }
    std::uint64_t size() const override { return size_; }
    std::optional<std::string> read(std::uint64_t offset, std::uint64_t bytes) const override {
        if (!holds(offset, bytes)) return std::nullopt;
        std::string result(bytes, '\0');
        std::size_t done = 0;
        while (done < bytes) {
            const ssize_t got = ::pread(file_, result.data() + done, bytes - done,
                                        static_cast<off_t>(offset + done));
            if (got < 0 && errno == EINTR) continue;
            if (got <= 0) return std::nullopt;
            done += static_cast<std::size_t>(got);
        }
        return result;
    }

private:
    int file_;
    bool regular_ = false;
    std::uint64_t size_ = 0;
};

/// A little-endian number within bytes that are known to be there.
std::uint64_t number_at(std::string_view bytes, std::size_t offset, std::size_t width) {
    std::uint64_t value = 0;
    for (std::size_t at = width; at > 0; --at) {
        value = value << 8U | static_cast<unsigned char>(bytes[offset + at - 1]);
    }
    return value;
}

struct SectionHeader {
    std::uint64_t name = 0;
    std::uint64_t type = 0;
    std::uint64_t flags = 0;
    std::uint64_t offset = 0;
    std::uint64_t bytes = 0;
};

class SectionReader {
public:
    SectionReader(const Source& source, const std::string& place, const ElfLimits& limits)
        : source_(source), place_(place), limits_(limits) {}

    Result<std::string> read(std::string_view wanted) {
        if (Status status = read_file_header(); !status) return forward(status);
        if (Status status = read_section_headers(); !status) return forward(status);
        const Result<std::string> names = read_names();
        if (!names) return names;
        const SectionHeader* found = nullptr;
        for (const SectionHeader& header : headers_) {
            // The name ends at a zero byte; beyond the table there is none to compare with.
            if (header.name >= names->size()) return damaged("a section's name lies outside");
            const std::string_view name = std::string_view(*names).substr(header.name);
            if (name.substr(0, name.find('\0')) != wanted) continue;
            if (found != nullptr) return damaged("two sections have the name of the manifest's");
            found = &header;
        }
        if (found == nullptr) {
            return fail(error_no_manifest, place_, "is a shared library without a manifest",
                        "build it with oms_add_plugin(), or leave it out of the plugin folders");
        }
        return read_content(*found);
    }

private:
    static tl::unexpected<Error> forward(Status& status) {
        return tl::unexpected<Error>(std::move(status.error()));
    }
    tl::unexpected<Error> damaged(const std::string& reason) const {
        return fail(error_library_damaged, place_, "is damaged: " + reason,
                    "build or install it again");
    }
    tl::unexpected<Error> not_elf(const std::string& reason) const {
        return fail(error_library_not_elf, place_, reason,
                    "name a plugin's shared library, built for this system");
    }

    Status read_file_header() {
        const std::optional<std::string> header = source_.read(0, file_header_bytes);
        if (!header) return not_elf("is too short for a shared library");
        if (header->compare(0, 4,
                            "\x7F"
                            "ELF") != 0)
            return not_elf("is not an ELF file");
        if (number_at(*header, 4, 1) != 2) return not_elf("is not a 64-bit library");
        if (number_at(*header, 5, 1) != 1) return not_elf("is not little-endian");
        if (number_at(*header, 16, 2) != shared_object) return not_elf("is not a shared library");
        const std::uint64_t machine = number_at(*header, 18, 2);
        if (machine != this_machine) {
            return fail(error_library_machine, place_,
                        "was built for another processor (ELF machine " + std::to_string(machine) +
                            ", this is " + std::to_string(this_machine) + ")",
                        "build the plugin on, or for, this kind of machine");
        }
        table_offset_ = number_at(*header, 40, 8);
        table_stride_ = number_at(*header, 58, 2);
        table_count_ = number_at(*header, 60, 2);
        names_index_ = number_at(*header, 62, 2);
        return {};
    }

    Status read_section_headers() {
        if (table_offset_ == 0 || table_count_ == 0) {
            return fail(error_no_manifest, place_, "has no sections, so no manifest can be read",
                        "do not strip the section headers of a plugin");
        }
        if (table_stride_ != section_header_bytes)
            return damaged("section headers of a wrong size");
        if (table_count_ > limits_.sections) {
            return damaged("more than " + std::to_string(limits_.sections) + " sections");
        }
        const std::optional<std::string> table =
            source_.read(table_offset_, table_count_ * section_header_bytes);
        if (!table) return damaged("the section headers lie outside the file");
        for (std::uint64_t at = 0; at < table_count_; ++at) {
            const std::string_view raw =
                std::string_view(*table).substr(at * section_header_bytes, section_header_bytes);
            headers_.push_back({number_at(raw, 0, 4), number_at(raw, 4, 4), number_at(raw, 8, 8),
                                number_at(raw, 24, 8), number_at(raw, 32, 8)});
        }
        return {};
    }

    Result<std::string> read_names() {
        if (names_index_ >= headers_.size()) return damaged("it has no names of sections");
        const SectionHeader& header = headers_[names_index_];
        if (header.type == type_no_bits || header.bytes == 0 ||
            header.bytes > limits_.names_bytes) {
            return damaged("the names of sections are empty or too long");
        }
        std::optional<std::string> names = source_.read(header.offset, header.bytes);
        if (!names) return damaged("the names of sections lie outside the file");
        return std::move(*names);
    }

    Result<std::string> read_content(const SectionHeader& header) {
        if (header.type == type_no_bits) return damaged("the manifest's section has no bytes");
        if ((header.flags & flag_compressed) != 0) {
            return damaged("the manifest's section is compressed");
        }
        if (header.bytes > limits_.section_bytes) {
            return damaged("the manifest is larger than " + std::to_string(limits_.section_bytes) +
                           " bytes");
        }
        std::optional<std::string> content = source_.read(header.offset, header.bytes);
        if (!content) return damaged("the manifest lies outside the file");
        return std::move(*content);
    }

    const Source& source_;
    const std::string& place_;
    const ElfLimits& limits_;
    std::uint64_t table_offset_ = 0;
    std::uint64_t table_stride_ = 0;
    std::uint64_t table_count_ = 0;
    std::uint64_t names_index_ = 0;
    std::vector<SectionHeader> headers_;
};

}  // namespace

Result<std::string> find_section(std::string_view image, std::string_view section,
                                 const std::string& place, const ElfLimits& limits) {
    const MemorySource source(image);
    return SectionReader(source, place, limits).read(section);
}

Result<std::string> read_manifest_section(const std::string& path, const ElfLimits& limits) {
    const FileSource source(path.c_str());
    if (!source.is_open()) {
        return fail(error_library_unreadable, path,
                    "cannot be opened: " + std::string(std::strerror(errno)),
                    "check the path and the permissions");
    }
    if (!source.is_regular()) {
        return fail(error_library_unreadable, path, "is not a regular file",
                    "name a plugin's shared library");
    }
    Result<std::string> text = SectionReader(source, path, limits).read(manifest_section);
    if (!text) return text;
    // Linkers may fill a section up with zeros.
    while (!text->empty() && text->back() == '\0') text->pop_back();
    if (text->empty()) {
        return fail(error_no_manifest, path, "has an empty manifest",
                    "build it with oms_add_plugin()");
    }
    return text;
}

}  // namespace oms::runtime
