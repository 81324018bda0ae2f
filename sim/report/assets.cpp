#include "report/assets.hpp"

#include "base/error.hpp"

namespace reformsim::assets {

std::optional<std::string_view> find(std::string_view name) {
  for (const Asset& asset : all())
    if (asset.name == name) return asset.text;
  return std::nullopt;
}

std::string_view text(std::string_view name) {
  const auto found = find(name);
  REFORMSIM_CHECK(found.has_value(), "no asset {}", name);
  return *found;
}

}  // namespace reformsim::assets
