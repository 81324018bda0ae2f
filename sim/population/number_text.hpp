// Numbers as people write them: 1,234 and 1 234, 12,5 and 12.5, 45 %. Which of them a comma is
// cannot be seen in one cell, but mostly in a column.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace reformsim {

enum class Decimal { unknown, point, comma, both };

// What the cells of a column say their decimal mark is: a comma that is followed by other than
// three digits is one, and so is the last of two different marks. Unknown when no cell says, both
// when cells contradict each other.
Decimal decimal_of(const std::vector<std::string_view>& cells);

// Cells with a mark that could be either, such as 1,234: a comma (or point) before three digits.
bool ambiguous(std::string_view cell);

// The number with a decimal point and nothing else; empty when the cell is no number. Blanks and
// apostrophes between digits are thousands separators; a percent sign is dropped.
std::optional<std::string> plain_number(std::string_view cell, Decimal decimal);

}  // namespace reformsim
