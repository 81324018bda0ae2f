// The files of assets/ and the chart library, built into the program by embed.cmake.
#pragma once

#include <string_view>

namespace reformsim::assets {

struct Asset {
  std::string_view name;
  std::string_view text;
};

std::string_view text(std::string_view name);

}  // namespace reformsim::assets
