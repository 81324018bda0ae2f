// Text for tables in a terminal. Widths count characters of UTF-8, not bytes.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace reformsim {

std::size_t text_width(std::string_view text);

// Exactly `columns` wide, filled with blanks on the right; what is cut ends in "...".
std::string fit(std::string_view text, std::size_t columns);

// At least `columns` wide, filled with blanks on the left.
std::string right_aligned(std::string text, std::size_t columns);

// With that many decimals and, if asked, a plus before what is above zero. "-0.00" is written
// "0.00".
std::string fixed(double value, int decimals, bool sign);

std::string year_text(double year);  // "3", or "3.33" between years

// Broken into lines of at most `columns`, each with its end of line.
std::string wrapped(const std::string& text, std::size_t columns);

}  // namespace reformsim
