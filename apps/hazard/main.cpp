/// Classical probabilistic seismic hazard: reads a source model and sites, cuts the sources into
/// pieces of work, and adds up the rates at which ground motions are exceeded.
#include "core/input_error.hpp"
#include "core/nrml.hpp"
#include "core/splitting.hpp"
#include "curves_file.hpp"
#include "options.hpp"

#include <starmap/starmap.hpp>

#include <CLI/Error.hpp>

#include <iostream>
#include <iterator>
#include <optional>
#include <string>
#include <vector>

namespace {

void warn(std::string const& sentence) { std::cerr << "hazard: " << sentence << '\n'; }

std::vector<hazard::Work> split_all(hazard::Job const& job, hazard::Sites const& sites)
{
    std::vector<hazard::Work> works;
    for (auto const& model : job.models) {
        for (auto const& source : hazard::read_source_model(model, job.mfd_bin_width)) {
            try {
                auto part = hazard::split(source, sites, job.calculation, job.area_spacing);
                std::ranges::move(part, std::back_inserter(works));
            } catch (hazard::InputError const& error) {
                throw hazard::InputError(model + ": source \"" + source.id + "\": " + error.what());
            }
        }
    }
    return works;
}

void warn_of_far_sites(hazard::Curves const& rates, std::size_t sites)
{
    if (auto const far = sites - rates.sites().size(); far > 0)
        warn(std::to_string(far) + " of " + std::to_string(sites) +
             " sites are farther than the maximum distance from all ruptures: their curves are 0");
}

void compute(starmap::Session& session, Request request)
{
    auto& job = request.job;
    for (auto const& warning : request.warnings) warn(warning);
    if (!job.sites_file.empty()) job.sites = hazard::read_sites(job.sites_file);
    FileInProgress output(request.output);
    std::optional<FileInProgress> csv;
    if (!request.csv.empty()) csv.emplace(request.csv);

    hazard::Sites const sites(job.sites);
    auto const works = split_all(job, sites);
    auto const rates =
        session
            .map(starmap::fn<hazard::curves_of>, works, starmap::shared(sites, job.calculation),
                 {.name = "hazard", .weight = &hazard::Work::weight})
            .reduce();
    warn_of_far_sites(rates, job.sites.size());
    auto const curves = hazard_curves(job.sites, job.calculation.levels, job.years, rates);
    if (csv) write_csv(*csv, curves);
    write_hdf5(output, curves);
}

int failed(std::string const& sentence, int code)
{
    std::cerr << "hazard: " << sentence << '\n';
    return code;
}

} // namespace

int main(int argc, char** argv)
{
    return starmap::run(argc, argv, [&](starmap::Session& session) {
        try {
            compute(session, read_request(argc, argv));
            return 0;
        } catch (CLI::Success const&) {
            return 0; // --help
        } catch (Misused const& error) {
            return failed(error.what(), 2);
        } catch (hazard::InputError const& error) {
            return failed(error.what(), 1);
        } catch (starmap::IoError const& error) {
            return failed(error.what(), 1);
        }
    });
}
