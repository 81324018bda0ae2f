#include "serve/answers.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/nearest.hpp"
#include "decide/findings.hpp"
#include "model/fields.hpp"
#include "record/measures.hpp"
#include "record/results_file.hpp"
#include "report/words.hpp"
#include "scenario/words.hpp"
#include "scenario/write.hpp"
#include "serve/limits.hpp"
#include "serve/who_gains.hpp"

namespace reformsim::serve {

namespace {

using Json = nlohmann::ordered_json;

// Names come from files and need not be UTF-8.
std::string text_of(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

// All its bits, for the answer is that of `run`; json_number rounds.
Json number(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

// The map is looked at, not calculated with.
Json rounded(float value) { return number(std::round(static_cast<double>(value) * 1e4) / 1e4); }

template <class Values>
Json numbers(const Values& values) {
  Json list = Json::array();
  for (const auto value : values) list.push_back(number(static_cast<double>(value)));
  return list;
}

Json facts_of(const Offer& offer) {
  const Population& population = *offer.population;
  double pupils = 0;
  for (const float enrolment : population.enrolment) pupils += static_cast<double>(enrolment);
  const Scenario& baseline = *offer.beliefs[0].baseline;
  return {{"name", offer.name},
          {"title", offer.title},
          {"description", offer.description},
          {"seed", baseline.integer("ensemble.seed")},
          {"schools", population.schools()},
          {"districts", population.districts()},
          {"pupils", std::round(pupils)},
          {"synthetic", population.synthetic},
          {"notes", population.notes}};
}

Json levers_table(const Scenario& baseline) {
  Json rows = Json::array();
  for (const Field& field : baseline.table().rows()) {
    if (field.group != FieldGroup::lever) continue;
    const bool choice = field.type == FieldType::choice;
    const double status_quo = baseline.lever(field.path).status_quo;
    Json row = {{"path", field.path},
                {"section", field.path.substr(0, field.path.find('.'))},
                {"type", choice ? "choice" : "number"},
                {"unit", field.unit},
                {"low", field.low},
                {"high", field.high}};
    if (choice)
      row["status_quo"] = field.choices.at(static_cast<std::size_t>(status_quo));
    else
      row["status_quo"] = status_quo;
    row["choices"] = field.choices;
    row["meaning"] = field.meaning;
    row["source"] = field.source;
    row["scope"] = !holds_for_the_whole_system(field.path);
    rows.push_back(std::move(row));
  }
  return rows;
}

// Those that the report shows come first, in its order and its words.
Json measures_table() {
  Json rows = Json::array();
  const auto add = [&](const Measure& measure, const ShownMeasure* shown) {
    Json row = {{"name", measure.name},
                {"unit", measure.unit},
                {"meaning", measure.meaning},
                {"reduction", measure.reduction},
                {"better", shown ? shown->better : better(measure.name)},
                {"label", nullptr},
                {"shown_unit", nullptr},
                {"scale", nullptr},
                {"decimals", nullptr}};
    if (shown) {
      row["label"] = shown->label;
      row["shown_unit"] = shown->unit;
      row["scale"] = shown->scale;
      row["decimals"] = shown->most_decimals;
    }
    rows.push_back(std::move(row));
  };
  const auto shown = shown_measures();
  for (const ShownMeasure& one : shown) add(system_measures()[system_measure_row(one.name)], &one);
  for (const Measure& measure : system_measures())
    if (std::none_of(shown.begin(), shown.end(),
                     [&](const ShownMeasure& one) { return one.name == measure.name; }))
      add(measure, nullptr);
  return rows;
}

Json columns_table() {
  Json rows = Json::array();
  for (const Column column : map_columns()) {
    const ColumnInfo& about = info(column);
    const bool bounded = about.unit == "share";
    rows.push_back({{"name", about.name},
                    {"unit", about.unit},
                    {"meaning", about.meaning},
                    {"low", bounded ? Json(about.low) : Json(nullptr)},
                    {"high", bounded ? Json(about.high) : Json(nullptr)}});
  }
  const ColumnInfo& cluster = info(Column::cluster);
  rows.push_back({{"name", cluster.name},
                  {"unit", cluster.unit},
                  {"meaning", cluster.meaning},
                  {"low", nullptr},
                  {"high", nullptr}});
  return rows;
}

std::vector<std::string> column_names() {
  std::vector<std::string> names;
  for (const Column column : map_columns()) names.emplace_back(info(column).name);
  names.emplace_back(info(Column::cluster).name);
  return names;
}

// The asked measures of some replicates, as `compare` wants them.
Ensemble ensemble_of(const char* name, const Answer& answer,
                     const std::vector<std::shared_ptr<const Course>>& courses,
                     const std::vector<std::size_t>& rows) {
  Ensemble ensemble;
  ensemble.name = name;
  ensemble.year = answer.year;
  ensemble.set.assign(answer.set.begin(),
                      answer.set.begin() +
                          static_cast<std::ptrdiff_t>(std::min(answer.set.size(), courses.size())));
  const std::size_t all = system_measures().size();
  for (std::size_t r = 0; r < courses.size(); ++r) {
    ensemble.replicates.push_back(static_cast<std::uint32_t>(r));
    for (std::size_t t = 0; t < answer.year.size(); ++t)
      for (const std::size_t row : rows)
        ensemble.values.push_back(courses[r]->values[t * all + row]);
  }
  return ensemble;
}

// One field of the estimates of all years.
Json over_time(const Findings& findings, std::size_t scenario, std::size_t measure,
               double Estimate::*field) {
  Json list = Json::array();
  for (std::size_t t = 0; t < findings.year.size(); ++t)
    list.push_back(number(findings.at(scenario, measure, t).*field));
  return list;
}

Json money(const Estimate& total) {
  return {{"mean", number(total.mean)},
          {"difference", number(total.difference)},
          {"low", number(total.low)},
          {"high", number(total.high)}};
}

}  // namespace

std::string welcome_message(const Offer& offer, const std::vector<double>& ready) {
  const Scenario& baseline = *offer.beliefs[0].baseline;
  const Population& population = *offer.population;
  Json message = {{"type", "welcome"},
                  {"protocol", kProtocol},
                  {"version", program_version()},
                  {"scenario", facts_of(offer)}};
  for (std::int64_t y = 0; y <= baseline.integer("horizon.years"); ++y)
    message["years"].push_back(y);
  message["replicates"] = offer.replicates;
  message["levers"] = levers_table(baseline);
  message["initial"] = {
      {"preset", offer.initial.preset.empty() ? Json(nullptr) : Json(offer.initial.preset)},
      {"levers", offer.initial.levers}};
  message["presets"] = Json::array();
  for (const Preset& preset : offer.presets)
    message["presets"].push_back({{"name", preset.name},
                                  {"title", preset.title},
                                  {"description", preset.description},
                                  {"levers", preset.levers}});
  for (std::size_t b = 0; b < offer.beliefs.size(); ++b)
    message["beliefs"].push_back({{"name", offer.beliefs[b].name},
                                  {"title", offer.beliefs[b].title},
                                  {"description", offer.beliefs[b].description},
                                  {"ready", ready[b]}});
  message["measures"] = measures_table();
  message["columns"] = columns_table();
  message["phases"] = {"primary", "middle", "secondary"};
  message["schools"] = {{"code", population.school_code},
                        {"name", population.school_name},
                        {"district", population.district},
                        {"phase", population.phase},
                        {"pupils", numbers(population.enrolment)},
                        {"deprivation", numbers(population.deprivation)},
                        {"x", numbers(population.x)},
                        {"y", numbers(population.y)}};
  message["districts"] = {{"code", population.district_code}, {"name", population.district_name}};
  message["exercises"] = offer.exercises;
  message["limits"] = {{"message_bytes", kMessageBytes},
                       {"messages_per_second", kMessagesPerSecond},
                       {"measures", kMeasures},
                       {"entries", kEntries},
                       {"text", kText}};
  return text_of(message);
}

void check_measures(const std::vector<std::string>& measures) {
  std::vector<std::string> known;
  for (const Measure& measure : system_measures()) known.emplace_back(measure.name);
  std::vector<Problem> problems;
  for (const std::string& name : measures) {
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    const std::string near = nearest(name, known);
    problems.push_back(
        {{"measures", 0, 0},
         fmt::format("there is no measure {}{}", in_quotes(name),
                     near.empty() ? "" : "; did you mean " + in_quotes(near) + "?")});
  }
  if (!problems.empty()) throw InputError(std::move(problems));
}

std::string fan_message(std::uint64_t id, const Answer& answer,
                        const std::vector<std::string>& measures) {
  Json message = {{"type", "fan"},
                  {"id", id},
                  {"replicates", answer.reform.size()},
                  {"of", answer.of},
                  {"settled", answer.settled()},
                  {"preparing", answer.preparing},
                  {"year", answer.year}};
  message["measures"] = Json::object();
  if (answer.reform.empty()) return text_of(message);

  std::vector<std::string> wanted = measures;
  for (const char* always : {"spending_per_pupil", "lever_spending_per_pupil", "value_added_mean"})
    wanted.emplace_back(always);  // what the cost is told from
  std::vector<std::size_t> rows;
  for (const std::string& name : wanted)
    if (const std::size_t row = system_measure_row(name);
        std::find(rows.begin(), rows.end(), row) == rows.end())
      rows.push_back(row);
  std::vector<Measure> about;
  for (const std::size_t row : rows) about.push_back(system_measures()[row]);
  const std::vector<Ensemble> both = {ensemble_of("baseline", answer, answer.baseline, rows),
                                      ensemble_of("reform", answer, answer.reform, rows)};
  Findings findings;
  add_system(findings, compare(both, about, 0), both);

  for (const std::string& name : measures) {
    const std::size_t m = *findings.measure(name);
    const auto level = [&](std::size_t scenario) {
      return Json{{"mean", over_time(findings, scenario, m, &Estimate::mean)},
                  {"band_low", over_time(findings, scenario, m, &Estimate::band_low)},
                  {"band_high", over_time(findings, scenario, m, &Estimate::band_high)}};
    };
    const auto reform = [&](double Estimate::*field) { return over_time(findings, 1, m, field); };
    message["measures"][name] = {{"baseline", level(0)},
                                 {"reform", level(1)},
                                 {"difference",
                                  {{"mean", reform(&Estimate::difference)},
                                   {"low", reform(&Estimate::low)},
                                   {"high", reform(&Estimate::high)},
                                   {"band_low", reform(&Estimate::difference_band_low)},
                                   {"band_high", reform(&Estimate::difference_band_high)}}},
                                 {"probability_higher", reform(&Estimate::higher)},
                                 {"clear_from", number(findings.clear_from[about.size() + m])}};
  }
  const RatioEstimate& per_tenth = findings.cost_per_tenth[1];
  message["cost"] = {{"spending", money(findings.spending[1])},
                     {"lever_spending", money(findings.lever_spending[1])},
                     {"per_tenth",
                      {{"ratio", number(per_tenth.ratio)},
                       {"low", number(per_tenth.low)},
                       {"high", number(per_tenth.high)}}}};
  message["winners"] = winners(answer, findings.set);
  message["fifths"] = fifths(answer, findings.set);
  return text_of(message);
}

std::string map_message(const MapRequest& request, const Answer& answer) {
  std::vector<std::string> names = request.columns.empty() ? column_names() : request.columns;
  const std::vector<std::string> known = column_names();
  std::vector<Problem> problems;
  const auto time = std::find(answer.year.begin(), answer.year.end(), request.year);
  if (time == answer.year.end())
    problems.push_back({{"year", 0, 0},
                        fmt::format("{} is not one of the years 0 to {}", number_text(request.year),
                                    number_text(answer.year.back()))});
  for (const std::string& name : names)
    if (std::find(known.begin(), known.end(), name) == known.end())
      problems.push_back({{"columns", 0, 0},
                          fmt::format("there is no column {}; expected some of {}", in_quotes(name),
                                      join(known))});
  if (!problems.empty()) throw InputError(std::move(problems));

  Json message = {{"type", "map"},
                  {"id", request.id},
                  {"year", request.year},
                  {"ready", !answer.reform.empty()}};
  if (answer.reform.empty()) return text_of(message);
  const auto t = static_cast<std::size_t>(time - answer.year.begin());
  const auto shown = map_columns().size();
  const auto values = [&](const Course& course, const std::string& name) {
    const std::size_t schools = course.cluster.size();
    const auto place =
        static_cast<std::size_t>(std::find(known.begin(), known.end(), name) - known.begin());
    if (place == shown) return Json(course.cluster);
    Json list = Json::array();
    const float* from = course.columns.data() + (t * shown + place) * schools;
    for (std::size_t i = 0; i < schools; ++i) list.push_back(rounded(from[i]));
    return list;
  };
  for (const std::string& name : names)
    message["columns"][name] = {{"baseline", values(*answer.baseline[0], name)},
                                {"reform", values(*answer.reform[0], name)}};
  return text_of(message);
}

std::string scenario_message(std::uint64_t id, const Scenario& reform, const Scenario& baseline) {
  // A file's name from the title, for every system.
  std::string name;
  for (const char c : reform.text("title")) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (letter || (c >= 'A' && c <= 'Z'))
      name += letter ? c : static_cast<char>(c - 'A' + 'a');
    else if (!name.empty() && name.back() != '_')
      name += '_';
  }
  while (name.ends_with('_')) name.pop_back();
  return text_of({{"type", "scenario"},
                  {"id", id},
                  {"name", (name.empty() ? "scenario" : name.substr(0, 60)) + ".yaml"},
                  {"text", short_yaml(reform)},
                  {"baseline", short_yaml(baseline)}});
}

std::string problem_message(std::optional<std::uint64_t> id, const std::vector<Problem>& problems) {
  constexpr std::size_t kShown = 50;
  Json list = Json::array();
  for (std::size_t p = 0; p < std::min(problems.size(), kShown); ++p)
    list.push_back({{"path", problems[p].place.file}, {"message", problems[p].message}});
  return text_of({{"type", "problem"}, {"id", id ? Json(*id) : Json(nullptr)}, {"problems", list}});
}

std::string limit_message(const std::string& message) {
  return text_of({{"type", "limit"}, {"message", message}});
}

}  // namespace reformsim::serve
