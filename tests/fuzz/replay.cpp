// SPDX-License-Identifier: Apache-2.0
// Feeds every file of the given folders to a fuzzer's target, and each again cut short and with
// bytes changed: what a compiler without libFuzzer can do.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

void feed(const std::string& bytes) {
    LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
}

void feed_variants(const std::string& bytes) {
    constexpr std::size_t most_places = 64;
    const std::size_t step = std::max<std::size_t>(1, bytes.size() / most_places);
    feed(bytes);
    for (std::size_t at = 0; at < bytes.size(); at += step) {
        feed(bytes.substr(0, at));
        std::string changed = bytes;
        for (const char other : {'\0', '\xff', '"', '\n'}) {
            changed[at] = other;
            feed(changed);
        }
    }
}

}  // namespace

int main(int count, char** arguments) {
    std::size_t files = 0;
    for (int at = 1; at < count; ++at)
        for (const auto& entry : std::filesystem::directory_iterator(arguments[at])) {
            std::ifstream in(entry.path(), std::ios::binary);
            feed_variants(std::string(std::istreambuf_iterator<char>(in), {}));
            ++files;
        }
    std::printf("%zu files replayed\n", files);
    return files == 0 ? 1 : 0;
}
