#include "scenario/read.hpp"

#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

#include "base/hash.hpp"
#include "scenario/files.hpp"
#include "scenario/tree.hpp"
#include "scenario/unknown_name.hpp"
#include "scenario/values.hpp"
#include "scenario/words.hpp"

namespace reformsim {

namespace {

namespace fs = std::filesystem;

// What one place in the language can hold for one row of the table.
enum class Part { value, status_quo, reform };

struct Assignment {
  FieldValue value{};                // Part::value and Part::status_quo
  std::vector<LeverEntry> reform{};  // Part::reform
  Place place{};
  std::string directory{};  // of the file it stands in, for fields that name a file
  bool good = true;
  bool below_sets = false;  // a parameter that sets of parameters were laid over
};

// A scenario file with all it extends, merged: linear in the number of fields, however often and
// through however many ways the same base is reached.
using Layer = std::map<std::pair<std::size_t, Part>, Assignment>;

class Reader {
 public:
  Reader(const FieldTable& table, const ReadOptions& options) : table_(table), options_(options) {}

  void add_file(const std::string& file) { lay_over(merged_, layer_of(file, {file, 0, 0}, "")); }

  void add_text(const std::string& text, const std::string& name, const std::string& directory) {
    order_.emplace(name, order_.size());
    files_.push_back({name, "scenario", digest(text)});
    Layer layer;
    read_document(text, name, directory, layer);
    lay_over(merged_, layer);
  }

  void add_set(const std::string& set);
  Scenario finish(const std::string& directory);

 private:
  struct Context {
    std::string directory;
    Layer* own;
    bool in_duplicate = false;  // below a key that stands twice: no second report for its values
  };

  void lay_over(Layer& below, const Layer& above) const;
  const Layer& layer_of(const std::string& file, const Place& named_at, const std::string& label);
  void read_document(const std::string& text, const std::string& file, const std::string& directory,
                     Layer& layer);
  bool read_version(const Node& root, const std::string& file, bool required);
  void read_extends(const Node& node, const std::string& directory, Layer& layer);
  void read_parameters_file(const Layer& own, Layer& layer);
  void read_section(const Node& map, const std::string& path, Context context);
  void read_path(const Node& node, const std::string& path, const Place& key, Context context);
  void store(std::pair<std::size_t, Part> slot, Assignment assignment, const std::string& path,
             const Place& key, const Context& context);
  void fill(Scenario& scenario);
  void open_sets(Scenario& scenario);
  void open_population(Scenario& scenario);
  void run_checks(const Scenario& scenario);
  [[noreturn]] void fail();

