// masterkey2ctl ceremony verify: recorded ceremonies, judged without a server.
#pragma once

#include <iosfwd>

namespace masterkey2::ctl {

/// Reads one JSON object a line and writes one a line. Blank lines are skipped. 0 if every line
/// could be judged, EX_DATAERR if one could not (its answer has `error` instead of `verdict`),
/// EX_IOERR if reading or writing fails.
[[nodiscard]] int verify_ceremonies(std::istream& in, std::ostream& out);

}  // namespace masterkey2::ctl
