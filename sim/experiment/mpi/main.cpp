// reformsim-mpi: the same program, whose `sweep` shares its work with the other ranks of the job.
#include <boost/mpi/environment.hpp>

#include "cli/commands.hpp"
#include "experiment/mpi/ranks.hpp"

int main(int argc, char** argv) {
  boost::mpi::environment environment(argc, argv, boost::mpi::threading::serialized, false);
  reformsim::Ranks ranks{boost::mpi::communicator()};
  return reformsim::cli::program_main(argc, argv, ranks);
}
