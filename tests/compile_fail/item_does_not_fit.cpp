// expect: The task cannot be called with its input
#include <starmap/starmap.hpp>

#include <string>
#include <vector>

#ifdef CONTROL
int length(std::string const& text) { return static_cast<int>(text.size()); }
#else
int length(int number) { return number; }
#endif

int sum(starmap::Session& session, std::vector<std::string> const& words)
{
    return session.map(starmap::fn<length>, words).reduce();
}
