#include "serve/offer.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>
#include <sstream>
#include <utility>

#include <fmt/format.h>

#include "base/nearest.hpp"
#include "model/fields.hpp"
#include "model/levers.hpp"
#include "scenario/files.hpp"
#include "scenario/read.hpp"
#include "scenario/words.hpp"
#include "scenario/write.hpp"
#include "serve/exercise_reading.hpp"
#include "serve/exercises.hpp"

namespace reformsim::serve {

namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

// Files by their whole paths, so that the scenario means the same wherever its text lies.
void make_paths_whole(Scenario& scenario) {
  for (const Field& field : scenario.table().rows()) {
    if (field.unit != "file" || field.path == "parameters.file") continue;
    const std::string file = scenario.file(field.path);
    if (!file.empty()) scenario.set(field.path, whole_path(file));
  }
}

Scenario without_reform(Scenario scenario) {
  for (const Field& field : scenario.table().rows())
    if (field.group == FieldGroup::lever) scenario.lever(field.path).reform.clear();
  return scenario;
}

// The files of a folder that end in .yaml, by name.
std::vector<fs::path> yaml_files(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(folder, none))
    if (entry.path().extension() == ".yaml") files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

// The comment a file of parameters begins with, without the commands it shows.
std::string opening_comment(const fs::path& file) {
  std::istringstream lines(read_file(file.string(), 1 << 20).bytes.value_or(""));
  std::string text;
  for (std::string line; std::getline(lines, line) && line.starts_with('#');) {
    if (line.starts_with("#  ")) continue;
    const std::size_t at = line.find_first_not_of("# ");
    if (at != std::string::npos) text += (text.empty() ? "" : " ") + line.substr(at);
  }
  return text;
}

// "calibrated_central" is "Calibrated central".
std::string title_of(std::string name) {
  std::replace(name.begin(), name.end(), '_', ' ');
  if (!name.empty() && name[0] >= 'a' && name[0] <= 'z')
    name[0] = static_cast<char>(name[0] - 'a' + 'A');
  return name;
}

Json level_json(const Field& field, double level) {
  if (field.type == FieldType::choice) return field.choices[static_cast<std::size_t>(level)];
  if (field.type == FieldType::boolean) return level != 0;
  return level;
}

Json scope_json(const Scope& scope) {
  Json json = Json::object();
  if (!scope.districts.empty()) json["districts"] = scope.districts;
  for (const Condition& condition : scope.where) {
    Json& where = json["where"][condition.column];
    if (condition.column == "phase") {
      where = condition.equals;
      continue;
    }
    if (std::isfinite(condition.min)) where["min"] = condition.min;
    if (std::isfinite(condition.max)) where["max"] = condition.max;
  }
  if (scope.share) {
    json["share"] = *scope.share;
    if (!scope.draw.empty()) json["draw"] = scope.draw;
  }
  return json;
}

// JSON as YAML in one line.
std::string yaml_of(const Json& json) {
  std::string text;
  if (json.is_object()) {
    for (const auto& [name, value] : json.items())
      text += fmt::format("{}{}: {}", text.empty() ? "" : ", ", yaml_text(name), yaml_of(value));
    return "{" + text + "}";
  }
  if (json.is_array()) {
    for (const Json& value : json) text += (text.empty() ? "" : ", ") + yaml_of(value);
    return "[" + text + "]";
  }
  if (json.is_string()) return yaml_text(json.get_ref<const std::string&>());
  if (json.is_number_float()) return number_text(json.get<double>());
  return json.dump();
}

}  // namespace

const Preset* Offer::preset(const std::string& wanted) const {
  for (const Preset& one : presets)
    if (one.name == wanted) return &one;
  return nullptr;
}

std::size_t Offer::belief(const std::string& wanted) const {
  if (wanted.empty()) return 0;
  std::vector<std::string> names;
  for (std::size_t b = 0; b < beliefs.size(); ++b) {
    if (beliefs[b].name == wanted) return b;
    names.push_back(beliefs[b].name);
  }
  throw InputError({"belief", 0, 0}, fmt::format("there is no belief {}; expected one of {}",
                                                 in_quotes(wanted), join(names)));
}

Json levers_of(const Scenario& scenario) {
  Json levers = Json::object();
  for (const Field& field : scenario.table().rows()) {
    if (field.group != FieldGroup::lever) continue;
    for (const LeverEntry& entry : scenario.lever(field.path).reform) {
      Json json = {{"value", level_json(field, entry.value)},
                   {"from", entry.from},
                   {"ramp", entry.ramp},
                   {"to", std::isfinite(entry.to) ? Json(entry.to) : Json("never")}};
      if (entry.scope != Scope{}) json["scope"] = scope_json(entry.scope);
      levers[field.path].push_back(std::move(json));
    }
  }
  return levers;
}

