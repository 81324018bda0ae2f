#include "serve/exercise_reading.hpp"

#include <algorithm>
#include <limits>
#include <tuple>

#include "scenario/files.hpp"
#include "scenario/read.hpp"
#include "serve/exercise_nodes.hpp"

namespace reformsim::serve {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

const std::vector<std::string> kCharts = {"lines", "difference", "map"};
const std::vector<std::string> kBeliefs = {"sceptical", "optimistic", "default"};
// What a map can colour the schools by.
const std::vector<std::string> kMapColumns = {"true_score", "reported_score", "energy",
                                              "trust_in_centre"};

class ExerciseReader : private ExerciseNodes {
 public:
  ExerciseReader(const FieldTable& table, std::string file)
      : ExerciseNodes(own_problems_, file), table_(table) {
    exercise_.file = std::move(file);
  }

  Exercise read(const std::string& text) {
    const NodePtr root = parse_tree(text, exercise_.file);
    if (root->kind != Node::Kind::map)
      throw InputError({exercise_.file, 1, 1},
                       "this is not an exercise: it begins with 'reformsim_exercise: 1'");
    name_it();
    top_ = keys(*root, "",
                {"reformsim_exercise", "title", "driver", "aim", "audience", "minutes", "setup",
                 "baseline", "scenarios", "prediction", "reveal", "chain", "debrief", "evidence",
                 "unless", "limits", "effects"});
    read_version();
    Exercise& e = exercise_;
    e.title = required(top_, "", "title");
    e.driver = required(top_, "", "driver");
    e.aim = required(top_, "", "aim");
    e.audience = required(top_, "", "audience");
    e.minutes = whole(present(top_, "", "minutes"), 5, 240, "minutes").value_or(0);
    read_setup();
    read_arms(*root, text);
    e.baseline = arm_name(present(top_, "", "baseline"), "baseline");
    read_effects();
    read_prediction();
    read_reveal();
    read_chain();
    read_debrief();
    read_evidence();
    read_unless();
    for (const NodePtr& item : list(top_, "", "limits"))
      e.limits.push_back(line(item.get(), "limits"));
    check_arms();
    if (!problems_.all().empty()) fail();
    return std::move(exercise_);
  }

 private:
  [[noreturn]] void fail() {
    std::stable_sort(
        problems_.all().begin(), problems_.all().end(), [&](const Problem& a, const Problem& b) {
          const bool a_here = a.place.file == exercise_.file,
                     b_here = b.place.file == exercise_.file;
          if (!a_here || !b_here) return a_here < b_here;
          return std::pair(a.place.line, a.place.column) < std::pair(b.place.line, b.place.column);
        });
    throw InputError(std::move(problems_.all()));
  }

  void name_it() {
    std::string& name = exercise_.name = exercise_.file;
    if (const std::size_t slash = name.find_last_of('/'); slash != std::string::npos)
      name.erase(0, slash + 1);
    if (name.ends_with(".yaml")) name.resize(name.size() - 5);
  }

  // ---- pieces

  std::string arm_name(const Node* node, const std::string& path) {
    return one_of(node, arm_names_, path, "scenario");
  }
  std::vector<std::string> names_in(const Node* node, const std::string& path,
                                    std::string (ExerciseReader::*of)(const Node*,
                                                                      const std::string&)) {
    std::vector<std::string> names;
    if (node == nullptr) return names;
    if (node->kind != Node::Kind::list) return {(this->*of)(node, path)};
    for (const NodePtr& item : node->items) names.push_back((this->*of)(item.get(), path));
    return names;
  }
  double year_in(const Map& map, const std::string& path, std::string_view name = "year") {
    return static_cast<double>(
        whole(present(map, path, name), 0, years_allowed(), below(path, name)).value_or(0));
  }
  double years_allowed() const {
    return exercise_.years > 0 ? static_cast<double>(exercise_.years) : 100.0;
  }

  // ---- parts

  void read_version() {
    const Node* version = get(top_, "reformsim_exercise");
    if (version == nullptr)
      problems_.add({exercise_.file, 1, 1},
                    "the format version is missing; write 'reformsim_exercise: 1' in the first "
                    "line");
    else if (version->kind != Node::Kind::scalar ||
             version->text != fmt::format("{}", kExerciseVersion))
      problems_.add(version->place,
                    fmt::format("reformsim_exercise: expected {}; a file of another "
                                "version needs another version of the program",
                                kExerciseVersion));
  }

