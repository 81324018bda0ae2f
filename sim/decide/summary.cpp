#include "decide/summary.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include <fmt/format.h>

#include "decide/headline.hpp"
#include "decide/text.hpp"

namespace reformsim {

namespace {

std::string spread_text(const Spread& spread, double scale, int decimals, bool range) {
  if (!std::isfinite(spread.mean)) return "not defined";
  const std::string mean = fixed(spread.mean * scale, decimals, false);
  if (!range) return mean;
  return fmt::format("{} ({} to {})", mean, fixed(spread.low * scale, decimals, false),
                     fixed(spread.high * scale, decimals, false));
}

}  // namespace

Spread spread_of(std::vector<double> values) {
  std::erase_if(values, [](double value) { return !std::isfinite(value); });
  if (values.empty()) return {NAN, NAN, NAN};
  Spread spread;
  for (const double value : values) spread.mean += value;
  spread.mean /= static_cast<double>(values.size());
  std::sort(values.begin(), values.end());
  spread.low = percentile(values, 0.05);
  spread.high = percentile(values, 0.95);
  return spread;
}

Spread spread_at(const Ensemble& ensemble, std::size_t measures, std::size_t time,
                 std::size_t measure) {
  std::vector<double> values;
  for (std::size_t r = 0; r < ensemble.replicates.size(); ++r)
    values.push_back(ensemble.values[(r * ensemble.year.size() + time) * measures + measure]);
  return spread_of(std::move(values));
}

std::string summary_table(const Ensemble& ensemble, const std::vector<Measure>& measures) {
  const std::size_t last = ensemble.year.size() - 1;
  const bool range = ensemble.replicates.size() > 1;
  std::string out =
      range ? fmt::format("Mean over {} replicates (and the range of nine in ten of them)\n",
                          ensemble.replicates.size())
            : "One replicate\n";
  for (const Headline& headline : headlines()) {
    const auto found = std::find_if(measures.begin(), measures.end(), [&](const Measure& measure) {
      return measure.name == headline.measure;
    });
    if (found == measures.end()) continue;
    const auto m = static_cast<std::size_t>(found - measures.begin());
    const auto at = [&](std::size_t time) {
      return spread_text(spread_at(ensemble, measures.size(), time, m), headline.scale,
                         std::min(headline.most_decimals, 3), range);
    };
    out += fmt::format("  {}\n", headline.label);
    if (last == 0)
      out += fmt::format("      year 0: {}\n", at(0));
    else
      out += fmt::format("      year 0: {:<26} year {}: {}\n", at(0),
                         year_text(ensemble.year[last]), at(last));
  }
  return out;
}

std::string summary_json(const Ensemble& ensemble, const std::vector<Measure>& measures) {
  using Json = nlohmann::ordered_json;
  const auto number = [](double value) {
    return std::isfinite(value) ? Json(value) : Json(nullptr);
  };
  const std::size_t last = ensemble.year.size() - 1;
  Json document;
  document["title"] = ensemble.title;
  document["scenario"] = ensemble.file;
  document["digest"] = ensemble.digest;
  document["replicates"] = ensemble.replicates;
  document["year"] = {ensemble.year.front(), ensemble.year.back()};
  for (std::size_t m = 0; m < measures.size(); ++m) {
    Json entry = {{"unit", measures[m].unit}};
    for (const std::size_t time : {std::size_t{0}, last}) {
      const Spread spread = spread_at(ensemble, measures.size(), time, m);
      entry["mean"].push_back(number(spread.mean));
      entry["low_90"].push_back(number(spread.low));
      entry["high_90"].push_back(number(spread.high));
    }
    document["measures"][std::string(measures[m].name)] = std::move(entry);
  }
  // A name of a file need not be UTF-8.
  return document.dump(2, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace reformsim
