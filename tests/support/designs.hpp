// Factors and settings of designs, for tests.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "experiment/design.hpp"

namespace support {

using namespace reformsim;

inline Factor levels(const std::string& path, std::vector<double> values) {
  Factor factor;
  factor.path = path;
  factor.kind = FactorKind::levels;
  factor.levels = std::move(values);
  return factor;
}

inline Factor range(FactorKind kind, double low, double high, double mean = 0, double sd = 1) {
  Factor factor;
  factor.path = "a.range";
  factor.kind = kind;
  factor.low = low;
  factor.high = high;
  factor.mean = mean;
  factor.sd = sd;
  return factor;
}

inline Factor triangle(double low, double mode, double high) {
  Factor factor = range(FactorKind::triangular, low, high);
  factor.mode = mode;
  return factor;
}

inline Factor stepped(double low, double high, int steps, FactorKind kind = FactorKind::uniform) {
  Factor factor = range(kind, low, high);
  factor.steps = steps;
  return factor;
}

inline Factor whole(double low, double high) {
  Factor factor = range(FactorKind::uniform, low, high);
  factor.whole = true;
  return factor;
}

inline std::vector<Factor> units(std::size_t count) {
  return std::vector<Factor>(count, range(FactorKind::uniform, 0, 1));
}

inline DesignSettings settings(DesignKind kind, std::int64_t points = 0, std::uint64_t seed = 1) {
  DesignSettings s;
  s.kind = kind;
  s.points = points;
  s.trajectories = points;
  s.seed = seed;
  return s;
}

inline const std::vector<DesignKind> kSampled = {DesignKind::random, DesignKind::latin_hypercube,
                                                 DesignKind::sobol, DesignKind::saltelli,
                                                 DesignKind::morris};
inline std::string name(DesignKind kind) {
  return design_names().at(static_cast<std::size_t>(kind));
}

using Values = std::vector<double>;

}  // namespace support
