// Reading a comparison file back; comparison_file.cpp writes it.
#include <algorithm>

#include <fmt/format.h>

#include "base/error.hpp"
#include "decide/comparison_file.hpp"
#include "record/hdf5.hpp"

namespace reformsim {

namespace {

using hdf5::Node;

std::string no_dash(std::string text) { return text == "-" ? std::string() : text; }

std::vector<std::string> lines(const std::string& text) {
  std::vector<std::string> found;
  if (text == "-" || text.empty()) return found;
  for (std::size_t from = 0; from <= text.size();) {
    const std::size_t to = std::min(text.find('\n', from), text.size());
    found.push_back(text.substr(from, to - from));
    from = to + 1;
  }
  return found;
}

class ComparisonReader {
 public:
  explicit ComparisonReader(const std::string& path)
      : path_(path), reader_(path), root_(reader_.root()) {}

  Findings read() {
    header();
    system();
    pairs();
    money();
    if (root_.has("policy")) policy();
    if (root_.has("group")) groups();
    if (root_.has("school")) rows(f_.school, "school");
    if (root_.has("district")) rows(f_.district, "district");
    if (root_.has("belief")) beliefs();
    clock();
    return std::move(f_);
  }

 private:
  [[noreturn]] void damaged(const std::string& what) const {
    throw InputError({path_, 0, 0}, "the file is damaged: " + what);
  }
  template <class T>
  T needed(std::optional<T> value, std::string_view name) const {
    if (!value) damaged(fmt::format("the attribute {} is missing", name));
    return *value;
  }
  std::vector<double> numbers(const Node& group, std::string_view name, std::size_t count) const {
    std::vector<double> values = group.open(name).read<double>();
    if (values.size() != count)
      damaged(fmt::format("{} holds {} values, not {}", name, values.size(), count));
    return values;
  }
  std::vector<std::string> texts(const Node& group, std::string_view name,
                                 std::size_t count) const {
    std::vector<std::string> values = group.open(name).read_texts();
    if (values.size() != count)
      damaged(fmt::format("{} holds {} values, not {}", name, values.size(), count));
    return values;
  }
  std::vector<Estimate> estimates(const Node& group, std::size_t count) const {
    std::vector<Estimate> all(count);
    for (const EstimateField& field : estimate_fields()) {
      const std::vector<double> values = numbers(group, field.name, count);
      for (std::size_t i = 0; i < count; ++i) all[i].*field.value = values[i];
    }
    for (const EstimateField& field : parameter_fields()) {
      if (!group.has(field.name)) continue;  // no sets of parameters
      const std::vector<double> values = numbers(group, field.name, count);
      for (std::size_t i = 0; i < count; ++i) all[i].*field.value = values[i];
    }
    return all;
  }
  std::vector<MeasureFacts> measures(const Node& group) const {
    const std::vector<std::string> names = group.open("measure").read_texts();
    const std::size_t n = names.size();
    const auto unit = texts(group, "unit", n), meaning = texts(group, "meaning", n),
               reduction = texts(group, "reduction", n);
    const auto direction = numbers(group, "better", n);
    std::vector<MeasureFacts> facts;
    for (std::size_t m = 0; m < n; ++m)
      facts.push_back(
          {names[m], unit[m], meaning[m], reduction[m], static_cast<int>(direction[m])});
    return facts;
  }

  void header() {
    if (root_.text("file_type").value_or("") != kComparisonType)
      throw InputError({path_, 0, 0},
                       "this is not a comparison; `reformsim compare -o DIR` writes one");
    const std::string version = needed(root_.text("format_version"), "format_version");
    if (version.substr(0, version.find('.')) != fmt::format("{}", kComparisonMajor))
      throw InputError(
          {path_, 0, 0},
          fmt::format("format {}; this program reads format {}. It was written by reformsim {}",
                      version, kComparisonMajor, root_.text("program_version").value_or("?")));
    f_.program_version = needed(root_.text("program_version"), "program_version");
    f_.git_commit = needed(root_.text("git_commit"), "git_commit");
    f_.seed = needed(root_.integer("seed"), "seed");
    f_.looks = root_.integer("looks").value_or(1);  // 1.0 had none
    f_.longer = needed(root_.integer("longer"), "longer") != 0;
    f_.unequal_costs = needed(root_.integer("unequal_costs"), "unequal_costs") != 0;
    f_.notes = lines(needed(root_.text("notes"), "notes"));
    f_.population_notes = lines(needed(root_.text("population_notes"), "population_notes"));
    f_.parameters = no_dash(needed(root_.text("parameters"), "parameters"));
    f_.schools = needed(root_.integer("schools"), "schools");
    f_.districts = needed(root_.integer("districts"), "districts");
    f_.pupils = needed(root_.number("pupils"), "pupils");
    f_.synthetic = needed(root_.integer("synthetic"), "synthetic") != 0;
  }

