// The values of one ensemble at the replicates and years that all scenarios have.
#pragma once

#include <cstdint>
#include <vector>

#include "decide/comparison.hpp"

namespace reformsim {

class Aligned {
 public:
  Aligned(const Ensemble& ensemble, const std::vector<std::uint32_t>& replicates,
          const std::vector<double>& years, std::size_t measures);

  double value(std::size_t replicate, std::size_t time, std::size_t measure) const {
    const std::size_t row = replicates_[replicate] * ensemble_->year.size() + times_[time];
    return ensemble_->values[row * measures_ + measure];
  }

  // By replicate.
  std::vector<double> at(std::size_t time, std::size_t measure) const;
  // Sum over time of a yearly rate, each value standing for the time since the one before it.
  std::vector<double> total(const std::vector<double>& years, std::size_t measure) const;

 private:
  const Ensemble* ensemble_;
  std::size_t measures_;
  std::vector<std::size_t> times_, replicates_;
};

// Rows of `all` at which the years of `some` stand.
std::vector<std::size_t> rows_of(const std::vector<double>& all, const std::vector<double>& some);

}  // namespace reformsim
