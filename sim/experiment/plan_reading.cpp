#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <set>

#include <fmt/format.h>

#include "experiment/plan.hpp"
#include "experiment/plan_factors.hpp"
#include "record/measures.hpp"
#include "scenario/files.hpp"
#include "scenario/read.hpp"
#include "scenario/words.hpp"
#include "scenario/write.hpp"

namespace reformsim {
namespace {

constexpr double kMostUnits = 1e9;  // one byte each while the sweep lasts
constexpr double kInfinity = std::numeric_limits<double>::infinity();

// What is kept when the plan does not say.
const std::vector<std::string> kUsualMeasures = {
    "true_attainment_mean", "true_attainment_between_school_sd",
    "disadvantage_gap",     "reported_attainment_mean",
    "broad_learning_mean",  "real_participation",
    "teacher_turnover",     "spending_per_pupil"};

std::vector<std::string> measure_names() {
  std::vector<std::string> names;
  for (const Measure& measure : system_measures()) names.emplace_back(measure.name);
  return names;
}

class PlanReader : PlanNodes {
 public:
  PlanReader(const FieldTable& table, const PlanOptions& options, std::string directory)
      : PlanNodes(own_problems_),
        table_(table),
        options_(options),
        directory_(std::move(directory)) {}

  Plan read(const std::string& text, const std::string& name) {
    plan_.file = name;
    const NodePtr root = parse_tree(text, name);
    if (root->kind != Node::Kind::map)
      throw InputError({name, 1, 1}, "this is not a plan: it begins with 'reformsim_plan: 1'");
    read_top(*root);
    read_factors_and_design(get(top_, "factors"), get(top_, "design"), directory_, table_, unread_,
                            plan_, problems_);
    read_rest();
    if (!problems_.all().empty()) fail();
    plan_.design = make_design(plan_.settings, factors_of(plan_));
    if (static_cast<double>(plan_.points()) * plan_.replicates > kMostUnits)
      throw InputError(place_of("replicates"),
                       fmt::format("{} points x {} replicates are too many; at most {:.0f} "
                                   "together are possible",
                                   plan_.points(), plan_.replicates, kMostUnits));
    return std::move(plan_);
  }

 private:
  // Those of the scenarios first, then those of the plan from its first line to its last.
  [[noreturn]] void fail() {
    std::vector<Problem>& all = problems_.all();
    const auto of_plan = std::stable_partition(
        all.begin(), all.end(), [&](const Problem& one) { return one.place.file != plan_.file; });
    std::stable_sort(of_plan, all.end(), [](const Problem& a, const Problem& b) {
      return std::pair(a.place.line, a.place.column) < std::pair(b.place.line, b.place.column);
    });
    throw InputError(std::move(all));
  }

  Place place_of(std::string_view name) const {
    const Node* node = get(top_, name);
    return node ? node->place : Place{plan_.file, 0, 0};
  }

  void read_top(const Node& root) {
    const Map map = keys(root, "",
                         {"reformsim_plan", "title", "description", "scenarios", "baseline", "with",
                          "parameters", "factors", "design", "seed", "common_random_numbers",
                          "replicates", "measures", "years", "on_failure"});
    const Node* version = get(map, "reformsim_plan");
    if (version == nullptr)
      problems_.add({plan_.file, 1, 1},
                    "the format version is missing; write 'reformsim_plan: 1' in the first line");
    else if (version->kind != Node::Kind::scalar ||
             version->text != fmt::format("{}", kPlanVersion))
      problems_.add(version->place, fmt::format("reformsim_plan: expected {}", kPlanVersion));
    top_ = map;
    plan_.title = line(get(map, "title"), "title");
    plan_.description = line(get(map, "description"), "description");
    read_scenarios();
  }

  // ---- scenarios

  // A file that the plan names and nobody finds is a mistake of the plan, at its place there.
  bool file_found(const std::string& file, const std::string& what, const Place& place) {
    const std::string problem = read_file(path_from(directory_, file), 0).problem;
    if (problem.empty()) return true;
    const std::string near = nearest_file(path_from(directory_, file));
    problems_.add(place,
                  fmt::format("{}: {}: {}{}", what, path_from(directory_, file), problem,
                              near.empty() ? "" : fmt::format("; did you mean '{}'?", near)));
    return false;
  }
  // Of the item of a list, or of the single value in its place.
  static const Place& place_of_item(const Node& node, std::size_t item) {
    return node.kind == Node::Kind::list && item < node.items.size() ? node.items[item]->place
                                                                     : node.place;
  }

