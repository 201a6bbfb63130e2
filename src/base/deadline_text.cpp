#include "base/deadline_text.hpp"

#include <starmap/error.hpp>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <ctime>
#include <string>
#include <system_error>

namespace starmap::base {

namespace {

constexpr char const* no_time = "it is no time";

/// Takes digits and what stands between them off the front of a text.
class Scanner {
public:
    explicit Scanner(std::string_view text) : text_(text) {}

    bool at_end() const noexcept { return text_.empty(); }
    bool take(char wanted)
    {
        if (text_.empty() || text_.front() != wanted) return false;
        text_.remove_prefix(1);
        return true;
    }
    void expect(char wanted)
    {
        if (!take(wanted)) throw UsageError(no_time);
    }
    int number(std::size_t digits, int least, int most)
    {
        int value = 0;
        auto const* const end = text_.data() + std::min(digits, text_.size());
        auto const [stop, error] = std::from_chars(text_.data(), end, value);
        if (error != std::errc{} || stop != text_.data() + digits) throw UsageError(no_time);
        if (value < least || value > most)
            throw UsageError(std::string(text_.substr(0, digits)) + " is out of range in it");
        text_.remove_prefix(digits);
        return value;
    }

private:
    std::string_view text_;
};

double seconds(std::string_view text)
{
    double value = 0;
    auto const [end, error] =
        std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
    if (error != std::errc{} || end != text.data() + text.size()) throw UsageError(no_time);
    if (!(value >= 0 && value < 1e12)) throw UsageError("it is out of range");
    return value;
}

double local_time(std::tm parts)
{
    parts.tm_isdst = -1;
    auto const time = std::mktime(&parts);
    if (time == -1) throw UsageError("there is no such local time");
    return static_cast<double>(time);
}

double iso_time(std::string_view text)
{
    Scanner in(text);
    std::tm parts{};
    auto const year = in.number(4, 1970, 9999);
    in.expect('-');
    auto const month = in.number(2, 1, 12);
    in.expect('-');
    auto const day = in.number(2, 1, 31);
    in.expect('T');
    parts.tm_hour = in.number(2, 0, 23);
    in.expect(':');
    parts.tm_min = in.number(2, 0, 59);
    if (in.take(':')) parts.tm_sec = in.number(2, 0, 60);
    auto const date = std::chrono::year(year) / month / day;
    if (!date.ok()) throw UsageError("there is no such day");
    if (in.at_end()) {
        parts.tm_year = year - 1900;
        parts.tm_mon = month - 1;
        parts.tm_mday = day;
        return local_time(parts);
    }
    int offset = 0;
    if (!in.take('Z')) {
        auto const west = in.take('-');
        if (!west) in.expect('+');
        offset = 60 * in.number(2, 0, 23);
        if (in.take(':') || !in.at_end()) offset += in.number(2, 0, 59);
        if (west) offset = -offset;
    }
    if (!in.at_end()) throw UsageError(no_time);
    auto const days = std::chrono::sys_days(date).time_since_epoch().count();
    return 86400.0 * static_cast<double>(days) + 3600.0 * parts.tm_hour +
           60.0 * (parts.tm_min - offset) + parts.tm_sec;
}

} // namespace

std::optional<double> deadline_from(std::string_view text, double now)
{
    if (text.empty() || text == "none") return std::nullopt;
    if (text.front() == '+') return now + seconds(text.substr(1));
    return text.find('-') == std::string_view::npos ? seconds(text) : iso_time(text);
}

} // namespace starmap::base
