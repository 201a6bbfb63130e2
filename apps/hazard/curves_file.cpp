#include "curves_file.hpp"

#include "core/numbers.hpp"

#include <starmap/error.hpp>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <utility>

namespace {
[[noreturn]] void refuse(std::string const& path)
{
    throw starmap::IoError("cannot write \"" + path + "\" (" + std::strerror(errno) +
                           "): give another path, or make room");
}
} // namespace

HazardCurves hazard_curves(std::vector<hazard::Position> sites, std::vector<double> levels,
                           double years, hazard::Curves const& rates)
{
    HazardCurves result{std::move(sites), std::move(levels), years, {}};
    result.probabilities.resize(result.sites.size() * result.levels.size());
    for (std::size_t i = 0; i < rates.sites().size(); ++i) {
        auto* const row = result.probabilities.data() + rates.sites()[i] * result.levels.size();
        for (std::size_t l = 0; l < result.levels.size(); ++l)
            row[l] = hazard::probability(rates.at(i)[l], years);
    }
    return result;
}

FileInProgress::FileInProgress(std::string path) : path_(std::move(path)), part_(path_ + ".part")
{
    // A name that will not do must be known now, not at the end of the work.
    if (std::filesystem::is_directory(path_)) {
        errno = EISDIR;
        refuse(path_);
    }
    if (!std::ofstream(part_)) refuse(path_);
}

FileInProgress::~FileInProgress()
{
    if (!finished_) std::remove(part_.c_str());
}

void FileInProgress::finish()
{
    if (std::rename(part_.c_str(), path_.c_str()) != 0) refuse(path_);
    finished_ = true;
}

void write_csv(FileInProgress& file, HazardCurves const& curves)
{
    std::string text = "lon,lat";
    for (double const level : curves.levels) text += ",poe-" + hazard::text_of(level);
    auto const* probability = curves.probabilities.data();
    for (auto const& site : curves.sites) {
        text += '\n' + hazard::text_of(site.lon) + ',' + hazard::text_of(site.lat);
        for (std::size_t l = 0; l < curves.levels.size(); ++l)
            text += ',' + hazard::text_of(*probability++);
    }
    text += '\n';
    std::ofstream out(file.part(), std::ios::binary);
    out << text;
    out.close();
    if (!out) refuse(file.part());
    file.finish();
}
