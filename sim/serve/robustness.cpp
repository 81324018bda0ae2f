// The tables that analysis/workshops.py writes beside the exercises.
#include <cmath>
#include <filesystem>
#include <limits>

#include <fmt/format.h>

#include "scenario/csv.hpp"
#include "scenario/words.hpp"
#include "serve/exercises.hpp"

namespace reformsim::serve {
namespace {

const std::vector<std::string> kRobustness = {
    "exercise", "id",    "scenario", "against",    "measure", "less",  "over",   "year", "since",
    "above",    "below", "recipe",   "parameters", "sets",    "holds", "median", "low",  "high"};
const std::vector<std::string> kNumbers = {"exercise",   "scenario", "measure", "year",
                                           "parameters", "sets",     "level",   "difference",
                                           "low",        "high"};
constexpr std::size_t kFirstOfStatement = 2, kAfterStatement = 11;  // columns of kRobustness

constexpr const char* kAgain =
    "run `/usr/bin/python3 analysis/workshops.py --update` and look at what it says";

class Table {
 public:
  Table(const std::string& path, const std::vector<std::string>& columns)
      : csv_(read_csv(path, {path, 0, 0})), columns_(columns) {
    if (csv_.header() != columns)
      throw InputError({path, 1, 1},
                       fmt::format("the columns are not {}; {}", join(columns), kAgain));
    if (!csv_.bad_rows().empty()) throw InputError(csv_.bad_rows());
  }
  std::size_t rows() const { return csv_.rows(); }
  std::string text(std::size_t row, std::string_view column) const {
    const auto at = std::find(columns_.begin(), columns_.end(), column) - columns_.begin();
    return std::string(csv_.cell(row, static_cast<std::size_t>(at)));
  }
  double number(std::size_t row, std::string_view column) const {
    const std::string cell = text(row, column);
    if (cell.empty()) return std::numeric_limits<double>::quiet_NaN();
    std::size_t read = 0;
    double value = 0;
    try {
      value = std::stod(cell, &read);
    } catch (const std::exception&) {
    }
    if (read != cell.size())
      throw InputError({csv_.path(), csv_.line(row), 0},
                       fmt::format("{}: {} is not a number; {}", column, in_quotes(cell), kAgain));
    return value;
  }
  std::size_t count(std::size_t row, std::string_view column) const {
    const double value = number(row, column);
    return value >= 0 ? static_cast<std::size_t>(value) : 0;
  }

 private:
  CsvTable csv_;
  const std::vector<std::string>& columns_;
};

std::string number_cell(const std::optional<double>& value) {
  return value ? fmt::format("{:.5g}", *value) : std::string();
}

// As the table has it.
std::string statement(const Quantity& q, const std::optional<double>& above,
                      const std::optional<double>& below) {
  return fmt::format("{},{},{},{},{},{},{},{},{}", q.scenario, q.against, q.measure, q.less, q.over,
                     number_cell(q.year), number_cell(q.since), number_cell(above),
                     number_cell(below));
}

}  // namespace

Robust Robust::read(const std::string& folder) {
  namespace fs = std::filesystem;
  Robust robust;
  std::error_code none;
  robust.path_ = (fs::path(folder) / "robustness.csv").string();
  if (fs::exists(robust.path_, none)) {
    const Table table(robust.path_, kRobustness);
    for (std::size_t r = 0; r < table.rows(); ++r) {
      Found found;
      found.parameters = table.text(r, "parameters");
      found.recipe = table.text(r, "recipe");
      for (std::size_t c = kFirstOfStatement; c < kAfterStatement; ++c) {
        const std::string& column = kRobustness[c];
        const bool is_number =
            column == "year" || column == "since" || column == "above" || column == "below";
        const std::string cell = table.text(r, column);
        found.asked += (c == kFirstOfStatement ? "" : ",") +
                       (is_number && !cell.empty() ? number_cell(table.number(r, column)) : cell);
      }
      found.sets = table.count(r, "sets");
      found.holds = table.count(r, "holds");
      found.median = table.number(r, "median");
      found.low = table.number(r, "low");
      found.high = table.number(r, "high");
      robust.found_[{table.text(r, "exercise"), table.text(r, "id"), found.parameters}] = found;
    }
  }
  const std::string numbers = (fs::path(folder) / "numbers.csv").string();
  if (fs::exists(numbers, none)) {
    const Table table(numbers, kNumbers);
    for (std::size_t r = 0; r < table.rows(); ++r)
      robust.seen_[{table.text(r, "exercise"), table.text(r, "scenario"), table.text(r, "measure"),
                    number_cell(table.number(r, "year")), table.text(r, "parameters")}] = {
          table.count(r, "sets"), table.number(r, "level"), table.number(r, "difference"),
          table.number(r, "low"), table.number(r, "high")};
  }
  return robust;
}

const Found* Robust::found(const std::string& exercise, const std::string& id,
                           const std::string& parameters) const {
  const auto at = found_.find({exercise, id, parameters});
  return at == found_.end() ? nullptr : &at->second;
}

const Seen* Robust::seen(const std::string& exercise, const std::string& scenario,
                         const std::string& measure, double year,
                         const std::string& parameters) const {
  const auto at = seen_.find({exercise, scenario, measure, number_cell(year), parameters});
  return at == seen_.end() ? nullptr : &at->second;
}

std::vector<Problem> Robust::disagreements(const Exercise& e) const {
  std::vector<Problem> problems;
  const auto tried = found_.lower_bound({e.name, "", ""});
  if (tried == found_.end() || std::get<0>(tried->first) != e.name)
    return {{{e.file, 0, 0}, fmt::format("{} does not know this exercise; {}", path_, kAgain)}};
  const std::string recipe = policy_digest(e);
  for (const Effect& effect : e.effects) {
    const auto say = [&](const std::string& what) {
      problems.push_back(
          {effect.place, fmt::format("effects: {}: {}", in_quotes(effect.id), what)});
    };
    const Found* all = found(e.name, effect.id, "calibrated");
    if (all == nullptr || all->sets == 0) {
      say(fmt::format("{} does not tell how robust it is; {}", path_, kAgain));
      continue;
    }
    if (all->recipe != recipe ||
        all->asked != statement(effect.quantity, effect.above, effect.below)) {
      say(fmt::format("{} tells of another statement, or of other scenarios; {}", path_, kAgain));
      continue;
    }
    const double share = static_cast<double>(all->holds) / static_cast<double>(all->sets);
    if (robustness_of(share) != effect.stated)
      say(fmt::format(
          "it holds in {} of {} sets of parameters, which is `{}`, and the exercise says `{}`",
          all->holds, all->sets, name_of(robustness_of(share)), name_of(effect.stated)));
  }
  for (const Exception& one : e.unless) {
    const Found* found_here =
        found(e.name, one.effect, one.belief.empty() ? "calibrated" : one.belief);
    if (found_here == nullptr || found_here->sets == 0) {
      problems.push_back(
          {one.place, fmt::format("unless: {} was not tried; {}", in_quotes(one.effect), kAgain)});
    } else if (one.belief.empty()) {
      if (found_here->holds < 0.75 * static_cast<double>(found_here->sets))
        problems.push_back(
            {one.place,
             fmt::format("unless: {} holds in {} of {} sets of parameters only, so it is "
                         "no exception to rely on",
                         in_quotes(one.effect), found_here->holds, found_here->sets)});
    } else if (found_here->holds > 0) {
      problems.push_back({one.place, fmt::format("unless: {} holds under {} all the same",
                                                 in_quotes(one.effect), one.belief)});
    }
  }
  return problems;
}

}  // namespace reformsim::serve
