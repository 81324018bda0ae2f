// The measures that are shown to people first, in plain words. Everything else is in the results
// file.
#pragma once

#include <span>
#include <string_view>

namespace reformsim {

struct Headline {
  std::string_view measure;
  std::string_view label;  // with the unit
  double scale;            // from the measure's unit to the label's: shares are shown in percent
  int most_decimals;
  int better;  // +1 when more is better, -1 when less is, 0 when that depends on whom one asks
};

std::span<const Headline> headlines();

}  // namespace reformsim
