// Knock-outs as a table for a terminal, as JSON and as tidy CSV.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "decide/data.hpp"
#include "decide/knockouts.hpp"
#include "decide/text.hpp"

namespace reformsim {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kName = 24, kCell = 7, kWide = 80;

std::vector<std::size_t> shown_of(const Knockouts& knockouts) {
  std::vector<std::size_t> places;
  for (const KnockoutMeasure& shown : knockout_measures())
    for (std::size_t m = 0; m < knockouts.measures.size(); ++m)
      if (knockouts.measures[m].name == shown.measure) places.push_back(m);
  return places;
}

std::string in_line(std::string line) {
  line.erase(line.find_last_not_of(' ') + 1);
  return line + '\n';
}

// A mechanism's differences, and below them their standard errors.
std::string two_lines(std::string_view name, const std::vector<const PairedDifference*>& values,
                      const std::vector<bool>& marked) {
  std::string first = fit(name, kName), second = fit("", kName);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const KnockoutMeasure& shown = knockout_measures()[i];
    const PairedDifference& value = *values[i];
    const bool known = std::isfinite(value.difference);
    first += right_aligned(
                 known ? fixed(value.difference * shown.scale, shown.decimals, true) : "-", kCell) +
             (marked[i] ? '*' : ' ');
    second += right_aligned(value.standard_error && known
                                ? fixed(*value.standard_error * shown.scale, shown.decimals, false)
                                : "",
                            kCell) +
              ' ';
  }
  return in_line(first) + in_line(second);
}

std::string headings() {
  std::string first = fit("", kName), second = first;
  for (const KnockoutMeasure& shown : knockout_measures()) {
    first += right_aligned(std::string(shown.heading), kCell) + ' ';
    second += right_aligned(std::string(shown.unit), kCell) + ' ';
  }
  return in_line(first) + in_line(second);
}

std::string titled(const Knockouts::Row& row) {
  return row.title.empty() || row.title == row.name ? row.name
                                                    : fmt::format("{} ({})", row.title, row.name);
}

std::string listed(const std::vector<std::string>& names) {
  return fmt::format("{}", fmt::join(names, ", "));
}

std::string scenario_table(const Knockouts& knockouts, std::size_t s) {
  const Knockouts::Row& row = knockouts.scenarios[s];
  const std::vector<std::size_t> shown = shown_of(knockouts);
  const bool against = row.effect[0].has_value();
  std::string out = wrapped(
      against ? fmt::format("{}: its effect against {}, and what each mechanism contributes to it",
                            titled(row), titled(knockouts.scenarios[*knockouts.baseline]))
              : fmt::format("{}: with each mechanism minus without it", titled(row)),
      kWide);
  out += headings();
  if (against) {
    std::vector<const PairedDifference*> values;
    std::vector<bool> marked;
    for (std::size_t i = 0; i < shown.size(); ++i) {
      values.push_back(&*row.effect[shown[i]]);
      marked.push_back(counts(*values.back(), knockout_measures()[i].least));
    }
    out += two_lines("the whole effect", values, marked);
  }
  std::vector<std::string> quiet, off;
  for (std::size_t k = 0; k < knockouts.mechanism.size(); ++k) {
    std::vector<const PairedDifference*> values;
    std::vector<bool> marked;
    for (const std::size_t m : shown) {
      const KnockoutEffect& effect = row.of[k][m];
      values.push_back(against ? &*effect.contribution : &effect.change);
      marked.push_back(against ? effect.contribution_counts : effect.change_counts);
    }
    if (std::none_of(marked.begin(), marked.end(), [](bool m) { return m; })) {
      quiet.push_back(knockouts.mechanism[k]);
      continue;
    }
    if (!row.at_work[k]) off.push_back(knockouts.mechanism[k]);
    out += two_lines(knockouts.mechanism[k], values, marked);
  }
  if (!quiet.empty()) out += wrapped("Nothing clear: " + listed(quiet) + ".", kWide);
  if (!off.empty())
    out += wrapped(fmt::format("Off in this scenario: {}; shown is what it would do.", listed(off)),
                   kWide);
  return out;
}

Json paired_json(const PairedDifference& at) {
  return {{"pairs", at.pairs},
          {"with", json_number(at.mean)},
          {"without", json_number(at.reference)},
          {"difference", json_number(at.difference)},
          {"standard_error", json_number(at.standard_error)},
          {"low", json_number(at.low)},
          {"high", json_number(at.high)}};
}

std::string paired_csv(const PairedDifference& at) {
  return fmt::format("{},{},{},{},{},{}", csv_cell(at.mean), csv_cell(at.reference),
                     csv_cell(at.difference), csv_cell(at.standard_error), csv_cell(at.low),
                     csv_cell(at.high));
}

}  // namespace

