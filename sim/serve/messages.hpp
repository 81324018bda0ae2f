// What a client may say (protocol.md), checked before anything else sees it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/error.hpp"

namespace reformsim::serve {

// What the government does: a preset and levers laid over it. The shape is checked here, names and
// values by the scenario language (policy.hpp).
struct Policy {
  std::string preset;                                // empty: the status quo
  nlohmann::json levers = nlohmann::json::object();  // by path: value, entry or list of entries
};

struct Hello {};
struct Ask {
  std::uint64_t id = 0;
  Policy policy;
  std::string belief;  // empty: the first
  std::vector<std::string> measures;
};
struct MapRequest {
  std::uint64_t id = 0;
  double year = 0;
  std::vector<std::string> columns;  // empty: all
};
struct Save {
  std::uint64_t id = 0;
  Policy policy;
  std::string belief, title, description;
};
using Message = std::variant<Hello, Ask, MapRequest, Save>;

// A message that cannot be used. The places of its problems name the member in `file`.
class BadMessage : public InputError {
 public:
  BadMessage(std::optional<std::uint64_t> message_id, std::vector<Problem> found)
      : InputError(std::move(found)), id(message_id) {}
  std::optional<std::uint64_t> id;  // where one could be read
};

// Throws BadMessage with every problem found.
Message read_message(std::string_view text);

}  // namespace reformsim::serve
