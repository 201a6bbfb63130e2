#include "core/job.hpp"

#include "core/input_error.hpp"
#include "core/literal.hpp"
#include "core/numbers.hpp"
#include "core/text_file.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <functional>
#include <map>
#include <string_view>

namespace hazard {

namespace {

struct Line {
    std::string value;
    std::size_t number = 0;
};

/// Keys, values and line numbers of an INI file; sections make no difference. A line that begins
/// with a blank goes on with the one before.
std::map<std::string, Line> lines_of(std::string const& path)
{
    auto const text = text_of_file(path);
    std::map<std::string, Line> lines;
    Line* open = nullptr;
    std::string_view left = text;
    for (std::size_t number = 1; !left.empty(); ++number) {
        auto const whole = left.substr(0, left.find('\n'));
        left.remove_prefix(std::min(left.size(), whole.size() + 1));
        auto const line = trimmed(whole);
        if (line.empty() || line.front() == '#' || line.front() == ';') continue;
        if (open != nullptr && (whole.front() == ' ' || whole.front() == '\t')) {
            open->value += ' ' + std::string(line);
            continue;
        }
        open = nullptr;
        if (line.front() == '[') continue;
        auto const refuse = [&](std::string const& why) {
            throw PlacedError(path + ":" + std::to_string(number) + ": \"" + std::string(line) +
                              "\" " + why);
        };
        auto const equals = line.find('=');
        if (equals == std::string_view::npos)
            refuse("is neither [SECTION] nor KEY = VALUE (job files have no other lines): mend it");
        std::string const key(trimmed(line.substr(0, equals)));
        auto const [entry, is_new] =
            lines.try_emplace(key, Line{std::string(trimmed(line.substr(equals + 1))), number});
        if (!is_new) refuse("gives a key again (one value holds): take one out");
        open = &entry->second;
    }
    return lines;
}

/// They would change the curves; what they ask for is not there.
constexpr std::array changing{
    "site_model_file",      "region",
    "region_grid_spacing",  "hazard_curves_file",
    "minimum_magnitude",    "minimum_intensity",
    "pointsource_distance", "ps_grid_spacing",
    "discard_trts",         "shift_hypo",
    "floating_x_step",      "floating_y_step",
    "rupture_dict",         "reqv_hdf5",
    "exposure_file",        "sites_slice",
    "soil_intensities",     "horiz_comp_to_geom_mean",
    "amplification_csv",    "source_id",
    "disagg_bin_edges",     "sourceID",
    "override_vs30",        "maximum_distance_stations",
};

double number_of(std::string const& value)
{
    auto const number = number_in(value);
    if (!number) throw InputError("is \"" + value + "\" (it must be a finite number): mend it");
    return *number;
}

std::vector<double> read_levels(std::string const& value)
{
    auto const entries = read_dictionary(value);
    if (entries.size() != 1 || entries.front().key != "PGA")
        throw InputError("names other measures than PGA (only peak ground acceleration is "
                         "computed): write {\"PGA\": [0.01, 0.1]}");
    return entries.front().numbers;
}

MaxDistance read_max_distance(std::string const& value)
{
    if (number_in(value)) return MaxDistance::parse(value);
    auto const entries = read_dictionary(value);
    if (entries.size() != 1 || entries.front().key != "default")
        throw InputError("depends on the tectonic region (one distance for all is computed with): "
                         "give {\"default\": KM} alone");
    auto const& numbers = entries.front().numbers;
    if (!entries.front().is_list) return MaxDistance({{0, numbers.front()}});
    if (numbers.empty() || numbers.size() % 2 != 0)
        throw InputError("is no list of pairs (magnitude, km): write [(5, 100), (7, 300)]");
    std::vector<std::pair<double, double>> pairs;
    for (std::size_t i = 0; i < numbers.size(); i += 2)
        pairs.emplace_back(numbers[i], numbers[i + 1]);
    return MaxDistance(std::move(pairs));
}

std::vector<Position> read_coordinates(std::string const& value)
{
    auto const numbers = numbers_in(value);
    std::vector<Position> places;
    if (numbers.empty() || numbers.size() % 2 != 0)
        throw InputError("holds " + std::to_string(numbers.size()) +
                         " numbers (each site has a longitude and a latitude): mend it");
    for (std::size_t i = 0; i < numbers.size(); i += 2) {
        places.push_back({numbers[i], numbers[i + 1]});
        check(places.back());
    }
    return places;
}

void check_motion_model(std::string const& name)
{
    if (name != "SadighEtAl1997")
        throw InputError("names the ground motion model \"" + name +
                         "\" (only SadighEtAl1997 is known): use another program");
}

/// What each known key does; those that change no curve do nothing.
std::map<std::string, std::function<void(std::string const&)>> meanings(Job& job,
                                                                        std::string const& path)
{
    auto& calculation = job.calculation;
    auto const nothing = [](std::string const&) {};
    auto const number = [](double& target) {
        return [&target](std::string const& value) { target = number_of(value); };
    };
    return {
        {"description", nothing},
        {"export_dir", nothing},
        {"random_seed", nothing},
        {"mean", nothing},
        {"mean_hazard_curves", nothing},
        {"individual_curves", nothing},
        {"individual_rlzs", nothing},
        {"complex_fault_mesh_spacing", nothing},
        {"number_of_logic_tree_samples", nothing}, // of trees with one branch
        {"reference_vs30_type", nothing},
        {"reference_depth_to_2pt5km_per_sec", nothing},
        {"reference_depth_to_1pt0km_per_sec", nothing},
        {"calculation_mode",
         [](std::string const& value) {
             if (value != "classical")
                 throw InputError("is \"" + value +
                                  "\" (only classical is computed): use another program");
         }},
        {"reference_vs30_value",
         [](std::string const& value) {
             if (number_of(value) <= 750)
                 throw InputError("is " + value +
                                  " m/s (the motion is that of rock, of more than "
                                  "750 m/s): use another program");
         }},
        {"rupture_mesh_spacing", number(calculation.mesh_spacing)},
        {"width_of_mfd_bin", number(job.mfd_bin_width)},
        {"area_source_discretization", number(job.area_spacing)},
        {"investigation_time", number(job.years)},
        {"truncation_level",
         [&](std::string const& value) { calculation.sigma_truncation = number_of(value); }},
        {"maximum_distance",
         [&](std::string const& value) { calculation.max_distance = read_max_distance(value); }},
        {"intensity_measure_types_and_levels",
         [&](std::string const& value) { calculation.levels = read_levels(value); }},
        {"sites", [&](std::string const& value) { job.sites = read_coordinates(value); }},
        {"sites_csv", [&](std::string const& value) { job.sites_file = beside(path, value); }},
        {"gsim", check_motion_model},
        {"gsim_logic_tree_file",
         [path](std::string const& value) {
             for (auto const& name : only_branches(beside(path, value))) check_motion_model(name);
         }},
        {"source_model_file",
         [&job, path](std::string const& value) { job.models.push_back(beside(path, value)); }},
        {"source_model_logic_tree_file",
         [&job, path](std::string const& value) {
             auto const tree = beside(path, value);
             for (auto const& model : only_branches(tree))
                 job.models.push_back(beside(tree, model));
         }},
    };
}

void require(std::map<std::string, Line> const& lines, std::string const& path,
             std::initializer_list<char const*> any_of)
{
    std::string names;
    for (auto const* const name : any_of) {
        if (lines.contains(name)) return;
        names += (names.empty() ? "" : " or ") + std::string(name);
    }
    throw PlacedError(path + ": the key " + names +
                      " is missing (it cannot be computed without): add it");
}

} // namespace

Job read_job_file(std::string const& path, std::vector<std::string>& warnings)
{
    auto const lines = lines_of(path);
    require(lines, path, {"calculation_mode"});
    require(lines, path, {"source_model_logic_tree_file", "source_model_file"});
    require(lines, path, {"gsim", "gsim_logic_tree_file"});
    require(lines, path, {"investigation_time"});
    if (lines.contains("sites") && lines.contains("sites_csv"))
        throw PlacedError(path + ":" + std::to_string(lines.at("sites").number) +
                          ": sites are given here and by sites_csv (one of both holds): take one "
                          "out");
    Job job;
    auto const known = meanings(job, path);
    for (auto const& [key, line] : lines) {
        auto const place = path + ":" + std::to_string(line.number) + ": " + key + " ";
        if (std::ranges::find(changing, std::string_view(key)) != changing.end())
            throw PlacedError(place + "would change the curves (it is not understood): take it "
                                      "out, or use another program");
        auto const meaning = known.find(key);
        if (meaning == known.end()) {
            warnings.push_back(place + "is not used");
            continue;
        }
        try {
            meaning->second(line.value);
        } catch (PlacedError const&) {
            throw;
        } catch (InputError const& error) {
            throw PlacedError(place + error.what());
        }
    }
    return job;
}

} // namespace hazard
