#include "serve/server.hpp"

#include <map>
#include <optional>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/websocket.hpp>

#include <fmt/format.h>

#include "base/error.hpp"
#include "record/results_file.hpp"
#include "report/assets.hpp"
#include "serve/access.hpp"
#include "serve/limits.hpp"
#include "serve/session.hpp"

namespace reformsim::serve {

namespace {

namespace net = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using tcp = net::ip::tcp;
using Error = beast::error_code;
using Request = http::request<http::string_body>;
using Response = http::response<http::string_body>;
using std::chrono::milliseconds;
using std::chrono::seconds;

std::string_view view(beast::string_view text) { return {text.data(), text.size()}; }

std::string_view content_type(std::string_view name) {
  if (name.ends_with(".html")) return "text/html; charset=utf-8";
  if (name.ends_with(".js")) return "text/javascript; charset=utf-8";
  if (name.ends_with(".css")) return "text/css; charset=utf-8";
  if (name.ends_with(".svg")) return "image/svg+xml";
  return "text/plain; charset=utf-8";
}

// Nothing from elsewhere, nothing to elsewhere, and in nobody's frame.
std::string content_policy(std::string_view host) {
  return fmt::format(
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
      "connect-src 'self' ws://{}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      host);
}

Response respond(const Request& request, http::status status, std::string body,
                 std::string_view type = "text/plain; charset=utf-8") {
  Response response{status, request.version()};
  const auto set = [&](auto name, std::string_view value) {
    response.set(name, beast::string_view(value.data(), value.size()));
  };
  set(http::field::server, "reformsim");
  set(http::field::content_type, type);
  set(http::field::cache_control, "no-store");
  set("X-Content-Type-Options", "nosniff");
  set("Referrer-Policy", "no-referrer");
  set("Cross-Origin-Opener-Policy", "same-origin");
  set("Cross-Origin-Resource-Policy", "same-origin");
  set("Content-Security-Policy", type.starts_with("text/html")
                                     ? content_policy(view(request[http::field::host]))
                                     : "default-src 'none'; frame-ancestors 'none'");
  response.keep_alive(request.keep_alive());
  const std::size_t size = body.size();
  if (request.method() != http::verb::head) response.body() = std::move(body);
  response.content_length(size);
  return response;
}

// The page's own files and what it shares with the report; the report's page itself is a template.
std::optional<std::string_view> page_file(std::string_view name) {
  if (name.ends_with(".html") && name != "live.html") return std::nullopt;
  return assets::find(name);
}

// What a plain request is answered by.
Response answer_to(const Request& request) {
  if (request.method() != http::verb::get && request.method() != http::verb::head) {
    Response response =
        respond(request, http::status::method_not_allowed, "Only GET and HEAD are answered.\n");
    response.set(http::field::allow, "GET, HEAD");
    return response;
  }
  std::string_view path = view(request.target());
  path = path.substr(0, path.find('?'));
  const std::string name(path == "/" ? "live.html" : path.substr(path.starts_with('/') ? 1 : 0));
  const std::optional<std::string_view> text = page_file(name);
  if (!text) return respond(request, http::status::not_found, "There is no such file.\n");
  return respond(request, http::status::ok, std::string(*text), content_type(name));
}

}  // namespace

class Server::Listener {
 public:
  Listener(const std::string& address, std::uint16_t port)
      : address_(address), acceptor_(io_), watch_(io_), retry_(io_) {
    const tcp::endpoint endpoint(net::ip::make_address(address), port);
    try {
      acceptor_.open(endpoint.protocol());
      acceptor_.set_option(net::socket_base::reuse_address(true));
      acceptor_.bind(endpoint);
      acceptor_.listen(net::socket_base::max_listen_connections);
    } catch (const boost::system::system_error& error) {
      if (error.code() == net::error::address_in_use)
        throw RunError(fmt::format(
            "port {} of {} is in use, perhaps by another reformsim; --port takes another, and "
            "--port 0 any that is free",
            port, address));
      if (error.code() == net::error::access_denied)
        throw RunError(
            fmt::format("port {} may not be used without special rights; expected one "
                        "above 1023 (--port)",
                        port));
      throw RunError(
          fmt::format("cannot listen on {} port {}: {}", address, port, error.code().message()));
    }
  }

  std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
  const std::string& address() const { return address_; }

  void run(const Offer& offer, Live& live, const std::atomic<bool>& stop) {
    offer_ = &offer;
    live_ = &live;
    accept();
    look_for(stop);
    io_.run();
    // What is left, a client that does not close, is dropped; it must not speak to `live` later.
    for (auto& [client, session] : std::map(sessions_))
      if (const auto one = session.lock()) one->cut();
  }

 private:
  // One HTTP connection, until it closes or becomes a WebSocket.
  class Connection : public std::enable_shared_from_this<Connection> {
   public:
    Connection(Listener& listener, tcp::socket&& socket)
        : listener_(listener),
          place_(listener.place()),
          stream_(std::move(socket)),
          buffer_(2 * kHeaderBytes) {}

    void read() {
      parser_.emplace();
      parser_->header_limit(kHeaderBytes);
      parser_->body_limit(0);
      stream_.expires_after(kRequestTime);
      http::async_read(
          stream_, buffer_, *parser_,
          [self = shared_from_this()](Error error, std::size_t) { self->have_read(error); });
    }
    void refuse() {
      Request none;
      none.version(11);
      none.keep_alive(false);
      stream_.expires_after(kRequestTime);
      write(respond(none, http::status::service_unavailable,
                    "Too many connections; close a page that is open.\n"));
    }

