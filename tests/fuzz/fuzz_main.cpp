// The entry of libFuzzer. FUZZ_TARGET names the target that this program is for.
#include <cstdint>
#include <exception>

#include "fuzz/fuzz_target.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const masterkey2::fuzz::FuzzTarget* const target =
      masterkey2::fuzz::find_fuzz_target(FUZZ_TARGET);
  if (target == nullptr) std::terminate();
  if (size <= target->max_size) target->run({data, size});
  return 0;
}
