#pragma once

#include "report/charts.hpp"
#include "report/figures.hpp"

#include <string>
#include <string_view>

namespace starmap::command {

/// What the page shows, as JSON that may stand in a <script> of it: no character of any name,
/// host or error can end that element.
std::string page_data(report::Figures const& figures, report::Charts const& charts);

/// The page in front of its data and behind it.
extern std::string_view const page_head;
extern std::string_view const page_foot;

} // namespace starmap::command
