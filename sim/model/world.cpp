#include "model/world.hpp"

#include "base/error.hpp"

namespace reformsim {
namespace {

constexpr std::size_t kAlign = 64;

std::size_t size_of(Type type) { return type == Type::f32 || type == Type::i32 ? 4 : 8; }

}  // namespace

int World::width(Column column) const {
  switch (info(column).width) {
    case Width::one:
      return 1;
    case Width::practices:
      return kPractices;
    case Width::ties:
      return kTies;
    case Width::groups:
      return kGroups;
    case Width::cohorts:
      return shape_.cohorts;
    case Width::cohort_groups:
      return shape_.cohorts * kGroups;
  }
  return 1;
}

World::World(const WorldShape& shape) : shape_(shape) {
  std::size_t at = 0;
  for (std::size_t c = 0; c < kColumns; ++c) {
    const auto column = static_cast<Column>(c);
    offset_[c] = at;
    values_[c] = rows(info(column).entity) * static_cast<std::size_t>(width(column));
    at += (values_[c] * size_of(info(column).type) + kAlign - 1) / kAlign * kAlign;
  }
  memory_.resize(at);
}

std::span<std::byte> World::bytes(Column column) {
  const auto c = static_cast<std::size_t>(column);
  return {memory_.data() + offset_[c], values_[c] * size_of(info(column).type)};
}

std::span<const std::byte> World::bytes(Column column) const {
  return const_cast<World*>(this)->bytes(column);
}

std::span<const float> World::floats(Column column) const {
  REFORMSIM_CHECK(info(column).type == Type::f32, "column {}", info(column).name);
  const auto raw = bytes(column);
  return {reinterpret_cast<const float*>(raw.data()), raw.size() / sizeof(float)};
}

std::span<const std::int32_t> World::ints(Column column) const {
  REFORMSIM_CHECK(info(column).type == Type::i32, "column {}", info(column).name);
  const auto raw = bytes(column);
  return {reinterpret_cast<const std::int32_t*>(raw.data()), raw.size() / sizeof(std::int32_t)};
}

}  // namespace reformsim
