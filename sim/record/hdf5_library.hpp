// What hdf5.cpp and hdf5_reading.cpp share of the library's own names; for these two only.
#pragma once

#include <hdf5.h>
#include <hdf5_hl.h>

#include <cerrno>
#include <cstdlib>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <vector>

#include <fmt/format.h>

#include "base/error.hpp"
#include "record/hdf5.hpp"

namespace reformsim::hdf5 {

static_assert(sizeof(hid_t) == sizeof(std::int64_t));

// The library prints its error stack unless it is told not to; we read the stack instead.
inline void be_silent() {
  static const bool done = [] {
    H5dont_atexit();  // with a file it could not write to the end, its clean-up crashes
    H5open();
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
    return true;
  }();
  (void)done;
}

// The innermost entry of the error stack says what really happened.
inline std::string reason() {
  std::string text;
  const auto take = [](unsigned, const H5E_error2_t* error, void* into) -> herr_t {
    if (error->desc != nullptr) *static_cast<std::string*>(into) = error->desc;
    return 1;  // the first is enough
  };
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, take, &text);
  // Of what the system refused, its word alone; the rest is of use to nobody.
  constexpr std::string_view kMark = "errno = ";
  if (const std::size_t at = text.find(kMark); at != std::string::npos)
    if (const int number = std::atoi(text.c_str() + at + kMark.size()); number > 0)
      return number == ENOSPC ? "the disk is full" : std::generic_category().message(number);
  return text.empty() ? "HDF5 gives no reason" : text;
}

template <class Result>
Result ok(Result result, std::string_view where) {
  if (result < 0) throw RunError(fmt::format("{}: {}", where, reason()));
  return result;
}

inline Handle own(hid_t id, Handle::Close close, std::string_view where) {
  return Handle(ok(id, where), close);
}

inline Handle list(hid_t kind, std::string_view where) {
  return own(H5Pcreate(kind), H5Pclose, where);
}

// A part of a dataset, from `start` on and of shape `count`: in the file and in memory.
struct Part {
  Handle file, memory;
  std::size_t size = 1;
  Part(hid_t dataset, const std::vector<std::uint64_t>& start,
       const std::vector<std::uint64_t>& count, std::string_view where)
      : file(own(H5Dget_space(dataset), H5Sclose, where)) {
    const std::vector<hsize_t> from(start.begin(), start.end()), sizes(count.begin(), count.end());
    ok(H5Sselect_hyperslab(file.id(), H5S_SELECT_SET, from.data(), nullptr, sizes.data(), nullptr),
       where);
    memory = own(H5Screate_simple(static_cast<int>(sizes.size()), sizes.data(), nullptr), H5Sclose,
                 where);
    for (const std::uint64_t n : count) size *= n;
  }
};

template <class T>
hid_t memory_type() {
  if constexpr (std::is_same_v<T, double>) return H5T_NATIVE_DOUBLE;
  if constexpr (std::is_same_v<T, float>) return H5T_NATIVE_FLOAT;
  if constexpr (std::is_same_v<T, std::int32_t>) return H5T_NATIVE_INT32;
  if constexpr (std::is_same_v<T, std::int64_t>) return H5T_NATIVE_INT64;
  if constexpr (std::is_same_v<T, std::uint32_t>) return H5T_NATIVE_UINT32;
  if constexpr (std::is_same_v<T, std::uint64_t>) return H5T_NATIVE_UINT64;
}

}  // namespace reformsim::hdf5
