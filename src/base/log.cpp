#include "base/log.hpp"

#include <starmap/error.hpp>

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string_view>

namespace starmap::base {

namespace {

constexpr std::array<std::string_view, 5> level_names{"debug", "info", "warning", "error", "off"};

spdlog::level::level_enum spdlog_level(Level level) noexcept
{
    switch (level) {
    case Level::debug: return spdlog::level::debug;
    case Level::info: return spdlog::level::info;
    case Level::warning: return spdlog::level::warn;
    case Level::error: return spdlog::level::err;
    case Level::off: break;
    }
    return spdlog::level::off;
}

/// spdlog has the level's name in lower case only.
class UpperLevel : public spdlog::custom_flag_formatter {
public:
    void format(spdlog::details::log_msg const& line, std::tm const&,
                spdlog::memory_buf_t& out) override
    {
        std::string_view const name = line.level == spdlog::level::debug  ? "DEBUG"
                                      : line.level == spdlog::level::info ? "INFO"
                                      : line.level == spdlog::level::warn ? "WARNING"
                                                                          : "ERROR";
        out.append(name.data(), name.data() + name.size());
    }
    std::unique_ptr<custom_flag_formatter> clone() const override
    {
        return std::make_unique<UpperLevel>();
    }
};

spdlog::logger make_logger()
{
    // Unregistered, so that a user's spdlog::set_level, set_pattern or shutdown do not reach it.
    spdlog::logger made("starmap", std::make_shared<spdlog::sinks::stderr_color_sink_mt>());
    auto formatter = std::make_unique<spdlog::pattern_formatter>();
    formatter->add_flag<UpperLevel>('*').set_pattern("[%H:%M:%S %^%*%$] %v");
    made.set_formatter(std::move(formatter));
    made.set_level(spdlog::level::err);
    return made;
}

spdlog::logger& logger()
{
    // Never destroyed: a destructor of a static object may still log.
    static auto* const only = new spdlog::logger(make_logger());
    return *only;
}

std::function<void()>& before_line()
{
    static auto* const hook = new std::function<void()>;
    return *hook;
}

} // namespace

void init_log(std::string const& level)
{
    auto const found = std::find(level_names.begin(), level_names.end(), level);
    if (found == level_names.end())
        throw UsageError(fmt::format("no log level is called \"{}\"; valid: {}", level,
                                     fmt::join(level_names, ", ")));
    logger().set_level(spdlog_level(static_cast<Level>(found - level_names.begin())));
}

bool is_logged(Level level) noexcept
{
    return level != Level::off && logger().should_log(spdlog_level(level));
}

void log_line(Level level, std::string const& text)
{
    if (!is_logged(level)) return;
    if (before_line()) before_line()();
    logger().log(spdlog_level(level), spdlog::string_view_t(text));
}

void set_before_line(std::function<void()> hook) { before_line() = std::move(hook); }

} // namespace starmap::base
