#include "refusal.hpp"

#include "core/job.hpp"
#include "core/literal.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace hazard;
using doctest::Approx;

namespace {

std::string const job_text = R"([general]
description = A test
calculation_mode = classical

[geometry]
sites = -122.0 38.0, -122.0 37.5

[erf]
rupture_mesh_spacing = 1.5
width_of_mfd_bin = 0.2
area_source_discretization = 4.0

[calculation]
source_model_file = model.xml
gsim = SadighEtAl1997
investigation_time = 50.0
intensity_measure_types_and_levels = {"PGA": [0.001,
    0.01, 0.1]}
truncation_level = 3
maximum_distance = {'default': [(5, 100), (7, 300)]}
)";

std::vector<std::string> warnings;

Job read(std::string const& text)
{
    warnings.clear();
    return read_job_file(file_of("job.ini", text), warnings);
}
std::string refused(std::string const& from, std::string const& to)
{
    auto text = job_text;
    auto const place = text.find(from);
    REQUIRE(place != std::string::npos);
    return refusal([&] { read(text.replace(place, from.size(), to)); });
}

/// A logic tree of one branch.
std::string tree(std::string const& type, std::string const& models)
{
    return "<nrml xmlns=\"http://openquake.org/xmlns/nrml/0.4\"><logicTree>\n"
           "<logicTreeBranchSet uncertaintyType=\"" +
           type +
           "\" branchSetID=\"1\">\n"
           "<logicTreeBranch branchID=\"b\"><uncertaintyModel>" +
           models +
           "</uncertaintyModel><uncertaintyWeight>1</uncertaintyWeight></logicTreeBranch>\n"
           "</logicTreeBranchSet></logicTree></nrml>\n";
}

} // namespace

TEST_CASE("the keys of a classical job are understood")
{
    auto const job = read(job_text);
    CHECK(warnings.empty());
    CHECK(job.models == std::vector<std::string>{"model.xml"});
    CHECK(job.sites.size() == 2);
    CHECK(job.sites[1].lat == 37.5);
    CHECK(job.calculation.mesh_spacing == 1.5);
    CHECK(job.mfd_bin_width == 0.2);
    CHECK(job.area_spacing == 4);
    CHECK(job.years == 50);
    CHECK(job.calculation.levels == std::vector<double>{0.001, 0.01, 0.1});
    CHECK(job.calculation.sigma_truncation == 3.0);
    CHECK(job.calculation.max_distance(6) == Approx(200));
}

TEST_CASE("logic trees of one branch name models beside them")
{
    file_of("models.xml", tree("sourceModel", "a.xml b.xml"));
    file_of("motions.xml", tree("gmpeModel", "SadighEtAl1997"));
    auto text = job_text;
    text.replace(text.find("source_model_file = model"), 25,
                 "source_model_logic_tree_file = models");
    text.replace(text.find("gsim = SadighEtAl1997"), 21, "gsim_logic_tree_file = motions.xml");
    CHECK(read(text).models == std::vector<std::string>{"a.xml", "b.xml"});

    file_of("motions.xml", tree("gmpeModel", "BooreAtkinson2008"));
    CHECK(has(refusal([&] { read(text); }), "job.ini:15: ", "BooreAtkinson2008"));
    file_of("motions.xml", tree("gmpeModel", "SadighEtAl1997"));
    auto two = tree("sourceModel", "a.xml");
    two.insert(two.find("<logicTreeBranch "), "<logicTreeBranch branchID=\"c\"/>");
    file_of("models.xml", two);
    CHECK(has(refusal([&] { read(text); }), "models.xml:2: ", "2 branches"));
    file_of("models.xml", tree("abGRAbsolute", "1"));
    CHECK(has(refusal([&] { read(text); }), "models.xml:2: ", "abGRAbsolute"));
}

