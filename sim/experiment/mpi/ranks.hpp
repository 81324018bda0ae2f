// The ranks of an MPI job as a team. Work is handed out by one counter, which lives in the memory
// of the first rank and is raised by remote access: no rank has to answer the others, and whoever
// is free takes the next unit. The only room that names MPI.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <thread>

#include <mpi.h>
#include <boost/mpi/communicator.hpp>

#include "experiment/team.hpp"

namespace reformsim {

class Ranks : public Team {
 public:
  explicit Ranks(const boost::mpi::communicator& world);
  ~Ranks() override;
  Ranks(const Ranks&) = delete;
  Ranks& operator=(const Ranks&) = delete;

  int rank() const override { return world_.rank(); }
  int size() const override { return world_.size(); }
  void begin() override;
  bool any(bool mine) override;
  std::string from_first(const std::string& mine) override;
  std::vector<double> all_of(const std::vector<double>& mine) override;
  std::size_t next() override;
  void no_more() override;

 private:
  boost::mpi::communicator world_;
  MPI_Win window_ = MPI_WIN_NULL;
  std::int64_t* counter_ = nullptr;  // of the first rank
  std::mutex mutex_;                 // MPI is called by one thread at a time
  std::atomic<bool> ending_ = false;
  std::thread answering_;  // on the first rank
};

}  // namespace reformsim
