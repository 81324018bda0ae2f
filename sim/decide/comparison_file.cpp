#include "decide/comparison_file.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

#include "base/error.hpp"
#include "record/conventions.hpp"
#include "record/hdf5.hpp"
#include "record/whole_file.hpp"

namespace reformsim {

namespace {

using hdf5::Dataset;
using hdf5::Group;
using hdf5::Scales;

template <class Row, class Get>
auto column(const std::vector<Row>& rows, Get get) {
  std::vector<std::decay_t<decltype(get(rows[0]))>> values;
  values.reserve(rows.size());
  for (const Row& row : rows) values.push_back(get(row));
  return values;
}

constexpr std::string_view kOfMeasure = "see unit";  // the variable `unit` says which

void put_estimates(Group& group, const Scales& scales, const std::vector<Estimate>& estimates,
                   std::string_view unit, std::span<const EstimateField> fields) {
  for (const EstimateField& field : fields)
    add_variable(group, field.name, scales,
                 column(estimates, [&](const Estimate& one) { return one.*field.value; }),
                 field.unit.empty() ? unit : field.unit, field.meaning);
}

// Without sets of parameters there is nothing to tell apart.
void put_all(Group& group, const Scales& scales, const std::vector<Estimate>& estimates,
             std::string_view unit, bool sets) {
  put_estimates(group, scales, estimates, unit, estimate_fields());
  if (sets) put_estimates(group, scales, estimates, unit, parameter_fields());
}

class Writer {
 public:
  explicit Writer(const Findings& findings) : f_(findings) {}

  void write(Group& root) {
    attributes(root);
    system(root);
    pairs(root);
    money(root);
    policy(root);
    if (!f_.set.empty()) parameters(root);
    if (!f_.groups.empty()) {
      groups(root);
      balance(root);
      levels(root);
      distribution(root);
    }
    if (!f_.school.code.empty()) {
      rows(root, "school", f_.school);
      rows(root, "district", f_.district);
    }
    if (!f_.beliefs.empty()) beliefs(root);
    clock(root);
  }

 private:
  void attributes(Group& root) {
    write_file_type(root, kComparisonType, kComparisonMajor, kComparisonMinor, f_.program_version,
                    f_.git_commit);
    root.number("seed", f_.seed);
    root.text("baseline", f_.scenarios[f_.baseline].name);
    root.number("confidence", kConfidence);
    root.number("looks", f_.looks);
    root.number("least_difference", kLeastDifference);
    root.number("longer", static_cast<std::int32_t>(f_.longer));
    root.number("unequal_costs", static_cast<std::int32_t>(f_.unequal_costs));
    root.text("notes", lines_or_dash(f_.notes));
    root.text("population_notes", lines_or_dash(f_.population_notes));
    root.text("parameters", or_dash(f_.parameters));
    root.number("schools", f_.schools);
    root.number("districts", f_.districts);
    root.number("pupils", f_.pupils);
    root.number("synthetic", static_cast<std::int32_t>(f_.synthetic));
  }

  Dataset scenarios(Group& group, std::string_view name = "scenario") {
    return add_scale(group, name, column(f_.scenarios, [](const auto& s) { return s.name; }), "1",
                     "name of the scenario");
  }
  static Dataset measures(Group& group, const std::vector<MeasureFacts>& facts) {
    Dataset measure =
        add_scale(group, "measure", column(facts, [](const auto& m) { return m.name; }), "1",
                  "name of the measure");
    const Scales by = {&measure};
    add_variable(group, "unit", by, column(facts, [](const auto& m) { return m.unit; }), "1",
                 "unit of the measure");
    add_variable(group, "meaning", by, column(facts, [](const auto& m) { return m.meaning; }), "1",
                 "what the measure is");
    add_variable(group, "reduction", by, column(facts, [](const auto& m) { return m.reduction; }),
                 "1", "how schools become one number");
    add_variable(group, "better", by,
                 column(facts, [](const auto& m) { return static_cast<std::int32_t>(m.better); }),
                 "1", "1 when more is better, -1 when less is, 0 when that is open");
    return measure;
  }

