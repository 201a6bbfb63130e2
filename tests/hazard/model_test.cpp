#include "refusal.hpp"

#include "core/nrml.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace hazard;
using doctest::Approx;

namespace {

/// A model of one source of each kind; the tests change a word and name the line of it.
std::string const model = R"(<?xml version="1.0" encoding="utf-8"?>
<nrml xmlns="http://openquake.org/xmlns/nrml/0.5" xmlns:gml="http://www.opengis.net/gml">
  <sourceModel name="all kinds">
    <sourceGroup name="first" tectonicRegion="Active Shallow Crust" rup_interdep="indep">
      <pointSource id="p" name="point">
        <pointGeometry>
          <gml:Point><gml:pos>-122.0 38.0</gml:pos></gml:Point>
          <upperSeismoDepth>0</upperSeismoDepth>
          <lowerSeismoDepth>10.5</lowerSeismoDepth>
        </pointGeometry>
        <magScaleRel>WC1994</magScaleRel>
        <ruptAspectRatio>0.5</ruptAspectRatio>
        <truncGutenbergRichterMFD aValue="-3.5" bValue="1.0" minMag="5.0" maxMag="6.5"/>
        <nodalPlaneDist>
          <nodalPlane probability="0.3" strike="0.0" dip="90.0" rake="0.0"/>
          <nodalPlane probability="0.7" strike="90.0" dip="45.0" rake="90.0"/>
        </nodalPlaneDist>
        <hypoDepthDist>
          <hypoDepth probability="1" depth="4.0"/>
        </hypoDepthDist>
      </pointSource>
    </sourceGroup>
    <sourceGroup name="second" tectonicRegion="Stable Continental Crust">
      <areaSource id="a" name="area" tectonicRegion="Active Shallow Crust">
        <areaGeometry discretization="12">
          <gml:Polygon><gml:exterior><gml:LinearRing><gml:posList>
            -122.5 37.5  -121.5 37.5
            -121.5 38.5  -122.5 38.5
          </gml:posList></gml:LinearRing></gml:exterior></gml:Polygon>
          <upperSeismoDepth>0</upperSeismoDepth>
          <lowerSeismoDepth>10</lowerSeismoDepth>
        </areaGeometry>
        <magScaleRel>PointMSR</magScaleRel>
        <ruptAspectRatio>1</ruptAspectRatio>
        <incrementalMFD minMag="6.55" binWidth="0.1">
          <occurRates>0.0010614989 8.8291627E-4</occurRates>
        </incrementalMFD>
        <nodalPlaneDist><nodalPlane probability="1" strike="0" dip="90" rake="0"/></nodalPlaneDist>
        <hypoDepthDist><hypoDepth probability="1" depth="5"/></hypoDepthDist>
      </areaSource>
      <simpleFaultSource id="f" name="fault">
        <simpleFaultGeometry>
          <gml:LineString><gml:posList>-122 38.0  -122 38.2</gml:posList></gml:LineString>
          <dip>30.5</dip>
          <upperSeismoDepth>8.0</upperSeismoDepth>
          <lowerSeismoDepth>20.0</lowerSeismoDepth>
        </simpleFaultGeometry>
        <magScaleRel>PeerMSR</magScaleRel>
        <ruptAspectRatio>1.5</ruptAspectRatio>
        <truncGutenbergRichterMFD aValue="3" bValue="1" minMag="5" maxMag="7"/>
        <rake>-90</rake>
      </simpleFaultSource>
    </sourceGroup>
  </sourceModel>
</nrml>
)";

std::string changed(std::string const& from, std::string const& to)
{
    auto text = model;
    auto const place = text.find(from);
    REQUIRE(place != std::string::npos);
    return text.replace(place, from.size(), to);
}

/// What is said of a model where `from` reads `to`.
std::string refused(std::string const& from, std::string const& to)
{
    return refusal([&] { read_source_model(file_of("model.xml", changed(from, to)), 0.1); });
}

} // namespace

TEST_CASE("sources are read as they are written")
{
    auto const sources = read_source_model(file_of("model.xml", model), 0.5);
    REQUIRE(sources.size() == 3);
    auto const& point = std::get<PointSource>(sources[0].kind);
    CHECK(sources[0].id == "p");
    CHECK(point.place.lon == -122);
    CHECK(point.place.lat == 38);
    CHECK(point.seismicity.layer.lower == 10.5);
    CHECK(point.seismicity.scaling == Scaling::wells_coppersmith);
    CHECK(point.seismicity.aspect_ratio == 0.5);
    CHECK(point.seismicity.magnitudes.size() == 3);
    CHECK(point.seismicity.planes[1].dip == 45);
    CHECK(point.seismicity.depths[0].depth == 4);
    auto const& area = std::get<AreaSource>(sources[1].kind);
    CHECK(area.spacing == 12.0);
    CHECK(area.polygon.size() == 4);
    CHECK(area.polygon[3].lat == 38.5);
    CHECK(area.seismicity.magnitudes[1].magnitude == Approx(6.65));
    CHECK(area.seismicity.magnitudes[1].rate == 8.8291627E-4);
    auto const& fault = std::get<SimpleFaultSource>(sources[2].kind);
    CHECK(fault.trace.size() == 2);
    CHECK(fault.dip == 30.5);
    CHECK(fault.rake == -90);
    CHECK(fault.seismicity.layer.upper == 8);

    auto const closed = changed("-122.5 38.5", "-122.5 38.5  -122.5 37.5");
    auto const again = read_source_model(file_of("model.xml", closed), 0.5);
    CHECK(std::get<AreaSource>(again[1].kind).polygon.size() == 4);
    auto const commented = changed("-121.5 37.5", "-121.5 37.5 <!-- the east -->");
    auto const whole = read_source_model(file_of("model.xml", commented), 0.5);
    CHECK(std::get<AreaSource>(whole[1].kind).polygon.size() == 4);
}

