// Three kinds of error, three tools: bad input (InputError, exit 2) carries every problem found,
// each with its place; a failure while running (RunError, exit 1) carries one message; an
// impossible state is a check() that prints the expression and both values. Expected absence is a
// std::optional.
#pragma once

#include <exception>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

namespace reformsim {

// A place in an input file. Lines and columns count from 1; 0 means "the file as a whole".
struct Place {
  std::string file;
  int line = 0;
  int column = 0;
};

struct Problem {
  Place place;
  std::string message;
};

// "file:line:column: message", the form editors and compilers understand.
std::string describe(const Problem& problem);

class InputError : public std::exception {
 public:
  explicit InputError(std::vector<Problem> problems);
  InputError(Place place, std::string message);
  const char* what() const noexcept override { return text_.c_str(); }
  const std::vector<Problem>& problems() const { return problems_; }

 private:
  std::vector<Problem> problems_;
  std::string text_;
};

class RunError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// Raised between terms when the user asked to stop (exit 130); what is finished is kept.
class Stopped : public std::exception {
 public:
  const char* what() const noexcept override { return "stopped by a signal"; }
};

[[noreturn]] void check_failed(const char* expression, const char* file, int line,
                               const std::string& values);

}  // namespace reformsim

// For states that no input can reach: a failure is a fault of the program, never of the user.
#define REFORMSIM_CHECK(condition, ...)                                                      \
  do {                                                                                       \
    if (!(condition))                                                                        \
      ::reformsim::check_failed(#condition, __FILE__, __LINE__, ::fmt::format(__VA_ARGS__)); \
  } while (false)
