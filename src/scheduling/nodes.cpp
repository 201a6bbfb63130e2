#include "scheduling/nodes.hpp"

#include <algorithm>

namespace starmap::scheduling {

void Nodes::add(WorkerId worker, std::uint32_t node)
{
    if (nodes_.size() <= node) nodes_.resize(node + std::size_t{1});
    if (places_.size() <= worker) places_.resize(worker + std::size_t{1});
    places_[worker] = {.node = node};
    nodes_[node].workers.push_back(worker);
    largest_ = std::max(largest_, size(node));
}

std::vector<WorkerId> Nodes::remove(WorkerId worker)
{
    auto freed = release(worker);
    set_idle(worker, false);
    auto& place = places_[worker];
    std::erase(nodes_[place.node].workers, worker);
    place = {};
    largest_ = 0;
    for (std::uint32_t node = 0; node < nodes_.size(); ++node)
        largest_ = std::max(largest_, size(node));
    return freed;
}

void Nodes::set_idle(WorkerId worker, bool idle)
{
    auto& place = places_[worker];
    if (place.idle == idle || place.node == no_node) return;
    place.idle = idle;
    auto& count = nodes_[place.node].idle;
    count = idle ? count + 1 : count - 1;
}

std::vector<WorkerId> Nodes::take(WorkerId runner, std::uint32_t cores)
{
    std::vector<WorkerId> taken;
    for (auto const worker : nodes_[places_[runner].node].workers) {
        if (taken.size() + 1 >= cores) break;
        if (worker == runner || !places_[worker].idle) continue;
        set_idle(worker, false);
        places_[worker].taken_by = runner;
        taken.push_back(worker);
    }
    return taken;
}

std::vector<WorkerId> Nodes::taken_by(WorkerId runner) const
{
    std::vector<WorkerId> taken;
    if (runner >= places_.size() || places_[runner].node == no_node) return taken;
    for (auto const worker : nodes_[places_[runner].node].workers)
        if (places_[worker].taken_by == runner) taken.push_back(worker);
    return taken;
}

std::vector<WorkerId> Nodes::release(WorkerId runner)
{
    auto freed = taken_by(runner);
    for (auto const worker : freed) places_[worker].taken_by = no_worker;
    return freed;
}

std::optional<std::uint32_t> Nodes::fitting(std::uint32_t cores, bool also_reserved) const
{
    std::optional<std::uint32_t> best;
    for (std::uint32_t node = 0; node < nodes_.size(); ++node) {
        if (nodes_[node].idle < cores || (!also_reserved && reserved_ == node)) continue;
        if (!best || nodes_[node].idle < nodes_[*best].idle) best = node;
    }
    return best;
}

std::optional<std::uint32_t>
Nodes::soonest(std::uint32_t cores, std::function<double(WorkerId)> const& seconds_until_idle) const
{
    std::optional<std::uint32_t> best;
    double least = 0;
    std::vector<double> seconds;
    for (std::uint32_t node = 0; node < nodes_.size(); ++node) {
        if (cores == 0 || size(node) < cores) continue;
        seconds.clear();
        for (auto const worker : nodes_[node].workers)
            seconds.push_back(places_[worker].idle ? 0 : seconds_until_idle(worker));
        auto const last = seconds.begin() + (static_cast<std::ptrdiff_t>(cores) - 1);
        std::nth_element(seconds.begin(), last, seconds.end());
        auto const sooner = best && *last == least && nodes_[node].idle > nodes_[*best].idle;
        if (best && *last >= least && !sooner) continue;
        best = node;
        least = *last;
    }
    return best;
}

} // namespace starmap::scheduling
