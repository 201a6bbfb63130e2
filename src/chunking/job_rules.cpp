#include "base/exception_text.hpp"

#include <starmap/detail/partition.hpp>
#include <starmap/error.hpp>
#include <starmap/starmap_class.hpp>

#include <fmt/format.h>

#include <cmath>
#include <cstddef>
#include <string>

namespace starmap::detail {

std::optional<BlockRule> block_rule(std::optional<std::size_t> concurrent_tasks,
                                    std::optional<double> max_weight, Settings const& settings)
{
    if (max_weight) {
        chunking::check_max_weight(*max_weight);
        return BlockRule{.max_weight = max_weight, .hint = 1};
    }
    if (!concurrent_tasks && settings.concurrent_tasks != 0)
        concurrent_tasks = settings.concurrent_tasks;
    if (!concurrent_tasks) return std::nullopt;
    if (*concurrent_tasks == 0)
        throw UsageError("concurrent_tasks is 0 (there would be no task to do the work). Give at "
                         "least 1, or leave it out for chunks made as the run goes.");
    return BlockRule{.max_weight = std::nullopt, .hint = *concurrent_tasks};
}

double checked_timeout(double timeout)
{
    if (timeout >= 0 && std::isfinite(timeout)) return timeout;
    throw UsageError(fmt::format("The timeout of a task is {} (it must be a number of seconds from "
                                 "0). Give the seconds that a task may take, or 0 for any.",
                                 timeout));
}

void refuse_task_option(char const* option)
{
    throw UsageError(fmt::format("The option {} was given to map or apply (it is of single tasks, "
                                 "and items travel in chunks there). Use session.starmap, or leave "
                                 "it out.",
                                 option));
}

void refuse_no_cores(std::uint64_t task_no)
{
    throw UsageError(fmt::format("Task {} asks for 0 cores (the worker that runs it is one). Give "
                                 "at least 1.",
                                 task_no));
}

void put_refusal(Bytes& out, std::size_t at, UnitHead head)
{
    auto const text =
        "its arguments could not be packed on rank 0: " + base::current_exception_text();
    out.resize(at);
    head.flags = unit_is_refused;
    out.put(head);
    auto const begin = out.size();
    out.append(text.data(), text.size());
    out.align();
    out.patch(at + offsetof(UnitHead, length), std::uint64_t{out.size() - begin});
}

void add_unpack_failure(std::vector<UnitFailure>& failures, std::uint64_t position,
                        std::uint32_t count, UnitHead const& head)
{
    UnitFailure failure;
    failure.position = position;
    failure.count = count;
    failure.item = head.index;
    failure.task_no = head.task_no;
    failure.text = "its result could not be unpacked on rank 0: " + base::current_exception_text();
    failures.push_back(std::move(failure));
}

void refuse_second_use(std::string const& name)
{
    throw UsageError(fmt::format("The results of Starmap \"{}\" were asked for a second time (its "
                                 "tasks were run, and what they gave was handed over). Keep the "
                                 "result, or make a new Starmap.",
                                 name));
}

} // namespace starmap::detail
