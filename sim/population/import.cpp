#include "population/import.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <numeric>
#include <span>
#include <tuple>

#include "base/hash.hpp"
#include "population/list.hpp"
#include "population/projection.hpp"

namespace reformsim {

namespace {

constexpr std::size_t kMostProblems = 50;  // as many as a person reads before changing the file

[[noreturn]] void stop(const std::string& path, std::vector<Problem> problems) {
  if (problems.size() > kMostProblems) {
    const std::size_t more = problems.size() - kMostProblems;
    problems.resize(kMostProblems);
    std::string message =
        fmt::format("and {} more problem{}; population.on_bad_row: skip leaves such rows out", more,
                    more == 1 ? "" : "s");
    problems.push_back({{path, 0, 0}, std::move(message)});
  }
  throw InputError(std::move(problems));
}

// The rows a population can be made of, sorted by district and code. Stops at bad rows or notes
// that they are left out, as the scenario says.
std::vector<ListedSchool> usable_schools(const Scenario& scenario, const CsvTable& csv,
                                         SchoolList& list, std::vector<std::string>& notes) {
  std::vector<Problem>& problems = list.problems;
  std::stable_sort(problems.begin(), problems.end(), [](const Problem& a, const Problem& b) {
    return std::tie(a.place.line, a.place.column) < std::tie(b.place.line, b.place.column);
  });
  if (!problems.empty() && scenario.text("population.on_bad_row") == "stop")
    stop(csv.path(), std::move(problems));

  std::vector<ListedSchool> schools = std::move(list.schools);
  const std::size_t rows = schools.size() + csv.bad_rows().size();
  std::erase_if(schools, [](const ListedSchool& school) { return school.bad; });
  if (rows == 0) throw InputError({csv.path(), 0, 0}, "the list has no schools, only a header");
  if (schools.empty()) {
    Problem none;
    none.place.file = csv.path();
    none.message = "no school is left without the bad rows";
    problems.insert(problems.begin(), none);
    stop(csv.path(), std::move(problems));
  }
  if (std::all_of(schools.begin(), schools.end(),
                  [](const ListedSchool& school) { return std::isnan(school.enrolment); }))
    throw InputError(
        {csv.path(), 0, 0},
        fmt::format("{}: every cell is empty", scenario.text("population.columns.enrolment")));
  if (schools.size() < rows)
    notes.push_back(fmt::format("{} of {} rows left out as bad; the first: {}",
                                rows - schools.size(), rows, describe(problems.front())));
  std::sort(schools.begin(), schools.end(), [](const ListedSchool& a, const ListedSchool& b) {
    return std::tie(a.district, a.code) < std::tie(b.district, b.code);
  });
  return schools;
}

double median(std::vector<double> values) {
  if (values.empty()) return kUnknown;
  std::sort(values.begin(), values.end());
  const std::size_t half = values.size() / 2;
  return values.size() % 2 == 1 ? values[half] : 0.5 * (values[half - 1] + values[half]);
}

std::string share_text(std::size_t part, std::size_t whole) {
  return fmt::format("{} of {} schools", part, whole);
}

// Missing enrolment: from the pupils tested, by the list's median ratio; else the median of the
// phase, else of all.
void fill_enrolment(std::vector<ListedSchool>& schools, std::vector<std::string>& notes) {
  std::vector<double> ratios, all;
  std::array<std::vector<double>, kPhases> by_phase;
  for (const ListedSchool& school : schools) {
    if (std::isnan(school.enrolment)) continue;
    all.push_back(school.enrolment);
    by_phase[static_cast<std::size_t>(school.phase)].push_back(school.enrolment);
    if (!std::isnan(school.tested)) ratios.push_back(school.tested / school.enrolment);
  }
  if (all.size() == schools.size()) return;
  const double ratio = median(ratios);
  const double overall = median(all);
  std::array<double, kPhases> typical;
  for (std::size_t k = 0; k < kPhases; ++k)
    typical[k] = by_phase[k].empty() ? overall : median(by_phase[k]);
  std::size_t from_tested = 0, from_phase = 0;
  for (ListedSchool& school : schools) {
    if (!std::isnan(school.enrolment)) continue;
    if (!std::isnan(school.tested) && !std::isnan(ratio)) {
      school.enrolment = std::max(1.0, std::floor(school.tested / ratio + 0.5));
      ++from_tested;
    } else {
      school.enrolment = typical[static_cast<std::size_t>(school.phase)];
      ++from_phase;
    }
  }
  if (from_tested > 0)
    notes.push_back(fmt::format("enrolment missing in {}: pupils tested / {:.3f}, the median ratio",
                                share_text(from_tested, schools.size()), ratio));
  if (from_phase > 0)
    notes.push_back(fmt::format("enrolment missing in {}: the median of their phase",
                                share_text(from_phase, schools.size())));
}

void fill_tested(std::vector<ListedSchool>& schools, bool has_column,
                 std::vector<std::string>& notes) {
  std::size_t missing = 0, above = 0;
  for (ListedSchool& school : schools) {
    if (std::isnan(school.tested)) {
      school.tested = school.enrolment;
      ++missing;
    } else if (school.tested > school.enrolment) {
      school.tested = school.enrolment;
      ++above;
    }
  }
  if (has_column && missing > 0)
    notes.push_back(fmt::format("tested missing in {}: taken to be the enrolment",
                                share_text(missing, schools.size())));
  if (above > 0)
    notes.push_back(fmt::format("tested above enrolment in {}: set to the enrolment",
                                share_text(above, schools.size())));
}

// Scores in pupil SD around the average pupil: of the phase, of the list, or as reported.
void centre_scores(const Scenario& scenario, std::vector<ListedSchool>& schools) {
  const std::string& centre = scenario.text("population.score_centre");
  const double pupil_sd = scenario.number("population.score_pupil_sd");
  std::array<double, kPhases> sum{}, weight{};
  for (const ListedSchool& school : schools) {
    if (std::isnan(school.score) || centre == "none") continue;
    const std::size_t group = centre == "phase" ? static_cast<std::size_t>(school.phase) : 0;
    sum[group] += school.score * school.enrolment;
    weight[group] += school.enrolment;
  }
  for (ListedSchool& school : schools) {
    const std::size_t group = centre == "phase" ? static_cast<std::size_t>(school.phase) : 0;
    const double mean = weight[group] > 0 ? sum[group] / weight[group] : 0;
    school.score = (school.score - mean) / pupil_sd;
  }
}

// The text most schools of a district give; among equals the first in the alphabet. Empty texts do
// not count.
std::string_view commonest(std::vector<std::string_view> texts) {
  std::sort(texts.begin(), texts.end());
  std::string_view best;
  std::size_t most = 0;
  for (std::size_t begin = 0; begin < texts.size();) {
    std::size_t end = begin;
    while (end < texts.size() && texts[end] == texts[begin]) ++end;
    if (!texts[begin].empty() && end - begin > most) {
      most = end - begin;
      best = texts[begin];
    }
    begin = end;
  }
  return best;
}

bool differ(const std::vector<std::string_view>& texts) {
  return std::adjacent_find(texts.begin(), texts.end(), std::not_equal_to<>()) != texts.end();
}

// District tables from rows sorted by district.
void fill_districts(const std::vector<ListedSchool>& schools, bool has_county,
                    Population& population) {
  std::vector<std::string> county_of;
  std::size_t names_differ = 0, counties_differ = 0, without_county = 0;
  for (std::size_t begin = 0; begin < schools.size();) {
    std::size_t end = begin;
    std::vector<std::string_view> names, counties;
    for (; end < schools.size() && schools[end].district == schools[begin].district; ++end) {
      names.push_back(schools[end].district_name);
      counties.push_back(schools[end].county);
      population.district.push_back(static_cast<std::int32_t>(population.district_code.size()));
    }
    names_differ += differ(names);
    counties_differ += differ(counties);
    const std::string_view name = commonest(names), county = commonest(counties);
    population.district_code.emplace_back(schools[begin].district);
    population.district_id.push_back(hash64(schools[begin].district));
    population.district_name.emplace_back(name.empty() ? schools[begin].district : name);
    county_of.emplace_back(county);
    without_county += county.empty();
    begin = end;
  }
  population.county_name = county_of;
  std::sort(population.county_name.begin(), population.county_name.end());
  population.county_name.erase(
      std::unique(population.county_name.begin(), population.county_name.end()),
      population.county_name.end());
  for (const std::string& county : county_of) {
    const auto at =
        std::lower_bound(population.county_name.begin(), population.county_name.end(), county);
    population.county.push_back(static_cast<std::int32_t>(at - population.county_name.begin()));
  }
  const std::size_t districts = population.districts();
  if (names_differ > 0)
    population.notes.push_back(fmt::format(
        "district name differs between schools in {} of {} districts: the commonest one is taken",
        names_differ, districts));
  if (counties_differ > 0)
    population.notes.push_back(fmt::format(
        "county differs between schools in {} of {} districts: the commonest one is taken",
        counties_differ, districts));
  if (has_county && without_county > 0)
    population.notes.push_back(
        fmt::format("county missing in {} of {} districts: these share one without a name",
                    without_county, districts));
}

// Ids are hashes of codes: two codes with one hash would share their luck. With 100,000 schools the
// odds against it are three billion to one, and an error is cheaper than a doubt.
void check_ids(const std::string& path, const char* what, const std::vector<std::uint64_t>& ids,
               const std::vector<std::string>& codes) {
  std::vector<std::size_t> order(ids.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return ids[a] < ids[b]; });
  for (std::size_t k = 1; k < order.size(); ++k)
    if (ids[order[k]] == ids[order[k - 1]])
      throw InputError({path, 0, 0},
                       fmt::format("the {} '{}' and '{}' have the same 64-bit hash; change one of "
                                   "them",
                                   what, codes[order[k - 1]], codes[order[k]]));
}

// Notes on what stays unknown, and on a unit that looks wrong.
void note_unknown(const Scenario& scenario, const SchoolList& list,
                  const std::vector<ListedSchool>& schools, std::vector<std::string>& notes) {
  if (!list.has[kPhase])
    notes.push_back(
        fmt::format("no column for the phase: every school is taken as {}",
                    std::array{"primary", "middle",
                               "secondary"}[static_cast<std::size_t>(phase_of_all(scenario))]));
  if (!list.has[kCounty]) notes.push_back("no column for the county: all districts share one");
  const bool all_small =
      std::all_of(schools.begin(), schools.end(),
                  [](const ListedSchool& school) { return school.deprivation <= 0.01; });
  if (all_small && schools.size() > 1 && scenario.text("population.deprivation_unit") == "percent")
    notes.push_back(
        "no school has more than 1 percent deprived pupils: is population.deprivation_unit share?");
  const auto count = [&](ListColumn column, double ListedSchool::*value, const char* rule) {
    if (!list.has[column]) return;
    const auto missing =
        std::count_if(schools.begin(), schools.end(),
                      [&](const ListedSchool& school) { return std::isnan(school.*value); });
    if (missing > 0)
      notes.push_back(fmt::format("{} missing in {}: {}", column_setting(column),
                                  share_text(static_cast<std::size_t>(missing), schools.size()),
                                  rule));
  };
  count(kScore, &ListedSchool::score, "drawn by the model");
  count(kTeachers, &ListedSchool::teachers, "drawn by the model");
  count(kUnqualified, &ListedSchool::unqualified, "drawn by the model");
  count(kLatitude, &ListedSchool::latitude, "their places are unknown");
  count(kLongitude, &ListedSchool::longitude, "their places are unknown");
}

void fill_schools(const std::vector<ListedSchool>& schools, Population& population) {
  std::vector<double> latitude, longitude;
  for (const ListedSchool& school : schools) {
    population.school_code.emplace_back(school.code);
    population.school_name.emplace_back(school.name.empty() ? school.code : school.name);
    population.school_id.push_back(hash64(school.code));
    population.phase.push_back(school.phase);
    population.enrolment.push_back(static_cast<float>(school.enrolment));
    population.tested.push_back(static_cast<float>(school.tested));
    population.deprivation.push_back(static_cast<float>(school.deprivation));
    population.score.push_back(static_cast<float>(school.score));
    population.teachers.push_back(static_cast<float>(school.teachers));
    population.unqualified.push_back(static_cast<float>(school.unqualified));
    latitude.push_back(school.latitude);
    longitude.push_back(school.longitude);
  }
  population.x.resize(schools.size());
  population.y.resize(schools.size());
  project(latitude, longitude, population.x, population.y);
}

}  // namespace

Population import_population(const Scenario& scenario) {
  if (scenario.text("population.file").empty())
    throw InputError(scenario.place("population.kind"),
                     "population.kind is list, so population.file must name a CSV file");
  return import_population(
      scenario, read_csv(scenario.file("population.file"), scenario.place("population.file")));
}

Population import_population(const Scenario& scenario, const CsvTable& csv) {
  SchoolList list = read_list(scenario, csv);
  Population population;
  std::vector<std::string>& notes = population.notes;
  std::vector<ListedSchool> schools = usable_schools(scenario, csv, list, notes);
  note_unknown(scenario, list, schools, notes);
  fill_enrolment(schools, notes);
  fill_tested(schools, list.has[kTested], notes);
  centre_scores(scenario, schools);
  fill_schools(schools, population);
  fill_districts(schools, list.has[kCounty], population);
  check_ids(csv.path(), "school ids", population.school_id, population.school_code);
  check_ids(csv.path(), "district ids", population.district_id, population.district_code);
  return population;
}

}  // namespace reformsim
