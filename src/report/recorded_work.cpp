#include "report/recorded_work.hpp"

#include <algorithm>
#include <cmath>
#include <map>

namespace starmap::report {

namespace {

scheduling::Policy policy_of(std::string const& text)
{
    for (auto const policy : {scheduling::Policy::each, scheduling::Policy::blocks})
        if (text == scheduling::to_string(policy)) return policy;
    return scheduling::Policy::guided;
}

/// As the scheduler hands them out; a chunk lies where its items lie.
void put_in_order(std::vector<RecordedStarmap::Task>& tasks)
{
    auto const weight_of_item = [](RecordedStarmap::Task const& task) {
        return task.weight / task.items;
    };
    std::sort(tasks.begin(), tasks.end(), [&](auto const& a, auto const& b) {
        auto const wa = weight_of_item(a);
        auto const wb = weight_of_item(b);
        return wa != wb ? wa > wb : a.task_no < b.task_no;
    });
}

} // namespace

RecordedRun read_recorded_run(std::string const& path)
{
    TaskInfoReader const reader(path);
    auto const starmaps = reader.starmaps();
    auto const workers = reader.workers();
    Summarizer summarizer(reader.run().num_workers, 0);
    std::map<std::uint32_t, RecordedStarmap> works;
    for (auto const& starmap : starmaps) {
        auto& work = works[starmap.starmap];
        work.name = starmap.name;
        work.policy = policy_of(starmap.policy);
    }
    std::uint64_t tasks = 0;
    double packing = 0;
    reader.for_each_task([&](TaskRecord const& record, std::string_view name) {
        summarizer.add(record, name);
        bool const is_sound = std::isfinite(record.duration) && std::isfinite(record.weight) &&
                              std::isfinite(record.unpack + record.pack) && record.weight >= 0 &&
                              record.items > 0;
        if (record.status != TaskStatus::ok || !is_sound) return;
        auto& work = works[record.starmap];
        work.starmap = record.starmap;
        if (work.name.empty()) work.name = name;
        work.tasks.push_back({record.task_no, record.weight, std::max(0.0, record.duration),
                              record.items, record.cores});
        work.useful += std::max(0.0, record.duration) * record.cores;
        work.packing += std::max(0.0, record.unpack + record.pack);
        work.bytes += static_cast<double>(std::max<std::int64_t>(0, record.sent)) +
                      static_cast<double>(std::max<std::int64_t>(0, record.received));
        packing += std::max(0.0, record.unpack + record.pack);
        ++tasks;
    });

    RecordedRun run;
    run.state = reader.state();
    for (auto& [number, work] : works) {
        if (work.tasks.empty()) continue;
        put_in_order(work.tasks);
        run.starmaps.push_back(std::move(work));
    }
    auto const summary = summarizer.summary(starmaps, workers);
    auto const& use = summary.time_use;
    auto const count = static_cast<double>(std::max(1U, summary.num_workers));
    run.workers = summary.num_workers;
    run.seconds = use.total() / count;
    run.serial = (use.startup + use.manager) / count;
    if (tasks > 0) run.gap = std::max(0.0, use.dispatch - packing) / static_cast<double>(tasks);
    run.rank_0_works = reader.run().distribute != "mpi" ||
                       std::any_of(workers.begin(), workers.end(), [&](auto const& worker) {
                           return worker.rank == 0 && worker.worker < reader.run().num_workers;
                       });
    return run;
}

} // namespace starmap::report