  void read_setup() {
    const Node* node = present(top_, "", "setup");
    if (node == nullptr) return;
    const Map map = keys(*node, "setup", {"schools", "districts", "years", "situation", "room"});
    Exercise& e = exercise_;
    e.schools = whole(present(map, "setup", "schools"), 1, 100000, "setup.schools").value_or(0);
    e.districts =
        whole(present(map, "setup", "districts"), 1, 10000, "setup.districts").value_or(0);
    e.years = whole(present(map, "setup", "years"), 1, 100, "setup.years").value_or(0);
    e.situation = required(map, "setup", "situation");
    e.room = required(map, "setup", "room");
  }

  // Each scenario is a scenario file that stands inside this one. It is handed to the reader of
  // scenarios with its own lines in their own places, so that every problem is found where it is.
  void read_arms(const Node& root, const std::string& text) {
    const Node* node = present(top_, "", "scenarios");
    if (node == nullptr) return;
    if (node->kind != Node::Kind::map || node->items.empty()) {
      problems_.add(node->place, "scenarios: expected scenarios with their names");
      return;
    }
    int end = std::numeric_limits<int>::max();  // the line after the last scenario's
    for (std::size_t i = 0; i + 1 < root.items.size(); i += 2)
      if (root.items[i]->place.line > node->place.line)
        end = std::min(end, root.items[i]->place.line);
    find_duplicates(*node, "scenarios", problems_);
    for (std::size_t i = 0; i + 1 < node->items.size(); i += 2) {
      const auto name = read_key(*node->items[i], problems_);
      if (!name) continue;
      arm_names_.push_back(*name);
      const int next = i + 2 < node->items.size() ? node->items[i + 2]->place.line : end;
      read_arm(*name, *node->items[i + 1], node->items[i]->place, next, text);
    }
  }

  void read_arm(const std::string& name, const Node& node, const Place& at, int end,
                const std::string& text) {
    const std::string path = "scenarios." + name;
    if (node.kind != Node::Kind::map || node.place.line <= at.line) {
      problems_.add(node.place, fmt::format("{}: expected title, extends and levers, each on its "
                                            "own lines below the name",
                                            path));
      return;
    }
    const std::vector<std::string> known = {"title", "description", "extends", "levers"};
    const std::size_t before = problems_.size();
    bool titled = false;
    for (std::size_t i = 0; i + 1 < node.items.size(); i += 2) {
      const auto key = read_key(*node.items[i], problems_);
      if (!key) continue;
      titled = titled || *key == "title";
      if (std::find(known.begin(), known.end(), key->substr(0, key->find('.'))) == known.end())
        problems_.add(
            node.items[i]->place,
            fmt::format("{}: {} does not belong into an exercise's scenario{}; it has {}. "
                        "Schools and years stand under `setup`; all else is the same for all "
                        "scenarios",
                        path, in_quotes(*key), did_you_mean(*key, known), join(known)));
    }
    if (!titled) problems_.add(at, fmt::format("{}.title is missing", path));
    if (problems_.size() != before) return;
    std::string own;
    int number = 1;
    for (std::size_t begin = 0; begin < text.size() && number < end; ++number) {
      std::size_t stop = text.find('\n', begin);
      if (stop == std::string::npos) stop = text.size();
      if (number == 1)  // the exercise's own first line is none of the scenario's
        own += std::string(static_cast<std::size_t>(node.place.column - 1), ' ') +
               fmt::format("reformsim: {}", kFormatVersion);
      else if (number >= node.place.line)
        own += text.substr(begin, stop - begin);
      own += '\n';
      begin = stop + 1;
    }
    const std::vector<std::string> sets = {
        fmt::format("population.schools={}", std::max<std::int64_t>(exercise_.schools, 1)),
        fmt::format("population.districts={}", std::max<std::int64_t>(exercise_.districts, 1)),
        fmt::format("horizon.years={}", std::max<std::int64_t>(exercise_.years, 1))};
    try {
      exercise_.arms.push_back(
          {name,
           read_scenario_text(own, exercise_.file, directory_of(exercise_.file), table_, sets)});
    } catch (const InputError& error) {
      for (const Problem& problem : error.problems()) problems_.add(problem.place, problem.message);
    }
  }

  // All scenarios differ in their levers alone, which is also all that the live page can change.
  void check_arms() {
    const Arm* base = exercise_.arm(exercise_.baseline);
    if (base == nullptr) return;
    for (const Arm& arm : exercise_.arms)
      for (const Field& field : table_.rows()) {
        const bool same = field.group == FieldGroup::lever
                              ? arm.scenario.lever(field.path).status_quo ==
                                    base->scenario.lever(field.path).status_quo
                          : field.group == FieldGroup::mechanism
                              ? arm.scenario.flag(field.path) == base->scenario.flag(field.path)
                              : true;
        if (!same)
          problems_.add(
              place_of_arm(arm.name),
              fmt::format("scenarios.{}: {} before the reform is not that of the baseline; "
                          "extend another scenario",
                          arm.name, field.path));
      }
  }
  Place place_of_arm(const std::string& name) const {
    const Node& node = *top_.find("scenarios")->second.first;
    for (std::size_t i = 0; i + 1 < node.items.size(); i += 2)
      if (node.items[i]->text == name) return node.items[i]->place;
    return node.place;
  }