  void system(Group& root) {
    const Dataset scenario = scenarios(root);
    const Dataset measure = measures(root, f_.measures);
    const Dataset year =
        add_scale(root, "year", f_.year, "year", "time since the start of the reform");
    add_scale(root, "replicate",
              column(f_.replicates, [](std::uint32_t r) { return static_cast<std::int32_t>(r); }),
              "1", "number of the replicate, of those that are compared");
    const Scales by = {&scenario};
    const auto text = [&](std::string_view name, std::string ScenarioFacts::*value,
                          std::string_view meaning) {
      add_variable(root, name, by,
                   column(f_.scenarios, [&](const auto& s) { return or_dash(s.*value); }), "1",
                   meaning);
    };
    text("title", &ScenarioFacts::title, "title of the scenario");
    text("description", &ScenarioFacts::description, "description of the scenario");
    text("digest", &ScenarioFacts::digest, "what makes two runs the same experiment");
    text("input_files", &ScenarioFacts::input_files, "role and digest of each file that was read");
    text("recipe", &ScenarioFacts::recipe, "the resolved scenario in YAML");
    put_all(root, {&scenario, &measure, &year}, f_.system, kOfMeasure, sets());
    add_variable(root, "clear_from", {&scenario, &measure}, f_.clear_from, "year",
                 "year from which the difference is distinguishable from zero until the end");
    add_variable(
        root, "probability_best", {&scenario, &measure}, f_.best, "1",
        "share of replicates in which the scenario is the best of all at the end; ties share");
  }

  void pairs(Group& root) {
    Group group = root.group("pair");
    const Dataset scenario = scenarios(group), other = scenarios(group, "other");
    const Dataset measure = measures(group, f_.measures);
    const auto value = [&](std::string_view name, double PairFacts::*field, std::string_view unit,
                           std::string_view meaning) {
      add_variable(group, name, {&scenario, &other, &measure},
                   column(f_.pairs, [&](const PairFacts& pair) { return pair.*field; }), unit,
                   meaning);
    };
    value("difference", &PairFacts::difference, kOfMeasure, "scenario minus the other, at the end");
    value("low", &PairFacts::low, kOfMeasure, "lower end of its 95% interval");
    value("high", &PairFacts::high, kOfMeasure, "upper end of its 95% interval");
    value("probability_higher", &PairFacts::higher, "1",
          "share of replicates in which the scenario is above the other; ties count half");
    if (!sets()) return;
    value("sd_parameters", &PairFacts::sd_parameters, kOfMeasure,
          "standard deviation of the difference between sets of parameters");
    value("sd_luck", &PairFacts::sd_luck, kOfMeasure,
          "standard deviation of the difference between lucks of one set");
    value("share_of_sets_higher", &PairFacts::sets_higher, "1",
          "share of sets in which the mean difference is above zero; ties count half");
  }

  void money(Group& root) {
    constexpr std::string_view kUnit = "currency/pupil";
    Group group = root.group("money");
    const Dataset scenario = scenarios(group);
    for (const auto& [name, meaning, unit] :
         {std::tuple{"cost_per_tenth", &RatioEstimate::ratio,
                     "lever spending above the baseline for each 0.1 pupil SD of value added"},
          std::tuple{"cost_per_tenth_low", &RatioEstimate::low, "lower end of its 95% interval"},
          std::tuple{"cost_per_tenth_high", &RatioEstimate::high, "upper end of its 95% interval"}})
      add_variable(
          group, name, {&scenario},
          column(f_.cost_per_tenth, [m = meaning](const RatioEstimate& one) { return one.*m; }),
          kUnit, unit);
    for (const auto& [name, estimates] :
         {std::pair{"spending", &f_.spending}, std::pair{"lever_spending", &f_.lever_spending}}) {
      Group total = group.group(name);
      const Dataset by = scenarios(total);
      put_all(total, {&by}, *estimates, kUnit, sets());
    }
  }

  bool sets() const { return !f_.set.empty(); }

  void parameters(Group& root) {
    Group group = root.group("parameters");
    const Dataset replicate = add_scale(
        group, "replicate",
        column(f_.replicates, [](std::uint32_t r) { return static_cast<std::int32_t>(r); }), "1",
        "number of the replicate, of those that are compared");
    add_variable(group, "set", {&replicate},
                 column(f_.set, [](std::size_t set) { return static_cast<std::int32_t>(set); }),
                 "1", "set of parameters, from 0 in order of appearance");
    add_variable(group, "name", {&replicate},
                 column(f_.set,
                        [&](std::size_t set) {
                          return set < f_.set_names.size() ? or_dash(f_.set_names[set])
                                                           : std::string("-");
                        }),
                 "1", "name of the set of parameters");
  }

