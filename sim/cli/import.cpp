#include <algorithm>
#include <memory>

#include <fmt/format.h>

#include "base/nearest.hpp"
#include "cli/arguments.hpp"
#include "cli/commands.hpp"
#include "cli/help.hpp"
#include "cli/output.hpp"
#include "decide/text.hpp"
#include "model/fields.hpp"
#include "population/draft.hpp"

namespace reformsim::cli {

namespace {

struct Options {
  DraftRequest draft;
  std::vector<std::string> columns, where, missing, phases;  // as typed
  std::string on_bad_row = "stop";
  bool quiet = false;
};

std::pair<std::string, std::string> halves(const std::string& option, const std::string& text) {
  const std::size_t at = text.find('=');
  if (at == std::string::npos || at == 0)
    throw InputError({option + " " + text, 0, 0}, "expected two texts with = between them");
  return {text.substr(0, at), text.substr(at + 1)};
}

ListColumn column_called(const std::string& name, const std::string& typed) {
  std::vector<std::string> known;
  for (int k = 0; k < kListColumns; ++k)
    known.emplace_back(column_setting(static_cast<ListColumn>(k)));
  for (int k = 0; k < kListColumns; ++k)
    if (known[static_cast<std::size_t>(k)] == name) return static_cast<ListColumn>(k);
  const std::string near = nearest(name, known);
  throw InputError({"--column " + typed, 0, 0},
                   fmt::format("a list of schools has no '{}'{}", name,
                               near.empty() ? fmt::format("; it has {}", fmt::join(known, ", "))
                                            : fmt::format("; did you mean '{}'?", near)));
}

int phase_called(const std::string& name, const std::string& typed) {
  for (const auto& [known, phase] :
       {std::pair{"primary", 0}, std::pair{"middle", 1}, std::pair{"secondary", 2}})
    if (name == known) return phase;
  throw InputError({"--phase " + typed, 0, 0},
                   "expected primary=TEXT, middle=TEXT or secondary=TEXT");
}

DraftRequest request_of(const Options& options) {
  DraftRequest request = options.draft;
  for (const std::string& text : options.columns) {
    const auto [setting, header] = halves("--column", text);
    request.columns[column_called(setting, text)] = header;
  }
  for (const std::string& text : options.where) request.where.push_back(halves("--where", text));
  for (const std::string& text : options.phases) {
    const auto [phase, cell] = halves("--phase", text);
    request.phases.emplace_back(phase_called(phase, text), cell);
  }
  request.missing = options.missing;
  request.skip_bad_rows = options.on_bad_row == "skip";
  // The command that makes the same file.
  std::vector<std::string> words = {"reformsim", "import", request.list, "-o", request.output};
  const auto add = [&](const char* option, const std::string& value) {
    words.emplace_back(option);
    words.push_back(value);
  };
  for (const std::string& text : options.columns) add("--column", text);
  for (const std::string& text : options.where) add("--where", text);
  for (const std::string& text : options.phases) add("--phase", text);
  if (!options.missing.empty())
    add("--missing", fmt::format("{}", fmt::join(options.missing, ",")));
  if (!request.decimal.empty()) add("--decimal", request.decimal);
  if (!request.encoding.empty()) add("--encoding", request.encoding);
  if (request.skip_bad_rows) add("--on-bad-row", "skip");
  request.command = shell_words(words);
  return request;
}

// Cut at 80 columns, without blanks at the end.
std::string line_of(const std::string& text) {
  std::string line = text_width(text) > 80 ? fit(text, 80) : text;
  while (line.ends_with(' ')) line.pop_back();
  return line;
}

// At most 80 columns wide.
std::string block(const std::string& text, std::size_t indent) {
  return std::string(indent, ' ') + cli::wrapped(text, 80 - indent, indent) + "\n";
}

void tell(const DraftRequest& request, const Draft& draft) {
  fmt::print("{}: {}\n\nWhat its columns were taken for\n", request.list, draft.file);
  for (const DraftColumn& column : draft.columns) {
    const std::size_t room = 32 - std::min<std::size_t>(text_width(column.header), 32);
    fmt::print("{}\n", line_of("  " + fit(column_setting(column.what), 21) + " " + column.header +
                               std::string(room + 1, ' ') + column.examples));
    if (!column.others.empty())
      fmt::print("{}", block("or " + fmt::format("{}", fmt::join(column.others, ", ")), 24));
  }
  if (!draft.without.empty())
    fmt::print("{}",
               block("Not found: " + fmt::format("{}", fmt::join(draft.without, ", ")) + ".", 2));
  fmt::print("{}",
             block("Wrong? --column SETTING=HEADER says so; --column SETTING= says that there "
                   "is none.",
                   2));
  const auto list = [](const char* heading, const std::vector<std::string>& sentences) {
    if (sentences.empty()) return;
    fmt::print("\n{}\n", heading);
    for (const std::string& sentence : sentences)
      fmt::print("{}", "  - " + block(sentence, 4).substr(4));
  };
  list("What was assumed", draft.assumed);
  list("What was changed in the copy", draft.changes);
  list("What a run will say about the list", draft.population.notes);
  fmt::print("\nWritten: {}{}{} ({} schools in {} districts)\n", request.output,
             draft.copy.empty() ? "" : " and ", draft.copy, draft.population.schools(),
             draft.population.districts());
  fmt::print(
      "\nLook it over, then compare policies for these schools:\n"
      "  reformsim compare BASELINE.yaml REFORM.yaml --with {} -o first\n",
      shell_words({request.output}));
}

int import(const Options& options) {
  const DraftRequest request = request_of(options);
  const Draft draft = draft_population(request, field_table());
  std::vector<Output> outputs = {{"-o", request.output}};
  if (!draft.copy.empty()) outputs.push_back({"-o", draft.copy});
  check_outputs(outputs, {request.list}, draft.csv.size() + draft.yaml.size());
  if (!draft.copy.empty()) write_text(draft.copy, draft.csv);
  write_text(request.output, draft.yaml);
  if (!options.quiet) tell(request, draft);
  return kDone;
}

}  // namespace

void add_import(CLI::App& program, Jobs& jobs) {
  auto options = std::make_shared<Options>();
  CLI::App* command = program.add_subcommand(
      "import", "Write a first population file for a list of schools: which column is which");
  command
      ->add_option("list", options->draft.list, "the list, a CSV file with a line for each school")
      ->required()
      ->type_name("LIST.csv");
  command->add_option("-o,--output", options->draft.output, "the population file to write")
      ->required()
      ->type_name("FILE.yaml");
  const auto many = [&](const char* name, std::vector<std::string>& into, const char* meaning,
                        const char* type) {
    command->add_option(name, into, meaning)
        ->type_name(type)
        ->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  };
  many("--column", options->columns, "what a column is, such as score=ATT8; may be repeated",
       "SETTING=HEADER");
  many("--where", options->where,
       "keep only the lines with this text in this column; may be repeated", "HEADER=TEXT");
  many("--phase", options->phases, "what a text in the phase column means; may be repeated",
       "PHASE=TEXT");
  command->add_option("--missing", options->missing, "texts that mean that a value is not known")
      ->type_name("TEXT,TEXT...")
      ->delimiter(',');
  command
      ->add_option("--decimal", options->draft.decimal, "the decimal mark, where it is not clear")
      ->type_name("point|comma")
      ->check(CLI::IsMember({"point", "comma"}));
  command
      ->add_option("--encoding", options->draft.encoding,
                   "the encoding, where the file is neither UTF-8 nor Windows-1252")
      ->type_name("NAME");
  command
      ->add_option("--on-bad-row", options->on_bad_row,
                   "stop at lines that cannot be used, or skip them and count them")
      ->type_name("stop|skip")
      ->check(CLI::IsMember({"stop", "skip"}));
  add_quiet(*command, options->quiet);
  command->footer(
      "The file it writes is a guess to be looked over: it says for every column what stands in "
      "it. "
      "The list itself is left as it is. Where a run could not read it (another encoding or "
      "separator, numbers with other marks, codes for 'not known', lines to leave out), a clean "
      "copy is written beside the file, and what was changed is counted. What cannot be guessed is "
      "asked for, all at once, and then nothing is written.\n\n"
      "Examples:\n"
      "  reformsim import schools.csv -o my_schools.yaml\n"
      "  reformsim import ks2.csv -o ks2.yaml --where year=2019 --missing SUPP,NE\n"
      "  reformsim import list.csv -o list.yaml --column score=g6_math_pct --on-bad-row skip");
  jobs[command] = [options] { return import(*options); };
}

}  // namespace reformsim::cli
