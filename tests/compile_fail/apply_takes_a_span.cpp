// expect: The task cannot be called with its input
#include <starmap/starmap.hpp>

#include <span>
#include <vector>

#ifdef CONTROL
int length(std::span<int const> items) { return static_cast<int>(items.size()); }
#else
int length(std::vector<int> const& items) { return static_cast<int>(items.size()); }
#endif

int sum(starmap::Session& session, std::vector<int> const& items)
{
    return session.apply(starmap::fn<length>, items).reduce();
}
