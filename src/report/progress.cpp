#include "report/progress.hpp"

#include "report/progress_text.hpp"

#include <starmap/humansize.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

namespace starmap::report {

namespace {

/// Lines come at intervals that grow with the time that has gone by [s].
constexpr double shortest_interval = 2;
constexpr double longest_interval = 60;
constexpr double part_of_elapsed = 0.1;
constexpr int points_between_lines = 10;
constexpr double seconds_between_drawings = 0.1;
constexpr double seconds_before_drawing = 0.2; ///< what ends at once is not drawn
constexpr std::size_t most_lines = 8;
constexpr std::size_t longest_name = 24;
constexpr char const* to_end_of_line = "\x1b[K";
constexpr char const* to_end_of_screen = "\x1b[J";

double interval(double elapsed)
{
    return std::clamp(part_of_elapsed * elapsed, shortest_interval, longest_interval);
}

/// Moves the cursor from the last of so many lines to the beginning of the first.
std::string to_the_top(std::size_t lines)
{
    return lines > 1 ? fmt::format("\r\x1b[{}A", lines - 1) : "\r";
}

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

void ProgressDisplay::run_started(RunInfo const& run) { closing_.run_started(run); }

void ProgressDisplay::starmap_opened(StarmapInfo const& info)
{
    if (mode_ == ProgressMode::none) return;
    closing_.starmap_opened(info);
    auto const now = clock_();
    open_.try_emplace(info.starmap, Shown{.starmap = ShownStarmap(info, now), .line_at = now});
    auto const is_empty = info.total_known && info.tasks_total == 0 && info.items == 0;
    if (!is_empty) say(info, opening_text(info));
}

void ProgressDisplay::tasks_done(StarmapInfo const& info, std::span<TaskRecord const> tasks,
                                 double done_weight)
{
    auto const found = open_.find(info.starmap);
    if (found == open_.end()) return;
    closing_.tasks_done(info, tasks);
    auto& shown = found->second;
    shown.starmap.add(info, tasks, done_weight);

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
    auto const found = open_.find(info.starmap);
    if (found == open_.end()) return;
    closing_.starmap_closed(info);
    found->second.starmap.add(info, {}, 0);
    open_.erase(found);
    if (info.items == 0 && info.tasks == 0) {
        say(info, fmt::format("No {} tasks were submitted", info.name));
        return;
    }
    if (info.tasks_known != 0)
        say(info, fmt::format("{} of {} \"{}\" tasks were known from the checkpoint",
                              grouped(info.tasks_known), grouped(info.tasks_done), info.name));
    say(info, fmt::format("Sent {} of data in {} task(s)", humansize(info.sent), info.tasks));
    say(info, fmt::format("Received {} of data, maximum per task {}", humansize(info.received),
                          humansize(info.received_max)));
    if (open_.empty()) erase_bar();
}

void ProgressDisplay::pulse(Pulse const& pulse)
{
    if (mode_ == ProgressMode::none) return;
    closing_.pulse(pulse);
    auto const now = clock_();
    for (auto& [number, shown] : open_) shown.starmap.note(pulse, now);
}

void ProgressDisplay::tick(double)
{
    if (open_.empty()) return;
    auto const now = clock_();
    if (mode_ == ProgressMode::bar) draw_bar(now);
    for (auto& [number, shown] : open_) {
        auto const& info = shown.starmap.info();
        if (!info.total_known && (mode_ == ProgressMode::log || info.is_private))
            log_count(shown, now);
    }
}

void ProgressDisplay::run_ended(bool)
{
    open_.clear();
    erase_bar();
    if (mode_ == ProgressMode::none) return;
    if (auto const text = closing_text(closing_.figures()); !text.empty())
        output_->log(base::Level::info, text);
}

void ProgressDisplay::say(StarmapInfo const& info, std::string const& text)
{
    output_->log(info.is_private ? base::Level::debug : base::Level::info, text);
}

void ProgressDisplay::log_percent(Shown& shown, double now)
{
    auto const percent = percent_done(shown.starmap.fraction());
    auto const grown = percent - shown.line_percent;
    auto const is_due = percent == 100 || grown >= points_between_lines ||
                        now - shown.line_at >= interval(now - shown.starmap.opened_at());
    if (grown <= 0 || !is_due) return;
    shown.line_percent = percent;
    shown.line_at = now;
    say(shown.starmap.info(), log_text(shown.starmap.progress(now)));
}

void ProgressDisplay::log_count(Shown& shown, double now)
{
    auto const tasks = shown.starmap.info().tasks;
    auto const is_due = now - shown.line_at >= interval(now - shown.starmap.opened_at());
    if (!is_due || tasks == shown.line_tasks) return;
    shown.line_at = now;
    shown.line_tasks = tasks;
    say(shown.starmap.info(), log_text(shown.starmap.progress(now)));
}

void ProgressDisplay::draw_bar(double now)
{
    if (now - drawn_at_ < seconds_between_drawings) return;
    drawn_at_ = now;
    std::vector<ShownStarmap const*> all;
    for (auto const& [number, shown] : open_)
        if (!shown.starmap.info().is_private &&
            (drawn_lines_ != 0 || now - shown.starmap.opened_at() >= seconds_before_drawing))
            all.push_back(&shown.starmap);
    if (all.empty()) return erase_bar();

    // The last column and the last row stay free: some terminals go on after them.
    auto const columns = std::max<std::size_t>(output_->width(), 2) - 1;
    auto const room = std::clamp<std::size_t>(output_->height() - 1, 1, most_lines);
    auto const lines = std::min(all.size(), room);
    std::size_t name_columns = 0;
    for (auto const* each : all)
        name_columns = std::max(name_columns, columns_of(each->info().name));
    name_columns = all.size() == 1 ? 0 : std::min(name_columns, longest_name);

    // One write for all, over what is there: nothing is blank in between.
    auto text = to_the_top(drawn_lines_);
    for (std::size_t i = 0; i < lines; ++i) {
        if (i != 0) text += "\n\r";
        auto const is_rest = i + 1 == lines && all.size() > lines;
        text += is_rest ? fitted(fmt::format("and {} more", all.size() - lines + 1), columns)
                        : bar_text(all[i]->progress(now), columns, name_columns);
        text += to_end_of_line;
    }
    if (lines < drawn_lines_) text += to_end_of_screen;
    output_->draw(text);
    drawn_lines_ = lines;
}

void ProgressDisplay::erase_bar()
{
    if (drawn_lines_ == 0) return;
    output_->draw(to_the_top(drawn_lines_) + to_end_of_screen);
    drawn_lines_ = 0;
}

} // namespace starmap::report
