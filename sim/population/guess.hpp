// Which column of an unknown list is which, by its header and by what stands in it. A guess is
// shown to the person who knows, never used unseen: `reformsim import` writes it into a scenario.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "population/list.hpp"

namespace reformsim {

// What the guess has to know of a column's cells.
struct ColumnFacts {
  std::string header;
  std::size_t filled = 0, rows = 0;  // cells that are not empty, all cells
  std::size_t numbers = 0;           // of the filled ones
  std::size_t distinct = 0;
  double low = kUnknown, high = kUnknown;  // of the numbers
  double high_other = kUnknown;  // the highest if commas that may be either are decimal marks
};

struct ColumnGuess {
  int column = -1;          // none
  std::vector<int> others;  // that could be it as well, best first
};

// The words of a header, in small letters: "FSM6_pct-2019" is fsm, 6, pct, 2019; "SchoolName" is
// school, name.
std::vector<std::string> header_words(std::string_view header);

// `taken` columns already stand for something.
ColumnGuess guess_column(ListColumn what, const std::vector<ColumnFacts>& columns,
                         const std::vector<bool>& taken);

// The phase that a text names; -1 when it names none for sure.
int guess_phase(std::string_view text);

}  // namespace reformsim
