#pragma once

#include "base/log.hpp"

#include <cstddef>
#include <functional>
#include <string>

namespace starmap::report {

/// Where the progress display writes; tests put one of their own in its place.
class ProgressOutput {
public:
    virtual ~ProgressOutput() = default;

    /// A line of the log.
    virtual void log(base::Level level, std::string const& text) = 0;
    /// Whether such a line would be seen.
    virtual bool is_logged(base::Level level) const = 0;
    /// Text for the terminal as it is, without a line's end.
    virtual void draw(std::string const& text) = 0;
    /// Whether what is drawn reaches a terminal that can move its cursor.
    virtual bool is_terminal() const = 0;
    /// Columns of the terminal.
    virtual std::size_t width() const = 0;
    /// Its rows.
    virtual std::size_t height() const = 0;
    /// `hook` is called before anyone's line is logged; an empty one removes it.
    virtual void before_line(std::function<void()> hook) = 0;
};

/// Rank 0's log and its stderr.
class StderrOutput : public ProgressOutput {
public:
    void log(base::Level level, std::string const& text) override;
    bool is_logged(base::Level level) const override;
    void draw(std::string const& text) override;
    bool is_terminal() const override;
    std::size_t width() const override;
    std::size_t height() const override;
    void before_line(std::function<void()> hook) override;
};

} // namespace starmap::report
