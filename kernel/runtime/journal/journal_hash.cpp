// SPDX-License-Identifier: Apache-2.0
#include "runtime/journal/journal_hash.hpp"

#include "model/assert.hpp"

#include <openssl/evp.h>

#include <cstring>
#include <memory>
#include <string_view>

namespace oms::runtime {
namespace {

/// Fetched once: looking it up costs more than hashing a small frame.
const EVP_MD* sha256() {
    static EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
    OMS_ASSERT(algorithm != nullptr);
    return algorithm;
}

EVP_MD_CTX* make_context() {
    EVP_MD_CTX* const context = EVP_MD_CTX_new();
    OMS_ASSERT(context != nullptr);
    return context;
}

struct FreeContext {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

EVP_MD_CTX* context_of_this_thread() {
    thread_local const std::unique_ptr<EVP_MD_CTX, FreeContext> context(make_context());
    return context.get();
}

JournalHash digest(EVP_MD_CTX* context, const void* bytes, std::size_t size) {
    JournalHash hash;
    unsigned length = 0;
    OMS_ASSERT(EVP_DigestInit_ex2(context, sha256(), nullptr) == 1);
    OMS_ASSERT(EVP_DigestUpdate(context, bytes, size) == 1);
    OMS_ASSERT(EVP_DigestFinal_ex(context, hash.data(), &length) == 1 && length == hash.size());
    return hash;
}

std::uint8_t* put(std::uint8_t* to, std::span<const std::uint8_t> bytes) {
    std::memcpy(to, bytes.data(), bytes.size());
    return to + bytes.size();
}

std::uint8_t* put(std::uint8_t* to, std::uint64_t number) {
    for (int shift = 0; shift < 64; shift += 8) *to++ = static_cast<std::uint8_t>(number >> shift);
    return to;
}

int digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return -1;
}

}  // namespace

JournalHash digest_of(std::span<const std::byte> bytes) {
    return digest(context_of_this_thread(), bytes.data(), bytes.size());
}

JournalHash first_hash(const JournalId& id) {
    constexpr std::string_view salt = "oms journal 1";
    std::string text(salt);
    for (const std::uint8_t byte : id) text.push_back(static_cast<char>(byte));
    return digest(context_of_this_thread(), text.data(), text.size());
}

JournalHash chain_hash(const JournalHash& previous, std::uint64_t first_seq, std::uint64_t last_seq,
                       std::uint64_t epoch, const JournalHash& frame_digest) {
    std::array<std::uint8_t, 2 * sizeof(JournalHash) + 3 * sizeof(std::uint64_t)> text;
    std::uint8_t* to = put(text.data(), previous);
    to = put(to, first_seq);
    to = put(to, last_seq);
    to = put(to, epoch);
    put(to, frame_digest);
    return digest(context_of_this_thread(), text.data(), text.size());
}

Digest::Digest() : context_(make_context()) {
    OMS_ASSERT(EVP_DigestInit_ex2(static_cast<EVP_MD_CTX*>(context_), sha256(), nullptr) == 1);
}

Digest::~Digest() { EVP_MD_CTX_free(static_cast<EVP_MD_CTX*>(context_)); }

void Digest::add(std::span<const std::byte> bytes) {
    OMS_ASSERT(EVP_DigestUpdate(static_cast<EVP_MD_CTX*>(context_), bytes.data(), bytes.size()) ==
               1);
}

JournalHash Digest::finish() {
    JournalHash hash;
    unsigned length = 0;
    OMS_ASSERT(EVP_DigestFinal_ex(static_cast<EVP_MD_CTX*>(context_), hash.data(), &length) == 1);
    return hash;
}

std::string to_hex(std::span<const std::uint8_t> bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    text.reserve(2 * bytes.size());
    for (const std::uint8_t byte : bytes) {
        text.push_back(digits[byte >> 4U]);
        text.push_back(digits[byte & 15U]);
    }
    return text;
}

bool from_hex(const std::string& text, std::span<std::uint8_t> bytes) {
    if (text.size() != 2 * bytes.size()) return false;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        const int high = digit(text[2 * i]);
        const int low = digit(text[2 * i + 1]);
        if (high < 0 || low < 0) return false;
        bytes[i] = static_cast<std::uint8_t>(high * 16 + low);
    }
    return true;
}

}  // namespace oms::runtime