  void system() {
    const std::vector<std::string> names = root_.open("scenario").read_texts();
    f_.scenarios.resize(names.size());
    for (std::size_t s = 0; s < names.size(); ++s) f_.scenarios[s].name = names[s];
    for (const auto& [name, field] : {std::pair{"title", &ScenarioFacts::title},
                                      std::pair{"description", &ScenarioFacts::description},
                                      std::pair{"digest", &ScenarioFacts::digest},
                                      std::pair{"input_files", &ScenarioFacts::input_files},
                                      std::pair{"recipe", &ScenarioFacts::recipe}}) {
      std::vector<std::string> values = texts(root_, name, names.size());
      for (std::size_t s = 0; s < names.size(); ++s)
        f_.scenarios[s].*field = no_dash(std::move(values[s]));
    }
    const std::string baseline = needed(root_.text("baseline"), "baseline");
    const auto found = std::find(names.begin(), names.end(), baseline);
    if (found == names.end()) damaged("the baseline is none of the scenarios");
    f_.baseline = static_cast<std::size_t>(found - names.begin());
    f_.measures = measures(root_);
    f_.year = root_.open("year").read<double>();
    f_.replicates = root_.open("replicate").read<std::uint32_t>();
    if (f_.year.empty() || f_.replicates.empty()) damaged("no year or no replicate");
    const std::size_t n = names.size() * f_.measures.size();
    f_.system = estimates(root_, n * f_.year.size());
    f_.clear_from = numbers(root_, "clear_from", n);
    if (root_.has("probability_best"))
      f_.best = numbers(root_, "probability_best", n);
    else
      f_.best.assign(n, Estimate::kNone);  // 1.0 had none
    if (!root_.has("parameters")) return;
    const Node group = root_.open("parameters");
    const auto set = numbers(group, "set", f_.replicates.size());
    const auto name = texts(group, "name", f_.replicates.size());
    for (std::size_t r = 0; r < set.size(); ++r) {
      if (!(set[r] >= 0) || set[r] > static_cast<double>(r)) damaged("sets out of order");
      f_.set.push_back(static_cast<std::size_t>(set[r]));
      if (f_.set_names.size() <= f_.set[r]) f_.set_names.resize(f_.set[r] + 1);
      f_.set_names[f_.set[r]] = no_dash(name[r]);
    }
  }

  void pairs() {
    const Node group = root_.open("pair");
    const std::size_t n = f_.scenarios.size() * f_.scenarios.size() * f_.measures.size();
    f_.pairs.resize(n);
    const auto read = [&](std::string_view name, double PairFacts::*field) {
      const std::vector<double> values = numbers(group, name, n);
      for (std::size_t i = 0; i < n; ++i) f_.pairs[i].*field = values[i];
    };
    read("difference", &PairFacts::difference);
    read("low", &PairFacts::low);
    read("high", &PairFacts::high);
    read("probability_higher", &PairFacts::higher);
    if (f_.set.empty()) return;
    read("sd_parameters", &PairFacts::sd_parameters);
    read("sd_luck", &PairFacts::sd_luck);
    read("share_of_sets_higher", &PairFacts::sets_higher);
  }

  void money() {
    const Node group = root_.open("money");
    const std::size_t n = f_.scenarios.size();
    f_.spending = estimates(group.open("spending"), n);
    f_.lever_spending = estimates(group.open("lever_spending"), n);
    f_.cost_per_tenth.resize(n);
    for (const auto& [name, field] : {std::pair{"cost_per_tenth", &RatioEstimate::ratio},
                                      std::pair{"cost_per_tenth_low", &RatioEstimate::low},
                                      std::pair{"cost_per_tenth_high", &RatioEstimate::high}}) {
      const std::vector<double> values = numbers(group, name, n);
      for (std::size_t s = 0; s < n; ++s) f_.cost_per_tenth[s].*field = values[s];
    }
  }

  void policy() {
    const Node group = root_.open("policy");
    const std::size_t n = group.open("change").size();
    const auto of = texts(group, "of_scenario", n), path = texts(group, "path", n),
               meaning = texts(group, "meaning", n), unit = texts(group, "unit", n),
               before = texts(group, "before", n), after = texts(group, "after", n);
    for (std::size_t i = 0; i < n; ++i) {
      const auto found = std::find_if(f_.scenarios.begin(), f_.scenarios.end(),
                                      [&](const auto& scenario) { return scenario.name == of[i]; });
      if (found == f_.scenarios.end()) damaged("a change of no scenario");
      found->changes.push_back(
          {path[i], no_dash(meaning[i]), no_dash(unit[i]), no_dash(before[i]), no_dash(after[i])});
    }
  }