  void policy(Group& root) {
    std::vector<std::string> of, path, meaning, unit, before, after;
    for (const ScenarioFacts& scenario : f_.scenarios)
      for (const PolicyChange& change : scenario.changes) {
        of.push_back(scenario.name);
        path.push_back(change.path);
        meaning.push_back(or_dash(change.meaning));
        unit.push_back(or_dash(change.unit));
        before.push_back(or_dash(change.before));
        after.push_back(or_dash(change.after));
      }
    if (of.empty()) return;
    Group group = root.group("policy");
    std::vector<std::int32_t> number(of.size());
    std::iota(number.begin(), number.end(), 0);
    const Dataset change = add_scale(group, "change", number, "1", "number of the change");
    add_variable(group, "of_scenario", {&change}, of, "1", "scenario that makes the change");
    add_variable(group, "path", {&change}, path, "1", "what is changed, as in a scenario file");
    add_variable(group, "meaning", {&change}, meaning, "1", "what that is");
    add_variable(group, "unit", {&change}, unit, "1", "its unit");
    add_variable(group, "before", {&change}, before, "1", "in the baseline");
    add_variable(group, "after", {&change}, after, "1", "in the scenario");
  }

  void groups(Group& root) {
    Group group = root.group("group");
    const Dataset scenario = scenarios(group);
    const Dataset name =
        add_scale(group, "group", column(f_.groups, [](const auto& g) { return g.name; }), "1",
                  "group of schools");
    const Dataset measure = measures(group, f_.group_measures);
    const Dataset year =
        add_scale(group, "year", f_.group_year, "year", "time since the start of the reform");
    const Scales by = {&name};
    add_variable(group, "kind", by, column(f_.groups, [](const auto& g) { return g.kind; }), "1",
                 "what the groups are made by");
    add_variable(group, "label", by, column(f_.groups, [](const auto& g) { return g.label; }), "1",
                 "the group in words");
    add_variable(
        group, "schools", by,
        column(f_.groups, [](const auto& g) { return static_cast<std::int32_t>(g.schools); }),
        "schools", "schools in the group, in the first replicate");
    add_variable(group, "pupils", by, column(f_.groups, [](const auto& g) { return g.pupils; }),
                 "pupils", "pupils on roll at year 0, in the first replicate");
    add_variable(group, "lowest", by, column(f_.groups, [](const auto& g) { return g.low; }),
                 "share or pupils", "lowest deprivation or enrolment in the group");
    add_variable(group, "highest", by, column(f_.groups, [](const auto& g) { return g.high; }),
                 "share or pupils", "highest deprivation or enrolment in the group");
    put_all(group, {&scenario, &name, &measure, &year}, f_.group, kOfMeasure, sets());
  }

  static std::vector<std::string> words(std::span<const std::string_view> names) {
    return {names.begin(), names.end()};
  }

  void balance(Group& root) {
    Group group = root.group("balance");
    const Dataset scenario = scenarios(group);
    const Dataset effect =
        add_scale(group, "effect", words(kSchoolEffects), "1", "what is compared, at the end");
    const Dataset unit =
        add_scale(group, "counted", words(SchoolEffects::kUnitNames), "1", "what is counted");
    for (const auto& [name, field, meaning] :
         {std::tuple{"better", &Balance::better, "clearly better off"},
          std::tuple{"worse", &Balance::worse, "clearly worse off"},
          std::tuple{"unclear", &Balance::unclear, "neither"},
          std::tuple{"one_better", &Balance::one_better,
                     "better off within one replicate: mean over replicates"},
          std::tuple{"one_better_low", &Balance::one_better_low, "5th percentile over replicates"},
          std::tuple{"one_better_high", &Balance::one_better_high,
                     "95th percentile over replicates"},
          std::tuple{"one_worse", &Balance::one_worse,
                     "worse off within one replicate: mean over replicates"},
          std::tuple{"one_worse_low", &Balance::one_worse_low, "5th percentile over replicates"},
          std::tuple{"one_worse_high", &Balance::one_worse_high,
                     "95th percentile over replicates"}})
      add_variable(group, name, {&scenario, &effect, &unit},
                   column(f_.balance, [f = field](const Balance& one) { return one.*f; }), "share",
                   meaning);
  }

  void levels(Group& root) {
    Group group = root.group("level");
    const Dataset scenario = scenarios(group);
    const Dataset effect =
        add_scale(group, "effect", words(kSchoolEffects), "1", "what is compared, at the end");
    const Dataset level = add_scale(group, "level", words(kLevelNames), "1", "what is counted");
    for (const LevelField& field : level_fields())
      add_variable(group, field.name, {&scenario, &effect, &level},
                   column(f_.spread, [&](const LevelSpread& one) { return one.*field.value; }),
                   field.unit,
                   fmt::format("{}, within one replicate: mean over replicates", field.meaning));
  }

