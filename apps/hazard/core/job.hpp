#pragma once

#include "core/calculation.hpp"

#include <string>
#include <vector>

namespace hazard {

/// All that a run is told, from the command line or from a job file.
struct Job {
    std::vector<std::string> models; ///< files; their sources are taken together
    std::string sites_file;          ///< CSV; empty where `sites` are given themselves
    std::vector<Position> sites;
    Calculation calculation;
    double area_spacing = 10;   ///< of the grids of areas [km]
    double mfd_bin_width = 0.1; ///< of truncated Gutenberg-Richter distributions
    double years = 1;           ///< in which probabilities of exceedance are asked for
};

/// Throws InputError for numbers that cannot be computed with.
void check(Job const& job);

/// A job file of OpenQuake's classical calculator. Its keys that are not used, but change no curve,
/// are added to `warnings`, a sentence each. Throws InputError "FILE:LINE: SENTENCE" for those that
/// would change the curves and are not understood.
Job read_job_file(std::string const& path, std::vector<std::string>& warnings);

/// The files named by a source model logic tree, or the ground motion models by that of ground
/// motions, which must have one branch in each of its branch sets.
std::vector<std::string> only_branches(std::string const& path);

/// Reads a CSV file with the header lon,lat. Throws InputError, with the line, for anything that is
/// not a place on the globe, and for a file without sites.
std::vector<Position> read_sites(std::string const& path);

} // namespace hazard
