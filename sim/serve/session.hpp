// One WebSocket: a client's messages and what it is told.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/websocket.hpp>

#include "serve/live.hpp"
#include "serve/messages.hpp"
#include "serve/offer.hpp"

namespace reformsim::serve {

class Session : public std::enable_shared_from_this<Session> {
 public:
  using Stream = boost::beast::tcp_stream;
  using Request = boost::beast::http::request<boost::beast::http::string_body>;
  using Error = boost::beast::error_code;

  // `gone` is called once, when the connection has ended.
  Session(boost::asio::io_context& io, Stream&& stream, const Offer& offer, Live& live,
          Live::Client client, std::function<void()> gone);

  void start(const Request& upgrade);
  void close(boost::beast::websocket::close_code code, const char* reason);
  void cut();  // without asking the client

 private:
  enum class Kind { fan, other };
  struct Outgoing {
    Kind kind;
    std::string text;
  };

  void read();
  void handle();
  void say(Kind kind, std::string text);
  void write();
  void ended();
  double until_next_message();  // seconds

  void on(const Hello&);
  void on(const Ask& ask);
  void on(const MapRequest& request);
  void on(const Save& save);
  void deliver(std::uint64_t ask, const Answer& answer, std::string text);

  boost::asio::io_context& io_;
  boost::beast::websocket::stream<Stream> socket_;
  boost::beast::flat_buffer buffer_;
  boost::asio::steady_timer pause_;
  const Offer& offer_;
  Live& live_;
  const Live::Client client_;
  std::function<void()> gone_;

  // The first is being written: it must stay where it is while others come and go.
  std::list<Outgoing> queue_;
  std::size_t waiting_ = 0;  // bytes in it
  bool greeted_ = false, closing_ = false, ended_ = false, warned_ = false;
  double saved_;  // messages that may be read at once
  std::chrono::steady_clock::time_point refilled_;

  std::uint64_t asks_ = 0;  // numbers the asks, whatever ids the client gives them
  Answer latest_;           // to the newest ask
};

}  // namespace reformsim::serve
