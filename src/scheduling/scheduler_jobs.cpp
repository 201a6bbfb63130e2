// The scheduler's jobs: their units, and how far they are. Who gets what is in scheduler.cpp.
#include "scheduling/scheduler.hpp"

#include <starmap/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace starmap::scheduling {

namespace {

// Units of a stream that are read ahead at the most.
constexpr double most_read_ahead = 1 << 18;

} // namespace

void Scheduler::open(JobId job, JobSpec spec) { jobs_[job].spec = spec; }

void Scheduler::expect(JobId id, Cost const& earlier)
{
    auto& job = find(id);
    job.costs.expect(earlier);
    job.pool.set_rest(job.costs.rate());
    if (job.wide) job.wide->tell_rates(job.costs);
}

void Scheduler::expect(JobId id, std::uint32_t group, Cost const& earlier)
{
    auto& job = find(id);
    job.costs.expect(group, earlier);
    tell_rates(job, group);
}

CostModel const& Scheduler::costs(JobId job) const { return find(job).costs; }

void Scheduler::add_uniform(JobId id, std::uint64_t count)
{
    auto& job = find(id);
    if (job.cancelled) return;
    job.no_pilots = false;
    job.pool.add_uniform(count);
}

void Scheduler::add(JobId id, UnitPool::Weights weights, std::span<std::uint32_t const> groups,
                    std::span<std::uint32_t const> cores)
{
    auto& job = find(id);
    if (job.cancelled) return;
    job.no_pilots = false;
    note_strangers(job, *weights, groups);
    if (!job.spec.counts_cores) cores = {};
    if (std::any_of(cores.begin(), cores.end(), [](auto each) { return each > 1; })) {
        if (!job.wide) job.wide.emplace();
        job.wide->add(job.pool.positions(), weights, groups, cores, job.costs);
    }
    job.pool.add(std::move(weights), groups, cores, 1);
}

void Scheduler::add_blocks(JobId id, std::vector<Range> blocks)
{
    auto& job = find(id);
    if (job.cancelled) return;
    job.no_pilots = false;
    if (!job.spec.counts_cores)
        for (auto& block : blocks) block.cores = 1;
    auto const wide = std::stable_partition(blocks.begin(), blocks.end(),
                                            [](Range const& block) { return block.cores <= 1; });
    std::uint64_t skipped = 0;
    for (auto block = wide; block != blocks.end(); ++block) skipped += block->count;
    if (wide != blocks.end()) {
        if (!job.wide) job.wide.emplace();
        job.wide->add_blocks({wide, blocks.end()}, job.costs);
        blocks.erase(wide, blocks.end());
    }
    job.pool.add_blocks(std::move(blocks));
    job.pool.skip(skipped);
}

void Scheduler::skip(JobId id, std::uint64_t count) { find(id).pool.skip(count); }

void Scheduler::put_back(JobId id, Range range)
{
    auto& job = find(id);
    if (!job.spec.counts_cores) range.cores = 1;
    if (!job.cancelled) put_back(job, {.range = range});
}

void Scheduler::end_input(JobId job) { find(job).input_ended = true; }

void Scheduler::cancel(JobId id)
{
    auto& job = find(id);
    job.cancelled = true;
    job.input_ended = true;
    job.pool.clear();
    job.retries.clear();
    if (job.wide) job.wide->clear();
    job.set_aside = 0;
}

void Scheduler::hold(JobId id, bool held, std::optional<std::uint64_t> but)
{
    auto& job = find(id);
    job.held = held;
    job.held_but = but;
}

void Scheduler::close(JobId job) { jobs_.erase(job); }

bool Scheduler::wants_units(JobId id) const
{
    auto const& job = find(id);
    auto low_water = std::max<std::uint64_t>(1024, 4ULL * remote_workers_);
    // Of tiny units a chunk takes many, and it can take no more than there are.
    if (auto const unit = job.costs.seconds_per_unit(0); unit > 0) {
        auto const floor_units = 4.0 * std::max(1U, remote_workers_) * tuning_.floor / unit;
        low_water =
            std::max(low_water, static_cast<std::uint64_t>(std::min(floor_units, most_read_ahead)));
    }
    auto const left = job.pool.units_left() + (job.wide ? job.wide->units_left() : 0);
    return !job.input_ended && !job.held && left < low_water;
}

bool Scheduler::done(JobId job) const { return find(job).input_ended && drained(job); }

bool Scheduler::drained(JobId id) const
{
    auto const& job = find(id);
    return job.pool.empty() && job.retries.empty() && (!job.wide || job.wide->empty()) &&
           job.in_flight == 0 && job.set_aside == 0;
}

std::uint64_t Scheduler::in_flight(JobId job) const { return find(job).in_flight; }

double Scheduler::weight_done(JobId job) const { return find(job).weight_done; }

std::span<Chunk const> Scheduler::held_by(WorkerId worker) const
{
    return workers_.at(worker).held;
}

Scheduler::Job& Scheduler::find(JobId job)
{
    return const_cast<Job&>(std::as_const(*this).find(job));
}

Scheduler::Job const& Scheduler::find(JobId job) const
{
    auto const found = jobs_.find(job);
    if (found == jobs_.end()) throw ProtocolError(fmt::format("Starmap {} is not open.", job));
    return found->second;
}

} // namespace starmap::scheduling