  const std::vector<std::string> kQuantity = {"scenario", "against", "measure", "less",
                                              "over",     "year",    "since"};
  std::vector<std::string> with_quantity(std::vector<std::string> names) const {
    names.insert(names.end(), kQuantity.begin(), kQuantity.end());
    return names;
  }

  Quantity quantity(const Map& map, const std::string& path) {
    Quantity q;
    q.scenario = arm_name(present(map, path, "scenario"), below(path, "scenario"));
    q.against = arm_name(get(map, "against"), below(path, "against"));
    q.measure = measure_name(present(map, path, "measure"), below(path, "measure"));
    q.less = measure_name(get(map, "less"), below(path, "less"));
    q.over = measure_name(get(map, "over"), below(path, "over"));
    q.year = year_in(map, path);
    if (const auto since = whole(get(map, "since"), 0, years_allowed(), below(path, "since")))
      q.since = static_cast<double>(*since);
    if (q.since && *q.since >= q.year)
      problems_.add(get(map, "since")->place,
                    fmt::format("{}: is not before the year {}", below(path, "since"), q.year));
    if (!q.less.empty() && !q.over.empty())
      problems_.add(
          get(map, "over")->place,
          fmt::format("{}: a quantity has `less` or `over`, not both", below(path, "over")));
    return q;
  }

  std::pair<std::optional<double>, std::optional<double>> bracket(const Map& map,
                                                                  const std::string& path) {
    const auto above = number(get(map, "above"), -1e9, 1e9, below(path, "above"));
    const auto under = number(get(map, "below"), -1e9, 1e9, below(path, "below"));
    if (above && under && *above >= *under)
      problems_.add(get(map, "below")->place,
                    fmt::format("{}: is not more than `above`", below(path, "below")));
    return {above, under};
  }

  void read_effects() {
    for (const NodePtr& item : list(top_, "", "effects")) {
      const Map map =
          keys(*item, "effects", with_quantity({"id", "says", "above", "below", "robustness"}));
      Effect effect;
      effect.place = item->place;
      effect.id = required(map, "effects", "id");
      effect.says = required(map, "effects", "says");
      effect.quantity = quantity(map, "effects");
      std::tie(effect.above, effect.below) = bracket(map, "effects");
      if (!effect.above && !effect.below)
        problems_.add(item->place,
                      "effects: expected `above`, `below` or both: what would be wrong");
      const std::string stated =
          one_of(present(map, "effects", "robustness"), {"firm", "mostly", "divided", "seldom"},
                 "effects.robustness", "robustness");
      for (const Robustness robustness :
           {Robustness::firm, Robustness::mostly, Robustness::divided, Robustness::seldom})
        if (stated == name_of(robustness)) effect.stated = robustness;
      if (exercise_.effect(effect.id) != nullptr)
        problems_.add(item->place,
                      fmt::format("effects: there are two of the id {}", in_quotes(effect.id)));
      exercise_.effects.push_back(std::move(effect));
    }
  }

  void read_prediction() {
    const Node* node = present(top_, "", "prediction");
    if (node == nullptr) return;
    const std::string path = "prediction";
    const Map map = keys(*node, path, {"question", "about", "options", "slider", "afterwards"});
    Prediction& p = exercise_.prediction;
    p.question = required(map, path, "question");
    p.afterwards = required(map, path, "afterwards");
    if (const Node* about = present(map, path, "about"))
      p.about = quantity(keys(*about, "prediction.about", kQuantity), "prediction.about");
    if (const Node* slider = get(map, "slider")) {
      const Map ends = keys(*slider, "prediction.slider", {"low", "high", "step"});
      p.low = number(present(ends, "prediction.slider", "low"), -1e6, 1e6, "prediction.slider.low");
      p.high =
          number(present(ends, "prediction.slider", "high"), -1e6, 1e6, "prediction.slider.high");
      p.step =
          number(present(ends, "prediction.slider", "step"), 1e-6, 1e6, "prediction.slider.step");
      if (p.low && p.high && *p.low >= *p.high)
        problems_.add(slider->place, "prediction.slider: low is not below high");
      if (get(map, "options") != nullptr)
        problems_.add(slider->place, "prediction: either options or a slider");
      return;
    }
    const std::vector<NodePtr> options = list(map, path, "options");
    if (!options.empty() && (options.size() < 3 || options.size() > 4))
      problems_.add(get(map, "options")->place, "prediction.options: expected three or four");
    double from = -kInfinity;  // every number must be the answer of exactly one option
    for (std::size_t k = 0; k < options.size(); ++k) {
      const Map one = keys(*options[k], "prediction.options", {"text", "above", "below"});
      Option option;
      option.text = required(one, "prediction.options", "text");
      std::tie(option.above, option.below) = bracket(one, "prediction.options");
      const bool last = k + 1 == options.size();
      if (option.above.value_or(-kInfinity) != from || option.below.has_value() == last)
        problems_.add(
            options[k]->place,
            "prediction.options: from low to high, each must begin above where the one "
            "before ends below, the first with `below` alone, the last with `above` alone");
      from = option.below.value_or(kInfinity);
      p.options.push_back(std::move(option));
    }
  }