  void distribution(Group& root) {
    Group group = root.group("distribution");
    const Dataset scenario = scenarios(group);
    std::vector<double> lower(kBins);
    for (std::size_t b = 0; b < kBins; ++b)
      lower[b] = kFirstEdge + kBinWidth * static_cast<double>(b);
    const Dataset bin = add_scale(group, "bin", lower, "pupil SD",
                                  "lower edge of the bin; the first and the last bin are open");
    add_variable(group, "value_added", {&scenario, &bin}, f_.levels, "share",
                 "share of the schools of all replicates, by value added at the end");
    add_variable(group, "difference", {&scenario, &bin}, f_.differences, "share",
                 "share of the schools of all replicates, by how far their value added differs");
  }

  void rows(Group& root, std::string_view name, const Rows& rows) {
    Group group = root.group(name);
    const std::size_t count = rows.code.size();
    const Dataset scenario = scenarios(group);
    const Dataset effect =
        add_scale(group, "effect", words(kSchoolEffects), "1", "what is compared, at the end");
    const Dataset row = add_scale(group, name, rows.code, "1", "code");
    const Scales by = {&row};
    add_variable(group, "name", by,
                 column(rows.name, [](const auto& text) { return or_dash(text); }), "1", "name");
    if (!rows.district.empty())
      add_variable(group, "in_district", by, rows.district, "1", "code of the district");
    if (!rows.schools.empty())
      add_variable(group, "schools", by, rows.schools, "schools", "schools in the district");
    add_variable(group, "pupils", by, rows.pupils, "pupils", "pupils on roll at year 0");
    add_variable(group, "deprivation", by, rows.deprivation, "share",
                 "share of disadvantaged pupils at year 0");
    std::vector<RowEffect> all;
    for (const auto& effects : rows.effects) all.insert(all.end(), effects.begin(), effects.end());
    const std::vector<std::uint64_t> chunk = {1, 1, count};
    for (const auto& [field_name, field, meaning] :
         {std::tuple{"difference", &RowEffect::difference, "mean paired difference at the end"},
          std::tuple{"standard_error", &RowEffect::standard_error, "its standard error"},
          std::tuple{"low", &RowEffect::low, "lower end of its 95% interval"},
          std::tuple{"high", &RowEffect::high, "upper end of its 95% interval"}})
      add_variable(group, field_name, {&scenario, &effect, &row},
                   column(all, [f = field](const RowEffect& one) { return one.*f; }), "pupil SD",
                   meaning, chunk);
    add_variable(
        group, "verdict", {&scenario, &effect, &row},
        column(all, [](const RowEffect& one) { return static_cast<std::int32_t>(one.verdict); }),
        "1", "1 clearly better off, -1 clearly worse off, 0 neither", chunk);
  }

  void beliefs(Group& root) {
    Group group = root.group("belief");
    const Dataset belief =
        add_scale(group, "belief", column(f_.beliefs, [](const auto& b) { return b.name; }), "1",
                  "set of parameters");
    const Dataset scenario = scenarios(group);
    const Dataset measure = measures(group, f_.measures);
    std::vector<Estimate> all;
    for (const Belief& one : f_.beliefs) all.insert(all.end(), one.end.begin(), one.end.end());
    add_variable(group, "description", {&belief},
                 column(f_.beliefs, [](const auto& b) { return or_dash(b.description); }), "1",
                 "what the set believes");
    const bool tells = std::any_of(
        all.begin(), all.end(), [](const Estimate& one) { return !std::isnan(one.sets_higher); });
    put_all(group, {&belief, &scenario, &measure}, all, kOfMeasure, tells);
  }

  // Attributes of fixed size, so that the rest of the file is the same bytes whatever the clock
  // says.
  void clock(Group& root) {
    constexpr std::size_t kStarted = 24, kHost = 64, kTexts = 4096, kMostTexts = 14 * kTexts;
    Group group = root.group("clock");
    group.word("started", f_.started, kStarted);
    group.number("wall_s", f_.wall_s);
    group.number("threads", static_cast<std::int32_t>(f_.threads));
    group.word("host", f_.host, kHost);
    std::vector<std::string> files;
    for (const ScenarioFacts& scenario : f_.scenarios) {
      std::string file = scenario.file;
      std::replace(file.begin(), file.end(), '\n', '?');
      files.push_back(or_dash(file));
    }
    for (const auto& [name, whole] : {std::pair{"command", or_dash(f_.command)},
                                      std::pair{"scenario_files", lines_or_dash(files)}}) {
      const std::string text = whole.substr(0, kMostTexts);
      group.word(name, text, (text.size() / kTexts + 1) * kTexts);
    }
  }

  const Findings& f_;
};

}  // namespace

void write_comparison(const std::string& path, const Findings& findings) {
  WholeFile file(path);
  hdf5::Image image(path);
  {
    Group root = image.root();
    Writer(findings).write(root);
  }
  file.write(image.bytes());
  file.commit();
}

}  // namespace reformsim
