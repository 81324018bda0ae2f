// The workshop server: the page over HTTP, everything else over a WebSocket (protocol.md). One
// thread serves all connections; what takes long happens on the threads of Live.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "serve/live.hpp"
#include "serve/offer.hpp"

namespace reformsim::serve {

class Server {
 public:
  // Listens on an address such as 127.0.0.1; port 0 is any that is free. Throws RunError when the
  // port is taken or the address is not one of this machine's.
  Server(const std::string& address, std::uint16_t port);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  std::uint16_t port() const;
  std::string url() const;

  // Serves until `stop` is set. `live` must end before the server does.
  void run(const Offer& offer, Live& live, const std::atomic<bool>& stop);

 private:
  class Listener;
  std::unique_ptr<Listener> listener_;
};

}  // namespace reformsim::serve
