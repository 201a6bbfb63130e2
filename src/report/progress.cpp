#include "report/progress.hpp"

#include "report/progress_text.hpp"

#include <starmap/humansize.hpp>

#include <fmt/format.h>

#include <utility>

namespace starmap::report {

namespace {

constexpr double seconds_between_lines = 2;
constexpr int points_between_lines = 10;
constexpr double seconds_between_drawings = 0.1;
constexpr char const* erase = "\r\x1b[K"; // to the first column, then clear to the end

} // namespace

ProgressMode progress_mode(std::string const& setting, ProgressOutput const& output)
{
    if (setting == "bar") return ProgressMode::bar;
    if (setting == "log") return ProgressMode::log;
    if (setting == "none" || !output.is_logged(base::Level::info)) return ProgressMode::none;
    return output.is_terminal() ? ProgressMode::bar : ProgressMode::log;
}

ProgressDisplay::ProgressDisplay(std::string const& setting, std::unique_ptr<ProgressOutput> output,
                                 Clock clock)
    : output_(std::move(output)),
      clock_(std::move(clock)),
      mode_(progress_mode(setting, *output_))
{
    if (mode_ == ProgressMode::bar) output_->before_line([this] { erase_bar(); });
}

ProgressDisplay::~ProgressDisplay()
{
    if (mode_ != ProgressMode::bar) return;
    erase_bar();
    output_->before_line({});
}

void ProgressDisplay::starmap_opened(StarmapInfo const& info)
{
    if (mode_ == ProgressMode::none) return;
    auto const now = clock_();
    open_[info.starmap] = {.info = info, .opened_at = now, .line_at = now};
    auto const is_empty = info.total_known && info.tasks_total == 0 && info.items == 0;
    if (!is_empty) say(info, opening_text(info));
}

void ProgressDisplay::tasks_done(StarmapInfo const& info, std::span<TaskRecord const> tasks,
                                 double done_weight)
{
    auto const found = open_.find(info.starmap);
    if (found == open_.end()) return;
    auto& shown = found->second;
    shown.info = info;
    shown.done_weight = done_weight;
    for (auto const& task : tasks)
        if (task.status == TaskStatus::ok) shown.items_done += task.items;

    auto const now = clock_();
    if (mode_ == ProgressMode::bar && !info.is_private) {
        draw_bar(now);
    } else if (info.total_known) {
        log_percent(shown, now);
    } else {
        log_count(shown, now);
    }
}

void ProgressDisplay::starmap_closed(StarmapInfo const& info)
{
    if (open_.erase(info.starmap) == 0) return;
    if (info.items == 0 && info.tasks == 0) {
        say(info, fmt::format("No {} tasks were submitted", info.name));
        return;
    }
    say(info, fmt::format("Sent {} of data in {} task(s)", humansize(info.sent), info.tasks));
    say(info, fmt::format("Received {} of data, maximum per task {}", humansize(info.received),
                          humansize(info.received_max)));
    if (open_.empty()) erase_bar();
}

void ProgressDisplay::tick(double)
{
    if (open_.empty()) return;
    auto const now = clock_();
    if (mode_ == ProgressMode::bar) draw_bar(now);
    for (auto& [number, shown] : open_)
        if (!shown.info.total_known && (mode_ == ProgressMode::log || shown.info.is_private))
            log_count(shown, now);
}

void ProgressDisplay::run_ended(bool)
{
    open_.clear();
    erase_bar();
}

void ProgressDisplay::say(StarmapInfo const& info, std::string const& text)
{
    output_->log(info.is_private ? base::Level::debug : base::Level::info, text);
}

void ProgressDisplay::log_percent(Shown& shown, double now)
{
    auto const fraction = fraction_done(shown.info, shown.items_done, shown.done_weight);
    auto const percent = percent_done(fraction);
    auto const grown = percent - shown.line_percent;
    auto const is_due = percent == 100 || grown >= points_between_lines ||
                        now - shown.line_at >= seconds_between_lines;
    if (grown <= 0 || !is_due) return;
    shown.line_percent = percent;
    shown.line_at = now;
    say(shown.info, percent_text(shown.info, fraction, now - shown.opened_at));
}

void ProgressDisplay::log_count(Shown& shown, double now)
{
    if (now - shown.line_at < seconds_between_lines || shown.info.tasks == shown.line_tasks) return;
    shown.line_at = now;
    shown.line_tasks = shown.info.tasks;
    say(shown.info, count_text(shown.info));
}

void ProgressDisplay::draw_bar(double now)
{
    if (is_drawn_ && now - drawn_at_ < seconds_between_drawings) return;
    std::string line;
    for (auto const& [number, shown] : open_) {
        if (shown.info.is_private) continue;
        if (!line.empty()) line += " | ";
        auto const fraction = fraction_done(shown.info, shown.items_done, shown.done_weight);
        line += shown.info.total_known ? percent_text(shown.info, fraction, now - shown.opened_at)
                                       : count_text(shown.info);
    }
    if (line.empty()) return;
    // The last column stays free: some terminals go to the next line after it.
    output_->draw(erase + fitted(std::move(line), output_->width() - 1));
    drawn_at_ = now;
    is_drawn_ = true;
}

void ProgressDisplay::erase_bar()
{
    if (!is_drawn_) return;
    output_->draw(erase);
    is_drawn_ = false;
}

} // namespace starmap::report
