// The cells of a list on the way to a draft: the lines that are wanted, the cells that say
// something, and what each column is like.
#pragma once

#include <array>
#include <string>
#include <utility>
#include <vector>

#include "population/guess.hpp"
#include "population/number_text.hpp"
#include "population/raw_list.hpp"
#include "scenario/csv.hpp"

namespace reformsim {

class DraftCells {
 public:
  DraftCells(const std::string& path, const std::string& encoding);

  const RawList& raw() const { return raw_; }
  const CsvTable& csv() const { return csv_; }
  const std::vector<std::string>& header() const { return csv_.header(); }
  std::size_t rows() const { return cells_.size(); }
  // Without blanks around it.
  std::string& at(std::size_t row, std::size_t column) { return cells_[row][column]; }
  const std::string& at(std::size_t row, std::size_t column) const { return cells_[row][column]; }
  const std::vector<std::vector<std::string>>& all() const { return cells_; }
  Place place(std::size_t row, std::size_t column) const { return csv_.place(rows_[row], column); }

  // The column of this name; -1 and a problem when there is none. `option` is where it was said.
  int column_named(const std::string& name, const std::string& option,
                   std::vector<Problem>& problems) const;

  // Keeps the lines with these texts in these columns.
  void keep(const std::vector<std::pair<std::string, std::string>>& where,
            std::vector<std::string>& changes, std::vector<Problem>& problems);
  // Empties the cells with these texts.
  void blank(const std::vector<std::string>& missing, std::vector<std::string>& changes,
             std::vector<Problem>& problems);

  // The decimal mark of each column, `said` or found; where a column does not say, that of the
  // others if it is a comma. And what each column is like.
  void look(const std::string& said);
  Decimal decimal(std::size_t column) const { return decimals_[column]; }
  const std::vector<ColumnFacts>& facts() const { return facts_; }

 private:
  RawList raw_;
  CsvTable csv_;
  std::vector<std::size_t> rows_;                // of the CSV, those that are kept
  std::vector<std::vector<std::string>> cells_;  // of these rows
  std::vector<Decimal> decimals_;                // by column
  std::vector<ColumnFacts> facts_;
};

std::string lines_text(std::size_t count);  // "1 line", "3 lines"

}  // namespace reformsim