  std::vector<std::string> overlays() {
    std::vector<std::string> files;
    if (const Node* node = get(top_, "with")) {
      const auto named =
          read_texts(*node, "the name of a scenario file, or a list of names", "with", problems_)
              .value_or(std::vector<std::string>{});
      for (std::size_t i = 0; i < named.size(); ++i) {
        files.push_back(path_from(directory_, named[i]));
        overlays_found_ = file_found(named[i], "with", place_of_item(*node, i)) && overlays_found_;
      }
    }
    files.insert(files.end(), options_.with.begin(), options_.with.end());
    return files;
  }

  // A file beside the plan, or the name of one that ships; empty when there is neither.
  std::string parameters_of(const std::string& named, const Place& place) {
    const std::string beside = path_from(directory_, named);
    if (named.find_first_of("./\\") != std::string::npos || read_file(beside, 0).bytes.has_value())
      return beside;
    try {
      return parameters_file(named, path_from(directory_, "plan"), place);
    } catch (const InputError& error) {
      for (const Problem& problem : error.problems())
        problems_.add(problem.place, "parameters: " + problem.message);
      return "";
    }
  }

  std::vector<std::string> sets() {
    std::vector<std::string> all;
    if (const Node* node = get(top_, "parameters"))
      if (const std::string named = line(node, "parameters"); !named.empty())
        if (const std::string file = parameters_of(named, node->place); !file.empty())
          all.push_back("parameters.file=" + yaml_text(file));
    all.insert(all.end(), options_.sets.begin(), options_.sets.end());
    // What a run would record in full is not what a sweep keeps.
    all.insert(all.end(), {"record.schools=none", "record.districts=false", "record.clusters=false",
                           "record.replicates=1"});
    return all;
  }

  void add_policy(const std::string& name, const Place& place,
                  const std::function<Scenario()>& read) {
    if (std::any_of(plan_.policies.begin(), plan_.policies.end(),
                    [&](const Policy& one) { return one.name == name; })) {
      problems_.add(place, fmt::format("scenarios: there are two of the name '{}'; give them "
                                       "names: {{one: FILE, other: FILE}}",
                                       name));
      return;
    }
    try {
      plan_.policies.push_back({name, read()});
    } catch (const InputError& error) {
      unread_.push_back(name);
      for (const Problem& problem : error.problems())
        if (std::none_of(problems_.all().begin(), problems_.all().end(),
                         [&](const Problem& old) { return describe(old) == describe(problem); }))
          problems_.add(problem.place, problem.message);
    }
  }

  // A policy of a file that the plan names.
  void add_file(const std::string& name, const std::string& file, const Place& place,
                const Place& place_of_file, const std::function<Scenario()>& read) {
    const bool there = file_found(file, "scenarios." + name, place_of_file);
    // Without all that is laid over it nothing is known of the scenario.
    if (there && overlays_found_)
      add_policy(name, place, read);
    else
      unread_.push_back(name);
  }

  void read_scenarios() {
    const Node* node = get(top_, "scenarios");
    const std::vector<std::string> over = overlays(), set = sets();
    const auto from_file = [&](const std::string& file) {
      return [this, file, over, set] {
        return read_scenario(path_from(directory_, file), table_, over, set);
      };
    };
    const std::string wanted = "scenarios: expected files with their names: {reform: FILE, ...}";
    if (node == nullptr) {
      problems_.add({plan_.file, 0, 0}, wanted);
      return;
    }
    if (node->kind == Node::Kind::scalar || node->kind == Node::Kind::list) {
      const auto files = read_texts(*node, "the name of a scenario file, or a list of names",
                                    "scenarios", problems_);
      for (std::size_t i = 0; files && i < files->size(); ++i) {
        const std::string& file = (*files)[i];
        const std::size_t slash = file.find_last_of('/');
        std::string stem = slash == std::string::npos ? file : file.substr(slash + 1);
        if (stem.ends_with(".yaml")) stem.resize(stem.size() - 5);
        add_file(stem, file, place_of_item(*node, i), place_of_item(*node, i), from_file(file));
      }
      return;
    }
    if (node->kind != Node::Kind::map || node->items.empty()) {
      problems_.add(node->place, wanted);
      return;
    }
    find_duplicates(*node, "scenarios", problems_);
    for (std::size_t i = 0; i + 1 < node->items.size(); i += 2) {
      auto name = read_key(*node->items[i], problems_);
      // Messages, the plan of the folder and other programs have it in one line.
      if (name && !read_text(*node->items[i], true, "a name", "scenarios", problems_)) {
        unread_.push_back(*name);
        continue;
      }
      if (!name) continue;
      const Node& value = *node->items[i + 1];
      if (value.kind != Node::Kind::map) {
        const std::string file = line(&value, "scenarios." + *name);
        if (!file.empty())
          add_file(*name, file, node->items[i]->place, value.place, from_file(file));
        continue;
      }
      // As a resolved plan holds them.
      const Map map = keys(value, "scenarios." + *name, {"text", "directory"});
      const std::string text = line(get(map, "text"), "scenarios." + *name + ".text");
      std::string directory = line(get(map, "directory"), "scenarios." + *name + ".directory");
      if (directory.empty())
        directory = i / 2 < options_.directories.size() ? options_.directories[i / 2] : directory_;
      if (!over.empty()) {
        unread_.push_back(*name);
        problems_.add(node->items[i]->place,
                      fmt::format("scenarios.{}: nothing can be laid over a scenario that is given "
                                  "as a text (`with`, --with)",
                                  *name));
        continue;
      }
      add_policy(*name, node->items[i]->place, [&] {
        return read_scenario_text(text, "scenario " + *name, directory, table_, set);
      });
    }
  }