TEST_CASE("what is not known is refused by its line")
{
    auto const kind = changed("<pointSource id", "<multiPointSource id");
    CHECK(has(refusal([&] {
                  auto text = kind;
                  text.replace(text.find("</pointSource>"), 14, "</multiPointSource>");
                  read_source_model(file_of("model.xml", text), 0.1);
              }),
              "model.xml:5: ", "multiPointSource"));
    CHECK(has(refused("PeerMSR", "Leonard2014"), "model.xml:48: ", "Leonard2014"));
    CHECK(has(refused("<rake>-90</rake>", "<rake>-90</rake>\n<hypoList/>"),
              "model.xml:52: ", "hypoList"));
    CHECK(has(refused(" rup_interdep=\"indep\"", " src_interdep=\"mutex\""),
              "model.xml:4: ", "mutex"));
    CHECK(has(refused(" rup_interdep=\"indep\"", " srcs_weights=\"1\""),
              "model.xml:4: ", "srcs_weights"));
    CHECK(has(refused("<dip>30.5</dip>", "<dip>30.5<b/></dip>"), "model.xml:44: ", "<b>"));
    CHECK(has(refused("nrml/0.5", "nrml/0.4"), "model.xml:2: ", "nrml/0.4"));
    CHECK(has(refused("<ruptAspectRatio>0.5</ruptAspectRatio>", ""),
              "model.xml:5: ", "ruptAspectRatio"));
    CHECK(has(refused("<rake>-90</rake>", "<rake>-90</rake><rake>0</rake>"),
              "model.xml:51: ", "second <rake>"));
    CHECK(has(refused("<simpleFaultSource", "<complexFaultSource"),
              "model.xml:52: ", "not well-formed"));
}

TEST_CASE("numbers that make no sense are refused by their line")
{
    CHECK(has(refused("8.8291627E-4", "-8.8E-4"), "model.xml:35: ", "-0.00088"));
    CHECK(has(refused("8.8291627E-4", "8.8e"), "model.xml:36: ", "8.8e"));
    CHECK(has(refused("bValue=\"1.0\"", "bValue=\"one\""), "model.xml:13: ", "one"));
    CHECK(has(refused("bValue=\"1.0\"", ""), "model.xml:13: ", "bValue"));
    CHECK(has(refused("minMag=\"5.0\" maxMag=\"6.5\"", "minMag=\"6.5\" maxMag=\"5.0\""),
              "model.xml:13: ", "maxMag"));
    CHECK(has(refused("-121.5 38.5  -122.5 38.5", "-122.5 38.5  -121.5 38.5"),
              "model.xml:26: ", "cross"));
    CHECK(has(refused("-121.5 38.5  -122.5 38.5", "-121.5"), "model.xml:26: ", "5 numbers"));
    CHECK(has(refused("-122 38.0  -122", "-122 98.0  -122"), "model.xml:43: ", "latitude 98"));
    CHECK(has(refused("-122.0 38.0", "-192.0 38.0"), "model.xml:7: ", "longitude -192"));
    CHECK(has(refused("-122 38.0  -122 38.2", "-122 38.0"), "model.xml:42: ", "1 places"));
    CHECK(
        has(refused("probability=\"0.7\"", "probability=\"0.2\""), "model.xml:14: ", "up to 0.5"));
    CHECK(has(refused("dip=\"45.0\"", "dip=\"0\""), "model.xml:16: ", "dip is 0"));
    CHECK(has(refused("depth=\"4.0\"", "depth=\"14\""), "model.xml:18: ", "14 km"));
    CHECK(has(refused("<lowerSeismoDepth>20.0", "<lowerSeismoDepth>2.0"),
              "model.xml:42: ", "8 to 2 km"));
    CHECK(has(refused("discretization=\"12\"", "discretization=\"0\""),
              "model.xml:25: ", "discretization is 0"));
}

TEST_CASE("files that are no models are refused")
{
    auto const said = [](std::string const& text) {
        return refusal([&] { read_source_model(file_of("model.xml", text), 0.1); });
    };
    CHECK(has(said(model.substr(0, 700)), "model.xml:1", "not well-formed"));
    CHECK(has(said(""), "model.xml:1: ", "not well-formed"));
    CHECK(has(said("<a/>"), "model.xml:1: ", "<a>"));
    CHECK(has(said("<nrml xmlns=\"http://openquake.org/xmlns/nrml/0.5\">\n<sourceModel/></nrml>"),
              "model.xml:2: ", "no source"));
    CHECK(has(refusal([] { read_source_model("absent.xml", 0.1); }), "absent.xml", "No such file"));
    CHECK(has(refusal([] { read_source_model(".", 0.1); }), "directory"));
}
