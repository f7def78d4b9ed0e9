// The record layer of FastCGI 1.0 (§3.3): header 8 B (version, type, id, length, padding), content.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "masterkey2/bytes.hpp"

namespace masterkey2 {

/// How much of a request is looked at before a worker takes it: a unix socket fed in small pieces
/// holds less than its buffer size, so a larger look could wait for bytes that cannot arrive.
inline constexpr std::size_t kMaxPeek = std::size_t{32} * 1024;

enum class PeekState : std::uint8_t {
  kIncomplete,
  kReady,           ///< all of it, or its parameters and as much body as is looked at
  kParamsTooLarge,  ///< the parameters do not end within kMaxPeek
  kMalformed,
};

struct PeekedRequest {
  PeekState state = PeekState::kIncomplete;
  std::uint16_t request_id = 0;
  Bytes params;  ///< kReady: content of the FCGI_PARAMS stream
  /// kReady: of the request on the connection; 0 if a part of its body is not seen yet.
  std::size_t size = 0;
  bool keep = false;      ///< the peer wants the connection for its next request (FCGI_KEEP_CONN)
  bool trailing = false;  ///< kReady: bytes of something else follow the request
  std::string_view mistake;
};

/// Walks the record headers of one request from its beginning: FCGI_BEGIN_REQUEST (a responder),
/// FCGI_PARAMS up to an empty one, FCGI_STDIN up to an empty one, all of one request id. Anything
/// else is malformed, management and abort records included. `peeked`: at most kMaxPeek bytes.
[[nodiscard]] PeekedRequest inspect_request(ByteView peeked);

/// FCGI_STDOUT with `text` (at most 65,535 bytes) and FCGI_END_REQUEST.
[[nodiscard]] std::string encode_fastcgi_answer(std::uint16_t request_id, std::string_view text);

}  // namespace masterkey2
