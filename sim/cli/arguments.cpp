#include "cli/arguments.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/nearest.hpp"
#include "model/fields.hpp"
#include "scenario/files.hpp"
#include "scenario/read.hpp"
#include "scenario/write.hpp"

namespace reformsim::cli {

namespace {

constexpr int kMostThreads = 1024;

struct Shortcut {
  std::string option;  // as the user typed it
  std::string set;
};

std::vector<Shortcut> shortcuts(const ScenarioOptions& options, const std::string& scenario) {
  std::vector<Shortcut> result;
  if (options.replicates)
    result.push_back(
        {"--replicates " + *options.replicates, "ensemble.replicates=" + *options.replicates});
  if (options.seed) result.push_back({"--seed " + *options.seed, "ensemble.seed=" + *options.seed});
  if (options.parameters)
    result.push_back({"--parameters " + *options.parameters, parameters_set(options, scenario)});
  return result;
}

bool same(const Problem& a, const Problem& b) { return describe(a) == describe(b); }

std::vector<std::string> option_names(const CLI::App& command) {
  std::vector<std::string> names;
  for (const CLI::Option* option : command.get_options())
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  return names;
}

}  // namespace

void add_scenario_options(CLI::App& command, ScenarioOptions& options) {
  command.add_option("--replicates", options.replicates, "how often each scenario is simulated")
      ->type_name("N");
  command.add_option("--seed", options.seed, "seed of the luck")->type_name("S");
  command
      .add_option("--set", options.sets,
                  "a value that wins over all files, such as horizon.years=10; may be repeated")
      ->type_name("PATH=VALUE")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  command
      .add_option("--with", options.with,
                  "a file laid over each scenario, such as a population; may be repeated")
      ->type_name("FILE")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  command
      .add_option(
          "--parameters", options.parameters,
          "a file with the model's parameters, or the name of a set in scenarios/parameters "
          "(calibrated, default, sceptical, optimistic)")
      ->type_name("NAME|FILE");
}

std::string parameters_set(const ScenarioOptions& options, const std::string& file) {
  return "parameters.file=" +
         yaml_text(parameters_file(*options.parameters, file,
                                   {"--parameters " + *options.parameters, 0, 0}));
}

void add_threads(CLI::App& command, int& threads) {
  command
      .add_option("--threads", threads,
                  "processors to use; 0, the default, means all. The results are the same")
      ->type_name("N")
      ->check([](const std::string& text) -> std::string {
        int value = 0;
        if (CLI::detail::lexical_cast(text, value) && value >= 0 && value <= kMostThreads)
          return "";
        return fmt::format("expected a whole number from 0 to {}, not '{}'", kMostThreads, text);
      });
}

void add_json(CLI::App& command, bool& json) {
  command.add_flag("--json", json, "print JSON, for programs");
}

void add_quiet(CLI::App& command, bool& quiet) {
  command.add_flag("--quiet", quiet, "no progress and no messages on stderr, except errors");
}

Scenario read(const std::string& file, const ScenarioOptions& options) {
  // Parameters first: --set wins over all files.
  const std::vector<Shortcut> shorts = shortcuts(options, file);
  std::vector<std::string> sets;
  for (const Shortcut& shortcut : shorts) sets.push_back(shortcut.set);
  sets.insert(sets.end(), options.sets.begin(), options.sets.end());
  try {
    return read_scenario(file, field_table(), options.with, sets);
  } catch (const InputError& error) {
    std::vector<Problem> problems = error.problems();
    for (Problem& problem : problems) {
      for (const Shortcut& shortcut : shorts)
        if (problem.place.file == "--set " + shortcut.set) problem.place.file = shortcut.option;
      // In a command line the option says where; a line and a column would only puzzle.
      if (problem.place.file.starts_with("--")) problem.place.line = problem.place.column = 0;
    }
    throw InputError(std::move(problems));
  }
}

void add_new(std::vector<Problem>& problems, const std::vector<Problem>& more) {
  for (const Problem& problem : more)
    if (std::none_of(problems.begin(), problems.end(),
                     [&](const Problem& known) { return same(known, problem); }))
      problems.push_back(problem);
}

std::vector<Scenario> read_all(const std::vector<std::string>& files,
                               const ScenarioOptions& options) {
  std::vector<Scenario> scenarios;
  std::vector<Problem> problems;
  for (const std::string& file : files) {
    try {
      scenarios.push_back(read(file, options));
    } catch (const InputError& error) {
      add_new(problems, error.problems());
    }
  }
  if (!problems.empty()) throw InputError(std::move(problems));
  return scenarios;
}

std::string shell_words(const std::vector<std::string>& words) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./=:,+-";
  std::string text;
  for (const std::string& word : words) {
    if (!text.empty()) text += ' ';
    if (!word.empty() && word.find_first_not_of(kPlain) == std::string::npos) {
      text += word;
      continue;
    }
    text += '\'';
    for (const char c : word) text += c == '\'' ? "'\\''" : std::string(1, c);
    text += '\'';
  }
  return text;
}

