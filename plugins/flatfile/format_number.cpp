#include "file_format.hpp"

#ifndef MASTERKEY2_FLATFILE_FORMAT
#define MASTERKEY2_FLATFILE_FORMAT 1
#endif

namespace masterkey2::flatfile {

const std::uint32_t kFormatNumber = MASTERKEY2_FLATFILE_FORMAT;

}  // namespace masterkey2::flatfile
