#pragma once

#include "base/clock.hpp"
#include "report/observer.hpp"
#include "report/progress_output.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>

namespace starmap::report {

/// How progress is shown.
enum class ProgressMode {
    bar,  ///< one line on stderr that is drawn anew, and the lines of a Starmap's begin and end
    log,  ///< lines in the log
    none, ///< nothing
};

/// The mode that the setting `progress` (auto, bar, log or none) asks for; auto is the bar on a
/// terminal, else the log, and nothing where the log does not show info.
ProgressMode progress_mode(std::string const& setting, ProgressOutput const& output);

/// Shows how far each open Starmap is, by the weight that is done. What it says of a private one
/// goes to the log at debug and never into the bar.
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

    void starmap_opened(StarmapInfo const& info) override;
    void tasks_done(StarmapInfo const& info, std::span<TaskRecord const> tasks,
                    double done_weight) override;
    void starmap_closed(StarmapInfo const& info) override;
    void tick(double now) override;
    void run_ended(bool in_order) override;

private:
    struct Shown {
        StarmapInfo info;
        double opened_at = 0;
        double line_at = 0; ///< when its last line was logged
        int line_percent = 0;
        std::uint64_t line_tasks = 0;
        std::uint64_t items_done = 0;
        double done_weight = 0;
    };

    void say(StarmapInfo const& info, std::string const& text);
    void log_percent(Shown& shown, double now);
    void log_count(Shown& shown, double now);
    void draw_bar(double now);
    void erase_bar();

    std::unique_ptr<ProgressOutput> output_;
    Clock clock_;
    ProgressMode mode_;
    std::map<std::uint32_t, Shown> open_;
    double drawn_at_ = 0;
    bool is_drawn_ = false;
};

} // namespace starmap::report
