#include "decide/comparison_output.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <vector>

#include <fmt/format.h>

#include "decide/data.hpp"
#include "decide/headline.hpp"
#include "decide/text.hpp"

namespace reformsim {

namespace {

using Json = nlohmann::ordered_json;

constexpr double kMonth = 0.08;  // pupil SD learnt in a month
constexpr std::size_t kTitleWidth = 26, kDifferenceWidth = 30;

// Two significant digits of the half-width of the interval.
int supported_decimals(const PairedDifference& difference, double scale, int most) {
  if (!difference.low) return std::min(most, 3);
  const double half = (*difference.high - *difference.low) / 2 * scale;
  if (!(half > 0)) return most;
  return std::clamp(1 - static_cast<int>(std::floor(std::log10(half))), 0, most);
}

// Titles as rows of the table: a title that is used twice, or is missing, is told apart by the
// file's name.
std::vector<std::string> row_titles(const Comparison& comparison) {
  std::vector<std::string> titles;
  for (const ScenarioComparison& scenario : comparison.scenarios) {
    const auto same = std::count_if(
        comparison.scenarios.begin(), comparison.scenarios.end(), [&](const auto& other) {
          return fit(other.title, kTitleWidth) == fit(scenario.title, kTitleWidth);
        });
    titles.push_back(scenario.title.empty() || same > 1 ? scenario.name : scenario.title);
  }
  return titles;
}

double percent(const Measure& measure, const PairedDifference& at) {
  if (!is_ratio(measure) || !(std::abs(at.reference) > 1e-12)) return NAN;
  return 100 * at.difference / std::abs(at.reference);
}

double probability_better(const Measure& measure, const PairedDifference& at) {
  const int direction = better(measure.name);
  if (direction == 0) return NAN;
  return direction > 0 ? at.higher : 1 - at.higher;
}

Json total_json(const std::optional<PairedDifference>& total) {
  if (!total) return nullptr;
  return {{"mean", json_number(total->mean)},
          {"difference", json_number(total->difference)},
          {"low", json_number(total->low)},
          {"high", json_number(total->high)}};
}

std::string percent_text(double share) {
  return std::isfinite(share) ? fmt::format("{:.0f}%", 100 * share) : std::string("-");
}

// What makes the first headline's difference vary, and how often it has the sign of its mean.
std::string parts_table(const Comparison& comparison, const std::vector<std::string>& titles) {
  const Headline& row = headlines().front();
  const auto m = comparison.measure(row.measure);
  if (comparison.set.empty() || !m) return "";
  std::string out = "\n" +
                    wrapped(fmt::format("What the difference varies by: {}", row.label), 80) +
                    fmt::format("{}{}{}{}{}\n", fit("", kTitleWidth + 2),
                                right_aligned("parameters", 12), right_aligned("luck", 8),
                                right_aligned("sets", 10), right_aligned("replicates", 14));
  const auto sd = [&](const std::optional<double>& value) {
    return value ? fixed(*value * row.scale, std::min(3, row.most_decimals), false) : "-";
  };
  for (std::size_t s = 0; s < comparison.scenarios.size(); ++s) {
    if (s == comparison.baseline) continue;
    const PairedDifference& at = comparison.scenarios[s].measures[*m].at.back();
    const auto same_sign = [&](double higher) { return at.difference < 0 ? 1 - higher : higher; };
    out += fmt::format("  {}{}{}{}{}\n", fit(titles[s], kTitleWidth),
                       right_aligned(sd(at.sd_parameters), 12), right_aligned(sd(at.sd_luck), 8),
                       right_aligned(percent_text(same_sign(at.sets_higher.value_or(NAN))), 10),
                       right_aligned(percent_text(same_sign(at.higher)), 14));
  }
  return out;
}

}  // namespace

std::string paired_text(const PairedDifference& difference, double scale, int most_decimals) {
  if (difference.pairs == 0) return "not defined";
  if (difference.difference == 0 && (!difference.low || *difference.low == *difference.high))
    return "the same";
  const int decimals = supported_decimals(difference, scale, most_decimals);
  const std::string middle = fixed(difference.difference * scale, decimals, true);
  if (!difference.low) return middle;
  return fmt::format("{} ({} to {})", middle, fixed(*difference.low * scale, decimals, true),
                     fixed(*difference.high * scale, decimals, true));
}

std::string comparison_table(const Comparison& comparison) {
  const std::vector<std::string> titles = row_titles(comparison);
  const std::size_t last = comparison.year.size() - 1;
  const std::size_t n = comparison.replicates.size();
  std::string out;

  out += wrapped(fmt::format("Year {} of {} scenarios, each compared with the baseline: {}.",
                             year_text(comparison.year[last]), comparison.scenarios.size(),
                             titles[comparison.baseline]),
                 80);
  out += n == 1 ? "1 replicate, the same luck in every scenario: no interval can be given.\n"
                : fmt::format("{} replicates, each with the same luck in every scenario.\n", n);
  if (const std::size_t sets = sets_of(comparison.set); sets > 0)
    out +=
        fmt::format("They simulate {} set{} of parameters in turn.\n", sets, sets == 1 ? "" : "s");
  if (comparison.longer) out += "Years that some scenario does not have are left out.\n";
  out += fmt::format("\n{}{}  {}{}\n", fit("", kTitleWidth + 2), right_aligned("mean", 8),
                     fit("difference (95% interval)", kDifferenceWidth), "clear from");

  for (const Headline& row : headlines()) {
    const auto m = comparison.measure(row.measure);
    if (!m) continue;
    int decimals = 1;
    for (const ScenarioComparison& scenario : comparison.scenarios) {
      const PairedDifference& at = scenario.measures[*m].at[last];
      if (at.difference != 0 || n == 1)
        decimals = std::max(decimals, supported_decimals(at, row.scale, row.most_decimals));
    }
    decimals = std::min(std::max(decimals, row.scale == 1 && row.most_decimals > 1 ? 2 : 1),
                        row.most_decimals);
    out += fmt::format("{}\n", row.label);
    for (std::size_t s = 0; s < comparison.scenarios.size(); ++s) {
      const MeasureComparison& measure = comparison.scenarios[s].measures[*m];
      const PairedDifference& at = measure.at[last];
      std::string line = fmt::format(
          "  {}{}  ", fit(titles[s], kTitleWidth),
          right_aligned(std::isfinite(at.mean) ? fixed(at.mean * row.scale, decimals, false) : "-",
                        8));
      if (s == comparison.baseline) {
        line += "baseline";
      } else {
        line += fit(paired_text(at, row.scale, row.most_decimals), kDifferenceWidth);
        if (measure.distinguishable_from)
          line += "year " + year_text(*measure.distinguishable_from);
        else if (at.low && at.difference != 0)
          line += "not clear";
      }
      line.erase(line.find_last_not_of(' ') + 1);
      out += line + "\n";
    }
  }

  out += parts_table(comparison, titles);
  const auto learning = comparison.measure("value_added_mean");
  std::string cost_lines;
  for (std::size_t s = 0; s < comparison.scenarios.size(); ++s) {
    if (s == comparison.baseline || !learning) continue;
    const ScenarioComparison& scenario = comparison.scenarios[s];
    const PairedDifference& gain = scenario.measures[*learning].at[last];
    std::string text;
    if (scenario.cost_per_tenth)
      text = *scenario.cost_per_tenth >= 0
                 ? fmt::format("{:.0f} more per pupil", *scenario.cost_per_tenth)
                 : fmt::format("{:.0f} less per pupil", -*scenario.cost_per_tenth);
    else if (!gain.distinguishable())
      text = "not given: the gain is not clear";
    else if (gain.difference < 0)
      text = "not given: value added is lost";
    else
      text = "not given: the cost does not differ clearly";
    cost_lines += fmt::format("  {}  {}\n", fit(titles[s], kTitleWidth), text);
  }
  if (!cost_lines.empty())
    out += fmt::format("Lever spending over {} for each 0.1 pupil SD of value added\n",
                       comparison.year[last] == 1
                           ? "one year"
                           : fmt::format("all {} years", year_text(comparison.year[last]))) +
           cost_lines;
  if (unequal_costs(comparison)) {
    out += "\n";
    out += wrapped(
        "The scenarios do not cost the same: their spending over the whole time differs by more "
        "than 0.5%, so part of a difference may be bought and not won.",
        80);
    for (std::size_t s = 0; s < comparison.scenarios.size(); ++s) {
      const PairedDifference& spending = *comparison.scenarios[s].spending;
      out += fmt::format("  {}{} per pupil", fit(titles[s], kTitleWidth),
                         right_aligned(fmt::format("{:.0f}", spending.mean), 8));
      if (s != comparison.baseline && spending.reference != 0)
        out += fmt::format(", {:+.1f}%", 100 * spending.difference / std::abs(spending.reference));
      out += "\n";
    }
  }

  for (const std::string& note : comparison.notes) out += "\n" + wrapped(note, 80);

  out += "\nHow to read it\n";
  for (const std::string& text : std::vector<std::string>{
           "- 0.08 pupil SD is what a pupil learns in about one month, so +0.04 is half a month "
           "more. "
           "An SD (standard deviation) says how far pupils differ: two thirds of them lie within 1 "
           "SD "
           "of the average.",
           comparison.set.empty()
               ? "- The difference is the scenario minus the baseline. The brackets hold the "
                 "model's average difference with 95% confidence; more replicates make them "
                 "narrower. They say how sure the simulation is of its own answer, not how sure we "
                 "can be of the model."
               : "- The difference is the scenario minus the baseline. The brackets hold the "
                 "average difference over all sets of parameters with 95% confidence. Single sets "
                 "differ by more: 'parameters' is the standard deviation between sets, and no "
                 "number of replicates makes it smaller; 'luck' is that between replicates of one "
                 "set. 'Sets' and 'replicates' are the shares of them in which the difference has "
                 "the sign of its mean.",
           "- 'Clear from year 3': from year 3 to the end the brackets leave out zero, on "
           "the same side. 'Not clear': the difference could be luck."})
    out += wrapped(text, 80);
  return out;
}

std::string comparison_json(const Comparison& comparison) {
  Json document;
  document["type"] = "reformsim comparison";
  document["format_version"] = 1;
  document["baseline"] = comparison.scenarios[comparison.baseline].name;
  document["confidence"] = kConfidence;
  document["replicates"] = comparison.replicates;
  document["year"] = Json::array();
  for (const double year : comparison.year) document["year"].push_back(json_number(year));
  document["unequal_costs"] = unequal_costs(comparison);
  document["notes"] = comparison.notes;
  document["pupil_sd_per_month"] = kMonth;
  document["measures"] = Json::object();
  for (const Measure& measure : comparison.measures)
    document["measures"][std::string(measure.name)] = {
        {"unit", measure.unit}, {"meaning", measure.meaning}, {"better", better(measure.name)}};
  document["scenarios"] = Json::array();
  for (const ScenarioComparison& scenario : comparison.scenarios) {
    Json entry;
    entry["name"] = scenario.name;
    entry["title"] = scenario.title;
    entry["file"] = scenario.file;
    entry["digest"] = scenario.digest;
    entry["spending_per_pupil_total"] = total_json(scenario.spending);
    entry["lever_spending_per_pupil_total"] = total_json(scenario.lever_spending);
    entry["cost_per_0.1_pupil_sd"] = json_number(scenario.cost_per_tenth);
    for (std::size_t m = 0; m < comparison.measures.size(); ++m) {
      const Measure& measure = comparison.measures[m];
      Json series = {
          {"distinguishable_from", json_number(scenario.measures[m].distinguishable_from)}};
      for (const PairedDifference& at : scenario.measures[m].at) {
        series["pairs"].push_back(at.pairs);
        series["mean"].push_back(json_number(at.mean));
        series["difference"].push_back(json_number(at.difference));
        series["standard_error"].push_back(json_number(at.standard_error));
        series["low"].push_back(json_number(at.low));
        series["high"].push_back(json_number(at.high));
        series["percent"].push_back(json_number(percent(measure, at)));
        series["probability_higher"].push_back(json_number(at.higher));
        series["probability_better"].push_back(json_number(probability_better(measure, at)));
        if (comparison.set.empty()) continue;
        series["sd_parameters"].push_back(json_number(at.sd_parameters));
        series["sd_luck"].push_back(json_number(at.sd_luck));
        series["share_of_sets_higher"].push_back(json_number(at.sets_higher));
      }
      entry["measures"][std::string(measure.name)] = std::move(series);
    }
    document["scenarios"].push_back(std::move(entry));
  }
  // A name of a file need not be UTF-8.
  return document.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

std::string comparison_csv(const Comparison& comparison) {
  std::string out =
      "scenario,title,baseline,measure,unit,year,pairs,mean,difference,standard_error,low,high,"
      "percent,probability_higher,probability_better,distinguishable,sets,sd_parameters,sd_luck,"
      "share_of_sets_higher\n";
  const std::string baseline = csv_cell(comparison.scenarios[comparison.baseline].name);
  for (const ScenarioComparison& scenario : comparison.scenarios)
    for (std::size_t m = 0; m < comparison.measures.size(); ++m) {
      const Measure& measure = comparison.measures[m];
      for (std::size_t t = 0; t < comparison.year.size(); ++t) {
        const PairedDifference& at = scenario.measures[m].at[t];
        out += fmt::format(
            "{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}\n",
            csv_cell(scenario.name), csv_cell(scenario.title), baseline, measure.name,
            csv_cell(measure.unit), csv_cell(comparison.year[t]), at.pairs, csv_cell(at.mean),
            csv_cell(at.difference), csv_cell(at.standard_error), csv_cell(at.low),
            csv_cell(at.high), csv_cell(percent(measure, at)), csv_cell(at.higher),
            csv_cell(probability_better(measure, at)), at.distinguishable() ? 1 : 0, at.sets,
            csv_cell(at.sd_parameters), csv_cell(at.sd_luck), csv_cell(at.sets_higher));
      }
    }
  return out;
}

}  // namespace reformsim
