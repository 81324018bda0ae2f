// The settings of the scenario language: everything but levers, mechanisms and parameters.
#include <cmath>
#include <limits>
#include <utility>

#include "scenario/scenario.hpp"
#include "scenario/words.hpp"

namespace reformsim {

namespace {

constexpr const char* kProgram = "set by the user; a default of the program";
constexpr std::int64_t kMostSeeds = std::numeric_limits<std::int64_t>::max();

// Short forms, so that the tables below read as tables.
class Settings {
 public:
  explicit Settings(FieldTable& table) : table_(table) {}

  void number(const char* path, const char* unit, double low, double high, double standard,
              const char* meaning, const char* source) {
    add(path, FieldType::number, unit, low, high, standard, {}, meaning, source);
  }
  void integer(const char* path, const char* unit, std::int64_t low, std::int64_t high,
               std::int64_t standard, const char* meaning, const char* source = kProgram) {
    add(path, FieldType::integer, unit, static_cast<double>(low), static_cast<double>(high),
        standard, {}, meaning, source);
  }
  void boolean(const char* path, bool standard, const char* meaning) {
    add(path, FieldType::boolean, "", 0, 1, standard, {}, meaning, kProgram);
  }
  void text(const char* path, const char* meaning, const char* unit = "") {
    add(path, FieldType::text, unit, 0, 0, std::string(), {}, meaning, kProgram);
  }
  void list(const char* path, const char* meaning) {
    add(path, FieldType::list, "", 0, 0, std::string(), {}, meaning, kProgram);
  }
  void choice(const char* path, std::vector<std::string> choices, const char* meaning) {
    std::string standard = choices.front();
    add(path, FieldType::choice, "", 0, 0, std::move(standard), std::move(choices), meaning,
        kProgram);
  }

 private:
  void add(const char* path, FieldType type, const char* unit, double low, double high,
           FieldValue standard, std::vector<std::string> choices, const char* meaning,
           const char* source) {
    table_.add({path, FieldGroup::setting, type, unit, low, high, std::move(standard),
                std::move(choices), meaning, source});
  }

