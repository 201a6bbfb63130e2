#pragma once

#include "report/progress.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace starmap::report {

/// What a display wrote, and the clock it was given.
struct FakeTerminal {
    std::vector<std::string> lines; ///< "info: text"
    std::vector<std::string> drawings;
    std::function<void()> hook;
    base::Level threshold = base::Level::debug;
    bool is_terminal = false;
    std::size_t width = 80;
    std::size_t height = 24;
    double now = 100;

    std::vector<std::string> take() { return std::exchange(lines, {}); }
    std::vector<std::string> take_drawings() { return std::exchange(drawings, {}); }
    ProgressDisplay display(std::string const& setting);
};

class FakeOutput : public ProgressOutput {
public:
    explicit FakeOutput(FakeTerminal& terminal) : terminal_(terminal) {}
    void log(base::Level level, std::string const& text) override
    {
        if (terminal_.hook) terminal_.hook();
        terminal_.lines.push_back((level == base::Level::info ? "info: " : "debug: ") + text);
    }
    bool is_logged(base::Level level) const override { return level >= terminal_.threshold; }
    void draw(std::string const& text) override { terminal_.drawings.push_back(text); }
    bool is_terminal() const override { return terminal_.is_terminal; }
    std::size_t width() const override { return terminal_.width; }
    std::size_t height() const override { return terminal_.height; }
    void before_line(std::function<void()> hook) override { terminal_.hook = std::move(hook); }

private:
    FakeTerminal& terminal_;
};

inline ProgressDisplay FakeTerminal::display(std::string const& setting)
{
    return ProgressDisplay(setting, std::make_unique<FakeOutput>(*this), [this] { return now; });
}

/// What a test says of a Starmap; the rest is as in an empty StarmapInfo.
struct Given {
    std::uint32_t starmap = 1;
    std::string name = "x";
    bool is_private = false;
    std::uint64_t tasks = 0;
    std::uint64_t items = 0;
    bool total_known = true;
    double weight_total = 0;
    std::uint64_t tasks_total = 0;

    operator StarmapInfo() const // NOLINT(google-explicit-constructor): it stands for one
    {
        StarmapInfo made;
        made.starmap = starmap;
        made.name = name;
        made.is_private = is_private;
        made.tasks = made.tasks_done = tasks;
        made.items = items;
        made.total_known = total_known;
        made.weight_total = weight_total;
        made.tasks_total = tasks_total;
        return made;
    }
};

/// One Starmap as the manager would tell of it.
class FakeStarmap {
public:
    StarmapInfo info;

    FakeStarmap(ProgressDisplay& display, Given const& given) : info(given), display_(display)
    {
        display_.starmap_opened(info);
    }
    void done(double weight, std::uint32_t items = 1, double duration = 0)
    {
        TaskRecord task;
        task.items = items;
        task.weight = weight;
        task.duration = duration;
        ++info.tasks;
        ++info.tasks_done;
        weight_done_ += weight;
        display_.tasks_done(info, std::span(&task, 1), weight_done_);
    }
    /// An attempt that failed; `given_up`: for good.
    void failed(bool given_up)
    {
        TaskRecord task;
        task.items = 1;
        task.status = TaskStatus::crashed;
        ++info.tasks;
        if (given_up) ++info.failures;
        display_.tasks_done(info, std::span(&task, 1), weight_done_);
    }
    /// Results of an earlier run.
    void known(double weight, std::uint64_t tasks)
    {
        weight_done_ += weight;
        info.tasks_done += tasks;
        info.tasks_known += tasks;
    }
    void close() { display_.starmap_closed(info); }

private:
    ProgressDisplay& display_;
    double weight_done_ = 0;
};

using Lines = std::vector<std::string>;

} // namespace starmap::report
