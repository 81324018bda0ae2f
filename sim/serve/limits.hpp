// What the server takes from strangers. The page stays far below; what goes beyond is a fault or an
// attack. sim/serve/protocol.md lists them.
#pragma once

#include <chrono>
#include <cstddef>

namespace reformsim::serve {

inline constexpr int kProtocol = 1;

inline constexpr std::size_t kMessageBytes = 64 * 1024;  // of one message
inline constexpr int kMessageDepth = 10;                 // of nested lists and objects in it
inline constexpr std::size_t kMeasures = 32;             // in one ask
inline constexpr std::size_t kLeversNamed = 200;         // in one policy
inline constexpr std::size_t kEntries = 16;              // of one lever
inline constexpr std::size_t kDistricts = 200;           // in one scope
inline constexpr std::size_t kText = 200;                // characters of a name or title
inline constexpr std::size_t kDescription = 2000;        // of a description

inline constexpr double kMessagesPerSecond = 30;  // those beyond are read later
inline constexpr double kMessagesSaved = 120;     // that a client may send at once
// A room of forty: a browser loads a page over up to six connections and keeps them for a while,
// and a page has one WebSocket, or two during an exercise.
inline constexpr std::size_t kSessions = 128;     // WebSockets that are open at a time
inline constexpr std::size_t kConnections = 512;  // with those that load files
inline constexpr std::size_t kRefused = 32;       // beyond them, that are told so at a time
inline constexpr std::size_t kWaitingBytes = 16 * 1024 * 1024;  // that a client has not read
inline constexpr std::size_t kHeaderBytes = 8 * 1024;           // of an HTTP request
inline constexpr std::chrono::seconds kRequestTime{10};  // for a whole HTTP request; to hello
inline constexpr std::chrono::seconds kIdleTime{60};     // without an answer to pings

}  // namespace reformsim::serve