  void groups() {
    const Node group = root_.open("group");
    const std::vector<std::string> names = group.open("group").read_texts();
    const std::size_t n = names.size();
    const auto kind = texts(group, "kind", n), label = texts(group, "label", n);
    const auto schools = numbers(group, "schools", n), pupils = numbers(group, "pupils", n),
               lowest = numbers(group, "lowest", n), highest = numbers(group, "highest", n);
    for (std::size_t g = 0; g < n; ++g)
      f_.groups.push_back({names[g], kind[g], label[g], static_cast<std::int64_t>(schools[g]),
                           pupils[g], lowest[g], highest[g]});
    f_.group_year = group.open("year").read<double>();
    f_.group_measures = measures(group);
    const std::size_t scenarios = f_.scenarios.size();
    f_.group = estimates(group, scenarios * n * f_.group_measures.size() * f_.group_year.size());

    const Node balance = root_.open("balance");
    f_.balance.resize(scenarios * kEffects * SchoolEffects::kUnits);
    for (const auto& [name, field] :
         {std::pair{"better", &Balance::better}, std::pair{"worse", &Balance::worse},
          std::pair{"unclear", &Balance::unclear}, std::pair{"one_better", &Balance::one_better},
          std::pair{"one_better_low", &Balance::one_better_low},
          std::pair{"one_better_high", &Balance::one_better_high},
          std::pair{"one_worse", &Balance::one_worse},
          std::pair{"one_worse_low", &Balance::one_worse_low},
          std::pair{"one_worse_high", &Balance::one_worse_high}}) {
      const std::vector<double> values = numbers(balance, name, f_.balance.size());
      for (std::size_t i = 0; i < values.size(); ++i) f_.balance[i].*field = values[i];
    }
    if (root_.has("level")) {  // 1.0 had none
      const Node levels = root_.open("level");
      f_.spread.resize(scenarios * kEffects * kLevelNames.size());
      for (const LevelField& field : level_fields()) {
        const std::vector<double> values = numbers(levels, field.name, f_.spread.size());
        for (std::size_t i = 0; i < values.size(); ++i) f_.spread[i].*field.value = values[i];
      }
    }
    const Node distribution = root_.open("distribution");
    f_.levels = numbers(distribution, "value_added", scenarios * kBins);
    f_.differences = numbers(distribution, "difference", scenarios * kBins);
  }

  void rows(Rows& rows, std::string_view name) {
    const Node group = root_.open(name);
    rows.code = group.open(name).read_texts();
    const std::size_t n = rows.code.size(), columns = f_.scenarios.size() * kEffects;
    rows.name = texts(group, "name", n);
    for (std::string& text : rows.name) text = no_dash(std::move(text));
    if (group.has("in_district")) rows.district = texts(group, "in_district", n);
    if (group.has("schools")) rows.schools = numbers(group, "schools", n);
    rows.pupils = numbers(group, "pupils", n);
    rows.deprivation = numbers(group, "deprivation", n);
    const auto difference = numbers(group, "difference", columns * n),
               error = numbers(group, "standard_error", columns * n),
               low = numbers(group, "low", columns * n), high = numbers(group, "high", columns * n),
               verdict = numbers(group, "verdict", columns * n);
    for (std::size_t c = 0; c < columns; ++c) {
      std::vector<RowEffect> effects;
      for (std::size_t i = c * n; i < (c + 1) * n; ++i)
        effects.push_back({difference[i], error[i], low[i], high[i],
                           static_cast<Verdict>(static_cast<std::int32_t>(verdict[i]))});
      rows.effects.push_back(std::move(effects));
    }
  }

  void beliefs() {
    const Node group = root_.open("belief");
    const std::vector<std::string> names = group.open("belief").read_texts();
    const auto description = texts(group, "description", names.size());
    const std::size_t n = f_.scenarios.size() * f_.measures.size();
    const std::vector<Estimate> all = estimates(group, names.size() * n);
    for (std::size_t b = 0; b < names.size(); ++b)
      f_.beliefs.push_back({names[b],
                            no_dash(description[b]),
                            {all.begin() + static_cast<std::ptrdiff_t>(b * n),
                             all.begin() + static_cast<std::ptrdiff_t>((b + 1) * n)}});
  }

  void clock() {
    const Node group = root_.open("clock");
    f_.started = group.text("started").value_or("");
    f_.host = group.text("host").value_or("");
    f_.command = no_dash(group.text("command").value_or(""));
    f_.wall_s = group.number("wall_s").value_or(0);
    f_.threads = static_cast<int>(group.integer("threads").value_or(0));
    const std::vector<std::string> files = lines(group.text("scenario_files").value_or(""));
    for (std::size_t s = 0; s < std::min(files.size(), f_.scenarios.size()); ++s)
      f_.scenarios[s].file = no_dash(files[s]);
  }

  std::string path_;
  hdf5::Reader reader_;
  Node root_;
  Findings f_;
};

}  // namespace

Findings read_comparison(const std::string& path) {
  try {
    return ComparisonReader(path).read();
  } catch (const RunError& error) {  // an object that is not there
    throw InputError({path, 0, 0}, std::string("the file is damaged: ") + error.what());
  }
}

}  // namespace reformsim
