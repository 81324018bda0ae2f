#include "population/draft_yaml.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "scenario/words.hpp"
#include "scenario/write.hpp"

namespace reformsim {

namespace {

// Without line breaks: what stands behind a # ends with its line.
std::string comment(std::string_view text) {
  std::string line;
  for (const char c : text) line += c == '\n' || c == '\r' ? ' ' : c;
  return line;
}

std::string two_digits(double value) {
  return number_text(std::stod(fmt::format("{:.2g}", value)));
}

std::string quoted_list(const std::vector<std::string>& texts) {
  std::string list;
  for (const std::string& text : texts) list += (list.empty() ? "" : ", ") + yaml_text(text);
  return "[" + list + "]";
}

}  // namespace

std::string draft_yaml(Draft& draft, const DraftFacts& facts) {
  std::string text = fmt::format(
      "# A list of schools, as `reformsim import` understood it. Look it over: every line is a "
      "guess "
      "until you have.\n# Made by: {}\n",
      comment(facts.command));
  if (!draft.copy.empty())
    text += fmt::format("# The list is a copy of {}, changed in this: {}.\n", comment(facts.list),
                        comment(join(draft.changes, "; ")));
  text += fmt::format(
      "reformsim: 1\n\npopulation:\n  kind: list\n  file: {} # relative to this file\n\n"
      "  columns: # left: what it is; right: the header of the list\n",
      yaml_text(facts.file));
  for (const DraftColumn& column : draft.columns) {
    text += fmt::format("    {}: {} # such as {}", column_setting(column.what),
                        yaml_text(column.header), comment(column.examples));
    if (!column.others.empty())
      text += fmt::format("; or is it {}?", comment(join(column.others, ", ", " or ")));
    text += '\n';
  }
  const auto unit = [&](bool present, const char* setting, bool percent) {
    if (present) text += fmt::format("  {}: {}\n", setting, percent ? "percent" : "share");
  };
  const auto has = [&](ListColumn what) {
    for (const DraftColumn& column : draft.columns)
      if (column.what == what) return true;
    return false;
  };
  text += '\n';
  unit(true, "deprivation_unit", facts.deprivation_percent);
  unit(has(kUnqualified), "unqualified_unit", facts.unqualified_percent);
  draft.assumed.push_back(
      fmt::format("The disadvantaged are given {}.", facts.deprivation_percent
                                                         ? "in percent, as some are above 1"
                                                         : "as a share, as none is above 1"));
  if (has(kScore) && facts.score_sd_between > 0) {
    const std::string sd = two_digits(facts.score_sd_between / std::sqrt(kBetweenSchools));
    text += fmt::format(
        "\n  # Points of the score in one standard deviation of pupils. A rough guess: schools lie "
        "{} points apart (SD), and\n  # about a fifth of the differences between pupils lies "
        "between "
        "schools (Hedges and Hedberg 2007). Put the\n  # published figure here if there is one.\n"
        "  score_pupil_sd: {}\n  score_centre: {} # a score counts from the mean of {}\n",
        two_digits(facts.score_sd_between), sd, has(kPhase) ? "phase" : "all",
        has(kPhase) ? "its phase" : "the list");
    draft.assumed.push_back(fmt::format(
        "One standard deviation of pupils is {} points of the score: a rough guess from the "
        "spread between schools. Better: the published figure.",
        sd));
  }
  const bool some = std::any_of(facts.phases.begin(), facts.phases.end(),
                                [](const auto& texts) { return !texts.empty(); });
  if (some) {
    constexpr const char* kNames[] = {"primary", "middle", "secondary"};
    text += "\n  phases:\n";
    for (std::size_t k = 0; k < kPhases; ++k)
      if (!facts.phases[k].empty()) {
        text += fmt::format("    {}: {}\n", kNames[k], quoted_list(facts.phases[k]));
        if (has(kPhase) && facts.phases[k] != std::vector<std::string>{kNames[k]})
          draft.assumed.push_back(fmt::format("In the phase column {} means {}.",
                                              join(facts.phases[k], ", ", " or "), kNames[k]));
      }
  }
  text += fmt::format("\n  on_bad_row: {}\n", facts.skip_bad_rows
                                                  ? "skip # left out and counted in the notes"
                                                  : "stop # there is none");
  return text;
}

std::string csv_text(const std::vector<std::string>& header,
                     const std::vector<std::vector<std::string>>& rows) {
  std::string text;
  const auto add = [&](const std::vector<std::string>& cells) {
    for (std::size_t k = 0; k < cells.size(); ++k) {
      if (k > 0) text += ',';
      if (cells[k].find_first_of(",\"\r\n") == std::string::npos) {
        text += cells[k];
        continue;
      }
      text += '"';
      for (const char c : cells[k]) text += c == '"' ? std::string("\"\"") : std::string(1, c);
      text += '"';
    }
    text += '\n';
  };
  add(header);
  for (const auto& row : rows) add(row);
  return text;
}

}  // namespace reformsim
