#include "population/draft_cells.hpp"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "base/nearest.hpp"
#include "scenario/words.hpp"

namespace reformsim {

namespace {

constexpr std::size_t kMostNamed = 20;  // texts of a column, in a message

}  // namespace

std::string lines_text(std::size_t count) {
  return fmt::format("{} line{}", count, count == 1 ? "" : "s");
}

DraftCells::DraftCells(const std::string& path, const std::string& encoding)
    : raw_(read_raw_list(path, read_bytes(path, {}), encoding)),
      csv_(parse_csv(path, raw_.text, raw_.separator)) {
  for (std::size_t row = 0; row < csv_.rows(); ++row) {
    std::vector<std::string> cells;
    for (std::size_t k = 0; k < header().size(); ++k) cells.push_back(trimmed(csv_.cell(row, k)));
    cells_.push_back(std::move(cells));
    rows_.push_back(row);
  }
  if (rows_.empty()) throw InputError({path, 0, 0}, "the list has no schools, only a header");
}

int DraftCells::column_named(const std::string& name, const std::string& option,
                             std::vector<Problem>& problems) const {
  const auto at = std::find(header().begin(), header().end(), name);
  if (at != header().end()) return static_cast<int>(at - header().begin());
  const std::string near = nearest(name, header());
  problems.push_back({{option, 0, 0},
                      fmt::format("the list has no column {}{}", in_quotes(name),
                                  near.empty() ? "; its columns are " + join(header())
                                               : fmt::format("; did you mean '{}'?", near))});
  return -1;
}

void DraftCells::keep(const std::vector<std::pair<std::string, std::string>>& where,
                      std::vector<std::string>& changes, std::vector<Problem>& problems) {
  std::vector<bool> kept(rows(), true);
  for (const auto& [name, text] : where) {
    const std::string option = fmt::format("--where {}={}", name, text);
    const int column = column_named(name, option, problems);
    if (column < 0) continue;
    std::set<std::string> known;
    std::size_t found = 0;
    for (std::size_t row = 0; row < rows(); ++row) {
      const std::string& cell = cells_[row][static_cast<std::size_t>(column)];
      if (known.size() < kMostNamed) known.insert(cell);
      found += cell == text;
      kept[row] = kept[row] && cell == text;
    }
    if (found == 0)
      problems.push_back({{option, 0, 0},
                          fmt::format("no line has this; {} has {}", in_quotes(name),
                                      join({known.begin(), known.end()}))});
  }
  std::size_t next = 0;
  for (std::size_t row = 0; row < rows_.size(); ++row) {
    if (!kept[row]) continue;
    if (next != row) cells_[next] = std::move(cells_[row]);
    rows_[next++] = rows_[row];
  }
  cells_.resize(next);
  rows_.resize(next);
  if (next < csv_.rows())
    changes.push_back(fmt::format("{} of {} kept, as --where asks", next, lines_text(csv_.rows())));
  if (next == 0 && problems.empty())
    problems.push_back({{"--where", 0, 0}, "no line has all of these texts"});
}

void DraftCells::blank(const std::vector<std::string>& missing, std::vector<std::string>& changes,
                       std::vector<Problem>& problems) {
  std::map<std::string, std::size_t> blanked;
  for (auto& row : cells_)
    for (std::string& cell : row)
      if (!cell.empty() && std::find(missing.begin(), missing.end(), cell) != missing.end()) {
        ++blanked[cell];
        cell.clear();
      }
  for (const std::string& text : missing)
    if (blanked[text] == 0)
      problems.push_back({{"--missing " + text, 0, 0}, "no cell of the list has this text"});
    else
      changes.push_back(
          fmt::format("{} in {} cells: left empty, not known", in_quotes(text), blanked[text]));
}

void DraftCells::look(const std::string& said) {
  bool comma = false;
  for (std::size_t k = 0; k < header().size(); ++k) {
    std::vector<std::string_view> column;
    for (const auto& row : cells_) column.push_back(row[k]);
    decimals_.push_back(decimal_of(column));
    if (!said.empty()) decimals_[k] = said == "comma" ? Decimal::comma : Decimal::point;
    comma = comma || decimals_[k] == Decimal::comma;
  }
  for (std::size_t k = 0; k < header().size(); ++k) {
    ColumnFacts one;
    one.header = header()[k];
    one.rows = cells_.size();
    if (decimals_[k] == Decimal::unknown && comma) decimals_[k] = Decimal::comma;
    std::set<std::string_view> distinct;
    for (const auto& row : cells_) {
      if (row[k].empty()) continue;
      ++one.filled;
      distinct.insert(row[k]);
      const auto number = plain_number(row[k], decimals_[k]);
      if (!number) continue;
      const double value = std::stod(*number);
      one.low = one.numbers == 0 ? value : std::min(one.low, value);
      one.high = one.numbers == 0 ? value : std::max(one.high, value);
      const bool either = decimals_[k] == Decimal::unknown && ambiguous(row[k]);
      const double other = either ? std::stod(*plain_number(row[k], Decimal::comma)) : value;
      one.high_other = one.numbers == 0 ? other : std::max(one.high_other, other);
      ++one.numbers;
    }
    one.distinct = distinct.size();
    facts_.push_back(std::move(one));
  }
}

}  // namespace reformsim
