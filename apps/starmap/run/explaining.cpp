#include "run/explaining.hpp"

#include <fmt/format.h>

#include <string.h>
#include <sys/wait.h>

#include <algorithm>

namespace starmap::farm {

namespace {

constexpr int most_lines = 10;

/// Bytes of the UTF-8 character that a text begins with; 0 if it does not begin with one.
std::size_t character_length(std::string_view text) noexcept
{
    auto const byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    auto const first = byte(0);
    auto const length = first < 0x80   ? 1U
                        : first < 0xC2 ? 0U
                        : first < 0xE0 ? 2U
                        : first < 0xF0 ? 3U
                        : first < 0xF5 ? 4U
                                       : 0U;
    if (length == 0 || length > text.size()) return 0;
    for (std::size_t i = 1; i < length; ++i)
        if ((byte(i) & 0xC0U) != 0x80U) return 0;
    // Longer than need be, halves of pairs, and beyond the last character.
    if (length > 2) {
        auto const second = byte(1);
        if ((first == 0xE0 && second < 0xA0) || (first == 0xED && second >= 0xA0) ||
            (first == 0xF0 && second < 0x90) || (first == 0xF4 && second >= 0x90))
            return 0;
    }
    return length;
}

bool is_control(char each) noexcept
{
    auto const byte = static_cast<unsigned char>(each);
    return (byte < 0x20 && each != '\n' && each != '\t') || byte == 0x7F;
}

} // namespace

std::string ending_text(int status)
{
    if (WIFEXITED(status))
        return WEXITSTATUS(status) == 0 ? "" : fmt::format("exit code {}", WEXITSTATUS(status));
    auto const signal = WTERMSIG(status);
    char const* const text = ::sigdescr_np(signal);
    return fmt::format("killed by signal {} ({}{})", signal, text != nullptr ? text : "unknown",
                       WCOREDUMP(status) ? ", core dumped" : "");
}

std::int32_t ending_code(int status) noexcept
{
    return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

std::string duration_text(double seconds) { return fmt::format("{:.6g} s", seconds); }

std::string last_words(std::string_view whole)
{
    // A carriage return begins a line anew: a progress display writes many.
    std::string lines_of(whole.substr(whole.size() - std::min(whole.size(), 2 * most_last_words)));
    for (auto at = lines_of.find("\r\n"); at != std::string::npos; at = lines_of.find("\r\n", at))
        lines_of.erase(at, 1);
    std::replace(lines_of.begin(), lines_of.end(), '\r', '\n');
    std::string_view text = lines_of;
    while (!text.empty() && text.back() == '\n') text.remove_suffix(1);
    if (text.size() > most_last_words) {
        text.remove_prefix(text.size() - most_last_words);
        // Not in the middle of a character.
        while (!text.empty() && (static_cast<unsigned char>(text.front()) & 0xC0U) == 0x80U)
            text.remove_prefix(1);
    }
    int lines = 0;
    for (auto at = text.size(); at > 0; --at)
        if (text[at - 1] == '\n' && ++lines == most_lines) {
            text.remove_prefix(at);
            break;
        }
    std::string printable;
    printable.reserve(text.size());
    while (!text.empty()) {
        auto const length = is_control(text.front()) ? 0 : character_length(text);
        printable += length == 0 ? std::string_view("?") : text.substr(0, length);
        text.remove_prefix(std::max<std::size_t>(1, length));
    }
    return printable;
}

} // namespace starmap::farm