  FieldTable& table_;
};

void add_population_list(Settings& table) {
  table.choice("population.kind", {"synthetic", "list"},
               "Where the schools come from: drawn from the distributions below, or read from a "
               "list of real schools.");
  table.text("population.file",
             "The CSV file with one line per school, for kind 'list'; relative to the scenario "
             "file that names it.",
             "file");
  table.integer("population.seed", "1", 0, kMostSeeds, 1,
                "Seed of the synthetic schools; the same in every scenario that is compared.");

  const std::pair<const char*, const char*> columns[] = {
      {"school_id", "Header of the column with the school's lasting code."},
      {"school_name", "Header of the column with the school's name; empty: not in the list."},
      {"district_id", "Header of the column with the district's code; empty: not in the list."},
      {"district_name", "Header of the column with the district's name; empty: not in the list."},
      {"county", "Header of the column with the county or region; empty: not in the list."},
      {"phase", "Header of the column with the school's phase; empty: not in the list."},
      {"enrolment", "Header of the column with the number of pupils; empty: not in the list."},
      {"tested",
       "Header of the column with the number of pupils behind the score; empty: not in the list."},
      {"deprivation",
       "Header of the column with the share of disadvantaged pupils; empty: not in the list."},
      {"score", "Header of the column with the reported score; empty: not in the list."},
      {"teachers",
       "Header of the column with the teachers in full-time equivalents; empty: not in the list."},
      {"unqualified_teachers",
       "Header of the column with the share of teachers without full qualification; empty: not in "
       "the list."},
      {"latitude", "Header of the column with the latitude in degrees; empty: not in the list."},
      {"longitude", "Header of the column with the longitude in degrees; empty: not in the list."},
  };
  for (const auto& [name, meaning] : columns)
    table.text(("population.columns." + std::string(name)).c_str(), meaning);

  table.choice("population.deprivation_unit", {"share", "percent"},
               "How the list writes the disadvantaged pupils: 0.25 or 25.");
  table.choice("population.unqualified_unit", {"share", "percent"},
               "How the list writes the unqualified teachers: 0.25 or 25.");
  table.number("population.score_pupil_sd", "points", 0.001, 1e6, 1,
               "Points of the list's score scale in one standard deviation of pupils.",
               "depends on the scale; 1 means the list is already in pupil SD");
  table.choice("population.score_centre", {"phase", "all", "none"},
               "What counts as score zero: the enrolment-weighted mean of the school's phase, of "
               "the whole list, or the zero of the list's own scale.");
  table.list("population.phases.primary", "Texts that mark a primary school in the phase column.");
  table.list("population.phases.middle", "Texts that mark a middle school in the phase column.");
  table.list("population.phases.secondary",
             "Texts that mark a secondary school in the phase column.");
  table.choice("population.on_bad_row", {"stop", "skip"},
               "What to do with a line of the list that cannot be used: stop and report it, or "
               "leave the school out and count it.");
}

void add_population_synthetic(Settings& table) {
  table.integer(
      "population.schools", "schools", 1, 10'000'000, 1500, "Schools of a synthetic system.",
      "assumed: a mid-sized nation; Greater Manchester had about 1,100, New Zealand 2,500, "
      "Ontario over 5,000");
  table.integer("population.districts", "districts", 1, 100'000, 60,
                "Districts of a synthetic system.",
                "assumed; Wales has 22, Ontario 72, England about 150");
  table.number("population.district_size_cv", "1", 0, 3, 1.0,
               "Spread of the number of schools per district (standard deviation over mean, "
               "log-normal).",
               "measured: England local authorities 2019 0.8, Ontario boards 2024 1.3, California "
               "2000 2.8");
  table.number("population.secondary_share", "share", 0, 1, 0.2,
               "Share of synthetic schools that are secondary; the others are middle or primary.",
               "assumed; measured: England 2019 0.17, Ontario 2024 0.17");
  table.number("population.middle_share", "share", 0, 1, 0,
               "Share of synthetic schools that are middle schools.",
               "assumed none; measured: New Zealand 2017 0.05, California 2000 0.16");
  table.number("population.primary_enrolment_median", "pupils", 10, 5000, 403,
               "Median number of pupils of a primary school.",
               "measured on California 2000 (API list): 403");
  table.number("population.primary_enrolment_log_sd", "1", 0, 1.5, 0.416,
               "Standard deviation of the logarithm of a primary school's enrolment.",
               "measured on California 2000 (API list): 0.416; New Zealand 1.05");
  table.number("population.primary_enrolment_lower_spread", "ratio", 0.2, 5, 1,
               "Spread of the logarithm below the median over that above it, which then is "
               "primary_enrolment_log_sd: 1 is log-normal, more makes more small schools.",
               "assumed log-normal; measured: England 2019 1.4, Ontario 2024 1.5, New Zealand "
               "2017 1.7 (5%, 50% and 95% quantiles)");
  table.number("population.middle_enrolment_median", "pupils", 10, 10000, 848,
               "Median number of pupils of a middle school.",
               "measured on California 2000 (API list): 848; New Zealand 2017 422");
  table.number("population.middle_enrolment_log_sd", "1", 0, 1.5, 0.50,
               "Standard deviation of the logarithm of a middle school's enrolment.",
               "measured on California 2000 (API list): 0.50; New Zealand 2017 0.55");
  table.number("population.middle_enrolment_lower_spread", "ratio", 0.2, 5, 1,
               "As of primary schools.", "assumed log-normal; measured: New Zealand 2017 1.5");
  table.number("population.secondary_enrolment_median", "pupils", 10, 10000, 958,
               "Median number of pupils of a secondary school.",
               "measured on England 2019 (DfE): 958");
  table.number("population.secondary_enrolment_log_sd", "1", 0, 1.5, 0.554,
               "Standard deviation of the logarithm of a secondary school's enrolment.",
               "measured on England 2019 (DfE): 0.554");
  table.number("population.secondary_enrolment_lower_spread", "ratio", 0.2, 5, 1,
               "As of primary schools.",
               "assumed log-normal; measured: England 2019 2.0, Ontario 2024 2.8, New Zealand 2017 "
               "1.5");
  table.number("population.primary_deprivation_and_size", "correlation", -0.95, 0.95, 0,
               "How the enrolment of primary and middle schools goes with their deprivation: "
               "correlation of the normal deviates behind the two.",
               "assumed none; measured: England 2019 0.21, California 2000 and Ontario 2024 -0.05");
  table.number("population.secondary_deprivation_and_size", "correlation", -0.95, 0.95, 0,
               "The same of secondary schools.",
               "assumed none; measured: England 2019 -0.24, Ontario 2024 -0.13");
  table.number("population.deprivation_mean", "share", 0.01, 0.99, 0.287,
               "Mean share of disadvantaged pupils of a school.",
               "measured on England 2019 (DfE, secondary schools, free meals in the last 6 years): "
               "0.287; California 2000 0.48");
  table.number("population.deprivation_sd", "share", 0.01, 0.45, 0.152,
               "Standard deviation of that share between schools.",
               "measured on England 2019 (DfE): 0.152; California 2000 0.305");
  table.number("population.deprivation_between_districts", "share", 0, 0.95, 0.38,
               "Share of the variance of deprivation that lies between districts.",
               "measured: England 2019 0.38, California 2000 0.61, Massachusetts 2017 0.72");
  table.number("population.secondary_deprivation_shift", "share", -0.5, 0.5, 0,
               "By how much the mean share of secondary schools lies above that of the others, "
               "which then is deprivation_mean.",
               "assumed none; measured: England 2019 0.07");
  table.number("population.intake_sd", "pupil SD", 0.1, 0.8, 0.40,
               "Standard deviation between schools of the mean prior attainment of their intake.",
               "Hedges & Hedberg 2007 (school share of pupil variance about 0.20); 0.30-0.50 is "
               "plausible");
  table.number(
      "population.poverty_slope", "pupil SD per SD", -0.60, 0, -0.30,
      "Change of a school's mean intake per SD of its share of disadvantaged pupils.",
      "measured: Ontario grade 6 -0.31, England 2019 -0.60 (school SD per SD); -0.40 to -0.20 "
      "pupil SD is plausible");
  table.number("population.poverty_slope_between_districts", "ratio", -1, 3, 1,
               "Slope of intake on deprivation between districts over the slope within them, which "
               "is poverty_slope.",
               "assumed the same; measured: England 2019 0.30, California 2000 0.93");
  table.number("population.intake_between_districts", "share", 0, 0.95, 0,
               "Share of the variance of intake, given deprivation, that lies between districts.",
               "assumed none; measured: England 2019 0.16, Ontario 2024 0.28");
  table.number("population.pupils_per_teacher", "pupils/FTE", 5, 60, 19.6,
               "Pupils per teacher, where the list does not give the teachers.",
               "measured on 420 California districts 1998-99: 19.6; Massachusetts 1998 17.3");
  table.number("population.poverty_gap", "pupil SD", 0.3, 1, 0.65,
               "Gap in attainment between disadvantaged and other pupils.",
               "Bloom et al. 2008; EPI 2020; 0.5-0.8 is plausible");
  table.integer("population.grades.primary", "grades", 1, 8, 6, "Year groups of a primary school.",
                "assumed; grades K or 1 to 5 or 6");
  table.integer("population.grades.middle", "grades", 1, 8, 3, "Year groups of a middle school.",
                "assumed; grades 6 to 8");
  table.integer("population.grades.secondary", "grades", 1, 8, 4,
                "Year groups of a secondary school.", "assumed; grades 9 to 12");
  table.number(
      "population.reported_drift", "pupil SD/year", 0, 0.12, 0,
      "Rise of the whole reported scale in a year without any learning, in all schools alike.",
      "assumed none; 0.07 would match the national drift in England 2007-2010 (DfE), 0.15 "
      "school SD a year");
}

void add_time_and_record(Settings& table) {
  table.integer("horizon.years", "year", 1, 100, 15,
                "Years simulated from the start of the reform.");
  table.integer("horizon.steps_per_year", "terms per year", 1, 52, 3,
                "Terms in a school year; the model takes one step a term.");
  table.integer("horizon.burn_in_years", "year", 0, 100, 20,
                "Years simulated under the status quo before year 0, so that the start is not an "
                "artefact of how the schools were drawn.");
  table.integer("ensemble.replicates", "replicates", 1, 1'000'000, 20,
                "How often the same scenario is simulated with other luck.");
  table.integer("ensemble.seed", "1", 0, kMostSeeds, 1,
                "Seed of the luck; the same seed gives scenarios that are compared the same luck.");

  table.integer("ensemble.lucks_per_set", "replicates", 1, 1'000'000, 2,
                "Replicates in a row that simulate the same set of parameters with other luck, for "
                "parameters.sets; from two on, luck and parameters can be told apart.");

  table.choice("record.every", {"year", "term"}, "How often measures are recorded.");
  table.choice("record.schools", {"none", "sample", "all", "ids"},
               "Of which schools the trajectories are kept: none, a random sample, all, or those "
               "in record.school_ids.");
  table.integer("record.school_sample", "schools", 1, 10'000'000, 100,
                "Schools in the sample, for record.schools 'sample'.");
  table.list("record.school_ids", "Codes of the schools to keep, for record.schools 'ids'.");
  table.list("record.school_measures", "Measures kept for these schools; empty: the standard set.");
  table.integer("record.replicates", "replicates", 0, 1'000'000, 1,
                "From how many replicates, counted from the first, the trajectories of schools, "
                "districts and clusters are kept.");
  table.boolean("record.districts", false, "Whether the trajectories of districts are kept.");
  table.boolean("record.clusters", false,
                "Whether the trajectories of clusters of schools are kept.");
  table.text("parameters.file",
             "A YAML file with parameters, for instance calibrated ones; parameters written beside "
             "it win.",
             "file");
  table.text("parameters.sets",
             "A CSV file with sets of parameters, one a line, that the replicates simulate in "
             "turn; parameters written beside it win.",
             "file");
}

std::vector<Problem> check_population_kind(const Scenario& scenario) {
  const bool list = scenario.text("population.kind") == "list";
  const bool file = !scenario.text("population.file").empty();
  if (list && !file)
    return {{scenario.place("population.kind"),
             "population.kind: a population of kind 'list' needs population.file, the CSV file of "
             "the schools"}};
  // A file that a base scenario names may be overruled by kind 'synthetic'; but a file without any
  // kind is a forgotten line, and the run would be about other schools than its author believes.
  if (file && !list && scenario.place("population.kind").file.empty())
    return {{scenario.place("population.file"),
             "population.file: a file is given, but not 'kind: list'; without it the schools are "
             "synthetic"}};
  return {};
}

std::vector<Problem> check_population_shape(const Scenario& scenario) {
  if (scenario.text("population.kind") == "list") return {};
  std::vector<Problem> problems;
  const auto written = [&](const char* first, const char* second) {
    const Place& place = scenario.place(first);
    return place.file.empty() ? scenario.place(second) : place;
  };
  const std::int64_t schools = scenario.integer("population.schools");
  const std::int64_t districts = scenario.integer("population.districts");
  if (districts > schools)
    problems.push_back(
        {written("population.districts", "population.schools"),
         fmt::format("population.districts: {} districts for {} schools; expected at "
                     "most one district for each school",
                     districts, schools)});
  const double middle = scenario.number("population.middle_share");
  const double secondary = scenario.number("population.secondary_share");
  if (middle + secondary > 1)
    problems.push_back(
        {written("population.middle_share", "population.secondary_share"),
         fmt::format("population.middle_share: {} middle and {} secondary schools are more than "
                     "all; expected at most {}",
                     number_text(middle), number_text(secondary),
                     fmt::format("{:.4g}", 1 - secondary))});
  const double mean = scenario.number("population.deprivation_mean");
  const double sd = scenario.number("population.deprivation_sd");
  const auto check_spread = [&](double of, const Place& place, const std::string& what) {
    const double most = of > 0 && of < 1 ? std::sqrt(of * (1 - of)) : 0.0;
    if (sd < 0.99 * most) return true;
    problems.push_back(
        {place, fmt::format("{}: shares with a mean of {} cannot have a standard "
                            "deviation of {}; expected less than {:.2f}",
                            what, fmt::format("{:.6g}", of), number_text(sd), 0.99 * most)});
    return false;
  };
  const double shift = scenario.number("population.secondary_deprivation_shift");
  if (check_spread(mean, written("population.deprivation_sd", "population.deprivation_mean"),
                   "population.deprivation_sd") &&
      shift != 0)
    check_spread(mean + shift, scenario.place("population.secondary_deprivation_shift"),
                 "population.secondary_deprivation_shift");
  return problems;
}

std::vector<Problem> check_record(const Scenario& scenario) {
  if (scenario.text("record.schools") == "ids" && scenario.list("record.school_ids").empty())
    return {{scenario.place("record.schools"),
             "record.schools: 'ids' needs record.school_ids, the codes of the schools to keep"}};
  return {};
}

std::vector<Problem> check_levers_start_in_time(const Scenario& scenario) {
  std::vector<Problem> problems;
  const std::int64_t years = scenario.integer("horizon.years");
  for (const Field& field : scenario.table().rows()) {
    if (field.group != FieldGroup::lever) continue;
    for (const LeverEntry& entry : scenario.lever(field.path).reform)
      if (entry.from >= static_cast<double>(years))
        problems.push_back(
            {entry.place,
             fmt::format("levers.{}: starts in year {}, but the scenario ends after {} years "
                         "(horizon.years)",
                         field.path, number_text(entry.from), years)});
  }
  return problems;
}

}  // namespace

void add_settings(FieldTable& table) {
  Settings settings(table);
  settings.text("title", "A short name for the scenario, shown in tables and figures.");
  settings.text("description", "What the scenario stands for and where its values come from.");
  add_population_list(settings);
  add_population_synthetic(settings);
  add_time_and_record(settings);
  table.add_check(check_population_kind, {"population.kind", "population.file"});
  table.add_check(
      check_population_shape,
      {"population.kind", "population.schools", "population.districts",
       "population.secondary_share", "population.middle_share", "population.deprivation_mean",
       "population.deprivation_sd", "population.secondary_deprivation_shift"});
  table.add_check(check_record, {"record.schools", "record.school_ids"});
  table.add_check(check_levers_start_in_time, {"horizon.years"});
}

}  // namespace reformsim