  // ---- what is run and kept

  void read_rest() {
    read_baseline();
    if (!plan_.policies.empty()) plan_.seed = plan_.policies[0].scenario.integer("ensemble.seed");
    if (const auto seed = whole(get(top_, "seed"), 0, 9e15, "seed")) plan_.seed = *seed;
    if (options_.seed) plan_.seed = *options_.seed;
    plan_.common_random_numbers =
        flag(get(top_, "common_random_numbers"), true, "common_random_numbers");
    read_measures();
    read_years();
    read_replicates();
    for (Policy& policy : plan_.policies) {
      policy.scenario.set("ensemble.seed", plan_.seed);
      policy.scenario.set("ensemble.replicates", static_cast<std::int64_t>(plan_.replicates));
    }
    if (const Node* node = get(top_, "on_failure"))
      plan_.stop_on_failure =
          read_choice(*node, {"finish", "stop"}, "on_failure", problems_) == "stop";
  }

  void read_baseline() {
    const Node* node = get(top_, "baseline");
    if (node == nullptr) return;
    const std::string name = line(node, "baseline");
    std::vector<std::string> known;
    for (const Policy& policy : plan_.policies) known.push_back(policy.name);
    known.insert(known.end(), unread_.begin(), unread_.end());
    const auto found = std::find(known.begin(), known.end(), name);
    if (found == known.end())
      problems_.add(node->place,
                    fmt::format("baseline: there is no scenario {}{}; there are {}",
                                in_quotes(name), did_you_mean(name, known), join(known)));
    else
      plan_.baseline = static_cast<std::size_t>(found - known.begin());
  }

  std::optional<std::size_t> find_measure(const std::string& name, const Place& place,
                                          const std::string& path) {
    const std::vector<std::string> known = measure_names();
    const auto found = std::find(known.begin(), known.end(), name);
    if (found != known.end()) return static_cast<std::size_t>(found - known.begin());
    problems_.add(place, fmt::format("{}: there is no measure {}{} (reformsim explain lists them)",
                                     path, in_quotes(name), did_you_mean(name, known)));
    return std::nullopt;
  }

  void read_measures() {
    const Node* node = get(top_, "measures");
    std::vector<std::string> names = kUsualMeasures;
    const Place place = node ? node->place : Place{plan_.file, 0, 0};
    bool written = node != nullptr;
    if (node != nullptr)
      names = read_texts(*node, "names of measures, or `all`", "measures", problems_)
                  .value_or(std::vector<std::string>{});
    if (names == std::vector<std::string>{"all"}) names = measure_names(), written = false;
    std::set<std::size_t> seen;
    for (std::size_t i = 0; i < names.size(); ++i) {
      const auto m = find_measure(names[i], written ? place_of_item(*node, i) : place, "measures");
      if (m && seen.insert(*m).second) plan_.measures.push_back(*m);
    }
    if (node != nullptr && node->kind == Node::Kind::list && node->items.empty())
      problems_.add(place, "measures: expected at least one");
  }

