// What the server says (protocol.md), as JSON texts.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "serve/live.hpp"
#include "serve/messages.hpp"
#include "serve/offer.hpp"

namespace reformsim::serve {

// `ready`: by belief, the share of its worlds that are burnt in.
std::string welcome_message(const Offer& offer, const std::vector<double>& ready);

// Throws InputError for a measure that is not there.
void check_measures(const std::vector<std::string>& measures);
std::string fan_message(std::uint64_t id, const Answer& answer,
                        const std::vector<std::string>& measures);

// Throws InputError for a year or a column that is not there.
std::string map_message(const MapRequest& request, const Answer& answer);

std::string scenario_message(std::uint64_t id, const Scenario& reform, const Scenario& baseline);
std::string problem_message(std::optional<std::uint64_t> id, const std::vector<Problem>& problems);
std::string limit_message(const std::string& message);

}  // namespace reformsim::serve
