#include "scheduling/wide_work.hpp"

#include <algorithm>
#include <limits>
#include <set>
#include <utility>

namespace starmap::scheduling {

UnitPool& WideWork::pool(std::uint32_t cores, CostModel const& costs)
{
    auto const [found, is_new] = lines_.try_emplace(cores);
    if (is_new) found->second.pool.set_rest(costs.rate());
    return found->second.pool;
}

void WideWork::add(std::uint64_t base, UnitPool::Weights const& weights,
                   std::span<std::uint32_t const> groups, std::span<std::uint32_t const> cores,
                   CostModel const& costs)
{
    std::set<std::uint32_t> const widths(cores.begin(), cores.end());
    for (auto const width : widths) {
        if (width <= 1) continue;
        auto& of = pool(width, costs);
        of.skip(base - of.positions());
        of.add(weights, groups, cores, width);
        for (std::size_t i = 0; i < groups.size(); ++i)
            if ((i == 0 || groups[i] != groups[i - 1]) && costs.knows_apart(groups[i]))
                of.set_rate(groups[i], costs.rate(groups[i]));
    }
}

void WideWork::add_blocks(std::vector<Range> const& blocks, CostModel const& costs)
{
    std::map<std::uint32_t, std::vector<Range>> by_cores;
    for (auto const& block : blocks) by_cores[block.cores].push_back(block);
    for (auto& [cores, each] : by_cores) pool(cores, costs).add_blocks(std::move(each));
}

void WideWork::tell_rates(std::uint32_t group, CostModel const& costs)
{
    for (auto& [cores, line] : lines_) line.pool.set_rate(group, costs.rate(group));
}

void WideWork::tell_rates(CostModel const& costs)
{
    for (auto& [cores, line] : lines_) line.pool.set_rest(costs.rate());
}

bool WideWork::empty() const noexcept { return units_left() == 0 && !has_retries(); }

std::uint64_t WideWork::units_left() const noexcept
{
    std::uint64_t units = 0;
    for (auto const& [cores, line] : lines_) units += line.pool.units_left();
    return units;
}

bool WideWork::has_retries() const noexcept
{
    return std::any_of(lines_.begin(), lines_.end(),
                       [](auto const& each) { return !each.second.retries.empty(); });
}

bool WideWork::offers(std::uint64_t position) const
{
    return std::any_of(lines_.begin(), lines_.end(),
                       [&](auto const& each) { return each.second.pool.offers(position); });
}

void WideWork::clear()
{
    for (auto& [cores, line] : lines_) {
        line.pool.clear();
        line.retries.clear();
    }
}

std::optional<WideWork::Head> WideWork::head(std::uint32_t cores, Line& line, Asked const& asked)
{
    for (std::size_t i = 0; i < line.retries.size(); ++i)
        if (!asked.fits || asked.fits(line.retries[i].range))
            return Head{.cores = cores,
                        .cost = std::numeric_limits<double>::infinity(),
                        .retry = true,
                        .at = i,
                        .position = {}};
    auto& pool = line.pool;
    if (pool.empty()) return std::nullopt;
    if (asked.held && !(asked.held_but && pool.offers(*asked.held_but))) return std::nullopt;
    pool.put_in_order();
    auto at = asked.held ? asked.held_but : std::nullopt;
    if (asked.fits) {
        at = pool.begin_where(
            [&](std::uint32_t group, double weight, std::uint32_t units) {
                return asked.fits({.count = units, .weight = weight, .group = group});
            },
            at);
        if (!at) return std::nullopt;
    }
    return Head{.cores = cores, .cost = pool.next_cost(), .position = at};
}

std::vector<WideWork::Head> WideWork::heads(Asked const& asked)
{
    std::vector<Head> heads;
    for (auto& [cores, line] : lines_)
        if (auto const found = head(cores, line, asked)) heads.push_back(*found);
    std::sort(heads.begin(), heads.end(), [](Head const& a, Head const& b) {
        return a.cost != b.cost ? a.cost > b.cost : a.cores > b.cores;
    });
    return heads;
}

double WideWork::next_cost() const
{
    double cost = 0;
    for (auto const& [cores, line] : lines_)
        if (!line.pool.empty()) cost = std::max(cost, line.pool.next_cost());
    return cost;
}

WorkerId WideWork::avoided_by(Head const& head) const
{
    return head.retry ? lines_.at(head.cores).retries[head.at].avoid : no_worker;
}

Retry WideWork::take(Head const& head)
{
    auto& line = lines_.at(head.cores);
    Retry taken;
    if (head.retry) {
        auto const at = line.retries.begin() + static_cast<std::ptrdiff_t>(head.at);
        taken = *at;
        line.retries.erase(at);
    } else {
        taken.range = line.pool.take(0, 1, head.position);
    }
    taken.range.cores = head.cores;
    return taken;
}

std::vector<Retry> WideWork::take_wider_than(std::uint32_t cores)
{
    std::vector<Retry> taken;
    for (auto at = lines_.upper_bound(cores); at != lines_.end(); at = lines_.erase(at)) {
        auto& [width, line] = *at;
        taken.insert(taken.end(), line.retries.begin(), line.retries.end());
        while (!line.pool.empty()) {
            taken.push_back({.range = line.pool.take(0, 1)});
            taken.back().range.cores = width;
        }
    }
    return taken;
}

} // namespace starmap::scheduling
