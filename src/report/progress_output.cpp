#include "report/progress_output.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdio>
#include <utility>

namespace starmap::report {

void StderrOutput::log(base::Level level, std::string const& text) { base::log_line(level, text); }

bool StderrOutput::is_logged(base::Level level) const { return base::is_logged(level); }

void StderrOutput::draw(std::string const& text)
{
    std::fwrite(text.data(), 1, text.size(), stderr);
    std::fflush(stderr);
}

bool StderrOutput::is_terminal() const { return ::isatty(STDERR_FILENO) == 1; }

std::size_t StderrOutput::width() const
{
    winsize size{};
    auto const known = ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
    return known ? size.ws_col : 80;
}

void StderrOutput::before_line(std::function<void()> hook)
{
    base::set_before_line(std::move(hook));
}

} // namespace starmap::report