std::string json_text(const nlohmann::ordered_json& document) {
  return document.dump(2, ' ', false, nlohmann::json::error_handler_t::replace);
}

FieldValue value_of(const Scenario& scenario, const Field& field) {
  return field.unit == "file" ? FieldValue(scenario.file(field.path)) : scenario.value(field.path);
}

std::vector<Problem> mistaken_arguments(CLI::App& program,
                                        const std::vector<std::string>& arguments) {
  const auto suggestion = [](const std::string& name, const std::vector<std::string>& names) {
    const std::string near = nearest(name, names);
    return near.empty() ? std::string() : fmt::format("; did you mean '{}'?", near);
  };
  std::vector<Problem> problems;
  if (arguments.empty()) return problems;
  const std::string& first = arguments[0];
  CLI::App* command = &program;
  std::string where = "reformsim";
  if (!first.starts_with("-")) {
    command = nullptr;
    std::vector<std::string> names = {"--help"};
    for (CLI::App* sub : program.get_subcommands({})) {
      names.push_back(sub->get_name());
      if (first == sub->get_name()) command = sub;
    }
    if (command == nullptr) {
      const std::string near =
          first == "help" ? "; did you mean '--help'?" : suggestion(first, names);
      return {{{},
               fmt::format("unknown command '{}'{}{}", first, near,
                           near.empty() ? " (reformsim --help lists the commands)" : "")}};
    }
    where += " " + first;
  }
  std::vector<std::pair<const CLI::Option*, bool>> given;  // and whether it was said to be twice
  bool value = false;  // this argument is the value of the option before it
  for (std::size_t i = command == &program ? 0 : 1; i < arguments.size(); ++i) {
    const std::string& argument = arguments[i];
    if (argument == "--") break;
    if (value || !argument.starts_with("-") || argument == "-" ||
        (argument[1] >= '0' && argument[1] <= '9')) {
      value = false;
      continue;
    }
    const std::size_t equals = argument.starts_with("--") ? argument.find('=') : std::string::npos;
    const std::string name =
        argument.starts_with("--") ? argument.substr(0, equals) : argument.substr(0, 2);
    const CLI::Option* option = command->get_option_no_throw(name);
    if (option == nullptr) {
      problems.push_back({{},
                          fmt::format("{}: unknown option '{}'{}", where, name,
                                      suggestion(name, option_names(*command)))});
      continue;
    }
    const bool once = option->get_items_expected_min() > 0 &&
                      option->get_multi_option_policy() != CLI::MultiOptionPolicy::TakeAll;
    const auto before = std::find_if(given.begin(), given.end(),
                                     [&](const auto& one) { return one.first == option; });
    if (before == given.end()) {
      given.emplace_back(option, false);
    } else if (once && !before->second) {
      before->second = true;
      problems.push_back({{}, fmt::format("{}: the option '{}' is given twice", where, name)});
    }
    value = option->get_items_expected_min() > 0 && equals == std::string::npos && argument == name;
  }
  return problems;
}

}  // namespace reformsim::cli
