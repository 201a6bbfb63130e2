#include <starmap/humansize.hpp>

#include <array>
#include <charconv>
#include <cmath>
#include <string_view>

namespace starmap::detail {

std::string humansize_text(double bytes)
{
    static constexpr std::array<std::string_view, 6> units{"B", "KB", "MB", "GB", "TB", "PB"};
    double size = std::abs(bytes);
    std::size_t unit = 0;
    while (size >= 1024 && unit + 1 < units.size()) {
        size /= 1024;
        ++unit;
    }
    // The largest double has 309 digits before the point. printf would obey the locale.
    std::array<char, 320> digits;
    auto const [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), size,
                                            std::chars_format::fixed, 2);
    std::string text(digits.data(), end);
    if (text.find('.') != std::string::npos) {
        text.erase(text.find_last_not_of('0') + 1);
        if (text.back() == '.') text.pop_back();
    }
    if (bytes < 0 && text != "0") text.insert(0, "-");
    return text.append(" ").append(units[unit]);
}

} // namespace starmap::detail
