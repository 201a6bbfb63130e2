// How a Starmap is answered from a checkpoint; the rest of OpenStarmap is in open_starmap.cpp.
#include "base/log.hpp"
#include "roles/open_starmap.hpp"

#include <algorithm>
#include <limits>
#include <memory>
#include <numeric>

namespace starmap::roles {

void OpenStarmap::use(journal::Checkpoint& checkpoint)
{
    if (!job_->has_content()) {
        base::log_info("The results of {} are not kept in the checkpoint: {}", spec_.name,
                       spec_.splitting == detail::Splitting::guided && !spec_.items_are_tasks
                           ? "its chunks depend on the run; concurrent_tasks or max_weight fix them"
                           : "its tasks may submit others, or emit any number of results");
        return;
    }
    kept_ = std::make_unique<KeptResults>(checkpoint, *job_, number());
    job_->keeper = kept_.get();
}

/// Hands the gaps between what is known to the scheduler, in order of their positions.
void OpenStarmap::add_unknown(detail::Window const& window, std::uint64_t first,
                              std::span<scheduling::Range const> known,
                              scheduling::Scheduler& scheduler)
{
    auto const weight_of = [&](std::uint64_t from, std::uint64_t count) {
        if (!window.weights) return static_cast<double>(count);
        auto const begin = window.weights->begin() + static_cast<std::ptrdiff_t>(from - first);
        return std::accumulate(begin, begin + static_cast<std::ptrdiff_t>(count), 0.0);
    };
    auto const cores_of = [&](std::uint64_t from, std::uint64_t count) {
        auto const all = std::span<std::uint32_t const>(window.cores);
        return all.empty() ? all : all.subspan(from - first, count);
    };
    std::vector<scheduling::Range> blocks;
    auto const gap = [&](std::uint64_t from, std::uint64_t to) {
        if (from == to) return;
        auto const begin = static_cast<std::ptrdiff_t>(from - first);
        auto const end = static_cast<std::ptrdiff_t>(to - first);
        if (!window.blocks.empty()) {
            for (auto const& block : window.blocks) {
                auto const left = std::max(from, block.first);
                auto const right = std::min(to, block.first + block.count);
                if (left >= right) continue;
                auto const count = static_cast<std::uint32_t>(right - left);
                auto const cores = cores_of(left, count);
                blocks.push_back(
                    {.first = left,
                     .count = count,
                     .weight = weight_of(left, count),
                     .cores = cores.empty() ? 1 : *std::max_element(cores.begin(), cores.end())});
            }
        } else if (window.weights) {
            auto const& weights = *window.weights;
            auto const& groups = window.groups;
            scheduler.add(number(),
                          std::make_shared<std::vector<double> const>(weights.begin() + begin,
                                                                      weights.begin() + end),
                          groups.empty() ? std::span<std::uint32_t const>()
                                         : std::span(groups).subspan(from - first, to - from),
                          cores_of(from, to - from));
        } else {
            scheduler.add_uniform(number(), to - from);
        }
    };
    auto at = first;
    for (auto const& stretch : known) {
        gap(at, stretch.first);
        if (window.blocks.empty()) scheduler.skip(number(), stretch.count);
        known_weight_ += weight_of(stretch.first, stretch.count);
        at = stretch.first + stretch.count;
    }
    gap(at, first + window.count);
    if (window.blocks.empty()) return;
    auto const left =
        std::accumulate(blocks.begin(), blocks.end(), std::uint64_t{0},
                        [](auto sum, auto const& block) { return sum + block.count; });
    scheduler.add_blocks(number(), std::move(blocks));
    scheduler.skip(number(), window.count - left);
}

bool OpenStarmap::take_known(std::uint64_t room, scheduling::Scheduler& scheduler)
{
    constexpr int most_at_once = 256;
    constexpr std::size_t most_values = 4096;
    if (job_ == nullptr || !knows_more()) return false;
    bool taken = false;
    for (int i = 0; i < most_at_once && kept_->waiting(); ++i) {
        // An ordered consumer waits for one position; what lies behind it must not fill the memory.
        auto const backlog = job_->backlog();
        if ((backlog.bytes > room || backlog.values > most_values) &&
            backlog.needed != std::optional(kept_->next()))
            break;
        scheduling::Range range;
        if (kept_->restore_next(range)) {
            tasks_done_ += spec_.mode == detail::ResultMode::combined || spec_.items_are_tasks
                               ? range.count
                               : 1;
            info_.tasks_known += tasks_done_ - info_.tasks_done;
            info_.tasks_done = tasks_done_;
            job_->release(range.first, range.count);
            kept_->release(range.first, range.count);
            taken = news = true;
        } else {
            for (std::uint64_t p = range.first; p < range.first + range.count; ++p)
                scheduler.put_back(number(), {.first = p,
                                              .count = 1,
                                              .weight = job_->head_of(p).weight,
                                              .cores = job_->cores_of(p, 1)});
            taken = true;
        }
    }
    return taken;
}

} // namespace starmap::roles
