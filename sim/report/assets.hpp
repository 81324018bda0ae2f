// Files that are built into the program by embed.cmake: those of assets/ here and in serve/, and
// the chart library.
#pragma once

#include <optional>
#include <span>
#include <string_view>

namespace reformsim::assets {

struct Asset {
  std::string_view name;
  std::string_view text;
};

std::span<const Asset> all();
std::optional<std::string_view> find(std::string_view name);
std::string_view text(std::string_view name);  // of a file that is there

}  // namespace reformsim::assets
