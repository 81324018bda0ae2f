#include "cli/commands.hpp"

int main(int argc, char** argv) {
  reformsim::Team alone;
  return reformsim::cli::program_main(argc, argv, alone);
}
