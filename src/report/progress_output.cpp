#include "report/progress_output.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <utility>

namespace starmap::report {

namespace {

/// Zeros where it is not known.
winsize size_of_terminal()
{
    winsize size{};
    return ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 ? size : winsize{};
}

} // namespace

void StderrOutput::log(base::Level level, std::string const& text) { base::log_line(level, text); }

bool StderrOutput::is_logged(base::Level level) const { return base::is_logged(level); }

void StderrOutput::draw(std::string const& text)
{
    std::fwrite(text.data(), 1, text.size(), stderr);
    std::fflush(stderr);
}

bool StderrOutput::is_terminal() const
{
    auto const* const kind = std::getenv("TERM");
    return ::isatty(STDERR_FILENO) == 1 && kind != nullptr && std::string_view(kind) != "dumb";
}

std::size_t StderrOutput::width() const
{
    auto const columns = size_of_terminal().ws_col;
    return columns > 0 ? columns : 80;
}

std::size_t StderrOutput::height() const
{
    auto const rows = size_of_terminal().ws_row;
    return rows > 0 ? rows : 24;
}

void StderrOutput::before_line(std::function<void()> hook)
{
    base::set_before_line(std::move(hook));
}

} // namespace starmap::report
