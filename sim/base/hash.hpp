// Hashes for digests, lasting ids, traces and signatures: XXH3 (xxHash), whose values are specified
// and do not change between versions, processors or byte alignments.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace reformsim {

std::uint64_t hash64(std::span<const std::byte> bytes, std::uint64_t seed = 0);
std::uint64_t hash64(std::string_view text, std::uint64_t seed = 0);

template <class T>
std::uint64_t hash64_of(std::span<const T> values, std::uint64_t seed = 0) {
  return hash64(std::as_bytes(values), seed);
}

// 128 bits as 32 hexadecimal digits: the digest of a file or of a resolved scenario.
std::string digest(std::string_view text);

}  // namespace reformsim