Scenario scenario_of(const Offer& offer, std::size_t belief, const Policy& policy,
                     const std::string& title, const std::string& description) {
  std::map<std::string, const Json*> levers;
  if (!policy.preset.empty()) {
    const Preset* preset = offer.preset(policy.preset);
    if (!preset) {
      std::vector<std::string> names;
      for (const Preset& one : offer.presets) names.push_back(one.name);
      throw InputError({"policy.preset", 0, 0},
                       fmt::format("there is no preset {}; expected one of {}",
                                   in_quotes(policy.preset), join(names)));
    }
    for (const auto& [path, value] : preset->levers.items()) levers[path] = &value;
  }
  for (const auto& [path, value] : policy.levers.items()) levers[path] = &value;

  const Scenario& baseline = *offer.beliefs[belief].baseline;
  Scenario titled = baseline;
  titled.set("title", title);
  titled.set("description", description);
  std::string text = short_yaml(titled);
  if (!levers.empty()) text += "levers:\n";
  // One lever a line: where a problem lies says whose it is.
  const auto first = static_cast<int>(std::count(text.begin(), text.end(), '\n')) + 1;
  std::vector<std::string> paths;
  for (const auto& [path, value] : levers) {
    paths.push_back(path);
    text += fmt::format("  {}: {}\n", yaml_text(path), yaml_of(*value));
  }
  try {
    // Files are not opened again: what is read is checked, and its levers laid over the baseline.
    ReadOptions no_files;
    no_files.open_files = false;
    const Scenario read = read_scenario_text(text, "policy", ".", baseline.table(), {}, no_files);
    Scenario scenario = std::move(titled);
    for (const Field& field : scenario.table().rows())
      if (field.group == FieldGroup::lever)
        scenario.lever(field.path).reform = read.lever(field.path).reform;
    if (std::vector<Problem> problems = check_scopes(scenario, *offer.population);
        !problems.empty())
      throw InputError(std::move(problems));
    return scenario;
  } catch (const InputError& error) {
    std::vector<Problem> problems = error.problems();
    for (Problem& problem : problems) {
      const auto line = static_cast<std::size_t>(std::max(0, problem.place.line - first));
      const bool of_lever = problem.place.line >= first && line < paths.size();
      problem.place = {of_lever ? paths[line] : "policy", 0, 0};
    }
    throw InputError(std::move(problems));
  }
}

Offer make_offer(const OfferRequest& request) {
  Offer offer;
  offer.folder = request.folder;
  offer.replicates = request.replicates;
  offer.name = fs::path(request.file).stem().string();
  const FieldTable& table = field_table();
  const auto unless_wrong = [&](const auto& read) {
    try {
      read();
    } catch (const InputError& error) {
      offer.left_out.insert(offer.left_out.end(), error.problems().begin(), error.problems().end());
    }
  };

  const auto read_under = [&](const std::string& parameters) {
    std::vector<std::string> sets;
    for (const std::string& file : {request.parameters, parameters})
      if (!file.empty()) sets.push_back("parameters.file=" + yaml_text(file));
    sets.insert(sets.end(), request.sets.begin(), request.sets.end());
    Scenario scenario = read_scenario(request.file, table, request.with, sets);
    make_paths_whole(scenario);
    scenario.directory = ".";
    return scenario;
  };
  const auto add_belief = [&](Belief belief, Scenario scenario) {
    scenario.set("ensemble.replicates", static_cast<std::int64_t>(request.replicates));
    belief.title = title_of(belief.name);
    belief.baseline = std::make_shared<const Scenario>(without_reform(std::move(scenario)));
    // A belief that changes nothing is the scenario's own, and gives it its name.
    if (!offer.beliefs.empty() &&
        resolved_yaml(*belief.baseline) == resolved_yaml(*offer.beliefs.front().baseline)) {
      belief.baseline = offer.beliefs.front().baseline;
      offer.beliefs.front() = std::move(belief);
    } else {
      offer.beliefs.push_back(std::move(belief));
    }
  };

  // The scenario first: what is wrong with it would be said again by each belief.
  Scenario own = read_under("");
  offer.title = own.text("title");
  offer.description = own.text("description");
  offer.initial.levers = levers_of(own);
  add_belief({request.parameters.empty() ? "own" : fs::path(request.parameters).stem().string(), "",
              "The parameters that the scenario itself names.", nullptr},
             std::move(own));
  for (const fs::path& file : yaml_files(fs::path(request.folder) / "parameters"))
    unless_wrong([&] {
      add_belief({file.stem().string(), "", opening_comment(file), nullptr},
                 read_under(file.generic_string()));
    });
  for (const fs::path& file : yaml_files(fs::path(request.folder) / "governance"))
    unless_wrong([&] {
      const Scenario scenario = read_scenario(file.generic_string(), table);
      offer.presets.push_back({file.stem().string(), scenario.text("title"),
                               scenario.text("description"), levers_of(scenario)});
      std::error_code none;
      if (fs::equivalent(file, request.file, none) && request.sets.empty() && request.with.empty())
        offer.initial = {file.stem().string(), Json::object()};
    });
  const fs::path workshops = fs::path(request.folder) / "workshops";
  unless_wrong([&] {
    const Robust robust = Robust::read(workshops.generic_string());
    for (const fs::path& file : yaml_files(workshops))
      unless_wrong([&] {
        offer.exercises.push_back(
            exercise_json(read_exercise(file.generic_string(), table), robust));
      });
  });
  offer.population =
      std::make_shared<const Population>(make_population(*offer.beliefs[0].baseline, 0));
  scenario_of(offer, 0, offer.initial);  // scopes that reach nobody
  return offer;
}

}  // namespace reformsim::serve
