#pragma once

#include <optional>
#include <string_view>

namespace starmap::base {

/// The time that a deadline's text names, in seconds since 1970; nothing for "none" and the empty
/// text. `now` is what "+SECONDS" counts from. The forms are those of ISO 8601 in its extended
/// form, 2026-12-24T18:30 or 2026-12-24T18:30:05, with Z or an offset such as +01:00 behind it or
/// in local time without; and a number of seconds since 1970. Throws UsageError, whose text is
/// only why it is none of these.
std::optional<double> deadline_from(std::string_view text, double now);

} // namespace starmap::base
