// What the manager reads of the inputs of its jobs, and of what is known of them; its loop is in
// manager.cpp.
#include "roles/manager.hpp"

#include "report/task_info_rows.hpp"

#include <starmap/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <utility>

namespace starmap::roles {

std::vector<detail::Window> Manager::first_windows(OpenStarmap& starmap)
{
    if (replay_ != nullptr) return replay_->begin(starmap);
    TimeSheet::Doing const doing(time_sheet_, &report::ManagerTime::input);
    std::vector<detail::Window> windows;
    if (auto window = starmap.job()->pull()) windows.push_back(std::move(*window));
    return windows;
}

void Manager::add_units(OpenStarmap& starmap, detail::Window window)
{
    starmap.waits_for_input = window.count == 0;
    if (starmap.waits_for_input) return;
    if (replay_ != nullptr) replay_->look(starmap, starmap.positions(), window.count);
    refuse_too_wide(starmap, window);
    for (auto const& key : window.new_groups)
        scheduler_.expect(starmap.number(), starmap.note_group(key),
                          lessons_.of(starmap.recorded_name(), report::recorded_key(key)));
    starmap.add(std::move(window), scheduler_);
}

void Manager::refuse_too_wide(OpenStarmap& starmap, detail::Window const& window)
{
    auto const most = std::max_element(window.cores.begin(), window.cores.end());
    auto const largest = scheduler_.largest_node();
    // Where nobody is left that is said in another place.
    if (most == window.cores.end() || *most <= std::max(1U, largest) ||
        !scheduler_.counts_cores(starmap.number()))
        return;
    auto const position =
        starmap.positions() + static_cast<std::uint64_t>(most - window.cores.begin());
    throw UsageError(fmt::format(
        "Task {} of \"{}\" asks for {} cores, but the largest node has {} worker{} (a task takes "
        "workers of one node). Ask for at most {}, or start more ranks on a node.",
        starmap.job()->head_of(position).task_no, starmap.info().name, *most, largest,
        largest == 1 ? "" : "s", largest));
}

bool Manager::feed(OpenStarmap& starmap, Asked by_consumer)
{
    auto const number = starmap.number();
    if (starmap.job() == nullptr || starmap.reading || !scheduler_.wants_units(number))
        return false;
    try {
        Raised const reading(starmap.reading);
        auto const pulled = [&] {
            TimeSheet::Doing const doing(time_sheet_, &report::ManagerTime::input);
            return starmap.job()->pull();
        };
        if (auto window = pulled()) {
            if (starmap.error) return false; // it failed while its input ran other Starmaps
            auto const waited = starmap.waits_for_input;
            add_units(starmap, std::move(*window));
            if (starmap.waits_for_input) return false;
            if (waited) crew_.stay_awake();
            return true;
        }
        starmap.waits_for_input = false;
        // What submit() fills ends only when nothing of it is left to be done, and its consumer,
        // who may submit more for each result, wants to go on.
        if (!starmap.spec().growing ||
            (by_consumer == Asked::yes && scheduler_.drained(number) && !starmap.knows_more())) {
            scheduler_.end_input(number);
            starmap.input_ended();
        }
    } catch (...) {
        if (!starmap.error) starmap.error = std::current_exception();
        cancel(starmap);
    }
    return false;
}

/// What has input when more can be read of an input that had nothing, and that is wanted.
std::vector<int> Manager::inputs() const
{
    std::vector<int> descriptors;
    for (auto const& [number, starmap] : starmaps_)
        if (starmap.waits_for_input && !starmap.reading && scheduler_.wants_units(number))
            descriptors.push_back(starmap.input());
    return descriptors;
}

bool Manager::take_known(OpenStarmap& starmap)
{
    try {
        Raised const absorbing(absorbing_);
        TimeSheet::Doing const doing(time_sheet_, &report::ManagerTime::results);
        return !starmap.error && starmap.take_known(settings_.result_buffer, scheduler_);
    } catch (...) {
        if (!starmap.error) starmap.error = std::current_exception();
        cancel(starmap);
        return true;
    }
}

} // namespace starmap::roles
