// The number of the plugin ABI and the fingerprint of the compiler settings that it depends on.
#pragma once

#include <cstdint>

#define MASTERKEY2_STRINGIFY_(x) #x
#define MASTERKEY2_STRINGIFY(x) MASTERKEY2_STRINGIFY_(x)

#if defined(_LIBCPP_VERSION)
#define MASTERKEY2_STDLIB "libc++"
#elif defined(_GLIBCXX_USE_CXX11_ABI)
#define MASTERKEY2_STDLIB "libstdc++ cxx11=" MASTERKEY2_STRINGIFY(_GLIBCXX_USE_CXX11_ABI)
#else
#define MASTERKEY2_STDLIB "unknown"
#endif

#if defined(_GLIBCXX_DEBUG)
#define MASTERKEY2_STDLIB_DEBUG " debug=1"
#else
#define MASTERKEY2_STDLIB_DEBUG " debug=0"
#endif

namespace masterkey2 {

/// Moves when an installed header changes a layout or a virtual function, not with each release.
inline constexpr std::uint32_t kStorageAbiVersion = 3;

/// What two sides must share for C++ types to cross: standard library, its ABI switches, pointer
/// width. Not the compiler's own ABI number, which differs between g++ and clang without effect.
#if defined(__SIZEOF_POINTER__)
inline constexpr const char kStorageBuildAbi[] =
    MASTERKEY2_STDLIB MASTERKEY2_STDLIB_DEBUG " pointer=" MASTERKEY2_STRINGIFY(__SIZEOF_POINTER__);
#else
inline constexpr const char kStorageBuildAbi[] = MASTERKEY2_STDLIB MASTERKEY2_STDLIB_DEBUG;
#endif

}  // namespace masterkey2
