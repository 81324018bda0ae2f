#include "serve/session.hpp"

#include <algorithm>
#include <iterator>
#include <variant>

#include <boost/asio/post.hpp>

#include "serve/answers.hpp"
#include "serve/limits.hpp"

namespace reformsim::serve {

namespace beast = boost::beast;
namespace websocket = beast::websocket;
using std::chrono::steady_clock;

Session::Session(boost::asio::io_context& io, Stream&& stream, const Offer& offer, Live& live,
                 Live::Client client, std::function<void()> gone)
    : io_(io),
      socket_(std::move(stream)),
      pause_(io),
      offer_(offer),
      live_(live),
      client_(client),
      gone_(std::move(gone)),
      saved_(kMessagesSaved),
      refilled_(steady_clock::now()) {}

void Session::start(const Request& upgrade) {
  beast::get_lowest_layer(socket_).expires_never();  // the WebSocket has time-outs of its own
  websocket::stream_base::timeout timeout{};
  timeout.handshake_timeout = kRequestTime;
  timeout.idle_timeout = kIdleTime;
  timeout.keep_alive_pings = true;
  socket_.set_option(timeout);
  socket_.read_message_max(kMessageBytes);
  socket_.text(true);
  socket_.auto_fragment(false);  // a message is one frame
  socket_.async_accept(upgrade, [self = shared_from_this()](Error error) {
    if (error) return self->ended();
    // Who is silent would keep somebody else's place.
    self->pause_.expires_after(kRequestTime);
    self->pause_.async_wait([self](Error stopped) {
      if (!stopped && !self->greeted_) self->cut();
    });
    self->read();
  });
}

void Session::read() {
  socket_.async_read(buffer_, [self = shared_from_this()](Error error, std::size_t) {
    if (error) return self->ended();  // a bad frame has been answered by a close code
    const double wait = self->until_next_message();
    if (wait <= 0) return self->handle();
    if (!self->warned_) {
      self->warned_ = true;
      self->say(Kind::other, limit_message("more messages than the server takes; they are read "
                                           "more slowly from here on"));
    }
    self->pause_.expires_after(
        std::chrono::duration_cast<steady_clock::duration>(std::chrono::duration<double>(wait)));
    self->pause_.async_wait([self](Error stopped) {
      if (stopped) return;
      self->until_next_message();
      self->handle();
    });
  });
}

double Session::until_next_message() {
  const auto now = steady_clock::now();
  const std::chrono::duration<double> since = now - refilled_;
  refilled_ = now;
  saved_ = std::min(kMessagesSaved, saved_ + since.count() * kMessagesPerSecond);
  if (saved_ >= kMessagesSaved / 2) warned_ = false;
  return (1 - saved_) / kMessagesPerSecond;
}

void Session::handle() {
  if (ended_ || closing_) return;
  saved_ -= 1;
  if (socket_.got_binary()) return close(websocket::close_code::unknown_data, "messages are texts");
  const std::string text = beast::buffers_to_string(buffer_.data());
  buffer_.consume(buffer_.size());
  std::optional<std::uint64_t> id;
  try {
    const Message message = read_message(text);
    if (!greeted_ && !std::holds_alternative<Hello>(message))
      return close(websocket::close_code::policy_error, "hello comes first");
    std::visit(
        [&](const auto& one) {
          if constexpr (requires { one.id; }) id = one.id;
          on(one);
        },
        message);
  } catch (const BadMessage& error) {
    if (!greeted_) return close(websocket::close_code::policy_error, "hello comes first");
    say(Kind::other, problem_message(error.id, error.problems()));
  } catch (const InputError& error) {
    say(Kind::other, problem_message(id, error.problems()));
  } catch (const std::exception& error) {
    say(Kind::other, problem_message(id, {{{}, error.what()}}));
  }
  if (!ended_ && !closing_) read();
}

void Session::on(const Hello&) {
  greeted_ = true;
  pause_.cancel();
  std::vector<double> ready;
  for (std::size_t b = 0; b < offer_.beliefs.size(); ++b) ready.push_back(live_.ready(b));
  say(Kind::other, welcome_message(offer_, ready));
}

void Session::on(const Ask& ask) {
  const std::size_t belief = offer_.belief(ask.belief);
  check_measures(ask.measures);
  Scenario reform = scenario_of(offer_, belief, ask.policy);
  const std::uint64_t number = ++asks_;
  latest_ = {};
  live_.ask(client_, belief, std::move(reform),
            [number, id = ask.id, measures = ask.measures, weak = weak_from_this(),
             &io = io_](const Answer& answer) {
              auto self = weak.lock();
              if (!self) return;
              // On a worker, where nobody would catch what is thrown.
              std::string text;
              try {
                text = answer.failure.empty() ? fan_message(id, answer, measures)
                                              : problem_message(id, {{{}, answer.failure}});
              } catch (const std::exception& error) {
                text = problem_message(id, {{{}, error.what()}});
              }
              // The session may be let go on the server's thread only.
              boost::asio::post(
                  io, [self = std::move(self), number, answer, text = std::move(text)]() mutable {
                    self->deliver(number, answer, std::move(text));
                  });
            });
}

void Session::deliver(std::uint64_t ask, const Answer& answer, std::string text) {
  if (ask != asks_ || answer.reform.size() < latest_.reform.size()) return;
  if (answer.failure.empty() && !answer.reform.empty() &&
      answer.reform.size() == latest_.reform.size())
    return;  // told already
  if (answer.failure.empty()) latest_ = answer;
  say(answer.failure.empty() ? Kind::fan : Kind::other, std::move(text));
}

void Session::on(const MapRequest& request) {
  Answer answer = latest_;
  if (answer.year.empty()) {
    const auto years = offer_.beliefs[0].baseline->integer("horizon.years");
    for (std::int64_t y = 0; y <= years; ++y) answer.year.push_back(static_cast<double>(y));
  }
  say(Kind::other, map_message(request, answer));
}

void Session::on(const Save& save) {
  const std::size_t belief = offer_.belief(save.belief);
  const Scenario reform = scenario_of(offer_, belief, save.policy, save.title, save.description);
  say(Kind::other, scenario_message(save.id, reform, *offer_.beliefs[belief].baseline));
}

void Session::say(Kind kind, std::string text) {
  if (ended_ || closing_) return;
  // A fan that nobody has read yet is replaced by the better one.
  if (kind == Kind::fan && !queue_.empty())
    for (auto q = std::next(queue_.begin()); q != queue_.end(); ++q)
      if (q->kind == Kind::fan) {
        waiting_ -= q->text.size();
        queue_.erase(q);
        break;
      }
  waiting_ += text.size();
  if (waiting_ > kWaitingBytes) return cut();
  queue_.push_back({kind, std::move(text)});
  if (queue_.size() == 1) write();
}

void Session::write() {
  socket_.async_write(boost::asio::buffer(queue_.front().text),
                      [self = shared_from_this()](Error error, std::size_t) {
                        if (error) return self->ended();
                        self->waiting_ -= self->queue_.front().text.size();
                        self->queue_.pop_front();
                        if (!self->queue_.empty() && !self->closing_) self->write();
                      });
}

void Session::close(websocket::close_code code, const char* reason) {
  if (ended_ || closing_) return;
  closing_ = true;
  pause_.cancel();
  live_.leave(client_);
  socket_.async_close({code, reason}, [self = shared_from_this()](Error) { self->ended(); });
}

void Session::cut() {
  beast::get_lowest_layer(socket_).close();
  ended();
}

void Session::ended() {
  if (ended_) return;
  ended_ = true;
  pause_.cancel();
  live_.leave(client_);
  gone_();
}

}  // namespace reformsim::serve
