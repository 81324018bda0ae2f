#include "base/error.hpp"

namespace reformsim {

std::string describe(const Problem& problem) {
  const Place& at = problem.place;
  if (at.file.empty()) return problem.message;
  if (at.line == 0) return fmt::format("{}: {}", at.file, problem.message);
  return fmt::format("{}:{}:{}: {}", at.file, at.line, at.column, problem.message);
}

InputError::InputError(std::vector<Problem> problems) : problems_(std::move(problems)) {
  for (const Problem& problem : problems_) {
    if (!text_.empty()) text_ += '\n';
    text_ += describe(problem);
  }
}

InputError::InputError(Place place, std::string message)
    : InputError(std::vector<Problem>{{std::move(place), std::move(message)}}) {}

void check_failed(const char* expression, const char* file, int line, const std::string& values) {
  throw std::logic_error(fmt::format(
      "fault of the program: {}:{}: expected {} ({}); please report it with the command you ran",
      file, line, expression, values));
}

}  // namespace reformsim
