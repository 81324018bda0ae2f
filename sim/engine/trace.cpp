#include "engine/trace.hpp"

#include <algorithm>
#include <cstring>
#include <span>

#include "base/hash.hpp"

namespace reformsim {

namespace {

// One word more in the hash of a row. Multiplying by an odd number loses nothing, so a single word
// that differs always shows; several that differ cancel out once in 2^32.
std::uint32_t mix(std::uint32_t hash, std::uint32_t word) {
  hash = (hash ^ word) * 0x9e3779b1u;
  return hash ^ (hash >> 15);
}

void hash_rows(std::span<const std::byte> bytes, const ColumnInfo& column,
               std::vector<std::uint32_t>& rows) {
  const std::size_t count = rows.size();
  if (count == 0) return;
  const std::size_t words = column.type == Type::f32 || column.type == Type::i32 ? 1 : 2;
  const std::size_t width = bytes.size() / (count * words * sizeof(std::uint32_t));
  const std::byte* at = bytes.data();
  const auto next = [&at] {
    std::uint32_t word = 0;
    std::memcpy(&word, at, sizeof(word));
    at += sizeof(word);
    return word;
  };
  if (column.width == Width::practices) {
    for (std::uint32_t& row : rows)
      for (std::size_t k = 0; k < width * words; ++k) row = mix(row, next());
  } else {
    for (std::size_t k = 0; k < width; ++k)
      for (std::uint32_t& row : rows)
        for (std::size_t w = 0; w < words; ++w) row = mix(row, next());
  }
}

}  // namespace

void Trace::take(const Simulation& simulation, std::string_view name) {
  std::vector<Column> columns;
  for (std::size_t c = 0; c < kColumns; ++c) columns.push_back(static_cast<Column>(c));
  add(simulation, name, std::move(columns));
}

void Trace::after_mechanism(const Simulation& simulation, const Mechanism& mechanism) {
  // What it adds to, too: a difference shows where it was made, not where its owner applies it.
  std::vector<Column> columns = mechanism.owns;
  columns.insert(columns.end(), mechanism.adds.begin(), mechanism.adds.end());
  columns.insert(columns.end(), mechanism.moves.begin(), mechanism.moves.end());
  add(simulation, mechanism.name, std::move(columns));
}

void Trace::add(const Simulation& simulation, std::string_view name, std::vector<Column> columns) {
  const World& world = simulation.world();
  replicate_ = simulation.replicate();
  steps_per_year_ = simulation.steps_per_year();
  TraceStep step;
  step.term = simulation.term();
  step.mechanism = name;
  step.columns = std::move(columns);
  for (const Column column : step.columns) {
    const ColumnInfo& about = info(column);
    const std::span<const std::byte> bytes = world.bytes(column);
    step.hash.push_back(hash64(bytes));
    auto& rows = step.row_hash[static_cast<std::size_t>(about.entity)];
    if (rows.empty()) rows.assign(world.rows(about.entity), 0);
    hash_rows(bytes, about, rows);
  }
  steps_.push_back(std::move(step));
}

}  // namespace reformsim
