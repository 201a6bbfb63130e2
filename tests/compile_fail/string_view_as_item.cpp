// expect: A pointer or a view (std::string_view, std::span) cannot travel
#include <starmap/starmap.hpp>

#include <string>
#include <string_view>
#include <vector>

#ifdef CONTROL
using Word = std::string;
#else
using Word = std::string_view;
#endif

std::size_t length(std::string_view word) { return word.size(); }

std::size_t sum(starmap::Session& session, std::vector<Word> const& words)
{
    return session.map(starmap::fn<length>, words).reduce();
}
