// Ranks take numbers from a counter on rank 0 without rank 0's doing, and work in between.
//
//   counter COUNT SECONDS_OF_RANK_0 SECONDS_OF_OTHERS [POLL [FILE]]
//
// SECONDS is the time that a rank is busy after each number; with POLL 1, rank 0 looks at its
// messages every 0.2 ms of that. Rank 0 prints whether every number was taken once, how many each
// rank has, and how long the other ranks' fetches took. Each rank adds a byte to FILE for each
// number.

#include <fcntl.h>
#include <mpi.h>
#include <unistd.h>
#include <algorithm>
#include <boost/mpi.hpp>
#include <boost/serialization/vector.hpp>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

using Clock = std::chrono::steady_clock;

static double seconds(Clock::time_point from) {
  return std::chrono::duration<double>(Clock::now() - from).count();
}

static void be_busy(double duration, bool poll) {
  const Clock::time_point start = Clock::now();
  double polled = 0;
  volatile double x = 1;
  while (seconds(start) < duration) {
    for (int i = 0; i < 1000; ++i) x = x * 1.0000001;
    if (poll && seconds(start) > polled + 0.0002) {
      int flag = 0;
      MPI_Iprobe(MPI_ANY_SOURCE, MPI_ANY_TAG, MPI_COMM_WORLD, &flag, MPI_STATUS_IGNORE);
      polled = seconds(start);
    }
  }
}

int main(int argc, char** argv) {
  boost::mpi::environment environment(argc, argv);
  boost::mpi::communicator world;
  if (argc < 4) return 2;
  const std::int64_t count = std::atoll(argv[1]);
  const double busy = std::atof(argv[world.rank() == 0 ? 2 : 3]);
  const bool poll = world.rank() == 0 && argc > 4 && std::atoi(argv[4]) != 0;
  const int file = argc > 5 ? ::open(argv[5], O_WRONLY | O_CREAT | O_APPEND, 0644) : -1;

  std::int64_t* counter = nullptr;
  MPI_Win window = MPI_WIN_NULL;
  MPI_Win_allocate(world.rank() == 0 ? 8 : 0, 8, MPI_INFO_NULL, world, &counter, &window);
  if (world.rank() == 0) {
    MPI_Win_lock(MPI_LOCK_EXCLUSIVE, 0, 0, window);
    *counter = 0;
    MPI_Win_unlock(0, window);
  }
  world.barrier();

  std::vector<std::int64_t> mine;
  std::vector<double> waited;
  const Clock::time_point start = Clock::now();
  MPI_Win_lock_all(0, window);
  for (;;) {
    const std::int64_t one = 1;
    std::int64_t next = -1;
    const Clock::time_point asked = Clock::now();
    MPI_Fetch_and_op(&one, &next, MPI_INT64_T, 0, 0, MPI_SUM, window);
    MPI_Win_flush(0, window);
    waited.push_back(seconds(asked));
    if (next >= count) break;
    mine.push_back(next);
    if (file >= 0 && ::write(file, "x", 1) != 1) return 3;
    be_busy(busy, poll);
  }
  MPI_Win_unlock_all(window);
  const double elapsed = seconds(start);
  world.barrier();
  MPI_Win_free(&window);

  std::vector<std::vector<std::int64_t>> all;
  std::vector<std::vector<double>> waits;
  boost::mpi::gather(world, mine, all, 0);
  boost::mpi::gather(world, waited, waits, 0);
  if (world.rank() == 0) {
    std::vector<std::int64_t> taken;
    std::vector<double> others;
    std::string shares;
    for (std::size_t rank = 0; rank < all.size(); ++rank) {
      taken.insert(taken.end(), all[rank].begin(), all[rank].end());
      if (rank > 0 || all.size() == 1)
        others.insert(others.end(), waits[rank].begin(), waits[rank].end());
      shares += (rank == 0 ? "" : ", ") + std::to_string(all[rank].size());
    }
    std::sort(taken.begin(), taken.end());
    std::sort(others.begin(), others.end());
    bool once = std::int64_t(taken.size()) == count;
    for (std::int64_t i = 0; once && i < count; ++i) once = taken[i] == i;
    std::printf(
        "{\"ranks\": %d, \"once\": %s, \"shares\": [%s], \"seconds\": %.4f, "
        "\"median_us\": %.1f, \"p90_us\": %.1f, \"max_us\": %.1f}\n",
        world.size(), once ? "true" : "false", shares.c_str(), elapsed,
        1e6 * others[others.size() / 2], 1e6 * others[others.size() * 9 / 10], 1e6 * others.back());
  }
  return 0;
}
