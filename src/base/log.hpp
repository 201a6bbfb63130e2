#pragma once

#include <fmt/format.h>

#include <functional>
#include <string>
#include <utility>

/// The log of rank 0, on stderr: `[12:34:56 INFO] text`. It is Starmap's own logger; the one that
/// a user's program may have is left alone.
namespace starmap::base {

/// How severe a line is; `off` is only a threshold.
enum class Level { debug, info, warning, error, off };

/// Sets the least severe level that is logged: debug, info, warning, error or off. Before it is
/// called only errors are. Throws UsageError for another text.
void init_log(std::string const& level);

/// Whether a line of this level would be written.
bool is_logged(Level level) noexcept;

/// Writes one line of this level, where it is logged.
void log_line(Level level, std::string const& text);

/// `hook` is called before each line that is written: what draws on the terminal can clear its
/// drawing away. An empty one removes it. It must not log.
void set_before_line(std::function<void()> hook);

/// The same with fmt's format strings; nothing is formatted where it is not logged.
template <class... Args>
void log_debug(fmt::format_string<Args...> format, Args&&... args)
{
    if (is_logged(Level::debug))
        log_line(Level::debug, fmt::format(format, std::forward<Args>(args)...));
}

template <class... Args>
void log_info(fmt::format_string<Args...> format, Args&&... args)
{
    if (is_logged(Level::info))
        log_line(Level::info, fmt::format(format, std::forward<Args>(args)...));
}

template <class... Args>
void log_warning(fmt::format_string<Args...> format, Args&&... args)
{
    if (is_logged(Level::warning))
        log_line(Level::warning, fmt::format(format, std::forward<Args>(args)...));
}

template <class... Args>
void log_error(fmt::format_string<Args...> format, Args&&... args)
{
    if (is_logged(Level::error))
        log_line(Level::error, fmt::format(format, std::forward<Args>(args)...));
}

} // namespace starmap::base
