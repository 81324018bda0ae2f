// Pools of feeder schools: those who leave the schools of one phase in one district, or in one
// county. Where the new pupils of a school come from is in its columns feeder_pool (a district's
// row, or districts + a county's) and feeder_phase.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "population/population.hpp"

namespace reformsim {

// `Leavers` is what is summed up of those who leave; as made it stands for nobody.
template <class Leavers>
class FeederPools {
 public:
  FeederPools() = default;                                    // none: nobody brings anything
  explicit FeederPools(std::span<const std::int32_t> county)  // of each district
      : county_(county) {
    std::int32_t counties = 0;
    for (const std::int32_t c : county) counties = std::max(counties, c + 1);
    pools_.resize((county.size() + static_cast<std::size_t>(counties)) * kPhases);
  }

  // Gives `add` the two pools that a school sends its leavers to: its district's and its county's.
  template <class Add>
  void leave(std::int32_t district, std::int32_t phase, Add add) {
    const auto d = static_cast<std::size_t>(district);
    for (const std::size_t pool : {d, county_.size() + static_cast<std::size_t>(county_[d])})
      add(pools_[place(pool, phase)]);
  }

  // What the two columns of a school name; nobody for a pool of -1.
  const Leavers& fed_by(std::int32_t pool, std::int32_t phase) const {
    return pool < 0 || pools_.empty() ? nobody_
                                      : pools_[place(static_cast<std::size_t>(pool), phase)];
  }

 private:
  static std::size_t place(std::size_t pool, std::int32_t phase) {
    return pool * kPhases + static_cast<std::size_t>(phase);
  }

  std::span<const std::int32_t> county_;
  std::vector<Leavers> pools_;
  Leavers nobody_{};
};

}  // namespace reformsim
