#include "base/settings.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <string>

using namespace starmap;
using namespace starmap::base;

namespace {

/// The row of the document's table that begins with this setting.
std::string row_of(std::string const& name)
{
    std::ifstream in(STARMAP_SETTINGS_DOCUMENT);
    REQUIRE(in.is_open());
    for (std::string line; std::getline(in, line);)
        if (line.starts_with("| `" + name + "` |")) return line;
    return "no row";
}

} // namespace

TEST_CASE("the document has one row for each setting, with its names, default and valid values")
{
    Settings const defaults;
    for (auto const& setting : setting_specs()) {
        auto const value = setting.get(defaults);
        CHECK(row_of(setting.name)
                  .starts_with("| `" + setting.name + "` | `" + setting.environment + "` | `" +
                               setting.argument + "=` | " +
                               (value.empty() ? "(empty)" : "`" + value + "`") + " | " +
                               setting.valid + " | "));
    }
}