  const FieldTable& table_;
  ReadOptions options_;
  ProblemList problems_;
  std::map<std::string, std::size_t> order_;  // of files by name, for sorting problems
  std::vector<InputFile> files_;
  std::vector<std::pair<std::string, std::string>> chain_;  // files being read: identity and name
  std::map<std::string, Layer> layers_;                     // by identity
  std::set<std::string> parameter_files_;
  Layer merged_;
};

// Sets of parameters are laid over every parameter below them, and those beside them win: like the
// values of parameters.file. Which ones the sets have is known when they are opened.
void Reader::lay_over(Layer& below, const Layer& above) const {
  if (const Field* field = table_.find("parameters.sets"))
    if (const auto sets = above.find({table_.index(field->path), Part::value});
        sets != above.end() && sets->second.good &&
        !std::get<std::string>(sets->second.value).empty())
      for (auto& [slot, assignment] : below)
        if (table_[slot.first].group == FieldGroup::parameter) assignment.below_sets = true;
  for (const auto& [slot, assignment] : above) below.insert_or_assign(slot, assignment);
}

const Layer& Reader::layer_of(const std::string& file, const Place& named_at,
                              const std::string& label) {
  static const Layer nothing;
  const std::string id = identity(file);
  const auto start = std::find_if(chain_.begin(), chain_.end(),
                                  [&](const auto& link) { return link.first == id; });
  if (start != chain_.end()) {
    std::string chain;
    for (auto link = start; link != chain_.end(); ++link) chain += link->second + " -> ";
    problems_.add(named_at,
                  "extends: the files extend each other in a circle: " + chain + start->second);
    return nothing;
  }
  constexpr std::size_t longest = 100;
  if (chain_.size() >= longest) {
    problems_.add(named_at, fmt::format("extends: a chain of more than {} files", longest));
    return nothing;
  }
  const auto known = layers_.find(id);
  if (known != layers_.end()) return known->second;

  order_.emplace(file, order_.size());
  const FileText read = read_file(file, kMaxBytes);
  if (!read.bytes) {
    problems_.add(named_at, label.empty() ? read.problem
                                          : fmt::format("{}: {}: {}", label, file, read.problem));
    return layers_[id];
  }
  files_.push_back({file, "scenario", digest(*read.bytes)});
  chain_.emplace_back(id, file);
  Layer layer;
  read_document(*read.bytes, file, directory_of(file), layer);
  chain_.pop_back();
  return layers_[id] = std::move(layer);
}

void Reader::read_document(const std::string& text, const std::string& file,
                           const std::string& directory, Layer& layer) {
  NodePtr root;
  try {
    root = parse_tree(text, file);
  } catch (const InputError& error) {
    for (const Problem& problem : error.problems()) problems_.add(problem.place, problem.message);
    return;
  }
  if (root->kind == Node::Kind::empty) {
    problems_.add({file, 0, 0}, "the file is empty; a scenario begins with 'reformsim: 1'");
    return;
  }
  if (root->kind != Node::Kind::map) {
    problems_.add(root->place,
                  "this is not a scenario: expected lines such as 'reformsim: 1', a "
                  "name and its value");
    return;
  }
  if (!read_version(*root, file, true)) return;
  for (std::size_t i = 0; i + 1 < root->items.size(); i += 2)
    if (root->items[i]->text == "extends") {
      read_extends(*root->items[i + 1], directory, layer);
      break;  // a second one is reported as a duplicate below
    }
  Layer own;
  read_section(*root, "", {directory, &own});
  read_parameters_file(own, layer);
  lay_over(layer, own);
}

// False when the rest of the file is better left unread: another version means other things.
bool Reader::read_version(const Node& root, const std::string& file, bool required) {
  for (std::size_t i = 0; i + 1 < root.items.size(); i += 2) {
    const Node& value = *root.items[i + 1];
    if (root.items[i]->text != "reformsim") continue;
    if (value.kind == Node::Kind::scalar && value.text == fmt::format("{}", kFormatVersion))
      return true;
    problems_.add(value.place,
                  fmt::format("reformsim: {} is not a format version that this program reads; "
                              "expected {}",
                              value.kind == Node::Kind::scalar ? in_quotes(value.text) : "this",
                              kFormatVersion));
    return false;
  }
  if (required)
    problems_.add({file, 1, 1},
                  "the format version is missing; write 'reformsim: 1' in the first "
                  "line");
  return true;
}

void Reader::read_extends(const Node& node, const std::string& directory, Layer& layer) {
  const auto read_one = [&](const Node& item) {
    if (item.kind != Node::Kind::scalar || item.text.empty()) {
      problems_.add(item.place,
                    "extends: expected the name of a scenario file, or a list of names");
      return;
    }
    lay_over(layer, layer_of(path_from(directory, item.text), item.place, "extends"));
  };
  if (node.kind == Node::Kind::list)
    for (const NodePtr& item : node.items) read_one(*item);
  else
    read_one(node);
}

// The values of parameters.file lie below the parameters written beside it and above every base.
void Reader::read_parameters_file(const Layer& own, Layer& layer) {
  const Field* field = table_.find("parameters.file");
  if (field == nullptr) return;
  const auto named = own.find({table_.index("parameters.file"), Part::value});
  if (named == own.end() || !named->second.good) return;
  const std::string& name = std::get<std::string>(named->second.value);
  if (name.empty()) return;
  const std::string file = path_from(named->second.directory, name);
  order_.emplace(file, order_.size());
  const FileText read = read_file(file, kMaxBytes);
  if (!read.bytes) {
    problems_.add(named->second.place, fmt::format("parameters.file: {}: {}", file, read.problem));
    return;
  }
  if (parameter_files_.insert(identity(file)).second)
    files_.push_back({file, "parameters", digest(*read.bytes)});
  NodePtr root;
  try {
    root = parse_tree(*read.bytes, file);
  } catch (const InputError& error) {
    for (const Problem& problem : error.problems()) problems_.add(problem.place, problem.message);
    return;
  }
  if (root->kind == Node::Kind::empty) {
    problems_.add({file, 0, 0}, "the file is empty; expected parameters");
    return;
  }
  if (root->kind != Node::Kind::map) {
    problems_.add(root->place,
                  "expected a map of parameters, as it would stand under 'parameters'");
    return;
  }
  if (!read_version(*root, file, false)) return;
  // Names alone, or below `parameters:` as they would stand in a scenario.
  const Node* names = root.get();
  for (std::size_t i = 0; i + 1 < root->items.size(); i += 2) {
    const std::string& key = root->items[i]->text;
    if (key == "reformsim") continue;
    const bool whole =
        names == root.get() && key == "parameters" && root->items[i + 1]->kind == Node::Kind::map;
    names = whole ? root->items[i + 1].get() : root.get();
    if (!whole) break;
  }
  Layer parameters;
  read_section(*names, "parameters", {directory_of(file), &parameters});
  lay_over(layer, parameters);
}

void Reader::read_section(const Node& map, const std::string& path, Context context) {
  const std::vector<bool> repeated = find_duplicates(map, path, problems_);
  const bool was_in_duplicate = context.in_duplicate;
  for (std::size_t i = 0; i + 1 < map.items.size() && !problems_.full(); i += 2) {
    const Node& key = *map.items[i];
    const std::optional<std::string> name = read_key(key, problems_);
    if (!name) continue;
    // Read before, by read_version and read_extends.
    if (path.empty() && (*name == "reformsim" || *name == "extends")) continue;
    if (path == "parameters" && *name == "reformsim") continue;
    context.in_duplicate = was_in_duplicate || repeated[i / 2];
    read_path(*map.items[i + 1], path.empty() ? *name : path + '.' + *name, key.place, context);
  }
}

void Reader::read_path(const Node& node, const std::string& path, const Place& key,
                       Context context) {
  // A path under status_quo means the lever of that name.
  constexpr std::string_view status_quo = "status_quo";
  const bool is_status_quo = path == status_quo || path.starts_with(std::string(status_quo) + '.');
  const std::string written = is_status_quo ? "levers" + path.substr(status_quo.size()) : path;

  if (const Field* field = table_.find_written(written)) {
    const std::size_t row = table_.index(field->path);
    Assignment assignment{.place = node.place, .directory = context.directory};
    if (field->group == FieldGroup::lever && !is_status_quo) {
      auto reform = read_schedule(node, *field, path, problems_);
      assignment.good = reform.has_value();
      if (reform) assignment.reform = std::move(*reform);
      store({row, Part::reform}, std::move(assignment), path, key, context);
    } else {
      auto value = read_value(node, *field, path, problems_);
      assignment.good = value.has_value();
      if (value) assignment.value = std::move(*value);
      store({row, is_status_quo ? Part::status_quo : Part::value}, std::move(assignment), path, key,
            context);
    }
    return;
  }
  const bool is_section = table_.is_section(written) || written == "levers" ||
                          written == "mechanisms" || written == "parameters";
  if (!is_section) {
    problems_.add(key, unknown_name(table_, path));
  } else if (node.kind == Node::Kind::map) {
    read_section(node, path, context);
  } else if (node.kind !=
             Node::Kind::empty) {  // a section whose lines are all commented out is fine
    problems_.add(
        node.place,
        fmt::format("{}: found {}; expected a map, with names and values "
                    "below it",
                    path, node.kind == Node::Kind::list ? "a list" : in_quotes(node.text)));
  }
}

void Reader::store(std::pair<std::size_t, Part> slot, Assignment assignment,
                   const std::string& path, const Place& key, const Context& context) {
  const auto first = context.own->find(slot);
  if (first != context.own->end() && !context.in_duplicate)
    problems_.add(key, fmt::format("{} is given twice; it first stands in line {}", path,
                                   first->second.place.line));
  context.own->insert_or_assign(slot, std::move(assignment));
}

void Reader::add_set(const std::string& set) {
  const std::string name = "--set " + set;
  order_.emplace(name, order_.size());
  const std::size_t equals = set.find('=');
  const std::string path = trimmed(set.substr(0, equals));
  if (equals == std::string::npos || path.empty()) {
    problems_.add({name, 1, 1}, "expected path=value, for example --set horizon.years=10");
    return;
  }
  if (path == "extends" || path == "reformsim") {
    problems_.add({name, 1, 1}, in_quotes(path) + " belongs in a file and cannot be set");
    return;
  }
  try {
    std::string value = set.substr(equals + 1);
    // Nothing after the sign takes a text away: `--set parameters.sets=`.
    if (const Field* field = table_.find_written(path);
        field != nullptr && field->type == FieldType::text && trimmed(value).empty())
      value = "\"\"";
    const NodePtr root = parse_tree(value, name, static_cast<int>(equals) + 2);
    Layer own;
    // A lever may be named without its leading "levers.".
    const bool is_bare_lever = table_.find_written(path) == nullptr && table_.find(path) != nullptr;
    read_path(*root, is_bare_lever ? "levers." + path : path, {name, 1, 1}, {".", &own});
    read_parameters_file(own, merged_);
    lay_over(merged_, own);
  } catch (const InputError& error) {
    for (const Problem& problem : error.problems()) problems_.add(problem.place, problem.message);
  }
}

void Reader::fill(Scenario& scenario) {
  for (auto& [slot, assignment] : merged_) {
    if (!assignment.good) continue;
    const Field& field = table_[slot.first];
    if (slot.second == Part::reform) {
      scenario.lever(field.path).reform = assignment.reform;
      scenario.set_place(field.path, assignment.place);
      continue;
    }
    if (field.unit == "file") {
      // One directory for all: a results file keeps the scenario's directory, not those of its
      // bases.
      std::string& name = std::get<std::string>(assignment.value);
      if (!name.empty() && fs::path(name).is_relative() &&
          assignment.directory != scenario.directory) {
        std::error_code error;
        const fs::path from = fs::absolute(scenario.directory, error).lexically_normal();
        const fs::path target =
            fs::absolute(path_from(assignment.directory, name), error).lexically_normal();
        const fs::path relative = target.lexically_relative(from);
        name = (relative.empty() ? target : relative).generic_string();
      }
    }
    scenario.set(field.path, assignment.value);
    // For a lever the place of the reform is the one people look for.
    if (slot.second == Part::value || scenario.place(field.path).file.empty())
      scenario.set_place(field.path, assignment.place);
  }
}

void Reader::open_sets(Scenario& scenario) {
  if (!options_.open_files || table_.find("parameters.sets") == nullptr) return;
  const std::string file = scenario.file("parameters.sets");
  if (file.empty()) return;
  order_.emplace(file, order_.size());
  const FileText read = read_file(file, std::string().max_size());
  if (!read.bytes) {
    problems_.add(scenario.place("parameters.sets"),
                  fmt::format("parameters.sets: {}: {}", file, read.problem));
    return;
  }
  std::vector<std::size_t> beside;
  for (const auto& [slot, assignment] : merged_)
    if (slot.second == Part::value && !assignment.below_sets) beside.push_back(slot.first);
  try {
    auto sets =
        std::make_shared<const ParameterSets>(read_parameter_sets(file, *read.bytes, table_));
    files_.push_back({file, "sets", sets->digest});
    scenario.use_sets(std::move(sets), beside);
  } catch (const InputError& error) {
    for (const Problem& problem : error.problems()) problems_.add(problem.place, problem.message);
  }
}

void Reader::open_population(Scenario& scenario) {
  if (!options_.open_files || table_.find("population.file") == nullptr ||
      scenario.text("population.kind") != "list")
    return;
  const std::string file = scenario.file("population.file");
  if (file.empty()) return;
  const FileText read = read_file(file, std::string().max_size());
  if (read.bytes)
    files_.push_back({file, "population", digest(*read.bytes)});
  else
    problems_.add(scenario.place("population.file"),
                  fmt::format("population.file: {}: {}", file, read.problem));
}

void Reader::run_checks(const Scenario& scenario) {
  std::vector<std::string> bad;
  for (const auto& [slot, assignment] : merged_)
    if (!assignment.good) bad.push_back(table_[slot.first].path);
  for (const FieldTable::TableCheck& item : table_.checks()) {
    const bool blocked =
        item.reads.empty()
            ? !bad.empty()
            : std::any_of(item.reads.begin(), item.reads.end(), [&](const std::string& path) {
                return std::find(bad.begin(), bad.end(), path) != bad.end();
              });
    if (blocked) continue;
    for (Problem& problem : item.check(scenario))
      problems_.add(problem.place, std::move(problem.message));
  }
}

void Reader::fail() {
  std::vector<Problem>& all = problems_.all();
  const bool full = problems_.full();
  const auto rank = [&](const Problem& problem) {
    const auto file = order_.find(problem.place.file);
    return file == order_.end() ? order_.size() : file->second;
  };
  const auto key = [&](const Problem& problem) {
    return std::make_tuple(rank(problem), problem.place.line, problem.place.column);
  };
  std::stable_sort(all.begin(), all.end(),
                   [&](const Problem& a, const Problem& b) { return key(a) < key(b); });
  // A parameters file that two scenarios name is read, and found wanting, twice.
  all.erase(
      std::unique(all.begin(), all.end(),
                  [](const Problem& a, const Problem& b) { return describe(a) == describe(b); }),
      all.end());
  if (full)
    all.push_back(
        {{}, fmt::format("more than {} problems; the rest is not listed", ProblemList::kMost)});
  throw InputError(std::move(all));
}

Scenario Reader::finish(const std::string& directory) {
  Scenario scenario(table_);
  scenario.directory = directory;
  fill(scenario);
  open_sets(scenario);
  run_checks(scenario);
  open_population(scenario);
  if (problems_.size() > 0) fail();
  scenario.files = std::move(files_);
  return scenario;
}

}  // namespace

Scenario read_scenario(const std::string& file, const FieldTable& table,
                       const std::vector<std::string>& overlays,
                       const std::vector<std::string>& sets, const ReadOptions& options) {
  Reader reader(table, options);
  reader.add_file(file);
  for (const std::string& overlay : overlays) reader.add_file(overlay);
  for (const std::string& set : sets) reader.add_set(set);
  return reader.finish(directory_of(file));
}

Scenario read_scenario_text(const std::string& text, const std::string& name,
                            const std::string& directory, const FieldTable& table,
                            const std::vector<std::string>& sets, const ReadOptions& options) {
  Reader reader(table, options);
  reader.add_text(text, name, directory.empty() ? "." : directory);
  for (const std::string& set : sets) reader.add_set(set);
  return reader.finish(directory.empty() ? "." : directory);
}

}  // namespace reformsim
