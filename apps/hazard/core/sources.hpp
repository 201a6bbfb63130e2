#pragma once

#include "core/geodesy.hpp"
#include "core/magnitudes.hpp"
#include "core/scaling.hpp"

#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace hazard {

/// The layer in which ruptures happen [km below the surface].
struct SeismogenicLayer {
    double upper = 0;
    double lower = 0;
};

/// Strike, dip and rake [degrees] of a rupture, and how probable they are.
struct NodalPlane {
    double probability = 1;
    double strike = 0;
    double dip = 90;
    double rake = 0;
};

struct HypocentralDepth {
    double probability = 1;
    double depth = 0; ///< [km]
};

/// How large, how often and how oriented the ruptures of a source are.
struct Seismicity {
    std::vector<MagnitudeRate> magnitudes;
    Scaling scaling = Scaling::point;
    double aspect_ratio = 1; ///< length / width of a rupture
    SeismogenicLayer layer;

    template <class Archive>
    void serialize(Archive& archive, unsigned)
    {
        archive& magnitudes& scaling& aspect_ratio& layer;
    }
};

/// What happens below each place of a point or area source.
struct PointSeismicity : Seismicity {
    std::vector<NodalPlane> planes;
    std::vector<HypocentralDepth> depths;

    template <class Archive>
    void serialize(Archive& archive, unsigned version)
    {
        Seismicity::serialize(archive, version);
        archive& planes& depths;
    }
};

struct PointSource {
    Position place;
    PointSeismicity seismicity;
};

/// Point sources that share a seismicity evenly, on a grid inside a polygon.
struct AreaSource {
    std::vector<Position> polygon;
    std::optional<double> spacing; ///< of the grid [km]; where the model says nothing, the job does
    PointSeismicity seismicity;
};

/// A surface below a trace on the ground, at a dip to its right, over which ruptures float.
struct SimpleFaultSource {
    std::vector<Position> trace;
    double dip = 90;
    double rake = 0;
    Seismicity seismicity;

    template <class Archive>
    void serialize(Archive& archive, unsigned)
    {
        archive& trace& dip& rake& seismicity;
    }
};

struct Source {
    std::string id;
    std::variant<PointSource, AreaSource, SimpleFaultSource> kind;
};

/// Throw InputError for what cannot be computed with; readers of models call them.
void check(SeismogenicLayer const& layer);
void check(NodalPlane const& plane);
void check(std::vector<MagnitudeRate> const& magnitudes);
/// Also unless the probabilities add up to 1.
void check(std::vector<NodalPlane> const& planes);
void check(std::vector<HypocentralDepth> const& depths, SeismogenicLayer const& layer);
/// The trace, its dip and the rake.
void check(SimpleFaultSource const& fault);

} // namespace hazard
