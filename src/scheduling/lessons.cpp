#include "scheduling/lessons.hpp"

namespace starmap::scheduling {

namespace {

void add_to(Cost& sum, Cost const& cost)
{
    sum.seconds += cost.seconds;
    sum.weight += cost.weight;
    sum.units += cost.units;
}

} // namespace

void Lessons::add(std::string const& starmap, std::string const& key, Cost const& cost)
{
    auto& known = starmaps_[starmap];
    add_to(known.all, cost);
    add_to(known.keys[key], cost);
}

Cost Lessons::of(std::string_view starmap) const
{
    auto const found = starmaps_.find(starmap);
    return found == starmaps_.end() ? Cost{} : found->second.all;
}

Cost Lessons::of(std::string_view starmap, std::string_view key) const
{
    auto const found = starmaps_.find(starmap);
    if (found == starmaps_.end()) return {};
    auto const of_key = found->second.keys.find(key);
    return of_key == found->second.keys.end() ? Cost{} : of_key->second;
}

} // namespace starmap::scheduling