  void read_years() {
    double horizon = plan_.policies.empty() ? 100 : kInfinity;
    for (const Policy& policy : plan_.policies)
      horizon = std::min(horizon, static_cast<double>(policy.scenario.integer("horizon.years")));
    const Node* node = get(top_, "years");
    if (node == nullptr) {
      plan_.years = {horizon};
      return;
    }
    const auto add = [&](const Node& item) {
      if (const auto year = whole(&item, 0, horizon, "years"))
        plan_.years.push_back(static_cast<double>(*year));
    };
    if (node->kind == Node::Kind::list)
      for (const NodePtr& item : node->items) add(*item);
    else if (node->kind == Node::Kind::scalar && node->text == "all" && !plan_.policies.empty())
      for (double year = 0; year <= horizon; ++year) plan_.years.push_back(year);
    else
      add(*node);
    std::sort(plan_.years.begin(), plan_.years.end());
    plan_.years.erase(std::unique(plan_.years.begin(), plan_.years.end()), plan_.years.end());
    if (node->kind == Node::Kind::list && node->items.empty())
      problems_.add(node->place, "years: expected at least one");
  }

  void read_replicates() {
    const Node* node = get(top_, "replicates");
    if (!plan_.policies.empty())
      plan_.replicates =
          static_cast<std::uint32_t>(plan_.policies[0].scenario.integer("ensemble.replicates"));
    if (node != nullptr && node->kind == Node::Kind::map) {
      const Map map = keys(*node, "replicates", {"batch", "most", "until"});
      plan_.batch = static_cast<std::uint32_t>(
          whole(get(map, "batch"), 2, kMostReplicates, "replicates.batch").value_or(4));
      plan_.replicates = static_cast<std::uint32_t>(
          whole(get(map, "most"), 1, kMostReplicates, "replicates.most").value_or(64));
      const Node* until = get(map, "until");
      if (until == nullptr) {
        problems_.add(node->place,
                      "replicates: `until` is missing: {measure: NAME, year: Y, "
                      "half_width: H}");
        return;
      }
      read_precision(*until);
    } else if (node != nullptr) {
      if (const auto value = whole(node, 1, kMostReplicates, "replicates"))
        plan_.replicates = static_cast<std::uint32_t>(*value);
    }
    if (options_.replicates) plan_.replicates = static_cast<std::uint32_t>(*options_.replicates);
  }

  void read_precision(const Node& node) {
    const Map map = keys(node, "replicates.until", {"measure", "year", "half_width"});
    Precision precision;
    const Node* measure = get(map, "measure");
    const Node* width = get(map, "half_width");
    if (measure == nullptr || width == nullptr) {
      problems_.add(node.place,
                    "replicates.until: expected {measure: NAME, year: Y, half_width: H}");
      return;
    }
    precision.measure = line(measure, "replicates.until.measure");
    const auto found = find_measure(precision.measure, measure->place, "replicates.until.measure");
    if (found &&
        std::find(plan_.measures.begin(), plan_.measures.end(), *found) == plan_.measures.end())
      problems_.add(measure->place,
                    "replicates.until.measure: this measure is not kept; add it to "
                    "`measures`");
    precision.half_width = number(width, 1e-12, 1e12, "replicates.until.half_width").value_or(1.0);
    precision.year = plan_.years.empty() ? 0 : plan_.years.back();
    if (const Node* year = get(map, "year"))
      if (const auto value = whole(year, 0, 1e6, "replicates.until.year")) {
        precision.year = static_cast<double>(*value);
        if (!plan_.years.empty() &&
            std::find(plan_.years.begin(), plan_.years.end(), precision.year) == plan_.years.end())
          problems_.add(year->place,
                        "replicates.until.year: this year is not kept; add it to "
                        "`years`");
      }
    plan_.precision = precision;
  }

  const FieldTable& table_;
  const PlanOptions& options_;
  std::string directory_;
  ProblemList own_problems_;
  bool overlays_found_ = true;
  std::vector<std::string> unread_;  // scenarios that had problems of their own
  Plan plan_;
  Map top_;
};

}  // namespace

Plan read_plan_text(const std::string& text, const std::string& name, const std::string& directory,
                    const FieldTable& table, const PlanOptions& options) {
  return PlanReader(table, options, directory).read(text, name);
}

Plan read_plan(const std::string& file, const FieldTable& table, const PlanOptions& options) {
  const FileText read = read_file(file, kMaxBytes);
  if (!read.bytes) throw InputError({file, 0, 0}, read.problem);
  return read_plan_text(*read.bytes, file, directory_of(file), table, options);
}

}  // namespace reformsim
