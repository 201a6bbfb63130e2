#include "options.hpp"

#include "core/input_error.hpp"

#include <CLI/CLI.hpp>

#include <optional>

namespace {

using hazard::Job;

/// Options as they were given; what was not given holds nothing.
struct Given {
    std::string input;
    std::optional<std::string> sites;
    std::optional<std::vector<double>> levels;
    std::optional<double> sigma_truncation;
    std::optional<double> area_spacing;
    std::optional<double> mesh_spacing;
    std::optional<double> mfd_bin_width;
    std::optional<std::string> max_distance;
    std::optional<double> years;

    bool has_job_file() const { return input.ends_with(".ini"); }
};

void describe(CLI::App& app, Given& given, Request& request)
{
    app.add_option("INPUT", given.input,
                   "a source model in NRML 0.5, or a job file that ends with .ini")
        ->required();
    app.add_option("--sites", given.sites, "CSV file with the header lon,lat");
    app.add_option("--imls", given.levels,
                   "levels of peak ground acceleration [g], rising, parted by commas")
        ->delimiter(',');
    app.add_option("--sigma-truncation", given.sigma_truncation,
                   "standard deviations at which the motion's distribution is cut off; 0: the "
                   "median alone; not given: nowhere");
    app.add_option("--max-distance", given.max_distance,
                   "km beyond which ruptures are not felt, or a list MAGNITUDE:KM,...; not given: "
                   "all are felt");
    app.add_option("--area-spacing", given.area_spacing,
                   "of the grids of areas [km], where the model does not say it (10)");
    app.add_option("--mesh-spacing", given.mesh_spacing, "of the points of faults [km] (2)");
    app.add_option("--mfd-bin-width", given.mfd_bin_width,
                   "of truncated Gutenberg-Richter distributions [magnitudes] (0.1)");
    app.add_option("--time", given.years, "years in which to exceed, for probabilities (1)");
    app.add_option("-o,--output", request.output, "HDF5 file for the curves")
        ->capture_default_str();
    app.add_option("--csv", request.csv, "CSV file for the same curves");
    app.footer("Example: mpirun -n 5 hazard model.xml --sites sites.csv --imls 0.01,0.1,1 "
               "--sigma-truncation 3 --max-distance 300 --time 50 --csv curves.csv\n"
               "Options hold against what a job file says. Exit codes: 0 done, 1 a file cannot be "
               "used, 2 wrong usage.");
}

template <class T>
void take(T& target, std::optional<T> const& given)
{
    if (given) target = *given;
}

void override_by(Given const& given, Job& job)
{
    if (given.sites) job.sites.clear();
    take(job.sites_file, given.sites);
    take(job.calculation.levels, given.levels);
    if (given.sigma_truncation) job.calculation.sigma_truncation = given.sigma_truncation;
    take(job.area_spacing, given.area_spacing);
    take(job.calculation.mesh_spacing, given.mesh_spacing);
    take(job.mfd_bin_width, given.mfd_bin_width);
    take(job.years, given.years);
    if (given.max_distance)
        job.calculation.max_distance = hazard::MaxDistance::parse(*given.max_distance);
}

/// The job file, and what is wrong in it by its name.
Job read_job(Given const& given, std::vector<std::string>& warnings)
{
    auto job = hazard::read_job_file(given.input, warnings);
    auto checked = job;
    take(checked.calculation.levels, given.levels); // it need not have any then
    try {
        check(checked);
    } catch (hazard::InputError const& error) {
        throw hazard::PlacedError(given.input + ": " + error.what());
    }
    return job;
}

} // namespace

Request read_request(int argc, char** argv)
{
    Request request;
    Given given;
    CLI::App app("Classical probabilistic seismic hazard: how probably ground motions exceed given "
                 "levels.",
                 "hazard");
    describe(app, given, request);
    try {
        app.parse(argc, argv);
    } catch (CLI::ParseError const& error) {
        if (error.get_exit_code() != 0)
            throw Misused(std::string(error.what()) + " (see hazard --help)");
        app.exit(error); // prints the help
        throw;
    }
    if (given.has_job_file())
        request.job = read_job(given, request.warnings);
    else
        request.job.models = {given.input};
    try {
        override_by(given, request.job);
        if (request.job.sites.empty() && request.job.sites_file.empty())
            throw Misused("there are no sites (nothing is to be computed): give --sites FILE.csv");
        check(request.job);
    } catch (hazard::InputError const& error) {
        throw Misused(error.what());
    }
    return request;
}
