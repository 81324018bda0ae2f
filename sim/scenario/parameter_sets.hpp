// Sets of parameters that a scenario's replicates simulate in turn: what evidence still allows
// instead of one best guess. A CSV with one line per set: its name in the column `set`, and a
// column for each parameter that the sets settle, headed as it would be written under `parameters`.
//
// Lines stand in random order, so that the first ones are a fair sample of all.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "scenario/field.hpp"

namespace reformsim {

struct ParameterSets {
  std::vector<std::string> names;    // by set; each once
  std::vector<std::size_t> columns;  // by column: the parameter's row in the field table
  std::vector<double> values;        // [set][column]
  std::string digest;                // of the bytes of the file

  double at(std::size_t set, std::size_t column) const {
    return values[set * columns.size() + column];
  }
  // Which set a replicate simulates: `lucks` replicates in a row share one, and after the last set
  // comes the first.
  std::size_t of(std::uint32_t replicate, std::int64_t lucks) const {
    return static_cast<std::size_t>(replicate / static_cast<std::uint64_t>(lucks)) % names.size();
  }
};

// From the text of a file; `path` is for messages. Throws InputError with every problem.
ParameterSets read_parameter_sets(const std::string& path, std::string text,
                                  const FieldTable& table);

}  // namespace reformsim
