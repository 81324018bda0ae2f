#include <charconv>
#include <memory>

#include <fmt/format.h>

#include "cli/arguments.hpp"
#include "cli/commands.hpp"
#include "cli/signals.hpp"
#include "scenario/files.hpp"
#include "scenario/words.hpp"
#include "serve/access.hpp"
#include "serve/server.hpp"
#include "serve/shipped.hpp"

namespace reformsim::cli {

namespace {

constexpr int kPort = 8377;

struct Options {
  std::string file;
  std::string address = "127.0.0.1";
  std::uint16_t port = kPort;
  ScenarioOptions scenario;
  int threads = 0;
};

// The answers of a page rest on a number of pairs of its own, not on that of the scenario.
void refuse_replicates(const ScenarioOptions& options) {
  std::vector<Problem> problems;
  for (const std::string& set : options.sets)
    if (trimmed(set.substr(0, set.find('='))) == "ensemble.replicates")
      problems.push_back({{"--set " + set, 0, 0},
                          "here --replicates says on how many replicates an answer rests"});
  if (!problems.empty()) throw InputError(std::move(problems));
}

// The number of pairs in a settled answer, where --replicates names it.
std::uint32_t replicates(const Options& options, std::uint32_t standard) {
  if (!options.scenario.replicates) return standard;
  const std::string& text = *options.scenario.replicates;
  std::uint32_t value = 0;
  const auto end = std::from_chars(text.data(), text.data() + text.size(), value);
  constexpr std::uint32_t kMost = 1000;
  if (end.ec != std::errc() || end.ptr != text.data() + text.size() || value < 2 || value > kMost)
    throw InputError({"--replicates " + text, 0, 0},
                     fmt::format("expected a whole number from 2 to {}", kMost));
  return value;
}

int serve(const Options& options) {
  if (options.address != "localhost" && !serve::is_address(options.address))
    throw InputError({"--address " + options.address, 0, 0},
                     "expected an address of this machine, such as 127.0.0.1, or 0.0.0.0 for all");
  refuse_replicates(options.scenario);
  const std::string address = options.address == "localhost" ? "127.0.0.1" : options.address;
  serve::Server server(address, options.port);  // first: a port that is taken is soon said

  serve::OfferRequest request;
  const serve::Shipped shipped = serve::find_shipped(options.file);
  request.folder = shipped.folder;
  request.file = options.file.empty() ? shipped.scenario() : options.file;
  request.with = options.scenario.with;
  request.sets = options.scenario.sets;
  if (options.scenario.seed) request.sets.push_back("ensemble.seed=" + *options.scenario.seed);
  if (options.scenario.parameters)
    request.parameters = parameters_file(*options.scenario.parameters, request.file,
                                         {"--parameters " + *options.scenario.parameters, 0, 0});
  request.replicates = replicates(options, request.replicates);
  const serve::Offer offer = serve::make_offer(request);
  for (const Problem& problem : offer.left_out)
    fmt::print(stderr, "Left out: {}\n", describe(problem));

  serve::LiveOptions live_options;
  live_options.threads = options.threads;
  live_options.replicates = offer.replicates;
  if (!offer.population->synthetic) live_options.list = offer.population;
  std::vector<std::shared_ptr<const Scenario>> baselines;
  for (const serve::Belief& belief : offer.beliefs) baselines.push_back(belief.baseline);
  {
    serve::Live live(std::move(baselines), live_options);
    if (!serve::is_loopback(address))
      fmt::print(stderr,
                 "Warning: everybody who reaches this machine at {} can use this page. It has no "
                 "password and is not encrypted; for one machine alone leave --address out\n",
                 address);
    fmt::print("{} with {} schools: {}\nCtrl-C ends it.\n",
               offer.title.empty() ? offer.name : offer.title, offer.population->schools(),
               server.url());
    std::fflush(stdout);
    server.run(offer, live, stop_requested());
  }
  fmt::print("Stopped.\n");
  return kDone;
}

}  // namespace

void add_serve(CLI::App& program, Jobs& jobs) {
  auto options = std::make_shared<Options>();
  CLI::App* command = program.add_subcommand(
      "serve", "Open a page for a workshop: levers as sliders, answers while they move");
  command
      ->add_option("scenario", options->file,
                   "scenario file: its schools, its status quo and, to begin with, its reform; a "
                   "thousand synthetic schools unless given")
      ->type_name("FILE");
  command
      ->add_option("--port", options->port,
                   fmt::format("port to listen on; {} unless told, 0 for any that is free", kPort))
      ->type_name("N")
      ->check([](const std::string& text) -> std::string {
        int value = 0;
        if (CLI::detail::lexical_cast(text, value) && value >= 0 && value <= 65535) return "";
        return fmt::format("expected a whole number from 0 to 65535, not '{}'", text);
      });
  command
      ->add_option("--address", options->address,
                   "address to listen on; 127.0.0.1 unless told, which only this machine reaches")
      ->type_name("ADDRESS");
  add_scenario_options(*command, options->scenario);
  add_threads(*command, options->threads);
  command->footer(
      "Prints the address of the page and serves it until Ctrl-C. The page needs no other network. "
      "Presets, beliefs and exercises are those of the folder `scenarios` here, above the scenario "
      "or above the program; without such a folder, those built into the program. An answer rests "
      "on 32 replicates, or on as many as --replicates says, whatever the scenario's file says.\n\n"
      "Examples:\n"
      "  reformsim serve\n"
      "  reformsim serve my_reform.yaml --parameters sceptical\n"
      "  reformsim serve --with my_schools.yaml --port 0\n"
      "  reformsim serve --set population.schools=300 --set population.districts=8");
  jobs[command] = [options] { return serve(*options); };
}

}  // namespace reformsim::cli
