// The synthetic list: a school system drawn from a handful of shares and spreads.
//
//   district sizes   log-normal weights with the CV asked for, every district at least one school,
//                    exactly as many schools as asked for (largest remainders)
//   enrolment        log-normal by phase, below the median with another spread where that is asked
//                    for, whole pupils, at least 20; correlated with deprivation where asked for
//   deprivation      Beta with the mean and SD asked for (secondary schools may have another mean),
//                    through a normal copula: z = sqrt(r) z_district + sqrt(1 - r) z_school,
//                    x = quantile(Phi(z)); r is chosen so that districts hold the asked share of
//                    the variance of x itself, not of z
//   place            counties of about ten districts tile a square, districts lie in their county,
//                    schools around their district; on average 10 km2 a school
//   score, teachers  unknown: the model draws them
//
// A draw is keyed by (population.seed, replicate) and the lasting id of its school or district, so
// a list of more schools does not change the luck of those in the shorter one.
#pragma once

#include <cstdint>
#include <vector>

#include "population/population.hpp"

namespace reformsim {

// Permanent numbers, counted from 60000 so that they never meet the model's own purposes.
enum class SynthesisPurpose : std::uint16_t {
  district_size = 60000,
  district_deprivation = 60001,
  district_place = 60002,
  school_phase = 60003,
  school_enrolment = 60004,
  school_deprivation = 60005,
  school_place = 60006,
};

Population synthesise(const Scenario& scenario, std::uint32_t replicate);

// Schools by district: weights apportioned to `schools` places, at least one each. schools >=
// weights.size().
std::vector<int> apportion(const std::vector<double>& weights, int schools);

// Phi(z), absolute error below 1e-15; in plain arithmetic like everything on this path.
double normal_cdf(double z);

// Beta(a, b) with a given mean and SD as a function of a standard normal deviate: quantile(Phi(z)),
// tabulated once, so that a draw costs one interpolation and one exp.
class BetaCopula {
 public:
  // Needs 0 < mean < 1 and 0 < sd < sqrt(mean (1 - mean)).
  BetaCopula(double mean, double sd);

  double a() const { return a_; }
  double b() const { return b_; }
  double operator()(double z) const;
  // The correlation of two deviates that gives two values the correlation `wanted` (0..1).
  double latent_correlation(double wanted) const;

 private:
  double a_, b_;
  std::vector<double> logit_;  // logit of the value at kFirst + i * kStep
};

}  // namespace reformsim
