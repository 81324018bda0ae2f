// The world of one replicate: all its columns in one piece of memory, so that branching a burn-in
// is a copy, a checkpoint is a dump and a hash is a hash.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "model/columns.hpp"

namespace reformsim {

struct WorldShape {
  std::array<std::size_t, kEntities> rows{};  // by Entity; system has one row
  int cohorts = 0;                            // year groups of the longest school
  bool operator==(const WorldShape&) const = default;
};

class World {
 public:
  World() = default;
  explicit World(const WorldShape& shape);  // all columns 0

  const WorldShape& shape() const { return shape_; }
  std::size_t rows(Entity entity) const { return shape_.rows[static_cast<std::size_t>(entity)]; }
  std::size_t schools() const { return rows(Entity::school); }
  int width(Column column) const;

  // All values of a column: rows x width of them, laid out as columns.hpp says for the width.
  template <Column kId, class T>
  std::span<T> operator[](ColumnTag<kId, T>) {
    constexpr auto c = static_cast<std::size_t>(kId);
    return {reinterpret_cast<T*>(memory_.data() + offset_[c]), values_[c]};
  }
  template <Column kId, class T>
  std::span<const T> operator[](ColumnTag<kId, T>) const {
    constexpr auto c = static_cast<std::size_t>(kId);
    return {reinterpret_cast<const T*>(memory_.data() + offset_[c]), values_[c]};
  }

  std::span<std::byte> bytes(Column column);
  std::span<const std::byte> bytes(Column column) const;

  // A float32 or an int32 column by its run-time name, for recorders.
  std::span<const float> floats(Column column) const;
  std::span<const std::int32_t> ints(Column column) const;

 private:
  WorldShape shape_;
  std::array<std::size_t, kColumns> offset_{};  // in bytes
  std::array<std::size_t, kColumns> values_{};  // rows x width
  std::vector<std::byte> memory_;
};

// Value k of row i of a column with planes.
inline std::size_t plane(std::size_t rows, int k, std::size_t i) {
  return static_cast<std::size_t>(k) * rows + i;
}

// Cohort columns by year group and group of pupils.
inline int cohort_plane(int cohort, int group) { return cohort * kGroups + group; }

}  // namespace reformsim
