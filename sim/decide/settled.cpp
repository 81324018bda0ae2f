#include "decide/settled.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include <fmt/format.h>

#include "base/error.hpp"
#include "base/nearest.hpp"
#include "decide/aligned.hpp"
#include "decide/school_effects.hpp"

namespace reformsim {

namespace {

bool told_apart(const PairedDifference& difference, double alike) {
  if (!difference.low) return false;
  return difference.distinguishable() || (*difference.low > -alike && *difference.high < alike) ||
         (difference.difference == 0 && *difference.low == 0 && *difference.high == 0);
}

}  // namespace

Precision read_precision(const std::string& text, const std::string& option,
                         const std::vector<Measure>& measures) {
  const Place place{option + ' ' + text, 0, 0};
  const std::size_t equals = text.find('=');
  const std::string name = text.substr(0, equals);
  std::vector<std::string> known;
  for (const Measure& measure : measures) known.emplace_back(measure.name);
  const auto found = std::find(known.begin(), known.end(), name);
  if (found == known.end()) {
    const std::string near = nearest(name, known);
    throw InputError(place, fmt::format("there is no measure '{}'{}", name,
                                        near.empty() ? " (reformsim explain lists them)"
                                                     : fmt::format("; did you mean '{}'?", near)));
  }
  Precision precision;
  precision.measure = static_cast<std::size_t>(found - known.begin());
  if (equals == std::string::npos) return precision;
  const std::string number = text.substr(equals + 1);
  double width = 0;
  const char* const end = number.data() + number.size();
  const auto [stop, error] = std::from_chars(number.data(), end, width);
  if (error != std::errc() || stop != end || !(width > 0) || !std::isfinite(width))
    throw InputError(place, fmt::format("expected half the width of the interval, a number above "
                                        "zero ({}), not '{}'",
                                        measures[precision.measure].unit, number));
  precision.half_width = width;
  return precision;
}

bool settled(const Precision& precision, const std::vector<Ensemble>& ensembles,
             const std::vector<Measure>& measures, std::size_t baseline) {
  const std::vector<std::uint32_t>& replicates = ensembles[baseline].replicates;
  std::vector<double> years = ensembles[0].year;
  for (const Ensemble& ensemble : ensembles)
    if (ensemble.year.size() < years.size()) years = ensemble.year;
  const std::vector<std::size_t> sets = common_sets(ensembles, replicates);
  std::vector<std::vector<double>> end;
  for (const Ensemble& ensemble : ensembles)
    end.push_back(Aligned(ensemble, replicates, years, measures.size())
                      .at(years.size() - 1, precision.measure));
  if (precision.half_width) {
    for (std::size_t s = 0; s < end.size(); ++s) {
      if (s == baseline) continue;
      const PairedDifference at = paired_difference(end[s], end[baseline], sets);
      if (!at.low || (*at.high - *at.low) / 2 > *precision.half_width) return false;
    }
    return true;
  }
  const double alike = measures[precision.measure].unit == "pupil SD" ? kLeastDifference : 0;
  for (std::size_t s = 0; s < end.size(); ++s)
    for (std::size_t other = 0; other < s; ++other)
      if (!told_apart(paired_difference(end[s], end[other], sets), alike)) return false;
  return true;
}

std::string precision_note(const Precision& precision, const std::vector<Measure>& measures,
                           std::size_t replicates, std::size_t looks, bool reached) {
  const Measure& measure = measures[precision.measure];
  const std::string aim =
      precision.half_width
          ? fmt::format("every difference in {} was known to within {} {}", measure.name,
                        *precision.half_width, measure.unit)
          : fmt::format("the order of the scenarios by {} was settled", measure.name);
  const std::string how =
      reached ? fmt::format("Replicates were added until {}: {} were enough.", aim, replicates)
              : fmt::format(
                    "Replicates were to be added until {}, but {} were "
                    "not enough.",
                    aim, replicates);
  if (looks < 2) return how;
  const std::string price =
      precision.half_width
          ? "Stopping when they are narrow makes intervals a little too narrow: take what is clear "
            "by a hair as open."
          : "Where two scenarios do not differ, looking so often calls them different far oftener "
            "than one time in twenty (one in seven at five looks, one in four at twenty). Repeat "
            "with other luck before relying on a small difference.";
  return how + fmt::format(" The results were looked at {} times on the way. {}", looks, price);
}

}  // namespace reformsim
