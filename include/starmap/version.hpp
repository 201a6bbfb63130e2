#pragma once

namespace starmap {

/// The library's version, "major.minor.patch"; CMake reads it from here.
inline constexpr char const* version = "0.1.0";

} // namespace starmap
