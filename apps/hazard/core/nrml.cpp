#include "core/nrml.hpp"

#include "core/input_error.hpp"
#include "core/numbers.hpp"
#include "core/polygon.hpp"
#include "core/xml.hpp"

#include <cstddef>
#include <initializer_list>

namespace hazard {

namespace {

constexpr char const* nrml_05 = "http://openquake.org/xmlns/nrml/0.5";

std::vector<Position> positions_in(XmlElement const& pos_list)
{
    auto const numbers = pos_list.numbers();
    if (numbers.size() % 2 != 0)
        pos_list.fail("<posList> holds " + std::to_string(numbers.size()) +
                      " numbers (each place has a longitude and a latitude): mend it");
    std::vector<Position> positions;
    for (std::size_t i = 0; i < numbers.size(); i += 2) {
        positions.push_back({numbers[i], numbers[i + 1]});
        pos_list.at_this_place([&] { check(positions.back()); });
    }
    return positions;
}

/// What is inside nested elements that have no other children: a/b/c.
XmlElement inner(XmlElement element, std::initializer_list<std::string_view> names)
{
    for (auto const name : names) {
        element.allow_children({name});
        auto const next = element.child(name);
        next.allow_attributes({"srsName", "id"});
        element = next;
    }
    return element;
}

std::vector<MagnitudeRate> read_truncated(XmlElement const& mfd, double bin_width)
{
    mfd.allow_attributes({"aValue", "bValue", "minMag", "maxMag"});
    mfd.allow_children({});
    return truncated_gutenberg_richter(mfd.number("aValue"), mfd.number("bValue"),
                                       mfd.number("minMag"), mfd.number("maxMag"), bin_width);
}

std::vector<MagnitudeRate> read_incremental(XmlElement const& mfd)
{
    mfd.allow_attributes({"minMag", "binWidth"});
    mfd.allow_children({"occurRates"});
    return evenly_discretised(mfd.number("minMag"), mfd.number("binWidth"),
                              mfd.child("occurRates").numbers());
}

std::vector<NodalPlane> read_planes(XmlElement const& distribution)
{
    std::vector<NodalPlane> planes;
    distribution.allow_attributes({});
    distribution.allow_children({"nodalPlane"});
    for (auto const& plane : distribution.children()) {
        plane.allow_attributes({"probability", "strike", "dip", "rake"});
        plane.allow_children({});
        planes.push_back({plane.number("probability"), plane.number("strike"), plane.number("dip"),
                          plane.number("rake")});
        plane.at_this_place([&] { check(planes.back()); });
    }
    distribution.at_this_place([&] { check(planes); });
    return planes;
}

std::vector<HypocentralDepth> read_depths(XmlElement const& distribution,
                                          SeismogenicLayer const& layer)
{
    std::vector<HypocentralDepth> depths;
    distribution.allow_attributes({});
    distribution.allow_children({"hypoDepth"});
    for (auto const& depth : distribution.children()) {
        depth.allow_attributes({"probability", "depth"});
        depth.allow_children({});
        depths.push_back({depth.number("probability"), depth.number("depth")});
    }
    distribution.at_this_place([&] { check(depths, layer); });
    return depths;
}

/// Reads one source, knowing the width of the bins.
class SourceReader {
public:
    SourceReader(XmlElement const& element, double bin_width)
        : element_(element),
          bin_width_(bin_width)
    {
    }

    Source read() const
    {
        element_.allow_attributes({"id", "name", "tectonicRegion"});
        Source source{element_.attribute("id"), {}};
        if (element_.name() == "pointSource")
            source.kind = point();
        else if (element_.name() == "areaSource")
            source.kind = area();
        else if (element_.name() == "simpleFaultSource")
            source.kind = simple_fault();
        else
            element_.fail("<" + std::string(element_.name()) +
                          "> is a kind of source that is not known (pointSource, areaSource and "
                          "simpleFaultSource are): take it out of the model");
        return source;
    }

private:
    PointSource point() const
    {
        auto const geometry = geometry_of("pointGeometry", "Point");
        geometry.allow_attributes({});
        auto const pos = inner(geometry.child("Point"), {"pos"});
        auto const numbers = pos.numbers();
        if (numbers.size() != 2)
            pos.fail("<pos> holds " + std::to_string(numbers.size()) +
                     " numbers (a place has a longitude and a latitude): mend it");
        PointSource source{{numbers[0], numbers[1]}, point_seismicity(geometry)};
        pos.at_this_place([&] { check(source.place); });
        return source;
    }

    AreaSource area() const
    {
        auto const geometry = geometry_of("areaGeometry", "Polygon");
        geometry.allow_attributes({"discretization"});
        auto const pos_list =
            inner(geometry.child("Polygon"), {"exterior", "LinearRing", "posList"});
        AreaSource source{positions_in(pos_list), {}, point_seismicity(geometry)};
        auto& corners = source.polygon;
        if (corners.size() > 1 && corners.front().lon == corners.back().lon &&
            corners.front().lat == corners.back().lat)
            corners.pop_back(); // some close their rings themselves
        pos_list.at_this_place([&] { check_simple(corners); });
        if (geometry.attribute_if("discretization")) {
            source.spacing = geometry.number("discretization");
            if (!(*source.spacing > 0))
                geometry.fail("discretization is " + text_of(*source.spacing) +
                              " km (it must be positive): 10 is common");
        }
        return source;
    }

