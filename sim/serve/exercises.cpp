#include "serve/exercises.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "base/hash.hpp"
#include "record/measures.hpp"
#include "scenario/words.hpp"
#include "serve/exercise_words.hpp"
#include "serve/offer.hpp"

namespace reformsim::serve {

std::string_view name_of(Robustness robustness) {
  switch (robustness) {
    case Robustness::firm:
      return "firm";
    case Robustness::mostly:
      return "mostly";
    case Robustness::divided:
      return "divided";
    default:
      return "seldom";
  }
}

Robustness robustness_of(double share) {
  if (share >= 0.95) return Robustness::firm;
  if (share >= 0.75) return Robustness::mostly;
  return share > 0.25 ? Robustness::divided : Robustness::seldom;
}

const Arm* Exercise::arm(std::string_view wanted) const {
  const auto found =
      std::find_if(arms.begin(), arms.end(), [&](const Arm& one) { return one.name == wanted; });
  return found == arms.end() ? nullptr : &*found;
}

const Effect* Exercise::effect(std::string_view id) const {
  const auto found =
      std::find_if(effects.begin(), effects.end(), [&](const Effect& one) { return one.id == id; });
  return found == effects.end() ? nullptr : &*found;
}

std::string policy_digest(const Exercise& exercise) {
  std::string text = fmt::format("{} schools, {} districts, {} years\n", exercise.schools,
                                 exercise.districts, exercise.years);
  for (const Arm& arm : exercise.arms) {
    text += arm.name + '\n';
    for (const Field& field : arm.scenario.table().rows())
      if (field.group == FieldGroup::lever)
        text += fmt::format("{}: {}; {}\n", field.path,
                            level_text(field, arm.scenario.lever(field.path).status_quo),
                            lever_text(field, arm.scenario.lever(field.path)));
  }
  return digest(text);
}

namespace {

using Json = nlohmann::ordered_json;

Json quantity_json(const Quantity& q) {
  Json json = {{"scenario", q.scenario}, {"measure", q.measure}, {"year", q.year}};
  if (!q.against.empty()) json["against"] = q.against;
  if (!q.less.empty()) json["less"] = q.less;
  if (!q.over.empty()) json["over"] = q.over;
  if (q.since) json["since"] = *q.since;
  return json;
}

void add_bracket(Json& json, const std::optional<double>& above,
                 const std::optional<double>& below) {
  if (above) json["above"] = *above;
  if (below) json["below"] = *below;
}

Json found_json(const Robust& robust, const Exercise& exercise, const std::string& id) {
  Json json = Json::object();
  for (const char* parameters : {"calibrated", "default", "sceptical", "optimistic"})
    if (const Found* found = robust.found(exercise.name, id, parameters)) {
      // JSON has no word for what is not defined.
      const auto finite = [](double value) { return std::isfinite(value) ? Json(value) : Json(); };
      json[parameters] = {{"sets", found->sets},
                          {"holds", found->holds},
                          {"median", finite(found->median)},
                          {"low", finite(found->low)},
                          {"high", finite(found->high)}};
    }
  return json;
}

Json prediction_json(const Exercise& exercise, const Robust& robust) {
  const Prediction& p = exercise.prediction;
  Json json = {
      {"question", p.question}, {"afterwards", p.afterwards}, {"about", quantity_json(p.about)}};
  if (p.low) json["slider"] = {{"low", *p.low}, {"high", *p.high}, {"step", *p.step}};
  for (std::size_t k = 0; k < p.options.size(); ++k) {
    Json option = {{"text", p.options[k].text},
                   {"found", found_json(robust, exercise, fmt::format("prediction.{}", k + 1))}};
    add_bracket(option, p.options[k].above, p.options[k].below);
    json["options"].push_back(option);
  }
  return json;
}

}  // namespace

Json exercise_json(const Exercise& e, const Robust& robust) {
  Json json = {{"name", e.name},         {"title", e.title},
               {"driver", e.driver},     {"aim", e.aim},
               {"audience", e.audience}, {"minutes", e.minutes},
               {"schools", e.schools},   {"districts", e.districts},
               {"years", e.years},       {"situation", e.situation},
               {"baseline", e.baseline}};
  for (const Arm& arm : e.arms) {
    json["scenarios"][arm.name] = {{"title", arm.scenario.text("title")},
                                   {"description", arm.scenario.text("description")},
                                   {"levers", levers_of(arm.scenario)}};
  }
  json["prediction"] = prediction_json(e, robust);
  for (const Step& step : e.reveal)
    json["reveal"].push_back({{"title", step.title},
                              {"text", step.text},
                              {"chart", step.chart},
                              {"scenarios", step.scenarios},
                              {"measures", step.measures},
                              {"year", step.year}});
  json["chain"] = {
      {"scenario", e.chain.scenario}, {"against", e.chain.against}, {"year", e.chain.year}};
  for (const Link& link : e.chain.links)
    json["chain"]["links"].push_back({{"measure", link.measure}, {"says", link.says}});
  for (const Question& question : e.debrief)
    json["debrief"].push_back({{"question", question.question}, {"listen", question.listen}});
  const auto side = [](const std::vector<Evidence>& findings) {
    Json list = Json::array();
    for (const Evidence& one : findings)
      list.push_back({{"finding", one.finding}, {"source", one.source}});
    return list;
  };
  json["evidence"] = {{"for", side(e.evidence_for)}, {"against", side(e.evidence_against)}};
  for (const Exception& one : e.unless) {
    Json exception = {{"says", one.says}, {"effect", one.effect}};
    if (!one.belief.empty()) exception["belief"] = one.belief;
    json["unless"].push_back(std::move(exception));
  }
  json["limits"] = e.limits;
  Json labels = Json::object();
  for (const Measure& measure : system_measures())
    labels[std::string(measure.name)] = label_of(measure.name);
  json["labels"] = std::move(labels);
  for (const Effect& effect : e.effects) {
    Json one = {{"id", effect.id},
                {"says", effect.says},
                {"quantity", quantity_json(effect.quantity)},
                {"robustness", name_of(effect.stated)},
                {"found", found_json(robust, e, effect.id)}};
    add_bracket(one, effect.above, effect.below);
    json["effects"].push_back(std::move(one));
  }
  return json;
}

}  // namespace reformsim::serve
