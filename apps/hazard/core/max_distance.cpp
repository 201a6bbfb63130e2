#include "core/max_distance.hpp"

#include "core/input_error.hpp"
#include "core/numbers.hpp"

#include <cstddef>
#include <limits>
#include <string>

namespace hazard {

MaxDistance::MaxDistance(std::vector<std::pair<double, double>> pairs) : pairs_(std::move(pairs))
{
    for (std::size_t i = 0; i < pairs_.size(); ++i) {
        auto const [magnitude, distance] = pairs_[i];
        if (!(distance > 0))
            throw InputError("the maximum distance is " + text_of(distance) +
                             " km (nothing would be felt anywhere): give a positive one");
        if (i > 0 && !(magnitude > pairs_[i - 1].first))
            throw InputError("the maximum distance of magnitude " + text_of(magnitude) +
                             " comes after that of " + text_of(pairs_[i - 1].first) +
                             " (there must be one value for each): let magnitudes rise");
    }
}

MaxDistance MaxDistance::parse(std::string_view text)
{
    if (auto const distance = number_in(text)) return MaxDistance({{0, *distance}});
    std::vector<std::pair<double, double>> pairs;
    for (bool more = true; more;) {
        auto const comma = text.find(',');
        auto const word = text.substr(0, comma);
        auto const colon = word.find(':');
        auto const magnitude = number_in(word.substr(0, colon));
        auto const distance =
            colon == std::string_view::npos ? std::nullopt : number_in(word.substr(colon + 1));
        if (!magnitude || !distance)
            throw InputError("\"" + std::string(word) +
                             "\" is no maximum distance (a number of km, or pairs "
                             "MAGNITUDE:KM): write 300, or 5:100,7:300");
        pairs.emplace_back(*magnitude, *distance);
        more = comma != std::string_view::npos;
        if (more) text.remove_prefix(comma + 1);
    }
    return MaxDistance(std::move(pairs));
}

double MaxDistance::operator()(double magnitude) const
{
    if (pairs_.empty()) return std::numeric_limits<double>::infinity();
    if (magnitude <= pairs_.front().first) return pairs_.front().second;
    for (std::size_t i = 1; i < pairs_.size(); ++i) {
        auto const [low, near] = pairs_[i - 1];
        auto const [high, far] = pairs_[i];
        if (magnitude <= high) return near + (far - near) * (magnitude - low) / (high - low);
    }
    return pairs_.back().second;
}

} // namespace hazard