std::string knockouts_table(const Knockouts& knockouts) {
  const std::size_t n = knockouts.replicates.size();
  std::string out = wrapped(
      fmt::format("Year {} of {} scenario{}, each with and without each of {} mechanism{}, {}.",
                  year_text(knockouts.year), knockouts.scenarios.size(),
                  knockouts.scenarios.size() == 1 ? "" : "s", knockouts.mechanism.size(),
                  knockouts.mechanism.size() == 1 ? "" : "s",
                  n == 1 ? "1 replicate: no standard error can be given, so nothing is marked"
                         : fmt::format("{} replicates", n)),
      kWide);
  for (std::size_t s = 0; s < knockouts.scenarios.size(); ++s)
    out += '\n' + scenario_table(knockouts, s);
  for (const std::string& note : knockouts.notes) out += "\n" + wrapped(note, kWide);
  out += '\n';
  if (n > 1) {
    const std::vector<std::string> nothing = knockouts.without_effect();
    out += wrapped(nothing.empty()
                       ? "Every mechanism changes something in some scenario."
                       : fmt::format("Changed nothing in any scenario: {}.", listed(nothing)),
                   kWide);
  }
  out += "\nHow to read it\n";
  std::string columns;
  for (const KnockoutMeasure& shown : knockout_measures())
    columns += fmt::format("{}{}{}: {} ({:g})", columns.empty() ? "" : "; ", shown.heading,
                           shown.heading == "taking" ? " part" : "", shown.label,
                           shown.least * shown.scale);
  for (const std::string& text : std::vector<std::string>{
           "- A mechanism's line is the effect of the scenario with the mechanism minus its effect "
           "without it, both against the baseline under the same luck. For the baseline itself it "
           "is "
           "the plain change: with the mechanism minus without it. Below each number stands its "
           "standard error.",
           fmt::format(
               "- * marks what its 95% interval keeps from zero and is at least as large as "
               "the size in brackets: {}.",
               columns),
           "- Without the size, one number in twenty would be marked by luck alone. Mechanisms "
           "depend on one another, so their contributions do not add up to the whole effect."})
    out += wrapped(text, kWide);
  return out;
}

std::string knockouts_json(const Knockouts& knockouts) {
  Json document;
  document["type"] = "reformsim knockouts";
  document["format_version"] = 1;
  document["year"] = json_number(knockouts.year);
  document["replicates"] = knockouts.replicates;
  document["baseline"] =
      knockouts.baseline ? Json(knockouts.scenarios[*knockouts.baseline].name) : Json(nullptr);
  document["notes"] = knockouts.notes;
  document["judged"] = Json::object();
  for (const KnockoutMeasure& shown : knockout_measures())
    document["judged"][std::string(shown.measure)] = {{"least", shown.least}};
  document["changed_nothing"] = knockouts.without_effect();
  document["scenarios"] = Json::array();
  for (const Knockouts::Row& row : knockouts.scenarios) {
    Json entry = {{"name", row.name}, {"title", row.title}, {"file", row.file}};
    for (std::size_t m = 0; m < knockouts.measures.size(); ++m)
      entry["effect"][std::string(knockouts.measures[m].name)] =
          row.effect[m] ? paired_json(*row.effect[m]) : Json(nullptr);
    entry["mechanisms"] = Json::array();
    for (std::size_t k = 0; k < knockouts.mechanism.size(); ++k) {
      Json of = {{"name", knockouts.mechanism[k]},
                 {"code", knockouts.code[k]},
                 {"at_work", static_cast<bool>(row.at_work[k])}};
      for (std::size_t m = 0; m < knockouts.measures.size(); ++m) {
        const KnockoutEffect& effect = row.of[k][m];
        Json one = {{"contribution",
                     effect.contribution ? paired_json(*effect.contribution) : Json(nullptr)},
                    {"contribution_counts", effect.contribution_counts},
                    {"change", paired_json(effect.change)},
                    {"change_counts", effect.change_counts}};
        of["measures"][std::string(knockouts.measures[m].name)] = std::move(one);
      }
      entry["mechanisms"].push_back(std::move(of));
    }
    document["scenarios"].push_back(std::move(entry));
  }
  // A name of a file need not be UTF-8.
  return document.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

std::string knockouts_csv(const Knockouts& knockouts) {
  std::string out =
      "scenario,title,mechanism,code,at_work,measure,unit,year,pairs,effect_with,effect_without,"
      "contribution,contribution_standard_error,contribution_low,contribution_high,"
      "contribution_counts,with,without,change,change_standard_error,change_low,change_high,"
      "change_counts\n";
  for (const Knockouts::Row& row : knockouts.scenarios)
    for (std::size_t k = 0; k < knockouts.mechanism.size(); ++k)
      for (std::size_t m = 0; m < knockouts.measures.size(); ++m) {
        const KnockoutEffect& effect = row.of[k][m];
        out += fmt::format("{},{},{},{},{},{},{},{},{},{},{},{},{}\n", csv_cell(row.name),
                           csv_cell(row.title), knockouts.mechanism[k], knockouts.code[k],
                           row.at_work[k] ? 1 : 0, knockouts.measures[m].name,
                           csv_cell(knockouts.measures[m].unit), csv_cell(knockouts.year),
                           effect.change.pairs,
                           effect.contribution ? paired_csv(*effect.contribution) : ",,,,,",
                           effect.contribution ? (effect.contribution_counts ? "1" : "0") : "",
                           paired_csv(effect.change), effect.change_counts ? 1 : 0);
      }
  return out;
}

}  // namespace reformsim
