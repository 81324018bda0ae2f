#include "scenario/scenario.hpp"

#include <algorithm>
#include <filesystem>
#include <utility>

namespace reformsim {

namespace {

// The value a lever holds in the engine: a choice by its index, a switch as 0 or 1.
double as_number(const Field& field, const FieldValue& value) {
  switch (field.type) {
    case FieldType::number:
      return std::get<double>(value);
    case FieldType::integer:
      return static_cast<double>(std::get<std::int64_t>(value));
    case FieldType::boolean:
      return std::get<bool>(value) ? 1.0 : 0.0;
    case FieldType::choice: {
      const auto& choices = field.choices;
      const auto found = std::find(choices.begin(), choices.end(), std::get<std::string>(value));
      REFORMSIM_CHECK(found != choices.end(), "{} has no such choice", field.path);
      return static_cast<double>(found - choices.begin());
    }
    case FieldType::text:
    case FieldType::list:
      break;
  }
  REFORMSIM_CHECK(field.type == FieldType::number, "the lever {} is a text", field.path);
  return 0;
}

}  // namespace

Scenario::Scenario(const FieldTable& table) : table_(&table) {
  const std::size_t rows = table.rows().size();
  values_.reserve(rows);
  levers_.resize(rows);
  places_.resize(rows);
  in_sets_.resize(rows);
  for (std::size_t i = 0; i < rows; ++i) {
    values_.push_back(table[i].standard);
    if (table[i].group == FieldGroup::lever)
      levers_[i].status_quo = as_number(table[i], table[i].standard);
  }
}

double Scenario::number(std::string_view path) const {
  const std::size_t i = table_->index(path);
  REFORMSIM_CHECK((*table_)[i].type == FieldType::number, "{} is not a number", path);
  return std::get<double>(values_[i]);
}

const FieldValue& Scenario::value(std::string_view path) const {
  const std::size_t i = table_->index(path);
  REFORMSIM_CHECK((*table_)[i].group != FieldGroup::lever, "{} is a lever", path);
  return values_[i];
}

std::int64_t Scenario::integer(std::string_view path) const {
  const std::size_t i = table_->index(path);
  REFORMSIM_CHECK((*table_)[i].type == FieldType::integer, "{} is not an integer", path);
  return std::get<std::int64_t>(values_[i]);
}

bool Scenario::flag(std::string_view path) const {
  const std::size_t i = table_->index(path);
  REFORMSIM_CHECK((*table_)[i].type == FieldType::boolean, "{} is not a switch", path);
  return std::get<bool>(values_[i]);
}

const std::string& Scenario::text(std::string_view path) const {
  const std::size_t i = table_->index(path);
  const FieldType type = (*table_)[i].type;
  REFORMSIM_CHECK(type == FieldType::text || type == FieldType::choice, "{} is not a text", path);
  return std::get<std::string>(values_[i]);
}

std::vector<std::string> Scenario::list(std::string_view path) const {
  const std::size_t i = table_->index(path);
  REFORMSIM_CHECK((*table_)[i].type == FieldType::list, "{} is not a list", path);
  const std::string& lines = std::get<std::string>(values_[i]);
  std::vector<std::string> items;
  if (lines.empty()) return items;
  for (std::size_t start = 0;;) {
    const std::size_t end = lines.find('\n', start);
    items.push_back(lines.substr(start, end - start));
    if (end == std::string::npos) return items;
    start = end + 1;
  }
}

const Lever& Scenario::lever(std::string_view path) const {
  const std::size_t i = table_->index(path);
  REFORMSIM_CHECK((*table_)[i].group == FieldGroup::lever, "{} is not a lever", path);
  return levers_[i];
}

Lever& Scenario::lever(std::string_view path) {
  return const_cast<Lever&>(std::as_const(*this).lever(path));
}

void Scenario::set(std::string_view path, FieldValue value) {
  const std::size_t i = table_->index(path);
  const Field& field = (*table_)[i];
  if (field.type == FieldType::number && std::holds_alternative<std::int64_t>(value))
    value = static_cast<double>(std::get<std::int64_t>(value));
  REFORMSIM_CHECK(value.index() == field.standard.index(), "a value of another type for {}", path);
  if (field.group == FieldGroup::lever) levers_[i].status_quo = as_number(field, value);
  values_[i] = std::move(value);
  in_sets_[i] = false;
}

void Scenario::use_sets(std::shared_ptr<const ParameterSets> sets,
                        const std::vector<std::size_t>& kept) {
  sets_ = std::move(sets);
  for (const std::size_t row : sets_->columns) {
    if (std::find(kept.begin(), kept.end(), row) != kept.end()) continue;
    values_[row] = (*table_)[row].standard;
    places_[row] = {};
    in_sets_[row] = true;
  }
}

std::size_t Scenario::set_of(std::uint32_t replicate) const {
  REFORMSIM_CHECK(sets_ != nullptr, "replicate {} of a scenario without sets", replicate);
  return sets_->of(replicate, integer("ensemble.lucks_per_set"));
}

double Scenario::parameter(std::string_view path, std::uint32_t replicate) const {
  const std::size_t row = table_->index(path);
  if (!in_sets_[row]) return number(path);
  const auto& columns = sets_->columns;
  const auto column = std::find(columns.begin(), columns.end(), row) - columns.begin();
  return sets_->at(set_of(replicate), static_cast<std::size_t>(column));
}

const Place& Scenario::place(std::string_view path) const { return places_[table_->index(path)]; }

void Scenario::set_place(std::string_view path, Place place) {
  places_[table_->index(path)] = std::move(place);
}

std::string Scenario::file(std::string_view path) const {
  const std::string& name = text(path);
  if (name.empty()) return name;
  return (std::filesystem::path(directory) / name).lexically_normal().generic_string();
}

double lever_level(const Lever& lever, double year, const std::vector<bool>& in_scope) {
  double level = lever.status_quo;
  for (std::size_t i = 0; i < lever.reform.size(); ++i) {
    const LeverEntry& entry = lever.reform[i];
    if (!in_scope[i] || year < entry.from || year >= entry.to) continue;
    const double since = year - entry.from;
    // The end of the ramp is the value itself, not level + (value - level), which may differ in a
    // bit.
    level =
        since >= entry.ramp ? entry.value : level + (entry.value - level) * (since / entry.ramp);
  }
  return level;
}

}  // namespace reformsim