    SimpleFaultSource simple_fault() const
    {
        element_.allow_children({"simpleFaultGeometry", "magScaleRel", "ruptAspectRatio",
                                 "truncGutenbergRichterMFD", "incrementalMFD", "rake"});
        auto const geometry = element_.child("simpleFaultGeometry");
        geometry.allow_attributes({});
        geometry.allow_children({"LineString", "dip", "upperSeismoDepth", "lowerSeismoDepth"});
        auto const pos_list = inner(geometry.child("LineString"), {"posList"});
        SimpleFaultSource source{positions_in(pos_list),
                                 geometry.child("dip").number(),
                                 element_.child("rake").number(),
                                 {}};
        fill(source.seismicity, geometry);
        geometry.at_this_place([&] { check(source); });
        return source;
    }

    XmlElement geometry_of(std::string_view name, std::string_view shape) const
    {
        element_.allow_children({name, "magScaleRel", "ruptAspectRatio", "truncGutenbergRichterMFD",
                                 "incrementalMFD", "nodalPlaneDist", "hypoDepthDist"});
        auto const geometry = element_.child(name);
        geometry.allow_children({shape, "upperSeismoDepth", "lowerSeismoDepth"});
        return geometry;
    }

    PointSeismicity point_seismicity(XmlElement const& geometry) const
    {
        PointSeismicity seismicity;
        fill(seismicity, geometry);
        seismicity.planes = read_planes(element_.child("nodalPlaneDist"));
        seismicity.depths = read_depths(element_.child("hypoDepthDist"), seismicity.layer);
        return seismicity;
    }

    void fill(Seismicity& seismicity, XmlElement const& geometry) const
    {
        auto const relation = element_.child("magScaleRel");
        relation.at_this_place([&] { seismicity.scaling = scaling_named(relation.text()); });
        auto const ratio = element_.child("ruptAspectRatio");
        seismicity.aspect_ratio = ratio.number();
        if (!(seismicity.aspect_ratio > 0))
            ratio.fail("ruptAspectRatio is " + text_of(seismicity.aspect_ratio) +
                       " (length : width is positive): 1 is a square");
        seismicity.layer = {geometry.child("upperSeismoDepth").number(),
                            geometry.child("lowerSeismoDepth").number()};
        geometry.at_this_place([&] { check(seismicity.layer); });
        seismicity.magnitudes = magnitudes();
    }

    std::vector<MagnitudeRate> magnitudes() const
    {
        auto const truncated = element_.child_if("truncGutenbergRichterMFD");
        auto const incremental = element_.child_if("incrementalMFD");
        if (truncated.has_value() == incremental.has_value())
            element_.fail("a source has " + std::string(truncated ? "two" : "no") +
                          " magnitude-frequency distributions that are known (it needs one): give "
                          "a truncGutenbergRichterMFD or an incrementalMFD");
        auto const& mfd = truncated ? *truncated : *incremental;
        return mfd.at_this_place([&] {
            auto bins = truncated ? read_truncated(mfd, bin_width_) : read_incremental(mfd);
            check(bins);
            return bins;
        });
    }

    XmlElement const& element_;
    double bin_width_;
};

/// Groups say how their sources depend on each other; only independence is known.
void check_group(XmlElement const& group)
{
    group.allow_attributes({"name", "tectonicRegion", "rup_interdep", "src_interdep"});
    for (auto const* const name : {"rup_interdep", "src_interdep"})
        if (auto const value = group.attribute_if(name); value && *value != "indep")
            group.fail(std::string(name) + " is \"" + *value +
                       "\", which is not known (only \"indep\" is): use another program");
}

} // namespace

std::vector<Source> read_source_model(std::string const& path, double mfd_bin_width)
{
    XmlDocument const document(path);
    XmlElement const root(document, document.root());
    if (root.name() != "nrml")
        root.fail("the file begins with <" + std::string(root.name()) +
                  "> (a source model begins with <nrml>): give an NRML 0.5 file");
    if (root.attribute_if("xmlns") != nrml_05)
        root.fail("the namespace is \"" + root.attribute_if("xmlns").value_or("") + "\" (only " +
                  nrml_05 + " is read): convert the file to NRML 0.5");
    root.allow_attributes({});
    root.allow_children({"sourceModel"});
    auto const model = root.child("sourceModel");
    model.allow_attributes({"name", "id"});
    model.allow_children({"sourceGroup"});
    std::vector<Source> sources;
    for (auto const& group : model.children()) {
        check_group(group);
        for (auto const& element : group.children())
            sources.push_back(SourceReader(element, mfd_bin_width).read());
    }
    if (sources.empty())
        model.fail("the model holds no source (there is nothing to compute): add one");
    return sources;
}

} // namespace hazard
