#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace hazard {

/// An entry of a dictionary, and whether its value was a list.
struct Entry {
    std::string key;
    std::vector<double> numbers;
    bool is_list = false;
};

/// Reads what job files hold instead of plain values, in Python's notation: {"PGA": [0.1, 0.2]},
/// {'default': [(5, 100), (7, 300)]}, {"PGA": logscale(0.001, 1, 20)}. Lists in lists are joined.
/// Throws InputError where it is anything else.
std::vector<Entry> read_dictionary(std::string_view text);

} // namespace hazard
