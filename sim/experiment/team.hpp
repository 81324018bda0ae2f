// Who works on a sweep: the threads of one process, or the ranks of an MPI job. The sweep knows no
// more of them than this; experiment/mpi/ has the second kind.
#pragma once

#include <atomic>
#include <cstddef>
#include <string>
#include <vector>

namespace reformsim {

class Team {
 public:
  virtual ~Team() = default;
  virtual int rank() const { return 0; }
  virtual int size() const { return 1; }

  // Collective calls: every rank makes them, in the same order.
  virtual void begin() { next_.store(0); }      // places are handed out from 0 again
  virtual bool any(bool mine) { return mine; }  // true on all when true on one
  virtual std::string from_first(const std::string& mine) { return mine; }
  virtual std::vector<double> all_of(const std::vector<double>& mine) { return mine; }

  // The next place in the list of work; from any thread of any rank, each place once.
  virtual std::size_t next() { return next_.fetch_add(1); }
  // From now on every rank is given places behind all others, until the next begin().
  virtual void no_more() { next_.store(kNoMore); }

 protected:
  static constexpr std::size_t kNoMore = std::size_t{1} << 62;

 private:
  std::atomic<std::size_t> next_{0};
};

}  // namespace reformsim
