#include <filesystem>
#include <memory>

#include <fmt/format.h>

#include "cli/arguments.hpp"
#include "cli/commands.hpp"
#include "cli/output.hpp"
#include "decide/comparison_file.hpp"
#include "report/page.hpp"

namespace reformsim::cli {

namespace {

namespace fs = std::filesystem;

struct Options {
  std::string folder, output;
  bool quiet = false;
};

int report(const Options& options) {
  std::error_code none;
  if (!fs::is_directory(options.folder, none))
    throw InputError(
        {options.folder, 0, 0},
        "there is no such folder; expected what `reformsim compare -o DIR` has written");
  const std::string file = (fs::path(options.folder) / "comparison.h5").string();
  const std::string output =
      options.output.empty() ? (fs::path(options.folder) / "report.html").string() : options.output;
  check_outputs({{"-o", output}}, {file}, 0);
  const std::string page = report_page(read_comparison(file));
  write_text(output, page);
  if (!options.quiet)
    fmt::print("The report: {} ({:.1f} MB)\n", output, static_cast<double>(page.size()) / 1e6);
  return kDone;
}

}  // namespace

void add_report(CLI::App& program, Jobs& jobs) {
  auto options = std::make_shared<Options>();
  CLI::App* command =
      program.add_subcommand("report", "Write a comparison as one page for a browser");
  command->add_option("folder", options->folder, "folder that `compare -o` has written")
      ->required()
      ->type_name("DIR");
  command->add_option("-o,--output", options->output, "the page; DIR/report.html unless told")
      ->type_name("FILE.html");
  add_quiet(*command, options->quiet);
  command->footer(
      "The page needs nothing else: it can be sent by mail, opened without a network and printed. "
      "`compare -o DIR` writes it as well; this command writes it again from DIR/comparison.h5 "
      "without simulating.\n\n"
      "Examples:\n"
      "  reformsim report results\n"
      "  reformsim report results -o for_the_minister.html");
  jobs[command] = [options] { return report(*options); };
}

}  // namespace reformsim::cli
