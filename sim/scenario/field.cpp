#include "scenario/field.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace reformsim {

namespace {

bool holds_type(const Field& row) {
  switch (row.type) {
    case FieldType::number:
      return std::holds_alternative<double>(row.standard);
    case FieldType::integer:
      return std::holds_alternative<std::int64_t>(row.standard);
    case FieldType::boolean:
      return std::holds_alternative<bool>(row.standard);
    case FieldType::text:
    case FieldType::choice:
    case FieldType::list:
      return std::holds_alternative<std::string>(row.standard);
  }
  return false;
}

// A row is written by a programmer, so a bad one is a fault of the program; it shows in the first
// test.
void check_row(const Field& row) {
  REFORMSIM_CHECK(holds_type(row), "the default of {} has another type than the field", row.path);
  REFORMSIM_CHECK(!row.meaning.empty() && row.meaning.back() == '.', "the meaning of {}", row.path);
  REFORMSIM_CHECK(!row.source.empty(), "the source of {}", row.path);
  if (row.type == FieldType::number || row.type == FieldType::integer) {
    const double standard = row.type == FieldType::number
                                ? std::get<double>(row.standard)
                                : static_cast<double>(std::get<std::int64_t>(row.standard));
    REFORMSIM_CHECK(row.low <= standard && standard <= row.high, "{}: {} in {} to {}", row.path,
                    standard, row.low, row.high);
  }
  if (row.type == FieldType::choice) {
    const std::string& standard = std::get<std::string>(row.standard);
    REFORMSIM_CHECK(
        std::find(row.choices.begin(), row.choices.end(), standard) != row.choices.end(),
        "{}: the default '{}' is not among the choices", row.path, standard);
  }
}

}  // namespace

std::string written_path(const Field& field) {
  return field.group == FieldGroup::lever ? "levers." + field.path : field.path;
}

void FieldTable::add(Field row) {
  // A default written as `3` is an integer to C++ even where the field is a real number.
  if (row.type == FieldType::number && std::holds_alternative<std::int64_t>(row.standard))
    row.standard = static_cast<double>(std::get<std::int64_t>(row.standard));
  check_row(row);
  const std::string written = written_path(row);
  REFORMSIM_CHECK(!is_section(written), "{} is already a section", written);
  for (std::size_t dot = written.find('.'); dot != std::string::npos;
       dot = written.find('.', dot + 1))
    REFORMSIM_CHECK(find_written(written.substr(0, dot)) == nullptr, "{} stands below a field",
                    written);
  const bool is_new = by_path_.emplace(row.path, rows_.size()).second &&
                      by_written_.emplace(written, rows_.size()).second;
  REFORMSIM_CHECK(is_new, "{} was added before", row.path);
  rows_.push_back(std::move(row));
}

const Field* FieldTable::find(std::string_view path) const {
  const auto found = by_path_.find(path);
  return found == by_path_.end() ? nullptr : &rows_[found->second];
}

std::size_t FieldTable::index(std::string_view path) const {
  const auto found = by_path_.find(path);
  REFORMSIM_CHECK(found != by_path_.end(), "no field is called '{}'", path);
  return found->second;
}

void FieldTable::add_check(Check check, std::vector<std::string> reads) {
  checks_.push_back({std::move(check), std::move(reads)});
}

const Field* FieldTable::find_written(std::string_view written) const {
  const auto found = by_written_.find(written);
  return found == by_written_.end() ? nullptr : &rows_[found->second];
}

bool FieldTable::is_section(std::string_view written) const {
  if (written.empty()) return true;
  const std::string prefix = std::string(written) + '.';
  const auto next = by_written_.lower_bound(prefix);
  return next != by_written_.end() && next->first.starts_with(prefix);
}

std::vector<std::string> FieldTable::names_below(std::string_view section) const {
  const std::string prefix = section.empty() ? "" : std::string(section) + '.';
  std::vector<std::string> names;
  for (const Field& row : rows_) {
    const std::string written = written_path(row);
    if (!written.starts_with(prefix)) continue;
    std::string name =
        written.substr(prefix.size(), written.find('.', prefix.size()) - prefix.size());
    if (std::find(names.begin(), names.end(), name) == names.end())
      names.push_back(std::move(name));
  }
  return names;
}

}  // namespace reformsim
