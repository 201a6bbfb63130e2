#include <starmap/monitor.hpp>

#include <starmap/detail/chunk_run.hpp>
#include <starmap/error.hpp>

#include "base/clock.hpp"
#include "base/mix.hpp"
#include "records/usage.hpp"

#include <fmt/format.h>

#include <cmath>
#include <cstdint>
#include <string>
#include <utility>

namespace starmap {

using base::mix;

namespace {

double resident_mb() { return static_cast<double>(records::current_rss()) / (1024.0 * 1024.0); }

} // namespace

std::uint64_t Monitor::task_no() const noexcept
{
    // Inside a map chunk each item is a task to its callable, though the row is of the chunk.
    return run_.unit().flags & detail::unit_is_map ? run_.item_index(run_.item_) + 1
                                                   : run_.unit().task_no;
}

double Monitor::weight() const noexcept
{
    return run_.unit().flags & detail::unit_is_map ? run_.item_weight(run_.item_)
                                                   : run_.unit().weight;
}

int Monitor::rank() const noexcept { return run_.context().rank; }

std::uint32_t Monitor::worker() const noexcept { return run_.context().worker; }

unsigned Monitor::attempt() const noexcept { return run_.attempt(); }

void Monitor::used(double cpu_seconds, std::size_t peak_rss)
{
    if (!(cpu_seconds >= 0 && std::isfinite(cpu_seconds)))
        throw UsageError(
            fmt::format("Monitor::used({}, {}) makes no sense (CPU time is a number of "
                        "seconds from 0 on). Give what wait4() or getrusage() tells.",
                        cpu_seconds, peak_rss));
    run_.add_use(cpu_seconds, peak_rss);
}

void Monitor::outcome(TaskStatus status, int exit_code, std::string_view text,
                      std::string_view more)
{
    if (status == TaskStatus::cancelled)
        throw UsageError("Monitor::outcome(cancelled) makes no sense (the task has begun). Throw "
                         "starmap::Interrupted for a task that is to count as not run.");
    if (!std::in_range<std::int16_t>(exit_code))
        throw UsageError(fmt::format("Monitor::outcome() has exit code {} (none is so large). Give "
                                     "an exit code, or minus the signal.",
                                     exit_code));
    run_.tell_outcome(status, exit_code,
                      !text.empty()   ? std::string(text)
                      : exit_code > 0 ? fmt::format("exit code {}", exit_code)
                      : exit_code < 0 ? fmt::format("signal {}", -exit_code)
                                      : "it said so itself",
                      std::string(more));
}

unsigned Monitor::cores() const noexcept { return run_.cores(); }

std::uint64_t Monitor::seed(std::uint64_t i) const
{
    auto item = run_.item_index(run_.item_);
    if ((run_.unit().flags & detail::unit_is_block) != 0) {
        if (i >= run_.unit().items)
            throw UsageError(
                fmt::format("Monitor::seed({}) asks for an item that the chunk does not "
                            "have (its items are 0 to {}). Seed by the item's place in "
                            "the span.",
                            i, run_.unit().items - 1));
        item = run_.item_index(static_cast<std::uint32_t>(i));
        i = 0;
    }
    auto const& context = run_.context();
    return mix(mix(mix(mix(context.session_seed) ^ context.starmap) ^ item) ^ i);
}

std::chrono::system_clock::time_point Monitor::deadline() const
{
    using Clock = std::chrono::system_clock;
    auto const seconds = run_.host_.deadline();
    std::chrono::duration<double> const furthest = Clock::time_point::max().time_since_epoch();
    if (!(seconds < furthest.count())) return Clock::time_point::max();
    return Clock::time_point(
        std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds)));
}

Monitor::Timer Monitor::operator()(std::string_view operation)
{
    return Timer(*this, std::string(operation));
}

void Monitor::info(std::string_view text) { run_.host_.log(false, text); }

void Monitor::warn(std::string_view text) { run_.host_.log(true, text); }

Monitor::Timer::Timer(Monitor& monitor, std::string operation)
    : monitor_(monitor),
      operation_(std::move(operation)),
      start_(base::now()),
      memory_mb_(resident_mb())
{
}

Monitor::Timer::~Timer()
{
    monitor_.run_.add_operation(operation_, base::now() - start_, resident_mb() - memory_mb_);
}

Monitor::Timer Monitor::Timer::operator()(std::string_view operation)
{
    return Timer(monitor_, operation_ + '/' + std::string(operation));
}

} // namespace starmap
