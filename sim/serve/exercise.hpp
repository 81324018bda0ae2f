// A guided exercise: people say what they expect of a reform, then watch the model do something
// else, and find out why. Plain data; what the file may say is in scenarios/workshops/README.md.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "scenario/scenario.hpp"

namespace reformsim::serve {

// One of the policies an exercise compares: a scenario of its own name.
struct Arm {
  std::string name;
  Scenario scenario;
};

// A number made of runs: a measure of a scenario in a year; less that of another scenario, of an
// earlier year and of another measure, and over what another measure gives, where those are named.
struct Quantity {
  std::string scenario, against;    // against may be empty: the level itself
  std::string measure, less, over;  // less and over may be empty, one of them at least
  double year = 0;
  std::optional<double> since;
};

// How surely something holds over the sets of parameters that survived the calibration.
enum class Robustness { firm, mostly, divided, seldom };
std::string_view name_of(Robustness robustness);
Robustness robustness_of(double share);  // of the sets in which it holds

// What an exercise relies on: the quantity lies above, below or between.
struct Effect {
  std::string id, says;
  Quantity quantity;
  std::optional<double> above, below;
  Robustness stated = Robustness::firm;
  Place place;
};

struct Option {
  std::string text;
  std::optional<double> above, below;  // where the quantity lies when this is the answer
};

// Either options or a slider.
struct Prediction {
  std::string question, afterwards;  // afterwards: what the answer means, shown with it
  Quantity about;
  std::vector<Option> options;
  std::optional<double> low, high, step;
};

struct Step {
  std::string title, text, script, chart;  // script: for who leads; chart: lines, difference, map
  std::vector<std::string> scenarios, measures;
  double year = 0;
};

struct Link {
  std::string measure, says;
};

// Why it came out so: what pulled what, with the numbers of one scenario against another.
struct Chain {
  std::string scenario, against;
  double year = 0;
  std::vector<Link> links;
};

struct Question {
  std::string question, listen;
};

struct Evidence {
  std::string finding, source;
};

// A condition under which it comes out otherwise: another scenario, in which `effect` holds, or a
// belief, under which `effect` does not.
struct Exception {
  std::string says, effect, belief;
  Place place;
};

struct Exercise {
  std::string file, name;  // name: of the file, without folder and ending
  std::string title, driver, aim, audience;
  std::int64_t minutes = 0, schools = 0, districts = 0, years = 0;
  std::string situation, room;
  std::string baseline;
  std::vector<Arm> arms;
  Prediction prediction;
  std::vector<Step> reveal;
  Chain chain;
  std::vector<Question> debrief;
  std::vector<Evidence> evidence_for, evidence_against;
  std::vector<Exception> unless;
  std::vector<std::string> limits;
  std::vector<Effect> effects;

  const Arm* arm(std::string_view name) const;
  const Effect* effect(std::string_view id) const;
};

}  // namespace reformsim::serve
