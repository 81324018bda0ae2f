#include "experiment/mpi/ranks.hpp"

#include <boost/mpi/collectives.hpp>
#include <boost/serialization/string.hpp>
#include <boost/serialization/vector.hpp>
#include <chrono>
#include <functional>

namespace reformsim {

Ranks::Ranks(const boost::mpi::communicator& world) : world_(world) {
  // Boost.MPI has no remote access, so for the counter MPI itself is called.
  const MPI_Aint bytes = world_.rank() == 0 ? sizeof(std::int64_t) : 0;
  MPI_Win_allocate(bytes, sizeof(std::int64_t), MPI_INFO_NULL, world_, &counter_, &window_);
  MPI_Win_lock_all(MPI_MODE_NOCHECK, window_);
  if (world_.rank() != 0 || world_.size() == 1) return;
  answering_ = std::thread([this] {
    while (!ending_.load()) {
      {
        // Any call lets MPI see to what others have asked; no message is ever sent to this rank.
        const std::lock_guard lock(mutex_);
        int found = 0;
        MPI_Iprobe(MPI_ANY_SOURCE, MPI_ANY_TAG, world_, &found, MPI_STATUS_IGNORE);
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  });
}

Ranks::~Ranks() {
  ending_ = true;
  if (answering_.joinable()) answering_.join();
  MPI_Win_unlock_all(window_);
  MPI_Win_free(&window_);
}

void Ranks::begin() {
  const std::lock_guard lock(mutex_);
  world_.barrier();
  if (world_.rank() == 0) {
    const std::int64_t zero = 0;
    std::int64_t before = 0;
    MPI_Fetch_and_op(&zero, &before, MPI_INT64_T, 0, 0, MPI_REPLACE, window_);
    MPI_Win_flush(0, window_);
  }
  world_.barrier();
}

std::size_t Ranks::next() {
  const std::lock_guard lock(mutex_);
  const std::int64_t one = 1;
  std::int64_t place = 0;
  MPI_Fetch_and_op(&one, &place, MPI_INT64_T, 0, 0, MPI_SUM, window_);
  MPI_Win_flush(0, window_);
  return static_cast<std::size_t>(place);
}

void Ranks::no_more() {
  const std::lock_guard lock(mutex_);
  const auto last = static_cast<std::int64_t>(kNoMore);
  std::int64_t before = 0;
  MPI_Fetch_and_op(&last, &before, MPI_INT64_T, 0, 0, MPI_MAX, window_);
  MPI_Win_flush(0, window_);
}

bool Ranks::any(bool mine) {
  const std::lock_guard lock(mutex_);
  return boost::mpi::all_reduce(world_, mine ? 1 : 0, std::plus<int>()) > 0;
}

std::string Ranks::from_first(const std::string& mine) {
  const std::lock_guard lock(mutex_);
  std::string text = mine;
  boost::mpi::broadcast(world_, text, 0);
  return text;
}

std::vector<double> Ranks::all_of(const std::vector<double>& mine) {
  const std::lock_guard lock(mutex_);
  std::vector<std::vector<double>> parts;
  boost::mpi::all_gather(world_, mine, parts);
  std::vector<double> all;
  for (const std::vector<double>& part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}

}  // namespace reformsim
