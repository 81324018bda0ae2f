// What the server has to offer: one scenario's schools and status quo, presets of reform to lay
// over it, and sets of beliefs (parameters) to simulate it under. Made once, at the start.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "population/population.hpp"
#include "scenario/scenario.hpp"
#include "serve/messages.hpp"

namespace reformsim::serve {

struct Preset {
  std::string name, title, description;
  nlohmann::json levers;  // as in a Policy, every entry written out
};

struct Belief {
  std::string name, title, description;
  std::shared_ptr<const Scenario> baseline;  // the scenario without its reform
};

struct Offer {
  std::string name, title, description;  // of the scenario
  Policy initial;                        // what its file does
  std::vector<Preset> presets;
  std::vector<Belief> beliefs;                   // the first is the scenario's own
  std::shared_ptr<const Population> population;  // of the first replicate
  std::uint32_t replicates = 32;                 // in a settled answer
  std::string folder;                            // scenarios/
  nlohmann::ordered_json exercises = nlohmann::ordered_json::array();  // exercises.hpp
  std::vector<Problem> left_out;  // why some preset or belief is not here

  const Preset* preset(const std::string& name) const;
  // The first belief for an empty name; throws InputError for one that is not there.
  std::size_t belief(const std::string& name) const;
};

struct OfferRequest {
  std::string file;               // the scenario
  std::vector<std::string> with;  // laid over it
  std::vector<std::string> sets;  // path=value, these win
  std::string parameters;         // a file of parameters, or empty
  std::string folder;             // scenarios/
  std::uint32_t replicates = 32;
};

// Throws InputError with what is wrong in the scenario. A preset or a belief that cannot be read is
// left out.
Offer make_offer(const OfferRequest& request);

// A scenario that does what the policy says under one of the beliefs. It is read from the text that
// `saved` gives, so what runs is what can be saved. Throws InputError; the places of its problems
// name the lever in `file`.
Scenario scenario_of(const Offer& offer, std::size_t belief, const Policy& policy,
                     const std::string& title = "", const std::string& description = "");

// The levers of a scenario as they stand in a Policy.
nlohmann::json levers_of(const Scenario& scenario);

}  // namespace reformsim::serve