   private:
    void have_read(Error error) {
      if (error == http::error::end_of_stream || error == beast::error::timeout ||
          error == net::error::operation_aborted || error == net::error::connection_reset)
        return shut();
      if (error) {
        Request none;
        none.version(11);
        none.keep_alive(false);
        const bool large = error == http::error::header_limit || error == http::error::body_limit ||
                           error == http::error::buffer_overflow;
        return write(respond(
            none, large ? http::status::request_header_fields_too_large : http::status::bad_request,
            large ? "The request is too large.\n" : "This is not an HTTP request.\n"));
      }
      const Request request = parser_->release();
      const std::string_view host = view(request[http::field::host]);
      if (!good_host(host, listener_.address_))
        return write(
            respond(request, http::status::forbidden, "This server does not go by that name.\n"));
      if (beast::websocket::is_upgrade(request)) return upgrade(request, host);
      write(answer_to(request));
    }

    void upgrade(const Request& request, std::string_view host) {
      if (request.target() != "/live")
        return write(respond(request, http::status::not_found, "The WebSocket is at /live.\n"));
      if (!good_origin(view(request[http::field::origin]), host))
        return write(respond(request, http::status::forbidden,
                             "Pages of other sites may not speak to this server.\n"));
      Listener& listener = listener_;
      if (listener.sessions_.size() >= kSessions)
        return write(respond(request, http::status::service_unavailable,
                             "Too many pages are open; close one.\n"));
      const Live::Client client = ++listener.clients_;
      const auto session = std::make_shared<Session>(
          listener.io_, std::move(stream_), *listener.offer_, *listener.live_, client,
          [&listener, client, place = std::move(place_)]() mutable {
            place.reset();
            listener.gone(client);
          });
      listener.sessions_[client] = session;
      session->start(request);
    }

    void write(Response response) {
      response_.emplace(std::move(response));
      stream_.expires_after(kRequestTime);
      http::async_write(stream_, *response_, [self = shared_from_this()](Error error, std::size_t) {
        if (error || !self->response_->keep_alive() || self->listener_.closing_)
          return self->shut();
        self->read();
      });
    }
    void shut() {
      Error none;
      stream_.socket().shutdown(tcp::socket::shutdown_send, none);
    }

    Listener& listener_;
    std::shared_ptr<void> place_;
    beast::tcp_stream stream_;
    beast::flat_buffer buffer_;
    std::optional<http::request_parser<http::string_body>> parser_;
    std::optional<Response> response_;
  };

  // A connection's place among those that may be open.
  std::shared_ptr<void> place() {
    ++*connections_;
    return {nullptr, [open = connections_](void*) { --*open; }};
  }
  void gone(Live::Client client) {
    sessions_.erase(client);
    if (closing_ && sessions_.empty()) io_.stop();
  }

  void accept() {
    acceptor_.async_accept([this](Error error, tcp::socket socket) {
      if (closing_) return;
      if (error) {  // no more file descriptors, say: later there may be
        retry_.expires_after(milliseconds(100));
        retry_.async_wait([this](Error stopped) {
          if (!stopped) accept();
        });
        return;
      }
      // Beyond the limit a few are told so; the rest is closed without a word.
      const bool full = *connections_ >= kConnections;
      if (*connections_ < kConnections + kRefused) {
        const auto connection = std::make_shared<Connection>(*this, std::move(socket));
        if (full)
          connection->refuse();
        else
          connection->read();
      }
      accept();
    });
  }

  // A signal handler can only set a flag.
  void look_for(const std::atomic<bool>& stop) {
    if (stop) return close();
    watch_.expires_after(milliseconds(50));
    watch_.async_wait([this, &stop](Error) { look_for(stop); });
  }

  void close() {
    closing_ = true;
    Error none;
    acceptor_.close(none);
    retry_.cancel();
    for (auto& [client, session] : std::map(sessions_))
      if (const auto one = session.lock())
        one->close(beast::websocket::close_code::going_away, "the server ends");
    watch_.expires_after(sessions_.empty() ? milliseconds(0) : milliseconds(500));
    watch_.async_wait([this](Error) { io_.stop(); });
  }

  net::io_context io_{1};
  const std::string address_;
  tcp::acceptor acceptor_;
  net::steady_timer watch_, retry_;
  const Offer* offer_ = nullptr;
  Live* live_ = nullptr;
  bool closing_ = false;
  std::shared_ptr<std::size_t> connections_ = std::make_shared<std::size_t>(0);
  Live::Client clients_ = 0;
  std::map<Live::Client, std::weak_ptr<Session>> sessions_;
};

Server::Server(const std::string& address, std::uint16_t port)
    : listener_(std::make_unique<Listener>(address, port)) {}

Server::~Server() = default;

std::uint16_t Server::port() const { return listener_->port(); }

std::string Server::url() const {
  const auto address = boost::asio::ip::make_address(listener_->address());
  std::string host = listener_->address();
  if (address.is_unspecified())
    host = "127.0.0.1";
  else if (address.is_v6())
    host = "[" + host + "]";
  return fmt::format("http://{}:{}/", host, port());
}

void Server::run(const Offer& offer, Live& live, const std::atomic<bool>& stop) {
  listener_->run(offer, live, stop);
}

}  // namespace reformsim::serve
