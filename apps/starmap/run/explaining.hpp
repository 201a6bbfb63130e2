#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace starmap::farm {

/// How a process ended, as wait() tells it, in words: "exit code 3", "killed by signal 11
/// (Segmentation fault, core dumped)"; empty for exit code 0.
std::string ending_text(int status);

/// Its exit code, or minus the signal.
std::int32_t ending_code(int status) noexcept;

/// A duration for people: "600 s", "0.5 s".
std::string duration_text(double seconds);

/// The end of a text, at most so many bytes and lines, made such that any terminal and any reader
/// can take it: what is not UTF-8, and control characters other than line feeds and tabs, become
/// question marks.
std::string last_words(std::string_view text);

/// The most that last_words() takes.
inline constexpr std::size_t most_last_words = 2048;

} // namespace starmap::farm
