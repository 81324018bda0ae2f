#include "scenario/parameter_sets.hpp"

#include <map>
#include <optional>
#include <utility>

#include "scenario/csv.hpp"
#include "scenario/values.hpp"
#include "scenario/words.hpp"

namespace reformsim {

namespace {

constexpr std::string_view kName = "set";
constexpr std::string_view kBelow = "parameters.";

class SetsReader {
 public:
  SetsReader(const CsvTable& csv, const FieldTable& table) : csv_(csv), table_(table) {
    for (const Field& field : table.rows())
      if (field.group == FieldGroup::parameter) known_.push_back(field.path.substr(kBelow.size()));
  }

  ParameterSets read() {
    for (const Problem& problem : csv_.bad_rows()) problems_.add(problem.place, problem.message);
    read_header();
    sets_.digest = csv_.digest();
    for (std::size_t row = 0; row < csv_.rows() && !problems_.full(); ++row) read_row(row);
    if (csv_.rows() == 0 && csv_.bad_rows().empty())
      problems_.add({csv_.path(), 0, 0}, "there is no set; expected a line for each");
    if (problems_.size() > 0) throw InputError(std::move(problems_.all()));
    return std::move(sets_);
  }

 private:
  void read_header() {
    const std::vector<std::string>& header = csv_.header();
    if (header[0] != kName)
      problems_.add(csv_.header_place(0),
                    fmt::format("the first column is {}; expected '{}', the name of each set",
                                in_quotes(header[0]), kName));
    if (header.size() == 1)
      problems_.add(csv_.header_place(0), "expected a column for each parameter of the sets");
    for (std::size_t k = 1; k < header.size(); ++k) {
      const Field* field = table_.find(std::string(kBelow) + header[k]);
      if (field == nullptr || field->group != FieldGroup::parameter) {
        problems_.add(csv_.header_place(k),
                      fmt::format("{} is no parameter{}", in_quotes(header[k]), hint(header[k])));
        continue;
      }
      fields_.emplace_back(k, field);
      sets_.columns.push_back(table_.index(field->path));
    }
  }

  std::string hint(const std::string& name) const {
    return name.starts_with(kBelow) ? did_you_mean(name.substr(kBelow.size()), known_)
                                    : did_you_mean(name, known_);
  }

  void read_row(std::size_t row) {
    const std::string name(csv_.cell(row, 0));
    if (name.empty()) {
      problems_.add(csv_.place(row, 0), "set: expected a name");
    } else if (const auto [first, is_new] = lines_.emplace(name, csv_.line(row)); !is_new) {
      problems_.add(csv_.place(row, 0), fmt::format("set: {} is given twice; it first stands in "
                                                    "line {}",
                                                    in_quotes(name), first->second));
    }
    const Node text{.kind = Node::Kind::scalar, .text = name, .place = csv_.place(row, 0)};
    read_text(text, true, "a name", "set", problems_);
    sets_.names.push_back(name);
    for (const auto& [column, field] : fields_) {
      const std::string_view cell = csv_.cell(row, column);
      const Node node{.kind = cell.empty() ? Node::Kind::empty : Node::Kind::scalar,
                      .text = std::string(cell),
                      .place = csv_.place(row, column)};
      const auto value = read_value(node, *field, field->path, problems_);
      sets_.values.push_back(value ? std::get<double>(*value) : 0.0);
    }
  }

  const CsvTable& csv_;
  const FieldTable& table_;
  std::vector<std::string> known_;
  std::vector<std::pair<std::size_t, const Field*>> fields_;  // by column of the file
  std::map<std::string, int> lines_;                          // of the sets read so far
  ProblemList problems_;
  ParameterSets sets_;
};

}  // namespace

ParameterSets read_parameter_sets(const std::string& path, std::string text,
                                  const FieldTable& table) {
  const CsvTable csv = parse_csv(path, std::move(text));
  return SetsReader(csv, table).read();
}

}  // namespace reformsim
