#pragma once

#include "base/clock.hpp"
#include "report/closing.hpp"
#include "report/observer.hpp"
#include "report/progress_output.hpp"
#include "report/shown_starmap.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>

namespace starmap::report {

/// How progress is shown.
enum class ProgressMode {
    bar,  ///< lines on stderr that are drawn anew, and those of a Starmap's begin and end
    log,  ///< lines in the log
    none, ///< nothing
};

/// The mode that the setting `progress` (auto, bar, log or none) asks for; auto is the bar on a
/// terminal, else the log, and nothing where the log does not show info.
ProgressMode progress_mode(std::string const& setting, ProgressOutput const& output);

/// Shows how far each open Starmap is, by the weight that is done, and at the end one line of
/// figures on the whole run. What it says of a private Starmap goes to the log at debug and never
/// into the bar.
class ProgressDisplay : public Observer {
public:
    using Clock = std::function<double()>;

    /// `setting` as in Settings::progress. `clock` gives seconds from any fixed origin.
    explicit ProgressDisplay(
        std::string const& setting,
        std::unique_ptr<ProgressOutput> output = std::make_unique<StderrOutput>(),
        Clock clock = base::now);
    ProgressDisplay(ProgressDisplay const&) = delete;
    ProgressDisplay& operator=(ProgressDisplay const&) = delete;
    ~ProgressDisplay() override;

    void run_started(RunInfo const& run) override;
    void starmap_opened(StarmapInfo const& info) override;
    void tasks_done(StarmapInfo const& info, std::span<TaskRecord const> tasks,
                    double done_weight) override;
    void starmap_closed(StarmapInfo const& info) override;
    void pulse(Pulse const& pulse) override;
    void tick(double now) override;
    void run_ended(bool in_order) override;

private:
    struct Shown {
        ShownStarmap starmap;
        double line_at = 0; ///< when its last line was logged
        int line_percent = 0;
        std::uint64_t line_tasks = 0;
    };

    void say(StarmapInfo const& info, std::string const& text);
    void log_percent(Shown& shown, double now);
    void log_count(Shown& shown, double now);
    void draw_bar(double now);
    void erase_bar();

    std::unique_ptr<ProgressOutput> output_;
    Clock clock_;
    ProgressMode mode_;
    ClosingFigures closing_;
    std::map<std::uint32_t, Shown> open_;
    double drawn_at_ = 0;
    std::size_t drawn_lines_ = 0; ///< the cursor stands at the end of the last of them
};

} // namespace starmap::report
