#include "service/api_error.hpp"

#include <array>

namespace masterkey2 {
namespace {

struct Row {
  std::string_view word;
  int status;
  std::string_view detail;
};

constexpr std::array kRows = {
#define X(enumerator, word, status, detail) Row{word, status, detail},
#include "service/error_codes.def"
#undef X
};

const Row& row(ErrorCode code) { return kRows.at(static_cast<std::size_t>(code)); }

}  // namespace

std::string_view error_word(ErrorCode code) { return row(code).word; }
int error_status(ErrorCode code) { return row(code).status; }
std::string_view error_detail(ErrorCode code) { return row(code).detail; }

}  // namespace masterkey2
