// Equality byte for byte, and where it ends.
#pragma once

#include <cstring>
#include <span>
#include <string>

#include <fmt/format.h>

#include "base/hash.hpp"
#include "model/world.hpp"
#include "record/recorder.hpp"

namespace support {

using namespace reformsim;

// Empty when the column has the same bytes in both worlds; else how many of its values differ.
inline std::string difference(const World& a, const World& b, Column column) {
  const auto x = a.bytes(column), y = b.bytes(column);
  if (x.size() != y.size())
    return fmt::format("{}: {} bytes and {}", info(column).name, x.size(), y.size());
  if (x.empty() || std::memcmp(x.data(), y.data(), x.size()) == 0) return {};
  const Type type = info(column).type;
  const std::size_t size = type == Type::f32 || type == Type::i32 ? 4 : 8;
  std::size_t different = 0, first = 0;
  for (std::size_t at = 0; at < x.size(); at += size)
    if (std::memcmp(&x[at], &y[at], size) != 0) {
      if (different++ == 0) first = at / size;
    }
  return fmt::format("{}: {} of {} values differ, the first is number {}", info(column).name,
                     different, x.size() / size, first);
}

// Empty when every column has the same bytes; else the first that has not.
inline std::string difference(const World& a, const World& b) {
  for (std::size_t c = 0; c < kColumns; ++c)
    if (std::string text = difference(a, b, static_cast<Column>(c)); !text.empty()) return text;
  return {};
}

template <class T>
bool same_bytes(std::span<const T> a, std::span<const T> b) {
  return a.size() == b.size() &&
         (a.empty() || std::memcmp(a.data(), b.data(), a.size_bytes()) == 0);
}

inline std::string difference(const Recording& a, const Recording& b) {
  const auto same = [](const auto& x, const auto& y) {
    return same_bytes(std::span(x), std::span(y));
  };
  if (a.replicate != b.replicate) return "replicate";
  if (!same(a.year, b.year)) return "year";
  if (!same(a.system, b.system)) return "system";
  if (!same(a.school, b.school)) return "school";
  if (!same(a.district, b.district)) return "district";
  if (!same(a.cluster, b.cluster)) return "cluster";
  if (!same(a.school_cluster, b.school_cluster)) return "school_cluster";
  if (!same(a.school_district, b.school_district)) return "school_district";
  if (!same(a.school_enrolment, b.school_enrolment)) return "school_enrolment";
  return {};
}

inline std::uint64_t hash_of(const World& world, std::uint64_t seed = 0) {
  for (std::size_t c = 0; c < kColumns; ++c)
    seed = hash64(world.bytes(static_cast<Column>(c)), seed);
  return seed;
}

}  // namespace support
