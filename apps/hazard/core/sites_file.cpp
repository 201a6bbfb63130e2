#include "core/input_error.hpp"
#include "core/job.hpp"
#include "core/numbers.hpp"
#include "core/text_file.hpp"

#include <cstddef>
#include <string_view>

namespace hazard {

namespace {

Position position_in(std::string_view line)
{
    auto const comma = line.find(',');
    auto const lon = number_in(line.substr(0, comma));
    auto const lat =
        comma == std::string_view::npos ? std::nullopt : number_in(line.substr(comma + 1));
    if (!lon || !lat)
        throw InputError("\"" + std::string(trimmed(line)) +
                         "\" is not a place (two finite numbers parted by a comma are): write "
                         "LON,LAT");
    check(Position{*lon, *lat});
    return {*lon, *lat};
}

} // namespace

std::vector<Position> read_sites(std::string const& path)
{
    auto const text = text_of_file(path);
    std::string_view left = text;
    std::vector<Position> sites;
    for (std::size_t number = 1; !left.empty(); ++number) {
        auto const end = left.find('\n');
        auto const line = trimmed(left.substr(0, end));
        left.remove_prefix(end == std::string_view::npos ? left.size() : end + 1);
        try {
            if (number == 1 && line != "lon,lat")
                throw InputError("the header is \"" + std::string(line) +
                                 "\" (the columns could not be told apart): let the first line be "
                                 "lon,lat");
            if (number > 1 && !line.empty()) sites.push_back(position_in(line));
        } catch (InputError const& error) {
            throw PlacedError(path + ":" + std::to_string(number) + ": " + error.what());
        }
    }
    if (sites.empty())
        throw PlacedError(path + ": there are no sites (nothing is to be computed): give a header "
                                 "lon,lat and a line for each site");
    return sites;
}

} // namespace hazard