  void read_reveal() {
    for (const NodePtr& item : list(top_, "", "reveal")) {
      const std::string path = "reveal";
      const Map map =
          keys(*item, path, {"title", "text", "script", "scenarios", "chart", "measures", "year"});
      Step step;
      step.title = required(map, path, "title");
      step.text = required(map, path, "text");
      step.script = required(map, path, "script");
      step.scenarios =
          names_in(present(map, path, "scenarios"), "reveal.scenarios", &ExerciseReader::arm_name);
      step.chart = one_of(present(map, path, "chart"), kCharts, "reveal.chart", "kind of chart");
      step.year = year_in(map, path);
      const Node* measures = present(map, path, "measures");
      step.measures = names_in(
          measures, "reveal.measures",
          step.chart == "map" ? &ExerciseReader::column_name : &ExerciseReader::measure_name);
      exercise_.reveal.push_back(std::move(step));
    }
  }
  std::string column_name(const Node* node, const std::string& path) {
    return one_of(node, kMapColumns, path, "column of the map");
  }

  void read_chain() {
    const Node* node = present(top_, "", "chain");
    if (node == nullptr) return;
    const Map map = keys(*node, "chain", {"scenario", "against", "year", "links"});
    Chain& chain = exercise_.chain;
    chain.scenario = arm_name(present(map, "chain", "scenario"), "chain.scenario");
    chain.against = arm_name(present(map, "chain", "against"), "chain.against");
    chain.year = year_in(map, "chain");
    for (const NodePtr& item : list(map, "chain", "links")) {
      const Map link = keys(*item, "chain.links", {"measure", "says"});
      chain.links.push_back(
          {measure_name(present(link, "chain.links", "measure"), "chain.links.measure"),
           required(link, "chain.links", "says")});
    }
  }

  void read_debrief() {
    for (const NodePtr& item : list(top_, "", "debrief")) {
      const Map map = keys(*item, "debrief", {"question", "listen"});
      exercise_.debrief.push_back(
          {required(map, "debrief", "question"), required(map, "debrief", "listen")});
    }
  }

  void read_evidence() {
    const Node* node = present(top_, "", "evidence");
    if (node == nullptr) return;
    const Map map = keys(*node, "evidence", {"for", "against"});
    const auto side = [&](std::string_view name, std::vector<Evidence>& found) {
      for (const NodePtr& item : list(map, "evidence", name)) {
        const Map one = keys(*item, "evidence", {"finding", "source"});
        found.push_back(
            {required(one, "evidence", "finding"), required(one, "evidence", "source")});
      }
    };
    side("for", exercise_.evidence_for);
    side("against", exercise_.evidence_against);
  }

  void read_unless() {
    std::vector<std::string> ids;
    for (const Effect& effect : exercise_.effects) ids.push_back(effect.id);
    for (const NodePtr& item : list(top_, "", "unless")) {
      const Map map = keys(*item, "unless", {"says", "effect", "belief"});
      Exception one;
      one.place = item->place;
      one.says = required(map, "unless", "says");
      one.effect = one_of(present(map, "unless", "effect"), ids, "unless.effect", "effect");
      one.belief = one_of(get(map, "belief"), kBeliefs, "unless.belief", "belief");
      exercise_.unless.push_back(std::move(one));
    }
  }

  const FieldTable& table_;
  ProblemList own_problems_;
  Exercise exercise_;
  std::vector<std::string> arm_names_;  // also those that could not be read
};

}  // namespace

Exercise read_exercise(const std::string& file, const FieldTable& table) {
  const FileText read = read_file(file, kMaxBytes);
  if (!read.bytes) throw InputError({file, 0, 0}, read.problem);
  return ExerciseReader(table, file).read(*read.bytes);
}

}  // namespace reformsim::serve
