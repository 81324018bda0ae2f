#include "experiment/design.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/triangular.hpp>

#include "base/math.hpp"
#include "experiment/design_units.hpp"

namespace reformsim {
namespace {

// ---- Values -------------------------------------------------------------------------------------

// An interval of the standard normal distribution. Its upper tail is measured from above: near 1 a
// distribution function has no digits left.
struct NormalPart {
  double low, high;
  const boost::math::normal standard{};

  double share() const {
    if (low > 0) return cdf(complement(standard, low)) - cdf(complement(standard, high));
    return cdf(standard, high) - cdf(standard, low);
  }
  double quantile_of(double unit) const {
    const double below = cdf(standard, low) + unit * share();
    if (below <= 0.5) return quantile(standard, below);
    const double above = cdf(complement(standard, high)) + (1 - unit) * share();
    return quantile(complement(standard, above));
  }
};

NormalPart normal_part(const Factor& f) {
  if (f.kind == FactorKind::normal) return {(f.low - f.mean) / f.sd, (f.high - f.mean) / f.sd};
  const double low = f.low > 0 ? log(f.low) : -std::numeric_limits<double>::infinity();
  return {(low - f.mean) / f.sd, (log(f.high) - f.mean) / f.sd};
}

double range_quantile(const Factor& f, double unit) {
  // At the ends the distribution functions are flat or infinite, and rounding would miss them.
  if (unit <= 0) return f.low;
  if (unit >= 1) return f.high;
  switch (f.kind) {
    case FactorKind::log_uniform:
      return exp(log(f.low) + unit * (log(f.high) - log(f.low)));
    case FactorKind::normal:
      return f.mean + f.sd * normal_part(f).quantile_of(unit);
    case FactorKind::log_normal:
      return exp(f.mean + f.sd * normal_part(f).quantile_of(unit));
    case FactorKind::triangular:
      return quantile(boost::math::triangular(f.low, f.mode, f.high), unit);
    default:
      return f.low + unit * (f.high - f.low);
  }
}

std::size_t level_count(const Factor& factor) {
  if (factor.kind == FactorKind::levels) return factor.levels.size();
  return factor.steps ? static_cast<std::size_t>(std::max(*factor.steps, 0)) : 0;
}

double level_value(const Factor& factor, std::size_t level) {
  if (factor.kind == FactorKind::levels) return factor.levels[level];
  return factor_value(factor, static_cast<double>(level) / static_cast<double>(*factor.steps - 1));
}

// Steps are computed and base values are written, so that -0.3 + 3 x 0.1 has to be 0; where low
// values matter as much as high ones, only their ratio counts.
bool same_value(double a, double b, const Factor& factor) {
  double size = std::max(std::fabs(a), std::fabs(b));
  if (factor.kind == FactorKind::uniform || factor.kind == FactorKind::normal ||
      factor.kind == FactorKind::triangular)
    size = std::max(size, factor.high - factor.low);
  return std::fabs(a - b) <= 1e-12 * size;
}

// ---- Designs that name values: [point][factor] --------------------------------------------------

std::vector<double> grid_values(const std::vector<Factor>& factors, std::size_t points) {
  std::vector<std::vector<double>> levels(factors.size());
  for (std::size_t f = 0; f < factors.size(); ++f)
    for (std::size_t l = 0; l < level_count(factors[f]); ++l)
      levels[f].push_back(level_value(factors[f], l));
  std::vector<double> value(points * factors.size());
  for (std::size_t i = 0; i < points; ++i) {
    std::size_t rest = i;
    for (std::size_t f = factors.size(); f-- > 0; rest /= levels[f].size())
      value[i * factors.size() + f] = levels[f][rest % levels[f].size()];
  }
  return value;
}

std::vector<double> one_at_a_time_values(const std::vector<Factor>& factors,
                                         const std::vector<double>& base) {
  std::vector<double> value = base;
  std::vector<double> point = base;
  for (std::size_t f = 0; f < factors.size(); ++f) {
    for (std::size_t l = 0; l < level_count(factors[f]); ++l) {
      point[f] = level_value(factors[f], l);
      if (!same_value(point[f], base[f], factors[f]))
        value.insert(value.end(), point.begin(), point.end());
    }
    point[f] = base[f];
  }
  return value;
}

// ---- Checks -------------------------------------------------------------------------------------

std::string called(DesignKind kind) {
  return "a " + design_names()[static_cast<std::size_t>(kind)] + " design";
}

bool is_written(DesignKind kind) { return kind == DesignKind::list || kind == DesignKind::csv; }
bool goes_by_levels(DesignKind kind) {
  return kind == DesignKind::grid || kind == DesignKind::zip || kind == DesignKind::one_at_a_time;
}

// What is wrong with a factor's distribution; empty when nothing is.
std::string distribution_fault(const Factor& f) {
  if (f.kind == FactorKind::levels) return f.levels.empty() ? "there are no levels" : "";
  const std::string range = fmt::format("{} to {}", f.low, f.high);
  if (!std::isfinite(f.low) || !std::isfinite(f.high) || f.low >= f.high)
    return fmt::format("{} is not a range; expected two numbers, the smaller one first", range);
  if (f.whole && std::ceil(f.low) > std::floor(f.high))
    return fmt::format("there is no whole number from {}", range);
  if (f.kind == FactorKind::log_uniform && f.low <= 0)
    return fmt::format("{} has no logarithm; expected a range above 0", f.low);
  if (f.kind == FactorKind::triangular && !(f.mode >= f.low && f.mode <= f.high))
    return fmt::format("the mode {} is not in the range {}", f.mode, range);
  if (f.kind == FactorKind::normal || f.kind == FactorKind::log_normal) {
    if (f.kind == FactorKind::log_normal && f.low < 0)
      return fmt::format("a log-normal has nothing below 0; expected a range from 0, not {}",
                         range);
    if (!std::isfinite(f.mean) || !(f.sd > 0) || !std::isfinite(f.sd))
      return fmt::format("mean {} and sd {} are no distribution; expected an sd above 0", f.mean,
                         f.sd);
    if (!(normal_part(f).share() > 1e-200))  // further out quantiles run out of digits
      return fmt::format("mean {} and sd {} leave nothing in the range {}", f.mean, f.sd, range);
  }
  return "";
}

std::string levels_fault(const Factor& f, DesignKind kind) {
  if (f.kind == FactorKind::levels) return "";
  if (!f.steps)
    return fmt::format("{} needs levels, or 'steps' for a range; there are neither", called(kind));
  if (*f.steps < 2 || level_count(f) > kMostDesignPoints)
    return fmt::format("'steps' is {}; expected from 2 (low and high) to {}", *f.steps,
                       kMostDesignPoints);
  for (std::size_t l = 1; f.whole && l < level_count(f); ++l)
    if (level_value(f, l) == level_value(f, l - 1))
      return fmt::format("{} steps from {} to {} give the whole number {} twice", *f.steps, f.low,
                         f.high, level_value(f, l));
  return "";
}

// Everything that keeps the settings from making a design, however large.
std::vector<Problem> misfits(const DesignSettings& s, const std::vector<Factor>& factors) {
  std::vector<Problem> found;
  const std::string design = called(s.kind);
  const auto wrong = [&](std::string message) { found.push_back({s.place, std::move(message)}); };

  if (is_written(s.kind)) {
    if (s.rows.empty()) wrong(fmt::format("{} needs at least one point", design));
    for (std::size_t row = 0; row < s.rows.size(); ++row) {
      if (s.rows[row].size() == factors.size()) continue;
      wrong(
          fmt::format("{} needs a value of every factor: point {} has {}, and there are {} factors",
                      design, row + 1, s.rows[row].size(), factors.size()));
      break;  // most often all the others are wrong in the same way
    }
    return found;
  }

  for (const Factor& factor : factors) {
    std::string fault = distribution_fault(factor);
    if (fault.empty() && goes_by_levels(s.kind)) fault = levels_fault(factor, s.kind);
    if (!fault.empty()) found.push_back({factor.place, factor.path + ": " + fault});
  }
  if (s.kind == DesignKind::zip && found.empty()) {
    for (const Factor& factor : factors) {
      const std::size_t here = level_count(factor), first = level_count(factors[0]);
      if (here == first) continue;
      found.push_back({factor.place,
                       fmt::format("{}: {} needs equally many levels of every factor; here are {}, "
                                   "but {} has {}",
                                   factor.path, design, here, factors[0].path, first)});
    }
  }
  if (s.kind == DesignKind::one_at_a_time && s.base.size() != factors.size())
    wrong(fmt::format("{} needs the scenario's own value of every factor: there are {} of {}",
                      design, s.base.size(), factors.size()));
  if (s.kind == DesignKind::morris) {
    if (s.trajectories < 1)
      wrong(fmt::format("'trajectories' is {}; {} needs at least 1", s.trajectories, design));
    if (s.levels < 2 || s.levels % 2 != 0)
      wrong(fmt::format("'levels' is {}; {} needs an even number of them", s.levels, design));
  } else if (!goes_by_levels(s.kind) && s.points < 1) {
    wrong(fmt::format("'points' is {}; {} needs at least 1", s.points, design));
  }
  const std::size_t each = s.kind == DesignKind::saltelli ? 2 : 1;
  if ((s.kind == DesignKind::sobol || s.kind == DesignKind::saltelli) &&
      factors.size() > sobol_dimensions() / each)
    wrong(fmt::format("{} has room for {} factors; there are {}", design, sobol_dimensions() / each,
                      factors.size()));
  return found;
}

constexpr std::size_t kUncountable = std::numeric_limits<std::size_t>::max();

std::size_t times(std::size_t a, std::size_t b) {
  std::size_t product = 0;
  return __builtin_mul_overflow(a, b, &product) ? kUncountable : product;
}

// Of settings without misfits.
std::size_t count_points(const DesignSettings& s, const std::vector<Factor>& factors) {
  const std::size_t d = factors.size();
  if (d == 0) return 1;
  const auto points = static_cast<std::size_t>(s.points);
  std::size_t count = 1;
  switch (s.kind) {
    case DesignKind::grid:
      for (const Factor& factor : factors) count = times(count, level_count(factor));
      return count;
    case DesignKind::zip:
      return level_count(factors[0]);
    case DesignKind::list:
    case DesignKind::csv:
      return s.rows.size();
    case DesignKind::one_at_a_time:
      for (std::size_t f = 0; f < d; ++f)
        for (std::size_t l = 0; l < level_count(factors[f]); ++l)
          count += !same_value(level_value(factors[f], l), s.base[f], factors[f]);
      return count;
    case DesignKind::saltelli:
      return times(points, (s.second_order ? 2 * d : d) + 2);
    case DesignKind::morris:
      return times(static_cast<std::size_t>(s.trajectories), d + 1);
    default:
      return points;
  }
}

std::vector<double> units_of(const DesignSettings& s, std::size_t d) {
  const auto points = static_cast<std::size_t>(s.points);
  switch (s.kind) {
    case DesignKind::random:
      return random_units(points, d, s.seed);
    case DesignKind::latin_hypercube:
      return latin_hypercube_units(points, d, s.seed);
    case DesignKind::sobol:
      return sobol_units(points, d, s.seed);
    case DesignKind::saltelli:
      return saltelli_units(points, d, s.second_order, s.seed);
    default:
      return morris_units(static_cast<std::size_t>(s.trajectories), d, s.levels, s.seed);
  }
}

}  // namespace

const std::vector<std::string>& design_names() {
  static const std::vector<std::string> names = {
      "grid",  "zip",      "list",  "csv", "one_at_a_time", "random", "latin_hypercube",
      "sobol", "saltelli", "morris"};
  return names;
}

double factor_value(const Factor& factor, double unit) {
  REFORMSIM_CHECK(unit >= 0 && unit <= 1, "{} at {}", factor.path, unit);
  if (factor.kind == FactorKind::levels) {
    const std::size_t count = factor.levels.size();
    const auto level = static_cast<std::size_t>(unit * static_cast<double>(count));
    return factor.levels[std::min(level, count - 1)];
  }
  const double value = std::clamp(range_quantile(factor, unit), factor.low, factor.high);
  if (!factor.whole) return value;
  return std::clamp(std::round(value), std::ceil(factor.low), std::floor(factor.high));
}

std::size_t design_points(const DesignSettings& settings, const std::vector<Factor>& factors) {
  return misfits(settings, factors).empty() ? count_points(settings, factors) : 0;
}

std::vector<Problem> check_design(const DesignSettings& settings,
                                  const std::vector<Factor>& factors) {
  std::vector<Problem> found = misfits(settings, factors);
  if (!found.empty()) return found;
  const std::size_t count = count_points(settings, factors);
  if (count > kMostDesignPoints)
    found.push_back(
        {settings.place, fmt::format("{} of these factors has {} points; at most {} are possible",
                                     called(settings.kind),
                                     count == kUncountable ? "countless" : std::to_string(count),
                                     kMostDesignPoints)});
  return found;
}

Design make_design(const DesignSettings& settings, const std::vector<Factor>& factors) {
  const std::vector<Problem> problems = check_design(settings, factors);
  REFORMSIM_CHECK(problems.empty(), "{}", describe(problems[0]));
  Design design;
  design.factors = factors.size();
  if (factors.empty()) return design;
  switch (settings.kind) {
    case DesignKind::grid:
      design.value = grid_values(factors, count_points(settings, factors));
      break;
    case DesignKind::zip:
      for (std::size_t l = 0; l < level_count(factors[0]); ++l)
        for (const Factor& factor : factors) design.value.push_back(level_value(factor, l));
      break;
    case DesignKind::list:
    case DesignKind::csv:
      for (const auto& row : settings.rows)
        design.value.insert(design.value.end(), row.begin(), row.end());
      break;
    case DesignKind::one_at_a_time:
      design.value = one_at_a_time_values(factors, settings.base);
      break;
    default:
      design.unit = units_of(settings, factors.size());
      design.value.reserve(design.unit.size());
      for (std::size_t i = 0; i < design.unit.size(); ++i)
        design.value.push_back(factor_value(factors[i % factors.size()], design.unit[i]));
  }
  return design;
}

}  // namespace reformsim
