#pragma once

#include <starmap/starmap.hpp>

#include <cstddef>
#include <iostream>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

/// What the programs that splice.py makes use to hold the values that a document shows.
namespace docs {

inline int wrong = 0;

template <class T>
std::string show(T const& value)
{
    std::ostringstream text;
    text << value;
    return text.str();
}
inline std::string show(std::pair<std::size_t, std::size_t> const& slice)
{
    return show(slice.first) + '-' + show(slice.second);
}

template <class T>
std::string show(std::vector<T> const& values);
template <class T>
std::string show(starmap::Block<T> const& block)
{
    return show(block.items);
}
template <class T>
inline constexpr char const* separator = " ";
template <class T>
inline constexpr char const* separator<starmap::Block<T>> = " | ";
template <class T>
std::string show(std::vector<T> const& values)
{
    std::string text;
    for (auto const& value : values) text += (text.empty() ? "" : separator<T>)+show(value);
    return text;
}

/// Reports a value that is not what the document shows at this place.
template <class T>
void expect(T const& value, std::string const& shown, char const* place)
{
    if (show(value) == shown) return;
    ++wrong;
    std::cerr << place << ": it is " << show(value) << ", not " << shown << '\n';
}

} // namespace docs