TEST_CASE("what changes no curve is warned of, what does is refused")
{
    read(job_text + "poes = 0.1\n");
    REQUIRE(warnings.size() == 1);
    CHECK(has(warnings[0], "job.ini:21: poes"));
    CHECK(has(refused("width_of_mfd_bin", "minimum_magnitude"), "job.ini:10: minimum_magnitude"));
    CHECK(has(refused("= classical", "= event_based"), "job.ini:3: ", "event_based"));
    CHECK(has(refused("calculation_mode = classical", ""), "calculation_mode is missing"));
    CHECK(has(refused("source_model_file = model.xml", ""), "source_model_logic_tree_file"));
    CHECK(has(refused("SadighEtAl1997", "ChiouYoungs2008"), "job.ini:15: ", "ChiouYoungs2008"));
    CHECK(has(refused("\"PGA\"", "\"SA(0.1)\""), "job.ini:17: ", "PGA"));
    CHECK(has(refused("\"PGA\": [0.001", "\"PGA\": [x"), "job.ini:17: ", "\"x,"));
    CHECK(
        has(refused("truncation_level = 3", "truncation_level = three"), "job.ini:19: ", "three"));
    CHECK(has(refused("'default'", "'Volcanic'"), "job.ini:20: ", "tectonic region"));
    CHECK(has(refused("(7, 300)", "(7, -300)"), "job.ini:20: ", "-300"));
    CHECK(has(refused("[erf]", "erf"), "job.ini:8: ", "erf"));
    CHECK(has(refused("[erf]", "sites = 1 2"), "job.ini:8: ", "again"));
    CHECK(has(refused("[erf]", "sites_csv = s.csv"), "job.ini:6: ", "sites_csv"));
    CHECK(has(refused("-122.0 37.5", "-122.0"), "job.ini:6: ", "3 numbers"));
    CHECK(has(refused("[erf]", "reference_vs30_value = 600"), "job.ini:8: ", "600"));
    CHECK(refused("[erf]", "reference_vs30_value = 760").empty());
}

TEST_CASE("dictionaries are read in Python's notation")
{
    auto const entries =
        read_dictionary("{'a': 1, \"b\": [(1, 2), [3]], 'c': logscale(1, 100, 3),}");
    REQUIRE(entries.size() == 3);
    CHECK(entries[0].key == "a");
    CHECK_FALSE(entries[0].is_list);
    CHECK(entries[1].numbers == std::vector<double>{1, 2, 3});
    REQUIRE(entries[2].numbers.size() == 3);
    CHECK(entries[2].numbers[1] == Approx(10));
    CHECK(read_dictionary("{}").empty());
    for (auto const* const wrong : {"", "{", "{'a'}", "{'a': }", "{'a': 1", "{a: 1}", "{'a': [1}",
                                    "{'a': 1} 2", "{'a': logscale(1)}", "{'a': 1 'b': 2}"})
        CHECK_MESSAGE(!refusal([&] { read_dictionary(wrong); }).empty(), wrong);
}

TEST_CASE("sites are read in order, by line where they are wrong")
{
    auto const sites = read_sites(file_of("s.csv", "lon,lat\r\n-122,38\r\n\n 10.5 , -3e1\n"));
    REQUIRE(sites.size() == 2);
    CHECK(sites[1].lon == 10.5);
    CHECK(sites[1].lat == -30);
    auto const said = [](std::string const& text) {
        return refusal([&] { read_sites(file_of("s.csv", text)); });
    };
    CHECK(has(said("-122,38\n"), "s.csv:1: ", "header"));
    CHECK(has(said("lon,lat\n1,2\n1;2\n"), "s.csv:3: ", "1;2"));
    CHECK(has(said("lon,lat\n1,2,3\n"), "s.csv:2: ", "1,2,3"));
    CHECK(has(said("lon,lat\n1,99\n"), "s.csv:2: ", "latitude 99"));
    CHECK(has(said("lon,lat\n"), "s.csv: ", "no sites"));
    CHECK(has(said(""), "s.csv: ", "no sites"));
}

TEST_CASE("a job that cannot be computed is refused")
{
    auto const said = [](auto const& change) {
        auto job = read(job_text);
        change(job);
        return refusal([&] { check(job); });
    };
    CHECK(said([](Job&) {}).empty());
    CHECK(has(said([](Job& job) { job.calculation.levels = {}; }), "no levels"));
    CHECK(has(said([](Job& job) { job.calculation.levels = {0.1, 0.1}; }), "rise"));
    CHECK(has(said([](Job& job) { job.calculation.levels = {0, 0.1}; }), "level is 0"));
    CHECK(has(said([](Job& job) { job.calculation.sigma_truncation = -1; }), "-1"));
    CHECK(has(said([](Job& job) { job.calculation.mesh_spacing = 0; }), "mesh spacing is 0"));
    CHECK(has(said([](Job& job) { job.area_spacing = -2; }), "area spacing is -2"));
    CHECK(has(said([](Job& job) { job.years = 0; }), "time is 0"));
}
