// expect: The task cannot be called with its input
#include <starmap/starmap.hpp>

#include <string>
#include <vector>

#ifdef CONTROL
std::size_t consume(std::string text);
#else
std::size_t consume(std::string& text);
#endif

std::size_t sum(starmap::Session& session, std::vector<std::string> const& words)
{
    return session.map(starmap::fn<consume>, words).reduce();
}
