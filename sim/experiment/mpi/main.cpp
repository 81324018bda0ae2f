// reformsim-mpi: the same program, whose `sweep` shares its work with the other ranks of the job.
#include <boost/mpi/environment.hpp>
#include <cstdio>

#include "cli/commands.hpp"
#include "experiment/mpi/ranks.hpp"

int main(int argc, char** argv) {
  boost::mpi::environment environment(argc, argv, boost::mpi::threading::serialized, false);
  if (environment.thread_level() < boost::mpi::threading::serialized) {
    std::fputs("reformsim-mpi needs an MPI that may be called from several threads in turn\n",
               stderr);
    return reformsim::cli::kFailed;
  }
  reformsim::Ranks ranks{boost::mpi::communicator()};
  return reformsim::cli::program_main(argc, argv, ranks);
}
