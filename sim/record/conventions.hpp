// What all our HDF5 files have in common: which file this is and what wrote it, and that every
// variable says its unit and meaning (results_file.md, "Rules for the whole file").
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "record/hdf5.hpp"

namespace reformsim {

// The first attributes of a file.
void write_file_type(hdf5::Group& root, std::string_view file_type, int major, int minor,
                     std::string_view program_version, std::string_view git_commit);

void describe(hdf5::Dataset& dataset, std::string_view unit, std::string_view meaning);

// Every group has its own coordinates: readers that open one group see no other.
template <class T>
hdf5::Dataset add_scale(hdf5::Group& group, std::string_view name, const std::vector<T>& values,
                        std::string_view unit, std::string_view meaning) {
  hdf5::Dataset dataset = group.scale(name, values);
  describe(dataset, unit, meaning);
  return dataset;
}

template <class T>
void add_variable(hdf5::Group& group, std::string_view name, const hdf5::Scales& scales,
                  const std::vector<T>& values, std::string_view unit, std::string_view meaning,
                  std::vector<std::uint64_t> chunk = {}) {
  hdf5::Dataset dataset =
      group.variable<T>(name, scales, std::span<const T>(values), std::move(chunk));
  describe(dataset, unit, meaning);
}

// A text that stands in for nothing: netCDF has no empty texts that all readers agree on.
std::string or_dash(const std::string& text);
std::string lines_or_dash(const std::vector<std::string>& texts);

}  // namespace reformsim
