#pragma once

#include "core/curves.hpp"
#include "core/geodesy.hpp"

#include <string>
#include <vector>

/// Hazard curves of all sites: probabilities of exceedance, site by site and level by level.
struct HazardCurves {
    std::vector<hazard::Position> sites;
    std::vector<double> levels; ///< peak ground acceleration [g]
    double years = 1;
    std::vector<double> probabilities;
};

/// The probabilities that belong to rates; sites that these lack have none.
HazardCurves hazard_curves(std::vector<hazard::Position> sites, std::vector<double> levels,
                           double years, hazard::Curves const& rates);

/// A file that appears under its name when it is complete: until then it is PATH.part, and it is
/// removed if its owner dies before. Members throw starmap::IoError.
class FileInProgress {
public:
    /// Makes the part, so that a path that cannot be written is known before the work begins.
    explicit FileInProgress(std::string path);
    FileInProgress(FileInProgress const&) = delete;
    FileInProgress& operator=(FileInProgress const&) = delete;
    ~FileInProgress();

    std::string const& part() const noexcept { return part_; }
    void finish();

private:
    std::string path_;
    std::string part_;
    bool finished_ = false;
};

/// Writes header and rows lon,lat,poe-LEVEL,... with as many digits as numbers have.
void write_csv(FileInProgress& file, HazardCurves const& curves);

/// Writes the datasets lon, lat, levels (one dimension) and poe (sites x levels), and the attribute
/// years of poe.
void write_hdf5(FileInProgress& file, HazardCurves const& curves);
